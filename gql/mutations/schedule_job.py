"""`scheduleJob`: accept a job."""

from datetime import datetime, timedelta
from typing import Annotated, Any

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.context import Info
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.changed_job import changed_job
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job import Job
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.run_wait import check_wait, wait_for_run
from jobwire.jobs.schedule import ScheduleRequest, schedule
from jobwire.jobs.viewer import Scope
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
    wait_for_run: timedelta | None = strawberry.field(
        default=None,
        description=(
            "For TRIGGER: once the job is committed, wait up to this long for its"
            " triggerRunId, at most PT30S. Absent or null: answer at once; the run then"
            " comes with a subscription."
        ),
    )

    def request(self) -> ScheduleRequest:
        """Return what the use case takes."""
        when, retry_config = self.when, self.retry_config
        return ScheduleRequest(
            type=self.type,
            tag=self.tag,
            executor=None if self.executor is None else Place[self.executor.name],
            trigger_task_id=self.trigger_task_id,
            user_id=self.user_id,
            data=self.data,
            delay=(when.delay or None) if when else None,
            run_at=(when.at or None) if when else None,
            retry_config=None if retry_config is None else retry_config.overrides(),
            max_duration=self.max_duration,
            ttl=self.ttl,
        )


@strawberry.type(description="What scheduleJob did.")
class ScheduleJobPayload:
    """A job, or refusals."""

    job: Job | None = strawberry.field(
        default=None, description="The job that was accepted; null when refused."
    )
    created: bool = strawberry.field(
        default=False,
        description="Whether a job was created by this request; false when refused.",
    )
    errors: list[UserError] = errors_field()


async def resolve_schedule_job(
    info: Info,
    input: Annotated[
        ScheduleJobInput, strawberry.argument(description="The job to schedule.")
    ],
) -> ScheduleJobPayload:
    """Resolve `scheduleJob`."""
    engine = info.context.engine
    viewer = info.context.viewer
    if input.wait_for_run is not None:
        check_wait(input.wait_for_run, path=("waitForRun",))
    async with engine.database.connection() as connection:
        row = await schedule(
            connection,
            input.request(),
            registry=engine.registry,
            viewer=viewer,
            now=engine.clock.now(),
            policy=engine.policy,
        )
    engine.doorbell.ring(Topic.WORK, Topic.CHANGE)
    if input.wait_for_run is not None:
        row = await wait_for_run(
            engine.feed, row, viewer=viewer, span=input.wait_for_run
        )
    return ScheduleJobPayload(job=await changed_job(info, row), created=True)


schedule_job = strawberry.mutation(
    resolver=resolve_schedule_job,
    description=(
        "Accept a job: it becomes QUEUED when it is due at once, else SCHEDULED. When"
        " this answers, the job is committed."
    ),
    extensions=[
        RequiresScope(Scope.JOBS_WRITE),
        RefusalsAsData(lambda errors: ScheduleJobPayload(errors=errors)),
    ],
)
