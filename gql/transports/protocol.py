"""The messages of graphql-transport-ws, read strictly.

The protocol: github.com/enisdenjo/graphql-ws/blob/master/PROTOCOL.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Any

from jobwire.gql import json_codec
from jobwire.gql.json_codec import MalformedJSONError
from jobwire.gql.request import MalformedRequestError, Request

SUBPROTOCOL = "graphql-transport-ws"
#: The longest message of a client, in characters.
MAX_MESSAGE_LENGTH = 1024 * 1024
#: The longest id that a client may give to an operation.
MAX_ID_LENGTH = 256
#: A close frame holds 125 bytes, two of them for the code.
_MAX_REASON_BYTES = 123


class CloseCode(IntEnum):
    """Why the server closes a socket; the words are those of the protocol."""

    GOING_AWAY = 1001
    MESSAGE_TOO_BIG = 1009
    TRY_AGAIN_LATER = 1013
    INTERNAL_ERROR = 1011
    INVALID_MESSAGE = 4400
    UNAUTHORIZED = 4401
    FORBIDDEN = 4403
    SUBPROTOCOL_NOT_ACCEPTABLE = 4406
    INITIALISATION_TIMEOUT = 4408
    SUBSCRIBER_EXISTS = 4409
    TOO_MANY_INITIALISATIONS = 4429


class ProtocolError(Exception):
    """Something for which the protocol closes the socket.

    Attributes:
        code: The close code.
        reason: At most 123 bytes of UTF-8, cut if need be.
    """

    def __init__(self, code: CloseCode, reason: str) -> None:
        cut = reason.encode("utf-8", "replace")[:_MAX_REASON_BYTES]
        self.code = code
        self.reason = cut.decode("utf-8", "ignore")
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class ConnectionInit:
    """The client's first message."""

    payload: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ping:
    """Asks for a pong."""

    payload: dict[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Pong:
    """Answers a ping, or says that the client lives."""


@dataclass(frozen=True, slots=True)
class Subscribe:
    """Starts an operation."""

    id: str
    request: Request


@dataclass(frozen=True, slots=True)
class Complete:
    """Ends an operation."""

    id: str


ClientMessage = ConnectionInit | Ping | Pong | Subscribe | Complete


def read_message(text: str) -> ClientMessage:
    """Read one message of a client.

    Raises:
        ProtocolError: It is none.
    """
    if len(text) > MAX_MESSAGE_LENGTH:
        raise ProtocolError(
            CloseCode.MESSAGE_TOO_BIG,
            f"A message may have at most {MAX_MESSAGE_LENGTH:,} characters",
        )
    try:
        message = json_codec.decode(text)
    except MalformedJSONError as error:
        raise _invalid(f"The message cannot be read. {error}") from None
    if not isinstance(message, dict):
        raise _invalid("The message must be a JSON object")
    match message.get("type"):
        case "connection_init":
            return ConnectionInit(_payload(message) or {})
        case "ping":
            return Ping(_payload(message))
        case "pong":
            _payload(message)
            return Pong()
        case "subscribe":
            return Subscribe(_id(message), _request(message))
        case "complete":
            return Complete(_id(message))
        case str(kind):
            raise _invalid(f"Clients send no messages of type {kind!r}")
        case _:
            raise _invalid("The message must have a type, which is a string")


def _invalid(reason: str) -> ProtocolError:
    return ProtocolError(CloseCode.INVALID_MESSAGE, reason)


def _payload(message: Mapping[str, Any]) -> dict[str, Any] | None:
    payload = message.get("payload")
    if payload is not None and not isinstance(payload, dict):
        raise _invalid("The payload must be an object or null")
    return payload


def _id(message: Mapping[str, Any]) -> str:
    given = message.get("id")
    if not isinstance(given, str) or not 1 <= len(given) <= MAX_ID_LENGTH:
        raise _invalid(f"The id must be a string of 1 to {MAX_ID_LENGTH} characters")
    return given


def _request(message: Mapping[str, Any]) -> Request:
    payload = _payload(message)
    if payload is None:
        raise _invalid("A subscribe message must have a payload")
    try:
        return Request.read(payload)
    except MalformedRequestError as error:
        raise _invalid(f"In the payload, {error}") from None
