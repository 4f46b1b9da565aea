"""What a run can be triggered with, and what triggering answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.json_text import encode

MAX_TAGS = 10
MAX_TAG_LENGTH = 128
MAX_METADATA_BYTES = 262_144
MAX_KEY_LENGTH = 2048
MAX_ATTEMPTS = 250
#: The server works in milliseconds of 32 bits.
MAX_PRIORITY_SECONDS = 2_147_483
MIN_DURATION = timedelta(seconds=5)
MAX_DURATION = timedelta(seconds=2**31 - 1)
_MAX_SPAN_LENGTH = 100

_SPAN = re.compile(r"(?:[0-9]+(?:w|d|hr|h|m|s))+")
_SPAN_UNIT = re.compile(r"w|d|h|m|s")
_KEY_TTL = re.compile(r"[0-9]+[smhd]")


@dataclass(frozen=True, slots=True)
class Triggered:
    """The run that a trigger led to.

    Attributes:
        id: `run_…`.
        is_cached: True: the idempotency key already had this run, and nothing of the
            new call counts, neither payload nor options.
    """

    id: str
    is_cached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerOptions:
    """How a run shall be made; what is None is left to the task.

    The server drops an unknown `ttl` or `idempotencyKeyTTL` without a word and clamps
    numbers (Trigger.dev 4.5.12, observed 2026-11-23), so that everything is checked
    here. There is no `retry`: of a task's retries only `max_attempts` can be set.

    Attributes:
        idempotency_key: At most 2048 characters, unique per environment and task. It
            is freed when its run fails, but not when it is canceled or completes.
        idempotency_key_ttl: A number and one of `s m h d`; the server's default is
            30 days.
        tags: At most 10 of 1 to 128 characters, without commas: one with a comma
            could not be listed.
        metadata: A JSON object, at most 262,144 bytes encoded.
        max_attempts: 1 to 250, the first one included; without effect on a task
            that has no settings of retries at all.
        max_duration: From 5 seconds on, rounded up to seconds.
        ttl: How long the run may wait for its start, from 1 second on: a span, or a
            text such as `1h30m`.
        queue: The name of a queue that the deployed code has; in another one the run
            would stay in PENDING_VERSION.
        concurrency_key: Gives each key its own copy of the queue's limit.
        priority: Seconds that the run is put ahead; negative: behind.
        delay: When to start: a span, a text such as `1h30m`, or an aware instant. One
            in the past starts the run at once.

    Raises:
        InvalidOptionError: One is not as said above.
    """

    idempotency_key: str | None = None
    idempotency_key_ttl: str | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] | None = None
    max_attempts: int | None = None
    max_duration: timedelta | None = None
    ttl: timedelta | str | None = None
    queue: str | None = None
    concurrency_key: str | None = None
    priority: int | None = None
    delay: timedelta | datetime | str | None = None

    def __post_init__(self) -> None:
        self._check_names()
        self._check_tags()
        self._check_numbers()
        for option, value in (("ttl", self.ttl), ("delay", self.delay)):
            _check_span(option, value)
        if self.metadata is not None:
            size = len(encode("metadata", dict(self.metadata)))
            if size > MAX_METADATA_BYTES:
                must = f"have at most {MAX_METADATA_BYTES:,} bytes, not {size:,}"
                raise InvalidOptionError("metadata", must)

    def _check_names(self) -> None:
        key, ttl = self.idempotency_key, self.idempotency_key_ttl
        if key is not None and not 1 <= len(key) <= MAX_KEY_LENGTH:
            must = f"have 1 to {MAX_KEY_LENGTH:,} characters, not {len(key):,}"
            raise InvalidOptionError("idempotency_key", must)
        if ttl is not None and not _KEY_TTL.fullmatch(ttl):
            must = f"be a number and one of s, m, h and d, such as 30d, not {ttl!r}"
            raise InvalidOptionError("idempotency_key_ttl", must)
        for option in ("queue", "concurrency_key"):
            if getattr(self, option) == "":
                raise InvalidOptionError(option, "not be empty; leave it out instead")

    def _check_tags(self) -> None:
        if len(self.tags) > MAX_TAGS:
            must = f"be at most {MAX_TAGS}, not {len(self.tags)}"
            raise InvalidOptionError("tags", must)
        for tag in self.tags:
            if not tag.strip() or len(tag) > MAX_TAG_LENGTH or "," in tag:
                must = (
                    f"have 1 to {MAX_TAG_LENGTH} characters and no comma, not {tag!r}"
                )
                raise InvalidOptionError("tags", must)

    def _check_numbers(self) -> None:
        attempts, span = self.max_attempts, self.max_duration
        if attempts is not None and not 1 <= attempts <= MAX_ATTEMPTS:
            must = f"be from 1 to {MAX_ATTEMPTS}, not {attempts}"
            raise InvalidOptionError("max_attempts", must)
        if span is not None and not MIN_DURATION <= span <= MAX_DURATION:
            must = f"be from {MIN_DURATION} to {MAX_DURATION}, not {span}"
            raise InvalidOptionError("max_duration", must)
        if self.priority is not None and abs(self.priority) > MAX_PRIORITY_SECONDS:
            most = MAX_PRIORITY_SECONDS
            must = f"be from {-most:,} to {most:,} seconds, not {self.priority:,}"
            raise InvalidOptionError("priority", must)

    def to_json(self) -> dict[str, Any]:
        """Write the `options` of the request, without those that are None."""
        written = {
            "idempotencyKey": self.idempotency_key,
            "idempotencyKeyTTL": self.idempotency_key_ttl,
            "tags": list(self.tags) or None,
            "metadata": None if self.metadata is None else dict(self.metadata),
            "maxAttempts": self.max_attempts,
            "maxDuration": _seconds(self.max_duration) if self.max_duration else None,
            "ttl": _written(self.ttl),
            "queue": None if self.queue is None else {"name": self.queue},
            "concurrencyKey": self.concurrency_key,
            "priority": self.priority,
            "delay": _written(self.delay),
        }
        return {name: value for name, value in written.items() if value is not None}


def _check_span(option: str, value: timedelta | datetime | str | None) -> None:
    if isinstance(value, timedelta) and value <= timedelta():
        raise InvalidOptionError(option, f"be longer than nothing, not {value}")
    if isinstance(value, datetime) and value.tzinfo is None:
        raise InvalidOptionError(option, f"have a time zone, not {value.isoformat()}")
    if isinstance(value, str):
        # Of a unit that comes twice the server counts one.
        units = _SPAN_UNIT.findall(value)
        known = len(value) <= _MAX_SPAN_LENGTH and _SPAN.fullmatch(value)
        if not known or len(units) != len(set(units)):
            must = f"be a span such as 1h30m (units w, d, h, m, s), not {value!r}"
            raise InvalidOptionError(option, must)


def _written(value: timedelta | datetime | str | None) -> str | None:
    if isinstance(value, timedelta):
        return f"{_seconds(value)}s"
    if isinstance(value, datetime):
        instant = value.astimezone(UTC).isoformat(timespec="milliseconds")
        return instant.replace("+00:00", "Z")
    return value


def _seconds(span: timedelta) -> int:
    """Round up: a shorter span could be none at all."""
    return -(-span // timedelta(seconds=1))
