"""What is told of executors."""

from datetime import datetime
from enum import Enum
from typing import Self

import strawberry

from jobwire.gql.types.executor import Executor
from jobwire.jobs.executors import base


@strawberry.enum(
    name="ExecutorHealth",
    description="How an executor fares. Members may be added.",
)
class ExecutorHealth(Enum):
    """`jobwire.jobs.executors.base.ExecutorHealth`."""

    HEALTHY = strawberry.enum_value(
        base.ExecutorHealth.HEALTHY.value, description="It takes jobs."
    )
    DEGRADED = strawberry.enum_value(
        base.ExecutorHealth.DEGRADED.value,
        description=(
            "It answers, but refuses or fails, or an operator has to decide something."
        ),
    )
    UNREACHABLE = strawberry.enum_value(
        base.ExecutorHealth.UNREACHABLE.value, description="It does not answer."
    )
    NOT_CONFIGURED = strawberry.enum_value(
        base.ExecutorHealth.NOT_CONFIGURED.value,
        description="Nothing was set that would make jobs run there.",
    )


@strawberry.type(description="What an executor can do with jobs.")
class ExecutorCapabilities:
    """`jobwire.jobs.executors.base.ExecutorCapabilities`."""

    cancel_running: bool = strawberry.field(
        description="Whether running code can be told to stop."
    )
    confirms_cancel: bool = strawberry.field(
        description="Whether it tells when the code has stopped."
    )
    force_cancel: bool = strawberry.field(
        description=(
            "Whether cancelJob with the mode FORCE settles a job even if its code does"
            " not stop."
        )
    )
    progress: bool = strawberry.field(
        description=(
            "Whether running code can report progress; on Trigger.dev by"
            " trigger/jobwire.ts in the project."
        )
    )
    logs: bool = strawberry.field(
        description=(
            "Whether what running code logs is kept with its job; on Trigger.dev by log"
            " of trigger/jobwire.ts in the project."
        )
    )
    backoff: bool = strawberry.field(
        description=(
            "Whether the delays of a retry configuration are honoured; on Trigger.dev"
            " by trigger/jobwire.ts in the project, maxAttempts always."
        )
    )
    priority: bool = strawberry.field(
        description=(
            "Whether jobs of higher priority start first; on Trigger.dev each step is"
            " an hour's head start in the queue of the run."
        )
    )
    queues: bool = strawberry.field(
        description=(
            "Whether jobs can wait in queues with limits of their own; those of"
            " Trigger.dev are declared and set in the project."
        )
    )
    concurrency_key: bool = strawberry.field(
        description=(
            "Whether jobs with the same concurrencyKey share a limit within their"
            " queue; on Trigger.dev each key has the whole limit of the queue."
        )
    )
    max_data_bytes: int = strawberry.field(
        description="The largest input of a job, as bytes of JSON in UTF-8."
    )


@strawberry.type(description="A place where jobs run, and how it fares.")
class ExecutorInfo:
    """`jobwire.jobs.executors.base.ExecutorState`."""

    executor: Executor = strawberry.field(description="Which executor.")
    health: ExecutorHealth = strawberry.field(description="How it fares.")
    reason: str | None = strawberry.field(
        description="What is wrong, for people; null when nothing is."
    )
    checked_at: datetime | None = strawberry.field(
        description="When that was found out; null when it was not asked."
    )
    capabilities: ExecutorCapabilities = strawberry.field(description="What it can do.")

    @classmethod
    def of(cls, state: base.ExecutorState) -> Self:
        """Show a state."""
        can = state.capabilities
        return cls(
            executor=Executor(state.executor.value),
            health=ExecutorHealth(state.health.value),
            reason=state.reason,
            checked_at=state.checked_at,
            capabilities=ExecutorCapabilities(
                cancel_running=can.cancel_running,
                confirms_cancel=can.confirms_cancel,
                force_cancel=can.force_cancel,
                progress=can.progress,
                logs=can.logs,
                backoff=can.backoff,
                priority=can.priority,
                queues=can.queues,
                concurrency_key=can.concurrency_key,
                max_data_bytes=can.max_data_bytes,
            ),
        )
