"""The words that job schedules are described by."""

from enum import Enum

import strawberry

from jobwire.models import vocabulary


@strawberry.enum(
    name="CronOwner", description="Whose clock fires a schedule. Members may be added."
)
class CronOwner(Enum):
    """`jobwire.models.vocabulary.ScheduleOwner`."""

    JOBWIRE = strawberry.enum_value(
        vocabulary.ScheduleOwner.JOBWIRE.value,
        description=(
            "Ours: each tick makes a job, of either executor. It needs a worker that"
            " runs; misfirePolicy says what becomes of ticks that find none."
        ),
    )
    TRIGGER_DEV = strawberry.enum_value(
        vocabulary.ScheduleOwner.TRIGGER_DEV.value,
        description=(
            "Trigger.dev's, which fires while we are down: only TRIGGER, only tasks"
            " that are declared with schedules.task(), without data. Each of its runs"
            " is adopted as a job."
        ),
    )


@strawberry.enum(
    name="OverlapPolicy",
    description=(
        "What a tick does while an earlier job of the schedule is open. Members may be"
        " added."
    ),
)
class OverlapPolicy(Enum):
    """`jobwire.models.vocabulary.OverlapPolicy`."""

    ALLOW = strawberry.enum_value(
        vocabulary.OverlapPolicy.ALLOW.value, description="It makes another job."
    )
    SKIP = strawberry.enum_value(
        vocabulary.OverlapPolicy.SKIP.value, description="It makes none."
    )
    QUEUE_ONE = strawberry.enum_value(
        vocabulary.OverlapPolicy.QUEUE_ONE.value,
        description=(
            "It waits, and makes its job when the open ones have ended; ticks that come"
            " while one waits make none."
        ),
    )
    CANCEL_RUNNING = strawberry.enum_value(
        vocabulary.OverlapPolicy.CANCEL_RUNNING.value,
        description=(
            "It makes another job, and the open ones are asked to stop, as a GRACEFUL"
            " cancel does."
        ),
    )


@strawberry.enum(
    name="MisfirePolicy",
    description=(
        "What becomes of ticks that nobody could use within a minute, because no worker"
        " ran. Members may be added."
    ),
)
class MisfirePolicy(Enum):
    """`jobwire.models.vocabulary.MisfirePolicy`."""

    SKIP = strawberry.enum_value(
        vocabulary.MisfirePolicy.SKIP.value, description="They make no job."
    )
    RUN_ONCE = strawberry.enum_value(
        vocabulary.MisfirePolicy.RUN_ONCE.value,
        description="The last one of them makes a job, for all.",
    )
    RUN_ALL = strawberry.enum_value(
        vocabulary.MisfirePolicy.RUN_ALL.value,
        description=(
            "Each of them makes a job, as far back as misfireWindow reaches: at once"
            " with the overlapPolicy ALLOW, else one after the other."
        ),
    )


@strawberry.enum(
    name="SyncState", description="Whether Trigger.dev's own schedule follows ours."
)
class SyncState(Enum):
    """`jobwire.models.vocabulary.SyncState`."""

    PENDING = strawberry.enum_value(
        vocabulary.SyncState.PENDING.value,
        description="It is to be told, and is told again until that works.",
    )
    SYNCED = strawberry.enum_value(
        vocabulary.SyncState.SYNCED.value, description="It is as ours is."
    )
    FAILED = strawberry.enum_value(
        vocabulary.SyncState.FAILED.value,
        description="It was refused; syncError says why. Tried again every minute.",
    )


@strawberry.enum(
    name="SkipReason", description="Why a tick made no job. Members may be added."
)
class SkipReason(Enum):
    """`jobwire.models.vocabulary.SkipReason`."""

    OVERLAP = strawberry.enum_value(
        vocabulary.SkipReason.OVERLAP.value,
        description="A job of an earlier tick was open, by the overlapPolicy.",
    )
    MISFIRE = strawberry.enum_value(
        vocabulary.SkipReason.MISFIRE.value,
        description="Nobody could use it in time, by the misfirePolicy.",
    )
    REFUSED = strawberry.enum_value(
        vocabulary.SkipReason.REFUSED.value,
        description="The job was refused, for example because its type has changed.",
    )
