"""Fire: the ticks of job schedules become jobs, many at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.transitions.create import CREATED_CHANGES
from jobwire.jobs.transitions.events import append_events
from jobwire.models.vocabulary import SignalSource

#: Each column of a firing and its type in SQL; JSON comes as text.
_COLUMNS = {
    "job_id": "uuid",
    "schedule_id": "uuid",
    "tick_at": "timestamptz",
    "retry_config": "text",
    "queue": "text",
    "max_duration": "interval",
    "secret_data": "boolean",
    "secret_result": "boolean",
}
_ARRAYS = ", ".join(
    f"${place}::{kind}[]" for place, kind in enumerate(_COLUMNS.values(), start=4)
)

# What a schedule holds goes from row to row, and over no wire.
_FIRE = f"""
WITH i AS (
  INSERT INTO worker_jobs (
    id, tag, type, user_id, executor, status, data, retry_config, queue, run_at,
    next_attempt_at, max_duration, created_at, updated_at, schedule_id, tick_at,
    trigger_task_id, secret_data, secret_result)
  SELECT d.job_id, s.tag, s.type, s.user_id, s.executor, 'QUEUED', s.data,
         d.retry_config::jsonb, d.queue, d.tick_at, d.tick_at, d.max_duration,
         $3::timestamptz, $3, s.id, d.tick_at, s.trigger_task_id,
         s.secret_data OR d.secret_data, d.secret_result
    FROM unnest({_ARRAYS}) AS d ({", ".join(_COLUMNS)})
    JOIN job_schedules s ON s.id = d.schedule_id
  RETURNING *),
e AS ({
    append_events(
        "i",
        kind="'CREATED'",
        from_status="NULL",
        changes=CREATED_CHANGES,
        source="$1::text",
        actor="$2::text",
        now="created_at",
    )
})
SELECT count(*) FROM i"""


@dataclass(frozen=True, slots=True)
class Firing:
    """A tick that makes a job.

    Attributes:
        job_id: A UUIDv7 of the millisecond in which it is made.
        schedule_id: The schedule.
        tick_at: The tick.
        retry_config: The whole configuration, as JSON text.
        queue: The queue that the job waits in.
        max_duration: How long one attempt may run; None: without limit.
        secret_data: Whether only admins may read its data, as its type says now.
        secret_result: The same of its output.
    """

    job_id: UUID
    schedule_id: UUID
    tick_at: datetime
    retry_config: str
    queue: str
    max_duration: timedelta | None
    secret_data: bool
    secret_result: bool


async def fire(
    connection: SqlConnection,
    firings: Sequence[Firing],
    *,
    source: SignalSource,
    actor: str,
    now: datetime,
) -> None:
    """Write the jobs of ticks that have come: → QUEUED.

    Must run in the transaction that has locked their schedules, whose tags, users,
    data and tasks they take over.

    Args:
        connection: The connection that holds the locks.
        firings: One or more, each tick of a schedule once.
        source: Which path they come by.
        actor: Who makes them.
        now: When, to the millisecond.

    Raises:
        asyncpg.UniqueViolationError: A tick has its job.
    """
    await connection.fetch(
        _FIRE,
        source.value,
        actor,
        now,
        *([getattr(one, column) for one in firings] for column in _COLUMNS),
    )
