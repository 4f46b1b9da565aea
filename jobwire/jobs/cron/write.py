"""The row form of job schedules: lock one, let a use case decide, write one version."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.cron.job_schedule import SCHEDULE_COLUMNS, JobSchedule
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.identifiers import schedule_id_text
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import wall_of_others
from jobwire.models.vocabulary import SyncState

_LOCK = f"""
SELECT {SCHEDULE_COLUMNS} FROM job_schedules
 WHERE id = $1 AND {wall_of_others("$2", "$3")} AND deleted_at IS NULL
   FOR UPDATE"""
_JSON = frozenset({"data", "retry_config"})


async def lock_schedule(
    connection: SqlConnection, schedule_id: UUID, *, viewer: Viewer
) -> JobSchedule:
    """Lock and read one job schedule until the end of the caller's transaction.

    Raises:
        NotFoundError: There is none behind the viewer's wall.
    """
    records = await connection.fetch(_LOCK, schedule_id, *viewer.wall)
    if not records:
        raise NotFoundError(schedule_id_text(schedule_id), what="job schedule")
    return JobSchedule.from_record(records[0])


async def write(
    connection: SqlConnection,
    schedule: JobSchedule,
    values: Mapping[str, Any],
    *,
    now: datetime,
) -> JobSchedule:
    """Write the next version of a job schedule that the caller has locked.

    Args:
        connection: The connection that holds the lock.
        schedule: As it was locked.
        values: The columns to set, those of JSON as text.
        now: When.
    """
    sets = ", ".join(
        f"{column} = ${place}{'::text::jsonb' if column in _JSON else ''}"
        for place, column in enumerate(values, start=3)
    )
    records = await connection.fetch(
        f"""UPDATE job_schedules SET version = version + 1, updated_at = $2, {sets}
             WHERE id = $1 RETURNING {SCHEDULE_COLUMNS}""",
        schedule.id,
        now,
        *values.values(),
    )
    return JobSchedule.from_record(records[0])


def to_sync(schedule: JobSchedule, now: datetime) -> dict[str, Any]:
    """Return the columns that have Trigger.dev told; none where it does not fire."""
    if schedule.sync_state is None:
        return {}
    return begin_sync(now)


def begin_sync(now: datetime) -> dict[str, Any]:
    """Return the columns that have Trigger.dev told as soon as possible."""
    return {
        "sync_state": SyncState.PENDING.value,
        "sync_due_at": now,
        "sync_failures": 0,
        "sync_error": None,
    }
