"""What the code of a job sees of its job, and the errors by which it answers."""

import json
import logging
import math
import threading
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobwire.jobs import json_text
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.logs.line import NUMBERS, Line, line_of_call
from jobwire.models.vocabulary import LogLevel

#: The longest message of a progress report, in characters; longer ones are cut.
MAX_PROGRESS_MESSAGE = 500
#: The largest number that GraphQL's Int can carry.
MAX_COUNT = 2**31 - 1
#: The largest metadata, in bytes of JSON.
MAX_METADATA_BYTES = 64 * 1024
#: The longest delay that code may ask for.
MAX_RETRY_AFTER = timedelta(days=366)

_LOGGER = logging.getLogger("jobwire.job")
_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime"}


class NonRetryable(Exception):  # noqa: N818 - reads as `raise NonRetryable("…")`
    """Raise it when another attempt cannot help: RUNNING → FAILED at once."""


class RetryAfter(Exception):  # noqa: N818 - reads as `raise RetryAfter(30)`
    """Raise it to choose when the next attempt is due: RUNNING → RETRYING.

    It counts as a failed attempt: on the last one the job is FAILED.

    Args:
        delay: Seconds or a timedelta, from zero to 366 days.
        message: What the attempt's failure says.

    Raises:
        ValueError: The delay is out of range.
    """

    def __init__(self, delay: float | timedelta, message: str | None = None) -> None:
        seconds = delay.total_seconds() if isinstance(delay, timedelta) else delay
        if not 0 <= seconds <= MAX_RETRY_AFTER.total_seconds():
            raise ValueError(
                f"RetryAfter takes 0 seconds to {MAX_RETRY_AFTER.days} days, not"
                f" {delay!r}."
            )
        self.delay = timedelta(seconds=seconds)
        super().__init__(message or f"The code asked to be run again in {self.delay}.")


class Cancelled(Exception):  # noqa: N818 - the counterpart of `ctx.cancelled`
    """Raised by `JobContext.raise_if_cancelled` when the code should stop."""

    def __init__(self) -> None:
        super().__init__("The job was asked to stop.")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the code has come.

    Attributes:
        fraction: 0 to 1; None: unknown.
        message: At most 500 characters; None: nothing to say.
        current: Units done, 0 to 2,147,483,647.
        total: Units in all, 0 to 2,147,483,647.
    """

    fraction: float | None
    message: str | None
    current: int | None
    total: int | None


class StopSignal:
    """One flag between the worker, which raises it, and the code, which reads it.

    Attributes:
        asked: The code should stop.
        seen: The code has read the raised flag.
    """

    __slots__ = ("asked", "seen")

    def __init__(self, *, asked: bool = False) -> None:
        self.asked = asked
        self.seen = False


@dataclass(frozen=True, slots=True)
class LogKeeper:
    """Where the lines of a job's log go.

    Attributes:
        keep: Takes each; from any thread, and must neither wait nor raise.
        level: The least level that is kept.
        now: The time of a line.
    """

    keep: Callable[[Line], None]
    level: LogLevel = LogLevel.INFO
    now: Callable[[], datetime] = SystemClock().now


class JobContext:
    """One attempt as its own code sees it.

    A worker makes it; a unit test may make its own and call the job's function with
    it. Everything here may be used from any thread.

    Attributes:
        job_id: The public id, `job_…`.
        type: The name of the job's type.
        tag: What the job is about.
        user_id: Whose job it is.
        attempt: The number of this attempt, from 1.
        max_attempts: How many attempts there will be at most.
        resources: What the lifespan of the worker yielded.
    """

    __slots__ = (
        "_keeper",
        "_log",
        "_metadata",
        "_metadata_lock",
        "_report",
        "_report_metadata",
        "_stop",
        "attempt",
        "job_id",
        "max_attempts",
        "resources",
        "tag",
        "type",
        "user_id",
    )

    def __init__(
        self,
        *,
        job_id: str = "job_00000000000000000000000000",
        type: str = "test",
        tag: str = "test",
        user_id: str = "test",
        attempt: int = 1,
        max_attempts: int = 1,
        resources: Any = None,
        metadata: Mapping[str, Any] | None = None,
        report: Callable[[Progress], None] | None = None,
        report_metadata: Callable[[str], None] | None = None,
        keeper: LogKeeper | None = None,
        stop: StopSignal | None = None,
    ) -> None:
        self.job_id = job_id
        self.type = type
        self.tag = tag
        self.user_id = user_id
        self.attempt = attempt
        self.max_attempts = max_attempts
        self.resources = resources
        self._metadata = dict(metadata or {})
        self._metadata_lock = threading.Lock()
        self._report = report
        self._report_metadata = report_metadata
        self._keeper = keeper
        self._stop = stop or StopSignal()
        self._log: logging.LoggerAdapter[logging.Logger] | None = None

    @property
    def idempotency_key(self) -> str:
        """A key for calls to other systems, the same for every attempt of this job.

        A lost attempt may have made its call already; a system that is sent the same
        key twice can tell. A retried job is a new job and has a new key.
        """
        return self.job_id

    @property
    def log(self) -> "logging.LoggerAdapter[logging.Logger]":
        """The job's log, which callers of the API read and follow.

        It is a logger of Python's `logging`; its records carry `job_id`, `job_type` and
        `attempt`. Lines from `JOBWIRE_JOB_LOG_LEVEL` on are stored as well, whatever
        that logger is set to: message, the `extra` of the call, the exception. It never
        waits and never raises; a job keeps its newest 1,000 lines.
        """
        if self._log is None:
            self._log = _JobLogger(
                _LOGGER,
                {
                    "job_id": self.job_id,
                    "job_type": self.type,
                    "attempt": self.attempt,
                },
                self._keeper,
            )
        return self._log

    @property
    def metadata(self) -> dict[str, Any]:
        """The job's metadata, as this attempt left them: a copy of your own."""
        with self._metadata_lock:
            copy: dict[str, Any] = json.loads(json.dumps(self._metadata))
        return copy

    def set_metadata(self, key: str, value: Any) -> None:
        """Set one key of the job's metadata; see `update_metadata`."""
        self.update_metadata({key: value})

    def update_metadata(self, changes: Mapping[str, Any]) -> None:
        """Change the job's metadata, which callers of the API see; never waits.

        Only the latest state is kept: at most four a second are written, the last one
        always before the attempt ends. A later attempt begins with them.

        Args:
            changes: JSON by key; None removes the key, other keys stay.

        Raises:
            ValueError: It is not JSON, or the metadata would exceed 64 KiB of it.
                Then nothing changes.
        """
        with self._metadata_lock:
            changed = {**self._metadata, **changes}
            kept = {key: value for key, value in changed.items() if value is not None}
            try:
                text = json_text.encode(
                    kept, limit=MAX_METADATA_BYTES, path=("metadata",)
                )
            except InvalidInputError as error:
                raise ValueError(f"The metadata cannot be set. {error}") from error
            # What is nested stays ours, whatever the code does to it later.
            self._metadata = json.loads(text)
            # Within the lock, so that the last state is also the last report.
            if self._report_metadata is not None:
                self._report_metadata(text)

    @property
    def cancelled(self) -> bool:
        """Whether the code should stop now.

        It is raised by a cancel, by the end of `max_duration`, by a worker that shuts
        down, and by a lost lease. A function that has read it as true and returns
        counts as stopped, not as finished.
        """
        if self._stop.asked:
            self._stop.seen = True
        return self._stop.asked

    def raise_if_cancelled(self) -> None:
        """Stop here if the code should stop.

        Raises:
            Cancelled: `cancelled` is true. Let it pass.
        """
        if self.cancelled:
            raise Cancelled

    def progress(
        self,
        fraction: float | None = None,
        message: str | None = None,
        *,
        current: int | None = None,
        total: int | None = None,
    ) -> None:
        """Tell how far the work has come; never waits.

        Only the latest report is kept: at most four a second are written, the last
        one always before the attempt ends.

        Args:
            fraction: 0 to 1, cut to that range; by default `current / total`.
            message: What is being done; cut to 500 characters.
            current: Units done.
            total: Units in all. Numbers above 2,147,483,647 only count towards the
                fraction.

        Raises:
            ValueError: A number is negative or not finite.
        """
        for count in (current, total):
            if count is not None and count < 0:
                raise ValueError(f"progress() counts from 0, not {count}.")
        if fraction is None and current is not None and total:
            fraction = current / total
        if fraction is not None:
            if not math.isfinite(fraction):
                raise ValueError(f"progress() takes a fraction, not {fraction}.")
            fraction = min(max(float(fraction), 0.0), 1.0)
        if self._report is not None:
            self._report(
                Progress(
                    fraction,
                    _cut(message),
                    _representable(current),
                    _representable(total),
                )
            )


class _JobLogger(logging.LoggerAdapter[logging.Logger]):
    """Adds what it is bound to, keeps the `extra` of the call, and has lines stored."""

    def __init__(
        self,
        logger: logging.Logger,
        bound: Mapping[str, object],
        keeper: LogKeeper | None,
    ) -> None:
        super().__init__(logger, bound)
        self._keeper = keeper
        self._least = math.inf if keeper is None else NUMBERS[keeper.level]

    def isEnabledFor(self, level: int) -> bool:  # noqa: N802 - logging's name
        """Whether a line of the level is stored or written to Python's logging."""
        return level >= self._least or super().isEnabledFor(level)

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        """Store a line and hand it on to Python's logging."""
        if self._keeper is not None and level >= self._least:
            self._keeper.keep(
                line_of_call(
                    self._keeper.now(),
                    level,
                    msg,
                    args,
                    extra=kwargs.get("extra"),
                    exc_info=kwargs.get("exc_info"),
                )
            )
        # This frame is not where the line was written.
        kwargs["stacklevel"] = kwargs.get("stacklevel", 1) + 1
        super().log(level, msg, *args, **kwargs)

    def process(
        self, msg: Any, kwargs: MutableMapping[str, Any]
    ) -> tuple[Any, MutableMapping[str, Any]]:
        given = kwargs.get("extra")
        extra = given if isinstance(given, Mapping) else {}
        kwargs["extra"] = {
            # What a record has by itself it refuses as an extra, by an error.
            **{f"{name}_" if name in _RECORD else name: extra[name] for name in extra},
            **(self.extra or {}),
        }
        return msg, kwargs


def _cut(message: str | None) -> str | None:
    if message is None:
        return None
    # PostgreSQL stores neither NUL nor lone surrogates.
    text = str(message)[:MAX_PROGRESS_MESSAGE].replace(
        "\0", "\N{REPLACEMENT CHARACTER}"
    )
    return text.encode("utf-8", "replace").decode()


def _representable(count: int | None) -> int | None:
    return None if count is None or count > MAX_COUNT else int(count)
