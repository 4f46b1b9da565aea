"""How the attempts, the events and the logs of jobs are read for plans."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from json.encoder import encode_basestring
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from jobwire.gql.context import Context
from jobwire.gql.documents.plans.connections import connection
from jobwire.gql.documents.plans.made import (
    duration,
    instant,
    made,
    made_or_null,
    name_in,
)
from jobwire.gql.documents.plans.shapes import Code, How, Loaded, Made, Shape
from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.gql.pagination import (
    Cursors,
    DefaultSize,
    attempt_cursors,
    event_cursors,
    log_cursors,
)
from jobwire.gql.types.job import ATTEMPTS_PAGE, EVENTS_PAGE, LOGS_PAGE
from jobwire.gql.types.job_attempt import AttemptStatus, JobAttempt
from jobwire.gql.types.job_event import JobEvent, JobEventKind, SignalSource
from jobwire.gql.types.job_log import JobLog, LogLevel, shown_count, to_level
from jobwire.gql.types.job_status import JobStatus
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Attempt, Event
from jobwire.jobs.logs.read import LogFilter, LogLine, read_log_pages
from jobwire.jobs.queries import (
    Page,
    Window,
    read_attempt_pages,
    read_event_pages,
)
from jobwire.jobs.selected import Selected
from jobwire.models.database import Connection

T = TypeVar("T")


def _window(
    cursors: Callable[[UUID], Cursors[int]],
    rows: Sequence[Selected],
    default: DefaultSize,
    *,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Window[int]:
    """Read the page arguments of the lists that several jobs have.

    Raises:
        InvalidInputError: They do not fit.
        InvalidCursorError: A cursor, which is of the list of one job, is not of each.
    """
    are_alike = after is None and before is None
    windows = {
        cursors(row.id).window(
            first=first, after=after, last=last, before=before, default=default
        )
        for row in (rows[:1] if are_alike else rows)
    }
    return windows.pop()


async def _read(
    context: Context,
    rows: Sequence[Selected],
    read: Callable[[Connection, Sequence[UUID]], Awaitable[dict[UUID, Page[T]]]],
) -> list[Page[T]]:
    """Read a page for each row, on a connection of the viewer's share."""
    ids = [row.id for row in rows]
    async with context.database.connection() as connected:
        found = await read(connected, ids)
    return [found[id] for id in ids]


async def _read_attempts(
    context: Context, rows: Sequence[Selected], **page: Any
) -> list[Page[Attempt]]:
    window = _window(attempt_cursors, rows, ATTEMPTS_PAGE, **page)
    return await _read(context, rows, partial(read_attempt_pages, window=window))


_ATTEMPT_FIELDS: dict[str, How] = {
    "id": Made((), lambda row: f'"{GlobalId(Kind.ATTEMPT, row.job_id, row.number)}"'),
    "number": made(lambda row: row.number, str),
    "status": made(lambda row: row.status, name_in(AttemptStatus)),
    "startedAt": made(lambda row: row.started_at, instant),
    "finishedAt": made_or_null(lambda row: row.finished_at, instant),
    "workerId": made_or_null(lambda row: row.worker_id, encode_basestring),
    "retryAt": made_or_null(lambda row: row.retry_at, instant),
    "backoff": made_or_null(lambda row: row.backoff, duration),
    "failure": Code(),
}
ATTEMPTS = Loaded(
    ("id",),
    _read_attempts,
    connection(
        Shape(_ATTEMPT_FIELDS, JobAttempt.of),
        lambda row: attempt_cursors(row.job_id).encode(row.number),
    ),
)


class _EventOf(NamedTuple):
    event: Event
    job: Selected


async def _read_events(
    context: Context, rows: Sequence[Selected], **page: Any
) -> list[Page[_EventOf]]:
    window = _window(event_cursors, rows, EVENTS_PAGE, **page)
    read = partial(read_event_pages, window=window, lean=True)
    pages = await _read(context, rows, read)
    return [_of_job(page, row) for page, row in zip(pages, rows, strict=True)]


def _of_job(page: Page[Event], job: Selected) -> Page[_EventOf]:
    return page.map(lambda event: _EventOf(event, job))


_EVENT_FIELDS: dict[str, How] = {
    "id": Made(
        (), lambda row: f'"{GlobalId(Kind.EVENT, row.job.id, row.event.version)}"'
    ),
    "jobId": Made((), lambda row: f'"{job_id_text(row.job.id)}"'),
    "jobVersion": made(lambda row: row.event.version, str),
    "kind": made(lambda row: row.event.kind, name_in(JobEventKind)),
    "fromStatus": made_or_null(lambda row: row.event.from_status, name_in(JobStatus)),
    "toStatus": made(lambda row: row.event.to_status, name_in(JobStatus)),
    "source": made(lambda row: row.event.source, name_in(SignalSource)),
    "actor": made_or_null(lambda row: row.event.actor, encode_basestring),
    "occurredAt": made(lambda row: row.event.occurred_at, instant),
    "recordedAt": made(lambda row: row.event.recorded_at, instant),
    "attempt": made_or_null(lambda row: row.event.attempt, str),
    "changes": Code(),
    "detail": Code(),
}
EVENTS = Loaded(
    # What of it is secret to whom depends on these.
    ("id", "type", "secret_data", "secret_result"),
    _read_events,
    connection(
        Shape(_EVENT_FIELDS, lambda row: JobEvent.of(*row)),
        lambda row: event_cursors(row.job.id).encode(row.event.version),
    ),
)


async def _read_logs(
    context: Context,
    rows: Sequence[Selected],
    *,
    attempt: int | None = None,
    min_level: LogLevel | None = None,
    **page: Any,
) -> list[Page[LogLine]]:
    window = _window(log_cursors, rows, LOGS_PAGE, **page)
    filter = LogFilter(attempt, to_level(min_level))
    read = partial(read_log_pages, window=window, filter=filter)
    return await _read(context, rows, read)


_LOG_FIELDS: dict[str, How] = {
    "at": made(lambda row: row.at, instant),
    "level": made(lambda row: row.level, name_in(LogLevel)),
    "attempt": made(lambda row: row.attempt, str),
    "message": made(lambda row: row.message, encode_basestring),
    "fields": Code(),
    "droppedCount": made_or_null(lambda row: shown_count(row.dropped), str),
}
LOGS = Loaded(
    ("id",),
    _read_logs,
    connection(
        Shape(_LOG_FIELDS, JobLog.of),
        lambda row: log_cursors(row.job_id).encode(row.id),
    ),
)
