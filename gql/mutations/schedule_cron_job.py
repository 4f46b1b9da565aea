"""`scheduleCronJob`: make a job schedule, or change one."""

from datetime import timedelta
from typing import Annotated

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.context import Info
from jobwire.gql.cost import COMMAND
from jobwire.gql.errors import RefusalsAsData
from jobwire.gql.mutations.errors_field import errors_field
from jobwire.gql.mutations.schedule_job_input import RetryConfigInput
from jobwire.gql.scopes import RequiresScope
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_schedule import JobSchedule
from jobwire.gql.types.schedule_vocabulary import (
    CronOwner,
    MisfirePolicy,
    OverlapPolicy,
)
from jobwire.gql.types.user_error import UserError
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.schedule_cron import schedule_cron
from jobwire.jobs.cron.trial import try_out
from jobwire.jobs.viewer import Scope
from jobwire.models import vocabulary


@strawberry.input(description="The jobs to schedule by a cron.")
class ScheduleCronJobInput:
    """What `jobwire.jobs.cron.request.CronRequest` takes from clients."""

    key: str | None = strawberry.field(
        default=None,
        description=(
            "Your stable name for the schedule, unique per user: 1 to 255 characters."
            " Scheduling again with it changes the schedule that is there. Absent or"
            " null: the tag."
        ),
    )
    type: str = strawberry.field(
        description=(
            "The name of a registered type, see jobTypes. Where the server allows any"
            " task, a TRIGGER job may have a type that is not registered: 1 to 120"
            " characters."
        )
    )
    tag: str = strawberry.field(
        description=(
            "What its jobs are about: 1 to 120 characters without commas and control"
            " characters."
        )
    )
    user_id: strawberry.ID | None = strawberry.field(
        default=None,
        description=(
            "Whose schedule it is: 1 to 255 characters. Without ADMIN only the caller's"
            " own id is allowed; absent or null: the caller's own."
        ),
    )
    executor: Executor | None = strawberry.field(
        default=None,
        description=(
            "Where its jobs run; absent or null: where the type is registered, and on"
            " Trigger.dev when triggerTaskId is given."
        ),
    )
    owner: CronOwner | None = strawberry.field(
        default=None,
        description="Whose clock fires it; absent or null: JOBWIRE, on both executors.",
    )
    trigger_task_id: str | None = strawberry.field(
        default=None,
        description=(
            "The Trigger.dev task to run: 1 to 255 characters; absent or null: that of"
            " the type. Only for TRIGGER. With the owner TRIGGER_DEV one that is"
            " declared with schedules.task()."
        ),
    )
    data: JSON | None = strawberry.field(
        default=None,
        description=(
            "The input of each job, at most 512 KiB of JSON that fits the type's"
            " dataSchema; absent or null: an empty object. With the owner TRIGGER_DEV"
            " it must be absent: their tasks get the time and the schedule."
        ),
    )
    cron: str = strawberry.field(
        description=(
            "Five fields separated by single spaces: minute 0-59, hour 0-23, day of the"
            " month 1-31 or L, month 1-12 or JAN-DEC, weekday 0-7 or SUN-SAT, also 5L"
            " (the last Friday) and 1#2 (the second Monday); lists, ranges and steps;"
            " or @hourly, @daily, @weekly, @monthly, @yearly. See previewCron."
        )
    )
    timezone: str = strawberry.field(
        default="UTC",
        description=(
            "The IANA time zone that cron is read in, for example Europe/Berlin. An"
            " hour that a clock leaves out or repeats makes one job of an expression"
            " that names hour and minute."
        ),
    )
    retry_config: RetryConfigInput | None = strawberry.field(
        default=None,
        description=(
            "How to try failed attempts again; absent or null: as the type says, now"
            " and later. With the owner TRIGGER_DEV it must be absent."
        ),
    )
    overlap_policy: OverlapPolicy | None = strawberry.field(
        default=None,
        description=(
            "What a tick does while an earlier job of the schedule is open; absent or"
            " null: SKIP, and ALLOW with the owner TRIGGER_DEV, which knows no other."
        ),
    )
    misfire_policy: MisfirePolicy | None = strawberry.field(
        default=None,
        description=(
            "What becomes of ticks that nobody could use within a minute; absent or"
            " null: RUN_ONCE, which is also what the owner TRIGGER_DEV does."
        ),
    )
    misfire_window: timedelta | None = strawberry.field(
        default=None,
        description=(
            "How far back the misfirePolicy RUN_ALL reaches, PT1M to P366D; absent or"
            " null: P1D. Only with RUN_ALL."
        ),
    )
    if_version: int | None = strawberry.field(
        default=None,
        description=(
            "Only if the schedule that is there still has this version, 0: only if"
            " there is none; else it is refused by a VersionConflictError. Absent or"
            " null: whatever is there."
        ),
    )

    def request(self) -> CronRequest:
        """Return what the use case takes."""
        return CronRequest(
            key=self.key,
            type=self.type,
            tag=self.tag,
            user_id=self.user_id,
            executor=(
                None
                if self.executor is None
                else vocabulary.Executor[self.executor.name]
            ),
            owner=(
                None
                if self.owner is None
                else vocabulary.ScheduleOwner[self.owner.name]
            ),
            trigger_task_id=self.trigger_task_id,
            data=self.data,
            cron=self.cron,
            timezone=self.timezone,
            retry_config=(
                None if self.retry_config is None else self.retry_config.overrides()
            ),
            overlap_policy=(
                None
                if self.overlap_policy is None
                else vocabulary.OverlapPolicy[self.overlap_policy.name]
            ),
            misfire_policy=(
                None
                if self.misfire_policy is None
                else vocabulary.MisfirePolicy[self.misfire_policy.name]
            ),
            misfire_window=self.misfire_window,
            if_version=self.if_version,
        )


@strawberry.type(description="What scheduleCronJob did.")
class ScheduleCronJobPayload:
    """A schedule, or refusals."""

    schedule: JobSchedule | None = strawberry.field(
        default=None, description="The schedule as it is now; null when refused."
    )
    created: bool = strawberry.field(
        default=False,
        description=(
            "Whether this request made it; false when it was there and is changed, and"
            " when refused."
        ),
    )
    errors: list[UserError] = errors_field()


async def resolve_schedule_cron_job(
    info: Info,
    input: Annotated[
        ScheduleCronJobInput,
        strawberry.argument(description="The jobs to schedule by a cron."),
    ],
) -> ScheduleCronJobPayload:
    """Resolve `scheduleCronJob`."""
    engine, viewer = info.context.engine, info.context.viewer
    request = input.request()
    await try_out(engine, request, viewer=viewer)
    async with info.context.database.transaction() as connection:
        scheduled = await schedule_cron(
            connection,
            request,
            registry=engine.registry,
            viewer=viewer,
            now=engine.clock.now(),
            policy=engine.policy,
        )
    return ScheduleCronJobPayload(
        schedule=JobSchedule.of(scheduled.schedule), created=scheduled.created
    )


schedule_cron_job = strawberry.mutation(
    resolver=resolve_schedule_cron_job,
    description=(
        "Make jobs by a cron, or change the schedule that has the key: what is left out"
        " has its default from then on, and only a pause stays. With the owner"
        " TRIGGER_DEV the schedule is told to Trigger.dev, and syncState says how far"
        " that is; what it would refuse is refused here."
    ),
    extensions=[
        RequiresScope(Scope.SCHEDULES_WRITE),
        RefusalsAsData(lambda errors: ScheduleCronJobPayload(errors=errors)),
    ],
    directives=[COMMAND],
)
