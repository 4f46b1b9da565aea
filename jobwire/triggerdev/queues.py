"""Queues, as the API answers them, and how one is named."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobwire.triggerdev.errors import InvalidOptionError, MalformedResponseError
from jobwire.triggerdev.fields import Fields

MAX_CONCURRENCY_LIMIT = 100_000
_MAX_PERCENT = 100


class QueueType(StrEnum):
    """Whether a queue is a task's own; a server may know more types."""

    TASK = "task"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class TaskQueue:
    """The queue that a task has of its own, by the id of the task."""

    task_id: str


@dataclass(frozen=True, slots=True)
class CustomQueue:
    """A queue by its name, which may hold slashes."""

    name: str


#: A queue by its id, `queue_…`, or by what it is called.
QueueName = str | TaskQueue | CustomQueue


@dataclass(frozen=True, slots=True)
class QueueConcurrency:
    """The limits of a queue; None: it has none of its own.

    Attributes:
        current: What counts.
        base: What is deployed, told while it is overridden.
        override: What was put over it.
        overridden_by: Who did that, if it was a user.
    """

    current: int | None
    base: int | None
    override: int | None
    overridden_at: datetime | None
    overridden_by: str | None


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue, with how many runs it has now.

    Attributes:
        name: Without the `task/` of a task's own.
        type: See `QueueType`.
        running: How many execute.
        queued: How many wait.
        is_paused: Whether no run leaves it.
        concurrency_limit: How many may execute at once; None: as many as the
            environment lets.
        concurrency: Where the limit comes from; None: not told.
        override_percent: What part of the environment's limit was put over that of
            the queue; None: none, or not told, as by answers of changes.
    """

    id: str
    name: str
    type: str
    running: int
    queued: int
    is_paused: bool
    concurrency_limit: int | None
    concurrency: QueueConcurrency | None
    override_percent: float | None


@dataclass(frozen=True, slots=True)
class QueuePage:
    """A page of the queues, by their names.

    Attributes:
        page: Its number, from 1.
        pages: How many there are.
        count: How many queues there are on all.
    """

    queues: Sequence[Queue]
    page: int
    pages: int
    count: int


def limit_body(
    concurrency_limit: int | None, percent: float | None
) -> dict[str, float]:
    """Write what is put over the limit of a queue.

    Raises:
        InvalidOptionError: It is not exactly one of both, or out of its range.
    """
    if (concurrency_limit is None) == (percent is None):
        must = "be given, or else percent, and not both"
        raise InvalidOptionError("concurrency_limit", must)
    if percent is not None:
        if not 0 < percent <= _MAX_PERCENT:
            must = f"be above 0 and at most {_MAX_PERCENT}, not {percent}"
            raise InvalidOptionError("percent", must)
        return {"percent": percent}
    limit = concurrency_limit
    if (
        isinstance(limit, bool)
        or not isinstance(limit, int)
        or not 0 <= limit <= MAX_CONCURRENCY_LIMIT
    ):
        must = f"be a whole number from 0 to {MAX_CONCURRENCY_LIMIT:,}, not {limit!r}"
        raise InvalidOptionError("concurrency_limit", must)
    return {"concurrencyLimit": limit}


def read_queue(fields: Fields) -> Queue:
    """Read a queue.

    Raises:
        MalformedResponseError: It is not as it should be.
    """
    concurrency = fields.optional_object("concurrency")
    return Queue(
        id=fields.text("id"),
        name=fields.text("name"),
        type=fields.text("type"),
        running=fields.count("running"),
        queued=fields.count("queued"),
        is_paused=fields.flag("paused"),
        concurrency_limit=_limit(fields, "concurrencyLimit"),
        concurrency=None if concurrency is None else _concurrency(concurrency),
        override_percent=(
            None
            if fields.any("concurrencyLimitOverridePercent") is None
            else fields.number("concurrencyLimitOverridePercent")
        ),
    )


def read_queue_page(body: object) -> QueuePage:
    """Read a page of queues.

    Raises:
        MalformedResponseError: It is not as it should be.
    """
    fields = Fields(body, "the list of queues", refuse=MalformedResponseError)
    pagination = fields.object("pagination")
    return QueuePage(
        tuple(read_queue(item) for item in fields.objects("data")),
        page=pagination.count("currentPage"),
        pages=pagination.count("totalPages"),
        count=pagination.count("count"),
    )


def _concurrency(fields: Fields) -> QueueConcurrency:
    return QueueConcurrency(
        current=_limit(fields, "current"),
        base=_limit(fields, "base"),
        override=_limit(fields, "override"),
        overridden_at=fields.optional_time("overriddenAt"),
        overridden_by=fields.optional_text("overriddenBy"),
    )


def _limit(fields: Fields, name: str) -> int | None:
    return None if fields.any(name) is None else fields.count(name)
