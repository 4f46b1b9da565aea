"""Reads of job schedules, always behind the viewer's wall."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.errors import SparseFilterError
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.long_json import LEFT_OUT, LongColumn, LongJson
from jobwire.jobs.looking import look
from jobwire.jobs.queries import AS_OF_COLUMNS, AsOf, Page, Window, read_long
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import wall_of_others
from jobwire.models.database import Connection

#: How many schedules are looked at for those of a type, or those that are paused.
LOOKS = 10_000

_SMALLEST = UUID(int=0)
_LARGEST = UUID(int=(1 << 128) - 1)

_COLUMNS = JobSchedule.columns(lean=True)
_READ = f"""
SELECT {_COLUMNS} FROM job_schedules
 WHERE id = ANY($1::uuid[]) AND {wall_of_others("$2", "$3")} AND deleted_at IS NULL"""
_LAST_JOB = look(
    f"""SELECT * FROM worker_jobs
     WHERE (schedule_id, id) >= (s.id, '{_SMALLEST}')
       AND (schedule_id, id) < (s.id, '{_LARGEST}') AND schedule_id IS NOT NULL
     ORDER BY schedule_id DESC, id DESC""",
    wanted="deleted_at IS NULL AND ($2::text IS NULL OR user_id = $2)",
    limit=1,
)
_LAST_JOBS = f"""
SELECT {AS_OF_COLUMNS}, {Job.columns("j", lean=True)} FROM unnest($1::uuid[]) AS s (id)
  LEFT JOIN LATERAL ({_LAST_JOB}) AS j ON $3::uuid IS NULL OR j.id = $3"""

_FIRST_DUE = """
SELECT next_tick_at FROM job_schedules
 WHERE deleted_at IS NULL AND NOT is_paused AND NOT is_waiting AND owner = 'JOBWIRE'
   AND next_tick_at IS NOT NULL
 ORDER BY next_tick_at LIMIT 1"""


async def read_schedules(
    connection: Connection, viewer: Viewer, ids: Sequence[UUID]
) -> list[JobSchedule]:
    """Read the schedules of the given ids, in no order, without long data."""
    records = await connection.fetch(_READ, list(ids), *viewer.wall)
    return [JobSchedule.from_record(record) for record in records]


async def with_long_data(
    connection: Connection, schedules: Sequence[JobSchedule]
) -> list[JobSchedule]:
    """Return schedules with the long data that were left out when they were read."""
    long = {
        one.id: LongJson(LongColumn.SCHEDULE_DATA, one.id)
        for one in schedules
        if one.data == LEFT_OUT
    }
    if not long:
        return list(schedules)
    found = await read_long(connection, LongColumn.SCHEDULE_DATA, list(long.values()))
    return [
        replace(one, data=found.get(long[one.id], "{}")) if one.id in long else one
        for one in schedules
    ]


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

    Raises:
        SparseFilterError: Too many would have to be looked at.
    """
    wall = viewer.wall
    if wall.job_id is not None:
        return window.page([])
    columns, low, high = "id", "$1", "$2"
    if wall.user_id is not None:
        columns, low, high = "user_id, id", "$5::text, $1", "$5, $2"
    direction = "ASC" if window.backward else "DESC"
    order = ", ".join(f"{name} {direction}" for name in columns.split(", "))
    ordered = f"""SELECT * FROM job_schedules
      WHERE ({columns}) > ({low}) AND ({columns}) < ({high}) ORDER BY {order}"""
    wanted = """deleted_at IS NULL AND ($3::text IS NULL OR type = $3)
      AND ($4::boolean IS NULL OR is_paused = $4)"""
    limit = window.size + 1
    records = await connection.fetch(
        f"""SELECT {_COLUMNS}, is_cut
              FROM ({look(ordered, wanted=wanted, limit=limit, looks=LOOKS)}) AS found
             ORDER BY id {direction}""",
        _SMALLEST if window.before is None else window.before,
        _LARGEST if window.after is None else window.after,
        type,
        is_paused,
        *(() if wall.user_id is None else (wall.user_id,)),
    )
    if any(record["is_cut"] for record in records):
        raise SparseFilterError(
            LOOKS,
            what="job schedules",
            instead="Ask without type or without isPaused, and page through them.",
        )
    return window.page([JobSchedule.from_record(record) for record in records])


async def read_last_jobs(
    connection: Connection, viewer: Viewer, schedule_ids: Sequence[UUID]
) -> tuple[dict[UUID, Job], AsOf]:
    """Read the newest job of each schedule, and where that read stands in the log.

    Long JSON of the jobs is left out.
    """
    records = await connection.fetch(_LAST_JOBS, list(schedule_ids), *viewer.wall)
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
