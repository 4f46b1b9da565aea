"""Hook events: what the lifecycle hooks of a Trigger.dev project post to us."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
)
from pydantic.alias_generators import to_camel

from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.executors.run_words import output_text
from jobwire.jobs.failure import (
    MAX_MESSAGE_BYTES,
    MAX_NAME_BYTES,
    Failure,
    cut,
    cut_stack,
)
from jobwire.jobs.identifiers import parse_job_id
from jobwire.jobs.instant import Instant
from jobwire.jobs.logs.append import MAX_LINES
from jobwire.jobs.logs.line import MAX_MESSAGE_BYTES as MAX_LOG_MESSAGE_BYTES
from jobwire.jobs.logs.line import Line, fields_text
from jobwire.jobs.observation import Observation, Rank
from jobwire.jobs.run_progress import RunProgress
from jobwire.models.vocabulary import FailureKind, JobStatus, LogLevel, SignalSource

JOB_TAG = "job:"

_STATUSES = {
    "RUN_STARTED": JobStatus.RUNNING,
    "RUN_PROGRESS": JobStatus.RUNNING,
    "RUN_COMPLETED": JobStatus.SUCCEEDED,
    "RUN_FAILED": JobStatus.FAILED,
    "RUN_CANCELED": JobStatus.CANCELED,
}
#: The types that say something; others are taken for those of a newer sender.
TYPES = frozenset(_STATUSES)
#: Characters of an id or a name of somebody else's; unique ones stand in an index.
MAX_WORD = 255

_Word = Annotated[
    str, StringConstraints(min_length=1, max_length=MAX_WORD, pattern=r"^[^\x00]+$")
]


class _Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel, frozen=True, extra="ignore")


class _Run(_Part):
    id: _Word
    task_identifier: _Word
    attempt: Annotated[int, Field(ge=1, le=1_000_000)]
    tags: tuple[str, ...] = ()
    started_at: Instant | None = None
    finished_at: Instant | None = None


class _Error(_Part):
    name: str | None = None
    message: str = ""
    stack_trace: str | None = None


class _Line(_Part):
    at: Instant
    level: LogLevel
    message: str
    fields: dict[str, Any] | None = None
    dropped: Annotated[int, Field(ge=1, le=2**53)] | None = None

    def line(self) -> Line:
        return Line(
            self.at,
            self.level,
            cut(self.message, MAX_LOG_MESSAGE_BYTES),
            fields_text(self.fields or {}),
            self.dropped,
        )


class HookEvent(_Part):
    """One event, as it was posted.

    Attributes:
        id: Unique, and the same over all tries to deliver it.
        type: RUN_STARTED, RUN_PROGRESS, RUN_COMPLETED, RUN_FAILED or RUN_CANCELED.
        occurred_at: When it happened, by the clock of the machine that ran the task.
        logs: Lines of the job's log, at most 1,000; they count in RUN_PROGRESS alone.
    """

    id: _Word
    type: Literal[
        "RUN_STARTED", "RUN_PROGRESS", "RUN_COMPLETED", "RUN_FAILED", "RUN_CANCELED"
    ]
    occurred_at: Instant
    run: _Run
    output: Any = None
    error: _Error | None = None
    progress: RunProgress | None = None
    logs: Annotated[tuple[_Line, ...], Field(max_length=MAX_LINES)] = ()

    @classmethod
    def read(cls, body: object) -> "HookEvent":
        """Read the JSON of an event.

        Raises:
            InvalidInputError: It has another shape; the message names each fault.
        """
        try:
            return cls.model_validate(body)
        except ValidationError as error:
            faults = "; ".join(
                f"{'.'.join(map(str, one['loc'])) or 'the event'}: {one['msg']}"
                for one in error.errors(include_url=False)[:5]
            )
            raise InvalidInputError(f"The event cannot be read: {faults}.") from None

    @property
    def is_terminal(self) -> bool:
        """Whether it tells of the end of its run."""
        return _STATUSES[self.type] is not JobStatus.RUNNING

    @property
    def job_id(self) -> UUID | None:
        """The job that the run's tags name; None: none of them does."""
        return job_id_of(self.run.tags)

    def observation(self) -> Observation:
        """Return what it says: testimony, for Trigger.dev has not recorded it yet."""
        status = _STATUSES[self.type]
        output, _ = output_text(self.output)
        return Observation(
            run_id=self.run.id,
            source=SignalSource.WEBHOOK,
            rank=Rank.TESTIMONY,
            word=self.type,
            status=status,
            attempt=self.run.attempt,
            occurred_at=self.occurred_at,
            started_at=self.run.started_at,
            finished_at=(
                (self.run.finished_at or self.occurred_at) if self.is_terminal else None
            ),
            output=output if status is JobStatus.SUCCEEDED else None,
            failure=self._failure() if status is JobStatus.FAILED else None,
            progress=(
                None if self.progress is None else self.progress.text(self.occurred_at)
            ),
            lines=self._lines(),
        )

    def _lines(self) -> tuple[Line, ...]:
        # An end may be looked at twice, and lines of it would come twice.
        if self.type != "RUN_PROGRESS":
            return ()
        return tuple(one.line() for one in self.logs)

    def _failure(self) -> Failure:
        error = self.error or _Error()
        return Failure(
            FailureKind.TASK_ERROR,
            cut(error.message or "The task failed.", MAX_MESSAGE_BYTES),
            name=cut(error.name, MAX_NAME_BYTES) if error.name else None,
            stack=cut_stack(error.stack_trace) if error.stack_trace else None,
        )


def job_id_of(tags: Iterable[str]) -> UUID | None:
    """Return the job that the tags of a run name; None: none of them does."""
    for tag in tags:
        if tag.startswith(JOB_TAG):
            with suppress(ValueError):
                return parse_job_id(tag.removeprefix(JOB_TAG))
    return None
