"""Waitpoint tokens: what a run waits for until somebody completes it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.packets import decode_packet


class WaitpointTokenStatus(StrEnum):
    """Whether a token still waits; a server may know more words."""

    WAITING = "WAITING"
    COMPLETED = "COMPLETED"
    TIMED_OUT = "TIMED_OUT"


@dataclass(frozen=True, slots=True)
class CreatedWaitpointToken:
    """A token that was just made, or that the idempotency key already had.

    Attributes:
        id: `waitpoint_…`.
        url: Whoever posts JSON there completes it, without a key. It is a secret.
        public_access_token: Completes this token alone, for a day, in a browser say;
            None: an old server told none. It is a secret.
    """

    id: str
    is_cached: bool
    url: str
    public_access_token: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitpointToken:
    """A token.

    Attributes:
        id: `waitpoint_…`.
        status: See `WaitpointTokenStatus`.
        url: Whoever posts JSON there completes it, without a key. It is a secret.
        timeout_at: When it ends by itself; None: never.
        idempotency_key: The server makes one up when none was given.
        output: As the server keeps it: text of `output_type`; None in lists.
    """

    id: str
    status: str
    url: str
    created_at: datetime
    completed_at: datetime | None
    timeout_at: datetime | None
    tags: tuple[str, ...]
    idempotency_key: str | None
    output: str | None
    output_type: str | None
    output_is_error: bool

    @property
    def data(self) -> Any:
        """What the token was completed with: JSON.

        Raises:
            MalformedResponseError: It is not of the type that is told.
        """
        if self.output is None:
            return None
        return decode_packet(
            self.output_type or "", self.output.encode(errors="replace")
        )


@dataclass(frozen=True, slots=True)
class WaitpointTokenPage:
    """A page of the list of tokens, newest first.

    Attributes:
        next_cursor: Of the page after this one; None: this is the last.
        previous_cursor: Of the page before this one; None: this is the first.
    """

    tokens: Sequence[WaitpointToken]
    next_cursor: str | None
    previous_cursor: str | None


def read_created_token(
    body: object, public_access_token: str | None
) -> CreatedWaitpointToken:
    """Read the answer of making a token.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the token", refuse=MalformedResponseError)
    return CreatedWaitpointToken(
        fields.text("id"),
        fields.flag("isCached"),
        fields.text("url"),
        public_access_token,
    )


def read_token(body: object) -> WaitpointToken:
    """Read the answer of retrieving a token.

    Raises:
        MalformedResponseError: It has another shape.
    """
    return _token(Fields(body, "the token", refuse=MalformedResponseError))


def read_token_page(body: object) -> WaitpointTokenPage:
    """Read the answer of listing tokens.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the list of tokens", refuse=MalformedResponseError)
    pagination = fields.optional_object("pagination")
    return WaitpointTokenPage(
        tuple(map(_token, fields.objects("data"))),
        pagination.optional_text("next") if pagination else None,
        pagination.optional_text("previous") if pagination else None,
    )


def _token(fields: Fields) -> WaitpointToken:
    return WaitpointToken(
        id=fields.text("id"),
        status=fields.text("status"),
        url=fields.text("url"),
        created_at=fields.time("createdAt"),
        completed_at=fields.optional_time("completedAt"),
        timeout_at=fields.optional_time("timeoutAt"),
        tags=fields.texts("tags"),
        idempotency_key=fields.optional_text("idempotencyKey"),
        output=fields.optional_text("output"),
        output_type=fields.optional_text("outputType"),
        output_is_error=fields.flag("outputIsError"),
    )
