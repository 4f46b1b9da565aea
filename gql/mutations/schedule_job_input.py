"""What clients say of a job to schedule."""

from datetime import datetime, timedelta
from typing import Any

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.types.executor import Executor
from jobwire.jobs.schedule_request import AT_ONCE, RunTime, ScheduleRequest
from jobwire.models.vocabulary import Executor as Place


@strawberry.input(
    description=(
        "What to change of a type's retry configuration. Members that are absent or"
        " null stay as the type has them."
    )
)
class RetryConfigInput:
    """Some members of a retry configuration."""

    max_attempts: int | None = strawberry.field(
        default=None,
        description="How many attempts at most, the first one included: 1 to 100.",
    )
    min_timeout_in_ms: int | None = strawberry.field(
        default=None,
        description=(
            "The delay after the first failed attempt in milliseconds: 0 to 604,800,000"
            " (7 days), not above maxTimeoutInMs."
        ),
    )
    max_timeout_in_ms: int | None = strawberry.field(
        default=None,
        description=("The longest delay in milliseconds: 0 to 604,800,000 (7 days)."),
    )
    factor: float | None = strawberry.field(
        default=None,
        description="What each further delay is multiplied by: 1 to 100.",
    )

    def overrides(self) -> dict[str, Any]:
        """Return the members by their names in the API."""
        return {
            "maxAttempts": self.max_attempts,
            "minTimeoutInMs": self.min_timeout_in_ms,
            "maxTimeoutInMs": self.max_timeout_in_ms,
            "factor": self.factor,
        }


@strawberry.input(
    one_of=True,
    description="When to run a job: exactly one of a delay and an instant.",
)
class RunTimeInput:
    """A delay or an instant."""

    delay: timedelta | None = strawberry.field(
        default=strawberry.UNSET,
        description="How long to wait from now on, at most P3660D.",
    )
    at: datetime | None = strawberry.field(
        default=strawberry.UNSET,
        description=(
            "When to run it, at most 3,660 days ahead. An instant in the past means at"
            " once."
        ),
    )

    @classmethod
    def resolve(cls, given: "RunTimeInput | None") -> RunTime:
        """Return what use cases take; None: at once."""
        if given is None:
            return AT_ONCE
        return RunTime(delay=given.delay or None, at=given.at or None)


@strawberry.input(description="The job to schedule.")
class ScheduleJobInput:
    """What `jobwire.jobs.schedule.ScheduleRequest` takes from clients."""

    type: str = strawberry.field(
        description=(
            "The name of a registered type, see jobTypes. Where the server allows any"
            " task, a TRIGGER job may have a type that is not registered: 1 to 120"
            " characters."
        )
    )
    tag: str = strawberry.field(
        description=(
            "What the job is about: 1 to 120 characters without commas and control"
            " characters. It need not be unique."
        )
    )
    user_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "Whose job it is: 1 to 255 characters. Without ADMIN only the caller's own"
            " id is allowed; absent or null: the caller's own."
        ),
    )
    executor: Executor | None = strawberry.field(
        default=None,
        description=(
            "Where it runs; absent or null: where its type is registered, and on"
            " Trigger.dev when triggerTaskId is given."
        ),
    )
    trigger_task_id: str | None = strawberry.field(
        default=None,
        description=(
            "The Trigger.dev task to run: 1 to 255 characters; absent or null: that of"
            " the type. Only for TRIGGER."
        ),
    )
    data: JSON | None = strawberry.field(
        default=None,
        description=(
            "Its input, at most 512 KiB of JSON that fits the type's dataSchema; absent"
            " or null: an empty object."
        ),
    )
    when: RunTimeInput | None = strawberry.field(
        default=None, description="When to run it; absent or null: at once."
    )
    retry_config: RetryConfigInput | None = strawberry.field(
        default=None,
        description=(
            "How to try failed attempts again; absent or null: as the type says."
        ),
    )
    max_duration: timedelta | None = strawberry.field(
        default=None,
        description=(
            "How long one attempt may run, above zero and at most P366D; absent or"
            " null: as the type says."
        ),
    )
    ttl: timedelta | None = strawberry.field(
        default=None,
        description=(
            "How long after the time it was asked to run it may still start, above zero"
            " and at most P366D; then it becomes EXPIRED. Absent or null: for ever."
        ),
    )
    priority: int | None = strawberry.field(
        default=None,
        description=(
            "Which of the jobs that are due starts first: 0 to 9, higher first, then"
            " the one that is due longer; absent or null: 0. Running jobs are not"
            " interrupted. On Trigger.dev each step is an hour's head start in its"
            " queue."
        ),
    )
    queue: str | None = strawberry.field(
        default=None,
        description=(
            "The queue that it waits in, which may have limits; see queues. For"
            " INTERNAL 1 to 120 letters, digits and . _ : / - (a queue need not be"
            " declared before), for TRIGGER 1 to 120 letters, digits and _ / -, one of"
            " the project's: one that it does not have makes the job FAILED with the"
            " kind DISPATCH_REJECTED. Absent or null: that of the type, else default"
            " for INTERNAL and the task's own for TRIGGER."
        ),
    )
    concurrency_key: str | None = strawberry.field(
        default=None,
        description=(
            "Jobs of one queue with the same key share the queue's limit per key: 1 to"
            " 255 characters; absent or null: no such limit holds for it. On"
            " Trigger.dev each key has the queue's whole limit for itself."
        ),
    )
    metadata: JSON | None = strawberry.field(
        default=None,
        description=(
            "Notes of your own, a JSON object of at most 64 KiB, which the job's code"
            " can read and change; on Trigger.dev it becomes the run's metadata, and"
            " must not have the member jobwire. Absent or null: an empty object."
        ),
    )
    idempotency_key: str | None = strawberry.field(
        default=None,
        description=(
            "Makes it safe to send this again: 1 to 255 characters, unique for the user"
            " and the type for as long as the job is kept. A repeat with the same input"
            " (waitForRun apart) answers the first job and created: false, however that"
            " has gone on; one with another input is refused by an"
            " IdempotencyConflictError. Absent or null: each request makes a job."
        ),
    )
    wait_for_run: timedelta | None = strawberry.field(
        default=None,
        description=(
            "For TRIGGER: once the job is committed, wait up to this long for its"
            " triggerRunId, at most PT30S; an INTERNAL job has none, and is answered at"
            " once. Absent or null: answer at once; the run then comes with a"
            " subscription."
        ),
    )

    def request(self) -> ScheduleRequest:
        """Return what the use case takes."""
        retry_config = self.retry_config
        return ScheduleRequest(
            type=self.type,
            tag=self.tag,
            executor=None if self.executor is None else Place[self.executor.name],
            trigger_task_id=self.trigger_task_id,
            user_id=self.user_id,
            data=self.data,
            when=RunTimeInput.resolve(self.when),
            retry_config=None if retry_config is None else retry_config.overrides(),
            max_duration=self.max_duration,
            ttl=self.ttl,
            priority=self.priority,
            queue=self.queue,
            concurrency_key=self.concurrency_key,
            metadata=self.metadata,
            idempotency_key=self.idempotency_key,
        )
