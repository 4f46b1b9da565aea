"""How the attempts, the events and the logs of jobs are read for plans."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from enum import Enum
from functools import partial
from json.encoder import encode_basestring
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

from jobwire.gql.context import Context
from jobwire.gql.documents.plans.connections import connection
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
from jobwire.jobs.iso8601 import format_duration, format_instant
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


def _made(read: Callable[[Any], Any], text: Callable[[Any], str]) -> Made:
    """Write what is never null."""
    return Made((), lambda row: text(read(row)))


def _made_or_null(read: Callable[[Any], Any], text: Callable[[Any], str]) -> Made:
    def write(row: Any) -> str:
        value = read(row)
        return "null" if value is None else text(value)

    return Made((), write)


def _instant(value: datetime) -> str:
    return f'"{format_instant(value)}"'


def _name_in(names: type[Enum]) -> Callable[[str], str]:
    """Return what writes the name that stands for a word of a closed vocabulary."""
    return {str(one.value): f'"{one.name}"' for one in names}.__getitem__


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
    "number": _made(lambda row: row.number, str),
    "status": _made(lambda row: row.status, _name_in(AttemptStatus)),
    "startedAt": _made(lambda row: row.started_at, _instant),
    "finishedAt": _made_or_null(lambda row: row.finished_at, _instant),
    "workerId": _made_or_null(lambda row: row.worker_id, encode_basestring),
    "retryAt": _made_or_null(lambda row: row.retry_at, _instant),
    "backoff": _made_or_null(
        lambda row: row.backoff, lambda value: f'"{format_duration(value)}"'
    ),
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
    "jobVersion": _made(lambda row: row.event.version, str),
    "kind": _made(lambda row: row.event.kind, _name_in(JobEventKind)),
    "fromStatus": _made_or_null(lambda row: row.event.from_status, _name_in(JobStatus)),
    "toStatus": _made(lambda row: row.event.to_status, _name_in(JobStatus)),
    "source": _made(lambda row: row.event.source, _name_in(SignalSource)),
    "actor": _made_or_null(lambda row: row.event.actor, encode_basestring),
    "occurredAt": _made(lambda row: row.event.occurred_at, _instant),
    "recordedAt": _made(lambda row: row.event.recorded_at, _instant),
    "attempt": _made_or_null(lambda row: row.event.attempt, str),
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
    "at": _made(lambda row: row.at, _instant),
    "level": _made(lambda row: row.level, _name_in(LogLevel)),
    "attempt": _made(lambda row: row.attempt, str),
    "message": _made(lambda row: row.message, encode_basestring),
    "fields": Code(),
    "droppedCount": _made_or_null(lambda row: shown_count(row.dropped), str),
}
LOGS = Loaded(
    ("id",),
    _read_logs,
    connection(
        Shape(_LOG_FIELDS, JobLog.of),
        lambda row: log_cursors(row.job_id).encode(row.id),
    ),
)
