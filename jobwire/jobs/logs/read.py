"""Reads of logs: a page of one job's lines, and what is new of many jobs.

The caller has passed the wall of each job.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jobwire.jobs.job import Row
from jobwire.jobs.logs.line import at_least
from jobwire.jobs.queries import Page, Window
from jobwire.models.database import Connection
from jobwire.models.vocabulary import LogLevel

#: Lines of one job that are read at once when its log is followed.
FOLLOWED_AT_ONCE = 100

_LAST = 2**63 - 1


@dataclass(frozen=True)
class LogLine(Row):
    """A row of `job_logs`."""

    job_id: UUID
    id: int
    attempt: int
    level: str
    at: datetime
    message: str
    fields: str | None
    dropped: int | None

    def is_told(self, min_level: LogLevel) -> bool:
        """Whether it is told to who wants no lesser lines: notes always are."""
        return self.dropped is not None or self.level in at_least(min_level)


@dataclass(frozen=True, slots=True)
class News:
    """What is new of the log of a job.

    Attributes:
        lines: At most 100 that follow.
        has_more: Whether more may follow.
        has_ended: Whether the job has ended, or is gone: nothing follows but this, and
            what may still come from attempts that were lost before.
    """

    lines: list[LogLine]
    has_more: bool
    has_ended: bool


_COLUMNS = LogLine.columns("l")

# Both parts are looked up job by job, whatever the statistics say.
_NEWS = f"""
SELECT w.job_id AS watched, state.is_open, {_COLUMNS}
  FROM unnest($1::uuid[], $2::bigint[]) AS w (job_id, after)
  LEFT JOIN LATERAL (SELECT j.finished IS NULL AS is_open FROM worker_jobs j
                      WHERE j.id = w.job_id AND j.deleted_at IS NULL
                      OFFSET 0) AS state ON true
  LEFT JOIN LATERAL (SELECT * FROM job_logs
                      WHERE job_id = w.job_id AND id > w.after
                      ORDER BY id LIMIT {FOLLOWED_AT_ONCE}) AS l ON true
 ORDER BY w.job_id, l.id"""


@dataclass(frozen=True, slots=True)
class LogFilter:
    """Which lines of a log.

    Attributes:
        attempt: Only what that attempt wrote; None: all.
        min_level: No lesser lines; notes of what was dropped are always told.
    """

    attempt: int | None = None
    min_level: LogLevel = LogLevel.DEBUG


#: Every line.
ALL_LINES = LogFilter()


async def read_log_page(
    connection: Connection,
    job_id: UUID,
    window: Window[int],
    filter: LogFilter = ALL_LINES,
) -> Page[LogLine]:
    """Read one page of a job's log; see `read_log_pages`."""
    return (await read_log_pages(connection, [job_id], window, filter))[job_id]


async def read_log_pages(
    connection: Connection,
    job_ids: Sequence[UUID],
    window: Window[int],
    filter: LogFilter,
) -> dict[UUID, Page[LogLine]]:
    """Read the same page of each job's log, by the numbers of lines, in one statement.

    Args:
        connection: Any connection.
        job_ids: The jobs.
        window: Which part of each log.
        filter: Which lines.
    """
    direction = "DESC" if window.backward else "ASC"
    records = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM unnest($1::uuid[]) AS k (id)
             CROSS JOIN LATERAL (
               SELECT * FROM job_logs
                WHERE (job_id, id) > (k.id, $2) AND (job_id, id) < (k.id, $3)
                  AND ($4::int IS NULL OR attempt = $4)
                  AND (level = ANY ($5::text[]) OR dropped IS NOT NULL)
                ORDER BY job_id {direction}, id {direction}
                LIMIT {window.size + 1}) AS l
             ORDER BY l.job_id, l.id {direction}""",
        list(job_ids),
        0 if window.after is None else window.after,
        _LAST if window.before is None else window.before,
        filter.attempt,
        at_least(filter.min_level),
    )
    found: dict[UUID, list[LogLine]] = {job_id: [] for job_id in job_ids}
    for record in records:
        found[record["job_id"]].append(LogLine.from_record(record))
    return {job_id: window.page(lines) for job_id, lines in found.items()}


async def read_news(
    connection: Connection, behind: Mapping[UUID, int]
) -> dict[UUID, News]:
    """Read what follows in the logs of jobs, and whether they have ended.

    One statement, and so one moment: a job that has ended at it writes no line of its
    last attempt later.

    Args:
        connection: Any connection.
        behind: Of each job the number behind which to read.
    """
    lines: dict[UUID, list[LogLine]] = {job_id: [] for job_id in behind}
    ended: set[UUID] = set()
    for record in await connection.fetch(_NEWS, list(behind), list(behind.values())):
        if not record["is_open"]:
            ended.add(record["watched"])
        if record["id"] is not None:
            lines[record["watched"]].append(LogLine.from_record(record))
    return {
        job_id: News(found, len(found) == FOLLOWED_AT_ONCE, job_id in ended)
        for job_id, found in lines.items()
    }
