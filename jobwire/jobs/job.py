"""Rows as values: a job, an event and an attempt as they were read.

JSON columns stay text until somebody asks for them: most readers pass them on.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from functools import cache
from operator import itemgetter
from typing import Any, ClassVar, Protocol, Self
from uuid import UUID

from jobwire.jobs.long_json import short
from jobwire.models.vocabulary import JobStatus

#: Columns that are read as JSON text.
JSON_COLUMNS = frozenset(
    {
        "data",
        "result",
        "retry_config",
        "progress",
        "metadata",
        "changes",
        "detail",
        "failure",
        "fields",
    }
)


_STATUSES = {status.value: status for status in JobStatus}


class Columns(Protocol):
    """What was read of a row, by the names of its columns."""

    def __getitem__(self, name: str, /) -> Any:
        """Return a column."""
        ...


class Row:
    """A row of a table as a frozen dataclass whose fields are its columns.

    It has no slots: a frozen dataclass sets its fields one by one, which for those of a
    job takes ten times as long as to fill a dictionary.
    """

    #: JSON that may be long, and the condition under which it is left out then.
    long_json: ClassVar[Mapping[str, str]] = {}

    @classmethod
    @cache
    def columns(cls, table: str = "", *, lean: bool = False) -> str:
        """Write the select list that `from_record` reads.

        Args:
            table: The alias to qualify the columns with; empty: none.
            lean: Leave out JSON that is long; see `jobwire.jobs.long_json`.
        """
        return ", ".join(cls.column(name, table, lean=lean) for name in cls.names())

    @classmethod
    def column(cls, name: str, table: str = "", *, lean: bool = False) -> str:
        """Write how one column is selected, under its own name."""
        prefix = f"{table}." if table else ""
        column = f"{prefix}{name}"
        if lean and name in cls.long_json:
            when = cls.long_json[name].format(prefix)
            return f"{short(column, when=when)} AS {name}"
        if name in JSON_COLUMNS:
            return f"{column}::text AS {name}"
        return column

    @classmethod
    @cache
    def names(cls) -> tuple[str, ...]:
        """Return the names of the columns, in the order of the fields."""
        return tuple(field.name for field in fields(cls))  # type: ignore[arg-type]  # each subclass is a dataclass

    @classmethod
    def from_record(cls, record: Columns) -> Self:
        """Read a row that was selected with `columns`."""
        row = object.__new__(cls)
        row.__dict__.update(zip(cls.names(), cls._values()(record), strict=True))
        return row

    def updated(self, columns: Mapping[str, Any]) -> Self:
        """Return the row with some of its columns as they are now."""
        row = object.__new__(type(self))
        row.__dict__.update(self.__dict__)
        row.__dict__.update(columns)
        return row

    @classmethod
    @cache
    def _values(cls) -> Callable[[Columns], tuple[Any, ...]]:
        return itemgetter(*cls.names())


@dataclass(frozen=True)
class Job(Row):
    """A row of `worker_jobs`; see `jobwire.models.WorkerJob` for each column."""

    #: A failure, which is short, is told with every job.
    long_json: ClassVar[Mapping[str, str]] = {"data": "true", "result": "{0}success"}

    id: UUID
    version: int
    tag: str
    type: str
    user_id: str
    executor: str
    status: str
    data: str
    result: str | None
    success: bool | None
    failure_kind: str | None
    retry_config: str
    priority: int
    queue: str
    concurrency_key: str | None
    idempotency_key: str | None
    run_at: datetime
    next_attempt_at: datetime | None
    expires_at: datetime | None
    max_duration: timedelta | None
    created_at: datetime
    updated_at: datetime
    started: datetime | None
    finished: datetime | None
    attempts: int
    progress: str | None
    metadata: str
    attention: list[str]
    schedule_id: UUID | None
    tick_at: datetime | None
    replay_of: UUID | None
    deleted_at: datetime | None
    secret_data: bool
    secret_result: bool
    leased_by: str | None
    cancel_requested_at: datetime | None
    cancel_requested_by: str | None
    cancel_reason: str | None
    cancel_mode: str | None
    cancel_grace_until: datetime | None
    cancel_acknowledged_at: datetime | None
    cancel_outcome: str | None
    cancel_confirmed_at: datetime | None
    trigger_task_id: str | None
    trigger_run_id: str | None
    trigger_status: str | None
    trigger_environment: str | None
    trigger_batch_id: str | None
    dispatch_state: str
    dispatch_number: int
    dispatched_at: datetime | None
    trigger_observed_at: datetime | None

    @property
    def job_status(self) -> JobStatus:
        """The status as a member of its vocabulary."""
        return _STATUSES[self.status]

    @property
    def needs(self) -> list[str]:
        """The kinds of attention that it needs; none once it has ended."""
        return self.attention if self.finished is None else []


@dataclass(frozen=True)
class Event(Row):
    """A row of `job_events`, without the columns of the feed's cursor."""

    long_json: ClassVar[Mapping[str, str]] = {"changes": "true"}

    job_id: UUID
    user_id: str
    version: int
    kind: str
    from_status: str | None
    to_status: str
    attempt: int | None
    source: str
    actor: str | None
    occurred_at: datetime
    recorded_at: datetime
    changes: str
    detail: str | None


@dataclass(frozen=True)
class Attempt(Row):
    """A row of `job_attempts`."""

    job_id: UUID
    number: int
    status: str
    worker_id: str | None
    trigger_run_id: str | None
    started_at: datetime
    finished_at: datetime | None
    failure_kind: str | None
    failure: str | None
    retry_at: datetime | None

    @property
    def backoff(self) -> timedelta | None:
        """How long the next attempt had to wait; None: none was to follow."""
        if self.retry_at is None or self.finished_at is None:
            return None
        return self.retry_at - self.finished_at


JOB_COLUMNS = Job.columns()
EVENT_COLUMNS = Event.columns()
ATTEMPT_COLUMNS = Attempt.columns()
