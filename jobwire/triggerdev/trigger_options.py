"""What a run can be triggered with, and what triggering answers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

from jobwire.triggerdev.debounce import Debounce
from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.json_text import encode
from jobwire.triggerdev.spans import Span, length_of, whole_seconds, written

MAX_TAGS = 10
MAX_TAG_LENGTH = 128
MAX_METADATA_BYTES = 262_144
MAX_KEY_LENGTH = 2048
MAX_QUEUE_LENGTH = 128
MAX_DEPLOYMENT_LENGTH = 128
MAX_ATTEMPTS = 250
#: The server works in milliseconds of 32 bits.
MAX_PRIORITY_SECONDS = 2_147_483
MIN_DURATION = timedelta(seconds=5)
MAX_DURATION = timedelta(seconds=2**31 - 1)

_KEY_TTL = re.compile(r"[0-9]+[smhd]")
_QUEUE = re.compile(r"[A-Za-z0-9_/-]+")

Machine = Literal[
    "micro",
    "small-1x",
    "small-2x",
    "medium-1x",
    "medium-2x",
    "large-1x",
    "large-2x",
]
IdempotencyScope = Literal["run", "attempt", "global"]


@dataclass(frozen=True, slots=True)
class Triggered:
    """The run that a trigger led to.

    Attributes:
        id: `run_…`.
        is_cached: True: the idempotency key already had this run, and nothing of the
            new call counts, neither payload nor options.
        public_access_token: Reads this run, for an hour; shown by no `repr`. None: the
            server sent none.
    """

    id: str
    is_cached: bool
    public_access_token: str | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class IdempotencyKeyOptions:
    """What an idempotency key was before it was hashed, for people who look at runs.

    Attributes:
        key: As the caller named it.
        scope: `run`, `attempt` or `global`.

    Raises:
        InvalidOptionError: There is no such scope.
    """

    key: str
    scope: IdempotencyScope = "global"

    def __post_init__(self) -> None:
        if self.scope not in get_args(IdempotencyScope):
            must = f"be run, attempt or global, not {self.scope!r}"
            raise InvalidOptionError("idempotency_key_options.scope", must)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerOptions:
    """How a run shall be made; what is None is left to the task.

    The server drops an unknown `ttl` or `idempotencyKeyTTL` without a word and clamps
    numbers (Trigger.dev 4.5.12, observed 2026-11-23), so that everything is checked
    here. There is no `retry`: of a task's retries only `max_attempts` can be set.

    Attributes:
        idempotency_key: At most 2048 characters, unique per environment and task. It
            is freed when its run fails, but not when it is canceled or completes. One
            of exactly 64 characters counts as hashed in the official SDK.
        idempotency_key_ttl: A number and one of `s m h d`; the server's default is
            30 days. Only with a key.
        idempotency_key_options: What the key was before it was hashed. Only with one.
        tags: At most 10 of 1 to 128 characters, without commas: one with a comma
            could not be listed.
        metadata: A JSON object, at most 262,144 bytes encoded.
        max_attempts: 1 to 250, the first one included; without effect on a task
            that has no settings of retries at all.
        max_duration: From 5 seconds on, rounded up to seconds.
        ttl: How long the run may wait for its start, from 1 second on: a span, or a
            text such as `1h30m`.
        queue: The name of a queue that the deployed code has; in another one the run
            would stay in PENDING_VERSION. At most 128 of `A-Z a-z 0-9 _ - /`.
        concurrency_key: Gives each key its own copy of the queue's limit.
        priority: Seconds that the run is put ahead; negative: behind.
        delay: When to start: a span, a text such as `1h30m`, or an aware instant that
            is still to come when it is triggered.
        debounce: Shares the run with later triggers.
        machine: The preset that the run gets.
        region: Such as `us-east-1`; without effect in development.
        version: The deployed version that runs it, such as `20261101.1`.
        external_deployment_id: Waits for a deployment of that name, up to an hour; at
            most 128 characters. Not with a version, which would win.
        test: Marks the run as a test.

    Raises:
        InvalidOptionError: One is not as said above.
    """

    idempotency_key: str | None = None
    idempotency_key_ttl: str | None = None
    idempotency_key_options: IdempotencyKeyOptions | None = None
    tags: tuple[str, ...] = ()
    metadata: Mapping[str, Any] | None = None
    max_attempts: int | None = None
    max_duration: timedelta | None = None
    ttl: Span | None = None
    queue: str | None = None
    concurrency_key: str | None = None
    priority: int | None = None
    delay: Span | datetime | None = None
    debounce: Debounce | None = None
    machine: Machine | None = None
    region: str | None = None
    version: str | None = None
    external_deployment_id: str | None = None
    test: bool | None = None

    def __post_init__(self) -> None:
        self._check_key()
        self._check_tags()
        self._check_numbers()
        self._check_places()
        if self.ttl is not None:
            length_of("ttl", self.ttl)
        self._check_delay()
        if self.metadata is not None:
            size = len(encode("metadata", dict(self.metadata)))
            if size > MAX_METADATA_BYTES:
                must = f"have at most {MAX_METADATA_BYTES:,} bytes, not {size:,}"
                raise InvalidOptionError("metadata", must)

    def check_at(self, now: datetime) -> None:
        """Check what depends on the time of the trigger.

        Raises:
            InvalidOptionError: The delay is over: the server would ignore it, and
                start the run at once.
        """
        if isinstance(self.delay, datetime) and self.delay <= now:
            must = (
                f"be later than now, {now.isoformat()}, not {self.delay.isoformat()};"
                " leave it out to start at once"
            )
            raise InvalidOptionError("delay", must)

    def to_json(self) -> dict[str, Any]:
        """Write the `options` of the request, without those that are None."""
        origin = self.idempotency_key_options
        span = self.max_duration
        all_options = {
            "idempotencyKey": self.idempotency_key,
            "idempotencyKeyTTL": self.idempotency_key_ttl,
            "idempotencyKeyOptions": origin
            and {"key": origin.key, "scope": origin.scope},
            "tags": list(self.tags) or None,
            "metadata": None if self.metadata is None else dict(self.metadata),
            "maxAttempts": self.max_attempts,
            "maxDuration": None if span is None else whole_seconds(span),
            "ttl": None if self.ttl is None else written(self.ttl),
            "queue": None if self.queue is None else {"name": self.queue},
            "concurrencyKey": self.concurrency_key,
            "priority": self.priority,
            "delay": self._written_delay(),
            "debounce": self.debounce and self.debounce.to_json(),
            "machine": self.machine,
            "region": self.region,
            "lockToVersion": self.version,
            "externalDeploymentId": self.external_deployment_id,
            "test": self.test,
        }
        return {key: value for key, value in all_options.items() if value is not None}

    def _check_key(self) -> None:
        key, ttl = self.idempotency_key, self.idempotency_key_ttl
        if key is not None and not 1 <= len(key) <= MAX_KEY_LENGTH:
            must = f"have 1 to {MAX_KEY_LENGTH:,} characters, not {len(key):,}"
            raise InvalidOptionError("idempotency_key", must)
        if ttl is not None and not _KEY_TTL.fullmatch(ttl):
            must = f"be a number and one of s, m, h and d, such as 30d, not {ttl!r}"
            raise InvalidOptionError("idempotency_key_ttl", must)
        for option in ("idempotency_key_ttl", "idempotency_key_options"):
            if key is None and getattr(self, option) is not None:
                must = "come with an idempotency_key; without one it does nothing"
                raise InvalidOptionError(option, must)
        _check_text("idempotency_key", key)

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
            _check_text("tags", tag)

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

    def _check_places(self) -> None:
        """Check where and on what it runs."""
        deployment = self.external_deployment_id
        for option in (
            "queue",
            "concurrency_key",
            "region",
            "version",
            "external_deployment_id",
        ):
            _check_text(option, getattr(self, option))
        queue = self.queue
        if queue is not None and (
            len(queue) > MAX_QUEUE_LENGTH or not _QUEUE.fullmatch(queue)
        ):
            # The server would drop the others, and look for a queue of another name.
            must = (
                f"have at most {MAX_QUEUE_LENGTH} of A-Z a-z 0-9 _ - /, not {queue!r}"
            )
            raise InvalidOptionError("queue", must)
        if self.machine is not None and self.machine not in get_args(Machine):
            must = f"be one of {', '.join(get_args(Machine))}, not {self.machine!r}"
            raise InvalidOptionError("machine", must)
        if deployment is not None and len(deployment) > MAX_DEPLOYMENT_LENGTH:
            must = f"have at most {MAX_DEPLOYMENT_LENGTH} characters"
            raise InvalidOptionError("external_deployment_id", must)
        if deployment is not None and self.version is not None:
            must = "come without a version, which would win over it"
            raise InvalidOptionError("external_deployment_id", must)

    def _check_delay(self) -> None:
        if not isinstance(self.delay, datetime):
            if self.delay is not None:
                length_of("delay", self.delay)
        elif self.delay.tzinfo is None:
            must = f"have a time zone, not {self.delay.isoformat()}"
            raise InvalidOptionError("delay", must)
        if self.delay is not None and self.debounce is not None:
            must = "come without a delay: the run starts after its own"
            raise InvalidOptionError("debounce", must)

    def _written_delay(self) -> str | None:
        if isinstance(self.delay, datetime):
            instant = self.delay.astimezone(UTC).isoformat(timespec="milliseconds")
            return instant.replace("+00:00", "Z")
        return None if self.delay is None else written(self.delay)


def _check_text(option: str, text: str | None) -> None:
    if text is None:
        return
    if not text.strip():
        raise InvalidOptionError(option, "not be empty; leave it out instead")
    if "\0" in text:
        # PostgreSQL has no such character in texts.
        raise InvalidOptionError(option, "have no NUL characters")
