"""A job schedule as the Python API gives it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.models.vocabulary import (
    Executor,
    MisfirePolicy,
    OverlapPolicy,
    ScheduleOwner,
    SyncState,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobScheduleRecord:
    """A job schedule as it stood when it was written; printed without its data.

    Attributes:
        id: Its public id, `sch_…`, as in the GraphQL API.
        uuid: The same as it stands in `job_schedules.id`.
        key: The caller's stable name for it.
        created: Whether the call has made it; False: it was there.
        type: The type of its jobs.
        tag: What they are about.
        user_id: Whose it is.
        version: How often somebody has changed it, from 1 on.
        cron: The expression.
        timezone: The time zone that it is read in.
        description: What it says, in English.
        owner: Whose clock fires it.
        executor: Where its jobs run.
        trigger_task_id: Their Trigger.dev task, for TRIGGER.
        data: The input of each job.
        overlap_policy: What a tick does while an earlier job is open.
        misfire_policy: What becomes of ticks that nobody could use in time.
        is_paused: Whether it does not fire.
        next_run_at: When it fires next; None: it is paused, or Trigger.dev's own
            schedule does not follow yet.
        sync_state: Whether Trigger.dev's own schedule follows; None: there is none.
    """

    id: str
    uuid: UUID
    key: str
    created: bool
    type: str
    tag: str
    user_id: str
    version: int
    cron: str
    timezone: str
    description: str
    owner: ScheduleOwner
    executor: Executor
    trigger_task_id: str | None
    data: Any = field(repr=False)
    overlap_policy: OverlapPolicy
    misfire_policy: MisfirePolicy
    is_paused: bool
    next_run_at: datetime | None
    sync_state: SyncState | None

    @classmethod
    def of(cls, row: JobSchedule, *, now: datetime, created: bool = False) -> Self:
        """Make the record of a row as it was written now."""
        follows = row.sync_state in (None, SyncState.SYNCED)
        return cls(
            id=row.public_id,
            uuid=row.id,
            key=row.key,
            created=created,
            type=row.type,
            tag=row.tag,
            user_id=row.user_id,
            version=row.version,
            cron=row.cron,
            timezone=row.timezone,
            description=row.description,
            owner=ScheduleOwner(row.owner),
            executor=Executor(row.executor),
            trigger_task_id=row.trigger_task_id,
            data=json_text.decode(row.data),
            overlap_policy=OverlapPolicy(row.overlap_policy),
            misfire_policy=MisfirePolicy(row.misfire_policy),
            is_paused=row.is_paused,
            next_run_at=row.tick_after(now) if follows and not row.is_paused else None,
            sync_state=None if row.sync_state is None else SyncState(row.sync_state),
        )
