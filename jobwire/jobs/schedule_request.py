"""What a caller asks to be scheduled, and what of it is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.instant import in_utc
from jobwire.jobs.iso8601 import format_duration
from jobwire.models.vocabulary import Executor

MAX_TAG_LENGTH = 120
MAX_TYPE_LENGTH = 120
MAX_USER_ID_LENGTH = 255
#: Of a concurrency key and of an idempotency key.
MAX_KEY_LENGTH = 255
MAX_METADATA_BYTES = 64 * 1024
MAX_PRIORITY = 9
#: The farthest that a job may be scheduled ahead.
MAX_AHEAD = timedelta(days=3660)
#: The longest attempt, and the longest time-to-live.
MAX_SPAN = timedelta(days=366)

# NUL and lone surrogates.
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_NOT_IN_TAGS = re.compile(r"[,\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTime:
    """When a job shall run: behind a delay or at an instant; neither: at once."""

    delay: timedelta | None = None
    at: datetime | None = None

    def resolve(self, now: datetime) -> datetime:
        """Return the instant that is meant.

        Raises:
            InvalidInputError: Both are given, or it is too far away.
        """
        if self.delay is not None and self.at is not None:
            raise InvalidInputError(
                "Give either a delay or a time to run at, not both.", path=("when",)
            )
        if self.delay is not None:
            if not timedelta() <= self.delay <= MAX_AHEAD:
                raise InvalidInputError(
                    f"The delay must be from zero to {MAX_AHEAD.days} days, not"
                    f" {self.delay}.",
                    path=("when", "delay"),
                )
            return now + self.delay
        if self.at is None:
            return now
        if self.at.tzinfo is None:
            raise InvalidInputError(
                "The time to run at must have an offset from UTC.", path=("when", "at")
            )
        if self.at > now + MAX_AHEAD:
            raise InvalidInputError(
                f"The time to run at must be within {MAX_AHEAD.days} days, not"
                f" {self.at.isoformat()}.",
                path=("when", "at"),
            )
        try:
            return in_utc(self.at)
        except ValueError as outside:
            raise InvalidInputError(
                f"The time to run at cannot be {self.at.isoformat()}: {outside}.",
                path=("when", "at"),
            ) from None


#: Without waiting.
AT_ONCE = RunTime()


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleRequest:
    """What a caller asks for.

    Attributes:
        type: The name of the code to run.
        tag: What the job is about: 1-120 characters, no comma, no control character.
        executor: Where it runs; None: where its type is registered, and on Trigger.dev
            if it names a task.
        trigger_task_id: The Trigger.dev task to run.
        user_id: Whose job it is; None: the caller's own.
        data: Its input, JSON of at most 512 KiB.
        when: When it shall run.
        retry_config: Members that differ from the type's, by their names in the API.
        max_duration: How long one attempt may run; None: what the type says.
        ttl: How long after it is due it may still start; None: for ever.
        priority: 0-9, higher first; None: 0.
        queue: The queue that it waits in; None: that of its type.
        concurrency_key: Jobs of one key share the queue's limit per key.
        metadata: The caller's own notes, a JSON object of at most 64 KiB; anything
            else is refused.
        idempotency_key: What makes a repeat of this request find the first job.
        schedule_id: The job schedule that it belongs to.
        replay_of: The job that this one retries.
        secret_data: Only admins may read its data, whatever its type says.
        secret_result: The same of its output.
    """

    type: str
    tag: str
    executor: Executor | None = None
    trigger_task_id: str | None = None
    user_id: str | None = None
    data: Any = None
    when: RunTime = AT_ONCE
    retry_config: Mapping[str, Any] | None = None
    max_duration: timedelta | None = None
    ttl: timedelta | None = None
    priority: int | None = None
    queue: str | None = None
    concurrency_key: str | None = None
    metadata: Any = None
    idempotency_key: str | None = None
    schedule_id: UUID | None = None
    replay_of: UUID | None = None
    secret_data: bool = False
    secret_result: bool = False


def check_text(name: str, text: str, longest: int) -> None:
    """Refuse text that is empty, too long, or that PostgreSQL cannot store.

    Raises:
        InvalidInputError: With the name as its path.
    """
    if not 1 <= len(text) <= longest:
        raise InvalidInputError(
            f"{name} must have 1 to {longest} characters, not {len(text)}.",
            path=(name,),
        )
    if _UNSTORABLE.search(text):
        raise InvalidInputError(
            f"{name} must not hold NUL or lone surrogates.", path=(name,)
        )


def check_tag(tag: str) -> None:
    """Refuse a tag that is no tag.

    Raises:
        InvalidInputError: It is too long, or holds a comma or a control character.
    """
    check_text("tag", tag, MAX_TAG_LENGTH)
    refused = _NOT_IN_TAGS.search(tag)
    if refused:
        raise InvalidInputError(
            "tag must hold no comma and no control character, but it holds"
            f" {refused[0]!r}.",
            path=("tag",),
        )


def check_span(name: str, span: timedelta | None) -> None:
    """Refuse a span that is not above zero, or above a year.

    Raises:
        InvalidInputError: With the name as its path.
    """
    if span is not None and not timedelta() < span <= MAX_SPAN:
        raise InvalidInputError(
            f"{name} must be above zero and at most {MAX_SPAN.days} days, not"
            f" {format_duration(span)}.",
            path=(name,),
        )


def check_priority(priority: int) -> None:
    """Refuse a priority out of range.

    Raises:
        InvalidInputError: It is not 0-9.
    """
    if not 0 <= priority <= MAX_PRIORITY:
        raise InvalidInputError(
            f"priority must be from 0 to {MAX_PRIORITY}, higher first, not {priority}.",
            path=("priority",),
        )


def encode_metadata(metadata: Any) -> str:
    """Write metadata as JSON text; None: an empty object.

    Raises:
        InvalidInputError: It is no JSON object of at most 64 KiB.
    """
    if metadata is None:
        return "{}"
    if not isinstance(metadata, Mapping):
        raise InvalidInputError(
            f"metadata must be a JSON object, not {type(metadata).__name__}.",
            path=("metadata",),
        )
    return json_text.encode(
        dict(metadata), limit=MAX_METADATA_BYTES, path=("metadata",)
    )
