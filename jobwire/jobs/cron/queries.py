"""Reads of job schedules, always behind the viewer's wall."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.queries import AS_OF_COLUMNS, AsOf, Page, Window
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import wall_of_others
from jobwire.models.database import Connection

_SMALLEST = UUID(int=0)
_LARGEST = UUID(int=(1 << 128) - 1)

_COLUMNS = JobSchedule.columns(lean=True)
_READ = f"""
SELECT {_COLUMNS} FROM job_schedules
 WHERE id = ANY($1::uuid[]) AND {wall_of_others("$2", "$3")} AND deleted_at IS NULL"""
_LAST_JOBS = f"""
SELECT {AS_OF_COLUMNS}, {Job.columns("j", lean=True)} FROM unnest($1::uuid[]) AS s (id)
  LEFT JOIN LATERAL (
    SELECT * FROM worker_jobs
     WHERE schedule_id = s.id AND schedule_id IS NOT NULL AND deleted_at IS NULL
       AND ($2::text IS NULL OR user_id = $2)
     ORDER BY schedule_id DESC, id DESC LIMIT 1) AS j
    ON $3::uuid IS NULL OR j.id = $3"""

_FIRST_DUE = """
SELECT next_tick_at FROM job_schedules
 WHERE deleted_at IS NULL AND NOT is_paused AND NOT is_waiting AND owner = 'JOBWIRE'
   AND next_tick_at IS NOT NULL
 ORDER BY next_tick_at LIMIT 1"""


async def read_schedules(
    connection: Connection, viewer: Viewer, ids: Sequence[UUID]
) -> list[JobSchedule]:
    """Read the schedules of the given ids, in no order, without long data."""
    records = await connection.fetch(_READ, list(ids), *viewer.wall.values)
    return [JobSchedule.from_record(record) for record in records]


async def read_schedule_page(
    connection: Connection,
    viewer: Viewer,
    window: Window[UUID],
    *,
    type: str | None = None,
    is_paused: bool | None = None,
) -> Page[JobSchedule]:
    """Read one page of schedules, the newest first, without long data.

    Args:
        connection: Any connection.
        viewer: Who reads.
        window: Which part of the list.
        type: Only those of this type of job.
        is_paused: Only those that are paused, or that are not.
    """
    # The one column that drives an index; the rest narrows what that finds.
    wall = viewer.wall
    walled = "user_id = $1" if wall.user_id is not None else "$1::text IS NULL"
    direction = "ASC" if window.backward else "DESC"
    order = "user_id, id" if wall.user_id is not None else "id"
    ordered = ", ".join(f"{name} {direction}" for name in order.split(", "))
    records = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM job_schedules
             WHERE {walled} AND $2::uuid IS NULL
               AND id < $3 AND id > $4 AND deleted_at IS NULL
               AND ($5::text IS NULL OR type = $5)
               AND ($6::boolean IS NULL OR is_paused = $6)
             ORDER BY {ordered} LIMIT $7""",
        *wall.values,
        _LARGEST if window.after is None else window.after,
        _SMALLEST if window.before is None else window.before,
        type,
        is_paused,
        window.size + 1,
    )
    return window.page([JobSchedule.from_record(record) for record in records])


async def read_last_jobs(
    connection: Connection, viewer: Viewer, schedule_ids: Sequence[UUID]
) -> tuple[dict[UUID, Job], AsOf]:
    """Read the newest job of each schedule, and where that read stands in the log.

    Long JSON of the jobs is left out.
    """
    records = await connection.fetch(
        _LAST_JOBS, list(schedule_ids), *viewer.wall.values
    )
    jobs = [Job.from_record(record) for record in records if record["id"] is not None]
    found = {job.schedule_id: job for job in jobs if job.schedule_id is not None}
    return found, AsOf.from_record(records[0])


def within_schedule(filter: JobFilter, schedule_id: UUID) -> JobFilter:
    """Return a filter narrowed to the jobs of one schedule."""
    asked = filter.schedule_ids
    is_asked = asked is None or schedule_id in asked
    return replace(filter, schedule_ids=(schedule_id,) if is_asked else ())


async def read_overdue(connection: Connection, *, now: datetime) -> timedelta:
    """Return how long the most overdue schedule has been due; zero: none is."""
    first: datetime | None = await connection.fetchval(_FIRST_DUE)
    return timedelta() if first is None else max(now - first, timedelta())
