"""Reads: jobs, their events and their attempts, always behind the viewer's wall.

Pages of jobs are read by `job_pages`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Self, TypeVar
from uuid import UUID

from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import (
    EVENT_COLUMNS,
    Attempt,
    Event,
    Job,
    Row,
)
from jobwire.jobs.job_ranges import Span, readings, unbounded_reading
from jobwire.jobs.long_json import LEFT_OUT, LongColumn, LongJson
from jobwire.jobs.selected import Selected
from jobwire.jobs.viewer import Viewer
from jobwire.jobs.wall import Wall, wall_of_jobs, wall_of_parts
from jobwire.models.database import Connection

#: Longer pages are refused.
MAX_PAGE = 100

#: Where a statement stands in the event log: selected beside what it reads, it makes
#: an `AsOf` of the same snapshot.
AS_OF_COLUMNS = """pg_current_snapshot()::text AS as_of_snapshot,
  (SELECT epoch FROM feed_witness) AS as_of_epoch,
  (SELECT system_identifier FROM feed_witness) AS as_of_system_identifier,
  (SELECT database_oid FROM feed_witness) AS as_of_database_oid"""


@dataclass(frozen=True, slots=True)
class AsOf:
    """The snapshot that a statement read with, and the witness of its epoch.

    Attributes:
        snapshot: `pg_current_snapshot()` as text.
        epoch: The witness's epoch; None: there is no witness, a crash emptied it.
        system_identifier: The cluster that the witness was made in.
        database_oid: The database that the witness was made in.
    """

    snapshot: str
    epoch: UUID | None
    system_identifier: str | None
    database_oid: int | None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read what `AS_OF_COLUMNS` selected."""
        return cls(
            record["as_of_snapshot"],
            record["as_of_epoch"],
            record["as_of_system_identifier"],
            record["as_of_database_oid"],
        )


T = TypeVar("T")
U = TypeVar("U")
R = TypeVar("R")
RowT = TypeVar("RowT", bound=Row)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list.

    Attributes:
        items: In the order that was asked for.
        has_next_page: Whether more follow, as far as that was looked at.
        has_previous_page: Whether more precede, as far as that was looked at.
        as_of: Where the read stands in the event log, for pages of jobs.
    """

    items: list[T]
    has_next_page: bool
    has_previous_page: bool
    as_of: AsOf | None = None

    def map(self, turn: Callable[[T], U]) -> "Page[U]":
        """Return the page with each of its items turned into another."""
        return Page(
            [turn(item) for item in self.items],
            self.has_next_page,
            self.has_previous_page,
            self.as_of,
        )


@dataclass(frozen=True, slots=True)
class Window(Generic[T]):
    """Which part of a list: the first or the last so many, within open bounds.

    Attributes:
        first: How many from the start; exactly one of `first` and `last` is given.
        last: How many from the end.
        after: The key that the page starts behind.
        before: The key that the page ends before.
    """

    first: int | None = None
    last: int | None = None
    after: T | None = None
    before: T | None = None

    def __post_init__(self) -> None:
        if (self.first is None) == (self.last is None):
            raise InvalidInputError("Give either first or last.", path=("first",))
        size = self.size
        if not 0 <= size <= MAX_PAGE:
            raise InvalidInputError(
                f"A page has 0 to {MAX_PAGE} items, not {size}.",
                path=("last" if self.first is None else "first",),
            )

    @property
    def size(self) -> int:
        """How many items the page has at most."""
        if self.last is not None:
            return self.last
        return self.first or 0

    @property
    def backward(self) -> bool:
        """Whether the page is read from its end."""
        return self.last is not None

    def page(self, found: Sequence[R], as_of: AsOf | None = None) -> "Page[R]":
        """Make a page of up to `size` + 1 rows that were read in its direction."""
        size = self.size
        more = len(found) > size
        items = list(found[:size])
        if self.backward:
            items.reverse()
            return Page(items, self.before is not None, more, as_of)
        return Page(items, more, self.after is not None, as_of)


# There is a row even where there is no job: it says where the read stands in the log.
_JOBS = f"""(SELECT) AS one
  LEFT JOIN worker_jobs j
    ON j.id = {{}} AND {wall_of_jobs("$2", "$3", of="j.")} AND j.deleted_at IS NULL"""
_ONE_JOB = _JOBS.format("$1")
_SOME_JOBS = _JOBS.format("ANY($1::uuid[])")


async def read_job(
    connection: Connection, viewer: Viewer, job_id: UUID
) -> tuple[Job | None, AsOf]:
    """Read one job and where that read stands in the event log, in one statement."""
    record = await connection.fetchrow(
        f"SELECT {AS_OF_COLUMNS}, {Job.columns('j')} FROM {_ONE_JOB}",
        job_id,
        *viewer.wall,
    )
    job = None if record["id"] is None else Job.from_record(record)
    return job, AsOf.from_record(record)


async def read_selected_jobs(
    connection: Connection,
    wall: Wall,
    ids: Sequence[UUID],
    columns: str,
    *,
    with_as_of: bool,
) -> tuple[dict[UUID, Selected], AsOf | None]:
    """Read some columns of the jobs of the given ids, in one statement.

    Args:
        connection: Any connection.
        wall: What may be seen.
        ids: At least one.
        columns: A select list of columns of `j`, `j.id` among them.
        with_as_of: Read where that read stands in the event log, too.

    Returns:
        Those that there are, by id, and where that read stands.
    """
    # A plan for arrays may be made anew each time.
    source, wanted = (_ONE_JOB, ids[0]) if len(ids) == 1 else (_SOME_JOBS, ids)
    as_of = f", {AS_OF_COLUMNS}" if with_as_of else ""
    records = await connection.fetch(
        f"SELECT {columns}{as_of} FROM {source}",
        wanted,
        *wall,
        record_class=Selected,
    )
    found = {record["id"]: record for record in records if record["id"] is not None}
    return found, AsOf.from_record(records[0]) if with_as_of else None


async def read_jobs(
    connection: Connection, viewer: Viewer, ids: Sequence[UUID]
) -> tuple[list[Job], AsOf]:
    """Read the jobs of the given ids, in no particular order; others are left out.

    So is their long JSON; see `jobwire.jobs.long_json`.

    Returns:
        The jobs, and where that read stands in the event log.
    """
    records = await connection.fetch(
        f"""SELECT {AS_OF_COLUMNS}, {Job.columns("j", lean=True)}
              FROM {_SOME_JOBS}""",
        list(ids),
        *viewer.wall,
    )
    jobs = [Job.from_record(record) for record in records if record["id"] is not None]
    return jobs, AsOf.from_record(records[0])


@dataclass(frozen=True, slots=True)
class CappedCount:
    """How many there are, as far as they were counted.

    Attributes:
        value: How many were counted.
        is_capped: Whether there may be more.
    """

    value: int
    is_capped: bool


async def count_jobs(
    connection: Connection,
    viewer: Viewer,
    filter: JobFilter,
    *,
    cap: int,
) -> CappedCount:
    """Count the jobs of a filter up to a cap, or as far as a bounded look reaches.

    Raises:
        ForbiddenError: The filter names other users, and the viewer is no admin.
    """
    most = 0
    span = Span(limit=cap + 1, descending=True)
    for statement, values in readings(filter.within(viewer), span):
        count, is_cut = await connection.fetchrow(
            f"""SELECT count(*) FILTER (WHERE NOT is_cut), bool_or(is_cut)
                  FROM ({statement.ids}) AS counted""",
            *values,
        )
        if count > cap or not is_cut:
            return CappedCount(min(count, cap), is_capped=count > cap)
        most = max(most, count)
    return CappedCount(most, is_capped=True)


def select_ids(
    viewer: Viewer, filter: JobFilter, *, first: int
) -> tuple[str, list[Any]]:
    """Write the statement that selects the ids of a filter's oldest jobs.

    It looks at as many jobs as it takes to find them.

    Args:
        viewer: Behind whose wall.
        filter: Which jobs.
        first: How many at most.

    Returns:
        The statement and the values of its parameters.

    Raises:
        ForbiddenError: The filter names other users, and the viewer is no admin.
    """
    span = Span(limit=first, descending=False)
    statement, values = unbounded_reading(filter.within(viewer), span)
    return f"SELECT id FROM ({statement.ids}) AS selected", values


async def read_event_page(
    connection: Connection, job_id: UUID, window: Window[int], *, lean: bool = False
) -> Page[Event]:
    """Read one page of a job's events; see `read_event_pages`."""
    pages = await read_event_pages(connection, [job_id], window, lean=lean)
    return pages[job_id]


async def read_event_pages(
    connection: Connection,
    job_ids: Sequence[UUID],
    window: Window[int],
    *,
    lean: bool = False,
) -> dict[UUID, Page[Event]]:
    """Read the same page of the events of each job by version, in one statement.

    The caller has passed the wall of each.

    Args:
        connection: Any connection.
        job_ids: The jobs.
        window: Which part of each list.
        lean: Leave out long changes; see `jobwire.jobs.long_json`.
    """
    columns = Event.columns("p", lean=lean)
    return await _read_parts(
        connection, Event, "job_events", "version", columns, job_ids, window
    )


async def read_attempt_page(
    connection: Connection, job_id: UUID, window: Window[int]
) -> Page[Attempt]:
    """Read one page of a job's attempts; see `read_attempt_pages`."""
    return (await read_attempt_pages(connection, [job_id], window))[job_id]


async def read_attempt_pages(
    connection: Connection, job_ids: Sequence[UUID], window: Window[int]
) -> dict[UUID, Page[Attempt]]:
    """Read the same page of the attempts of each job by number, in one statement.

    The caller has passed the wall of each.
    """
    columns = Attempt.columns("p")
    return await _read_parts(
        connection, Attempt, "job_attempts", "number", columns, job_ids, window
    )


async def _read_parts(
    connection: Connection,
    row: type[RowT],
    table: str,
    key: str,
    columns: str,
    job_ids: Sequence[UUID],
    window: Window[int],
) -> dict[UUID, Page[RowT]]:
    direction = "DESC" if window.backward else "ASC"
    # They are looked up job by job, whatever the statistics say.
    records = await connection.fetch(
        f"""SELECT {columns} FROM unnest($1::uuid[]) AS k (id)
             CROSS JOIN LATERAL (
               SELECT * FROM {table}
                WHERE (job_id, {key}) > (k.id, $2) AND (job_id, {key}) < (k.id, $3)
                  AND EXISTS (SELECT FROM worker_jobs j
                               WHERE j.id = k.id AND j.deleted_at IS NULL)
                ORDER BY job_id {direction}, {key} {direction}
                LIMIT {window.size + 1}) AS p
             ORDER BY p.job_id, p.{key} {direction}""",
        list(job_ids),
        -1 if window.after is None else window.after,
        2**31 - 1 if window.before is None else window.before,
    )
    found: dict[UUID, list[RowT]] = {job_id: [] for job_id in job_ids}
    for record in records:
        found[record["job_id"]].append(row.from_record(record))
    return {job_id: window.page(rows) for job_id, rows in found.items()}


async def read_event(
    connection: Connection, viewer: Viewer, job_id: UUID, version: int
) -> Event | None:
    """Read the event that made one version of a job."""
    record = await connection.fetchrow(
        f"""SELECT {EVENT_COLUMNS} FROM job_events
             WHERE job_id = $1 AND version = $2 AND {wall_of_parts("$3", "$4")}
               AND EXISTS (SELECT FROM worker_jobs j
                            WHERE j.id = $1 AND j.deleted_at IS NULL)""",
        job_id,
        version,
        *viewer.wall,
    )
    return None if record is None else Event.from_record(record)


async def read_attempt(
    connection: Connection, viewer: Viewer, job_id: UUID, number: int
) -> Attempt | None:
    """Read one attempt of a job."""
    record = await connection.fetchrow(
        f"""SELECT {Attempt.columns("a")} FROM job_attempts a
              JOIN worker_jobs j ON j.id = a.job_id
             WHERE a.job_id = $1 AND a.number = $2
               AND {wall_of_jobs("$3", "$4", of="j.")} AND j.deleted_at IS NULL""",
        job_id,
        number,
        *viewer.wall,
    )
    return None if record is None else Attempt.from_record(record)


async def read_long(
    connection: Connection, column: LongColumn, wanted: Collection[LongJson]
) -> dict[LongJson, str]:
    """Read values of one column whose rows were read behind the viewer's wall.

    Those that are gone are left out.
    """
    table, _, name = column.partition(".")
    if column is LongColumn.CHANGES:
        key, version = "job_id", "t.version"
        found = "t.job_id = k.id AND t.version = k.version"
    else:
        key, version = "id", "0"
        found = "t.id = k.id"
    records = await connection.fetch(
        f"""SELECT t.{key} AS id, {version} AS version, t.{name}::text AS text
              FROM unnest($1::uuid[], $2::integer[]) AS k (id, version)
              JOIN {table} t ON {found}""",
        [one.id for one in wanted],
        [one.version for one in wanted],
    )
    return {
        LongJson(column, one["id"], one["version"]): one["text"]
        for one in records
        if one["text"] is not None
    }


async def with_long_json(connection: Connection, jobs: Sequence[Job]) -> list[Job]:
    """Return jobs with the long JSON that was left out when they were read.

    What is gone since stays left out of `data`, and `result` is None.
    """
    data = [LongJson(LongColumn.DATA, job.id) for job in jobs if job.data == LEFT_OUT]
    results = [
        LongJson(LongColumn.RESULT, job.id) for job in jobs if job.result == LEFT_OUT
    ]
    found: dict[LongJson, str] = {}
    for column, wanted in ((LongColumn.DATA, data), (LongColumn.RESULT, results)):
        if wanted:
            found |= await read_long(connection, column, wanted)
    return [
        replace(
            job,
            data=found.get(LongJson(LongColumn.DATA, job.id), job.data),
            result=found.get(LongJson(LongColumn.RESULT, job.id), job.result or None),
        )
        for job in jobs
    ]
