"""Job schedules: jobs by a cron."""

from contextlib import suppress
from datetime import datetime, timedelta
from typing import Annotated, Self

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.context import Info
from jobwire.gql.cost import OWN_STATEMENT, PAGES, Cost
from jobwire.gql.pagination import (
    After,
    Before,
    DefaultSize,
    First,
    Last,
    job_cursors,
)
from jobwire.gql.resolved import resolved
from jobwire.gql.run_times import Count, check_count, run_times
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job import Job
from jobwire.gql.types.job_connection import JobConnection
from jobwire.gql.types.job_filter import JobFilter, to_filter
from jobwire.gql.types.node import Node
from jobwire.gql.types.retry_config import RetryConfig
from jobwire.gql.types.schedule_vocabulary import (
    CronOwner,
    MisfirePolicy,
    OverlapPolicy,
    SkipReason,
    SyncState,
)
from jobwire.jobs.cron.job_schedule import JobSchedule as Row
from jobwire.jobs.cron.queries import within_schedule
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.long_json import LongColumn, LongJson
from jobwire.jobs.retry_config import RetryConfig as Config
from jobwire.models.vocabulary import MisfirePolicy as Misfire

JOBS_PAGE = DefaultSize(20)


@strawberry.type(description="The last tick of a schedule that made no job.")
class SkippedTick:
    """What `job_schedules` keeps of it."""

    at: datetime = strawberry.field(description="The tick.")
    reason: SkipReason = strawberry.field(description="Why, for programs.")
    message: str = strawberry.field(description="Why, for people.")


@strawberry.type(
    description=(
        "A cron: which job to make, and when. Only its owner and callers with ADMIN see"
        " it; to all others it does not exist."
    )
)
class JobSchedule(Node):
    """A row of `job_schedules` as the API shows it."""

    id: strawberry.ID = strawberry.field(
        description="sch_ and a UUIDv7 in Crockford's base32; sorts by creation."
    )
    key: str = strawberry.field(
        description=(
            "The caller's stable name, unique per user: scheduling again with it"
            " changes this schedule."
        )
    )
    tag: str = strawberry.field(description="The tag of its jobs.")
    type: str = strawberry.field(description="The type of its jobs; see jobTypes.")
    user_id: strawberry.ID = strawberry.field(
        description="The user who owns it and its jobs."
    )
    executor: Executor = strawberry.field(description="Where its jobs run.")
    owner: CronOwner = strawberry.field(description="Whose clock fires it.")
    cron: str = strawberry.field(
        description=(
            "Five fields (minute, hour, day of the month, month, weekday), or @hourly,"
            " @daily, @weekly, @monthly or @yearly."
        )
    )
    timezone: str = strawberry.field(
        description="The IANA time zone that cron is read in."
    )
    description: str = strawberry.field(description="What cron says, in English.")
    overlap_policy: OverlapPolicy = strawberry.field(
        description="What a tick does while an earlier job of it is open."
    )
    misfire_policy: MisfirePolicy = strawberry.field(
        description="What becomes of ticks that nobody could use in time."
    )
    misfire_window: timedelta | None = strawberry.field(
        description=(
            "How far back the misfirePolicy RUN_ALL reaches; null with the others."
        )
    )
    is_paused: bool = strawberry.field(
        description="Whether it does not fire until resumeJobSchedule."
    )
    waiting_tick_at: datetime | None = strawberry.field(
        description=(
            "The tick that waits for the end of the open jobs, by the overlapPolicy"
            " QUEUE_ONE or the misfirePolicy RUN_ALL; null: none waits."
        )
    )
    last_tick_at: datetime | None = strawberry.field(
        description=(
            "The last tick that made a job; null: none yet, and for TRIGGER_DEV, where"
            " lastJob tells it."
        )
    )
    last_skipped_tick: SkippedTick | None = strawberry.field(
        description="The last tick that made none; null: each one has made a job."
    )
    trigger_task_id: str | None = strawberry.field(
        description="The Trigger.dev task of its jobs; null for INTERNAL."
    )
    trigger_schedule_id: str | None = strawberry.field(
        description=(
            "Trigger.dev's own schedule, sched_…, as last known; null before there was"
            " one."
        )
    )
    sync_state: SyncState | None = strawberry.field(
        description=(
            "Whether Trigger.dev's own schedule follows; null for JOBWIRE, except while"
            " theirs is still to be deleted: ours fires once that is done."
        )
    )
    sync_error: str | None = strawberry.field(
        description="Why it does not follow yet; null: nothing is known against it."
    )
    version: int = strawberry.field(
        description="Rises by one with every change that somebody has asked for."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When its version last rose.")
    row: strawberry.Private[Row]

    @resolved(
        "The input of each job; null only when the type marks it as secret and the"
        " caller is no admin."
    )
    def data(self, info: Info) -> JSON | None:
        """Return the input."""
        context = info.context
        definition = context.engine.registry.find(self.row.type)
        is_secret = self.row.secret_data or (
            definition is not None and definition.secret_data
        )
        if is_secret and not context.viewer.is_admin:
            return None
        long = LongJson(LongColumn.SCHEDULE_DATA, self.row.id)
        return info.context.show_long(self.row.data, long)

    @resolved(
        "How failed attempts of its jobs are tried again, as the type says now where"
        " the schedule says nothing."
    )
    def retry_config(self, info: Info) -> RetryConfig:
        """Return the complete configuration."""
        definition = info.context.engine.registry.find(self.row.type)
        config = Config() if definition is None else definition.retry_config
        # What does not go with the type any more is told by lastSkippedTick.
        with suppress(InvalidInputError):
            config = config.with_overrides(self.row.retry_overrides)
        return RetryConfig.of(config)

    @resolved(
        "When it fires next, by the clock that fires it; empty while it is paused, and"
        " until Trigger.dev's own schedule is gone where ours takes over.",
        directives=[Cost(weight=5)],
    )
    async def next_run_times(self, info: Info, count: Count = 5) -> list[datetime]:
        """Return the next ticks."""
        check_count(count)
        if self.row.is_paused or self.row.is_handed_back:
            return []
        now = info.context.engine.clock.now()
        return await run_times(self.row.ticks_after(now), count, info.context)

    @resolved(
        "The newest of its jobs; null when it has none.", directives=[OWN_STATEMENT]
    )
    async def last_job(self, info: Info) -> Job | None:
        """Return the newest job."""
        row = await info.context.read_last_job(self.row.id)
        return None if row is None else Job.of(row)

    @resolved(
        "Its jobs, the newest first, those of runJobScheduleNow among them.",
        directives=[PAGES, OWN_STATEMENT],
    )
    async def jobs(
        self,
        info: Info,
        first: First = JOBS_PAGE,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[
            JobFilter | None,
            strawberry.argument(
                description="Which of them; absent or null: all of them."
            ),
        ] = None,
    ) -> JobConnection:
        """Return a page of its jobs."""
        window = job_cursors().window(
            first=first, after=after, last=last, before=before, default=JOBS_PAGE
        )
        selected = within_schedule(to_filter(filter), self.row.id)
        page = await info.context.read_job_page(selected, window, descending=True)
        return JobConnection.of(page, selected)

    @classmethod
    def of(cls, row: Row) -> Self:
        """Show a row that was read behind the viewer's wall."""
        reaches_back = row.misfire_policy == Misfire.RUN_ALL
        return cls(
            row=row,
            id=strawberry.ID(row.public_id),
            key=row.key,
            tag=row.tag,
            type=row.type,
            user_id=strawberry.ID(row.user_id),
            executor=Executor(row.executor),
            owner=CronOwner(row.owner),
            cron=row.cron,
            timezone=row.timezone,
            description=row.description,
            overlap_policy=OverlapPolicy(row.overlap_policy),
            misfire_policy=MisfirePolicy(row.misfire_policy),
            misfire_window=row.misfire_window if reaches_back else None,
            is_paused=row.is_paused,
            waiting_tick_at=row.next_tick_at if row.is_waiting else None,
            last_tick_at=row.last_tick_at,
            last_skipped_tick=_skipped(row),
            trigger_task_id=row.trigger_task_id,
            trigger_schedule_id=row.trigger_schedule_id,
            sync_state=None if row.sync_state is None else SyncState(row.sync_state),
            sync_error=row.sync_error,
            version=row.version,
            created_at=row.created_at,
            updated_at=row.updated_at,
        )


def _skipped(row: Row) -> SkippedTick | None:
    if row.last_skipped_at is None or row.last_skip_reason is None:
        return None
    return SkippedTick(
        at=row.last_skipped_at,
        reason=SkipReason(row.last_skip_reason),
        message=row.last_skip_message or "",
    )
