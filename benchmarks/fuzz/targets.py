"""What reads bytes of strangers: each is given any, and may only refuse them.

A target raises when its reader raises what it does not promise, or when what was read
does not come out as it went in.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import islice
from typing import Any
from uuid import UUID

import httpx
from graphql import GraphQLError, get_variable_values
from starlette.requests import Request

from jobwire.gql import json_codec, pagination, scalars
from jobwire.gql.documents import Document, DocumentError, DocumentPolicy
from jobwire.gql.execution import Operation
from jobwire.gql.global_ids import parse_global_id
from jobwire.gql.request import MalformedRequestError
from jobwire.gql.request import Request as Parameters
from jobwire.gql.result import RequestError
from jobwire.gql.schema import core
from jobwire.gql.transports import negotiation
from jobwire.gql.transports.parameters import read_address, read_parameters
from jobwire.gql.transports.protocol import ProtocolError, read_message
from jobwire.gql.transports.refused import RefusedError
from jobwire.jobs.cron.expression import read_expression
from jobwire.jobs.errors import InvalidCursorError, InvalidInputError
from jobwire.jobs.feed.cursor import CursorCodec
from jobwire.jobs.hook_event import HookEvent
from jobwire.jobs.iso8601 import format_duration, format_instant
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.triggerdev import InvalidSignatureError, verify
from jobwire.triggerdev.alerts import read_alert
from jobwire.triggerdev.answer_reader import AnswerReader
from jobwire.triggerdev.batches import read_batch
from jobwire.triggerdev.bulk_actions import read_bulk_action_page
from jobwire.triggerdev.errors import (
    InvalidOptionError,
    MalformedEventError,
    MalformedResponseError,
)
from jobwire.triggerdev.hook_events import read_hook_event
from jobwire.triggerdev.queues import read_queue_page
from jobwire.triggerdev.rate_limit import read_rate_limit, retry_at
from jobwire.triggerdev.realtime.cursor import read_cursor
from jobwire.triggerdev.realtime.values import read_schema, read_value
from jobwire.triggerdev.run_metadata import read_metadata
from jobwire.triggerdev.run_results import read_result
from jobwire.triggerdev.runs import read_run, read_run_page
from jobwire.triggerdev.schedules import read_schedule, read_schedule_page
from jobwire.triggerdev.traces import read_span, read_trace
from jobwire.triggerdev.waitpoint_tokens import (
    WaitpointToken,
    read_token,
    read_token_page,
)

Target = Callable[[bytes], None]

#: Names of the schema; that a field wants members is said with the client's own words.
SUGGESTION = re.compile(r"Did you mean (?!'\w+ \{ \.\.\. \}')")
#: A close frame holds no more beside its code.
MAX_REASON_BYTES = 123
POLICY = DocumentPolicy()
VIEWER = Viewer("user-1", frozenset(Scope))
NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRET = "whsec_c2VjcmV0"  # noqa: S105 - it keeps nothing
SOME_ID = UUID("01941f29-7c00-7000-8000-000000000001")


class WrongError(AssertionError):
    """What was read is not what had been written."""


def _same(found: object, expected: object) -> None:
    if found != expected:
        raise WrongError(f"{found!r} is not {expected!r}")


def _hold(found: bool) -> None:  # noqa: FBT001 - it is what is held
    if not found:
        raise WrongError


def _text(data: bytes) -> str:
    return data.decode(errors="replace")


def json_text(data: bytes) -> None:
    """JSON of clients."""
    try:
        value = json_codec.decode(data)
    except json_codec.MalformedJSONError:
        return
    _same(json_codec.decode(json_codec.encode(value)), value)


def message(data: bytes) -> None:
    """A message over a websocket."""
    try:
        read_message(_text(data))
    except ProtocolError as refused:
        _hold(len(refused.reason.encode()) <= MAX_REASON_BYTES)


def accept(data: bytes) -> None:
    """The header Accept."""
    chosen = negotiation.choose(data.decode("latin-1"))
    _hold(chosen is None or chosen in negotiation.OFFERED)


def address(data: bytes) -> None:
    """The query string of a GET."""
    try:
        read_address(Request({"type": "http", "query_string": data, "headers": []}))
    except RefusedError:
        return


async def _at_once() -> None:
    """Wait for nothing."""


def body(data: bytes) -> None:
    """The body of a POST, behind a line with its Content-Type."""
    content_type, _, content = data.partition(b"\n")

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": content, "more_body": False}

    headers = [(b"content-type", content_type)]
    request = Request({"type": "http", "headers": headers}, receive)
    try:
        asyncio.run(read_parameters(request, within=1, turn=_at_once))
    except RefusedError:
        return


def document(data: bytes) -> None:
    """A document of GraphQL."""
    text = _text(data)
    for hide in (False, True):
        try:
            Document.read(text, hide_suggestions=hide)
        except DocumentError as refused:
            _hold(not hide or SUGGESTION.search(str(refused)) is None)


def operation(data: bytes) -> None:
    """A request, from its JSON to the values of its variables."""
    try:
        parameters = json_codec.decode(data)
        if not isinstance(parameters, dict):
            return
        chosen = Operation.choose(Parameters.read(parameters), POLICY, VIEWER)
    except (json_codec.MalformedJSONError, MalformedRequestError, RequestError):
        return
    declared = chosen.definition.variable_definitions or ()
    get_variable_values(core, declared, chosen.variables)


def scalar(data: bytes) -> None:
    """Instants, durations, cursors of the log and JSON, as values of variables."""
    text = _text(data)
    for read, write in (
        (scalars.parse_instant, format_instant),
        (scalars.parse_duration, format_duration),
        (scalars.parse_cursor, str),
    ):
        try:
            value: Any = read(text)
        except GraphQLError:
            continue
        again: Any = read(write(value))
        if isinstance(value, datetime):
            value = value.replace(microsecond=value.microsecond // 1000 * 1000)
        _same(again, value)
    try:
        scalars.parse_json(json_codec.decode(data))
    except (GraphQLError, json_codec.MalformedJSONError):
        return


def cursor(data: bytes) -> None:
    """Cursors of lists, and of the log."""
    text = _text(data)
    every: list[pagination.Cursors[Any]] = [
        pagination.job_cursors(),
        pagination.schedule_cursors(),
        pagination.notification_cursors(),
        pagination.attempt_cursors(SOME_ID),
        pagination.log_cursors(SOME_ID),
        pagination.drift_cursors(),
        pagination.refusal_cursors(SOME_ID),
    ]
    for cursors in every:
        try:
            key = cursors.decode(text, argument="after")
        except InvalidCursorError:
            continue
        _same(cursors.encode(key), text)
    try:
        CursorCodec(b"key").decode(text)
    except InvalidCursorError:
        return


def global_id(data: bytes) -> None:
    """Ids of nodes."""
    text = _text(data)
    found = parse_global_id(text)
    if found is not None:
        _same(str(found), text)


def cron(data: bytes) -> None:
    """A cron expression: read, described, and asked when it fires."""
    try:
        expression = read_expression(_text(data))
    except InvalidInputError:
        return
    for zone in ("UTC", "Europe/Berlin"):
        ticks = [NOW, *islice(expression.ticks_after(zone, NOW), 3)]
        _same(ticks, sorted(set(ticks)))


def webhook(data: bytes) -> None:
    """A webhook: lines of headers, an empty one, and the body."""
    head, _, content = data.partition(b"\n\n")
    lines = (line.partition(b":") for line in head.split(b"\n"))
    headers = {
        name.decode("latin-1"): value.strip().decode("latin-1")
        for name, _, value in lines
    }
    try:
        verify(content, headers, [SECRET], now=NOW)
    except InvalidSignatureError:
        return


def event(data: bytes) -> None:
    """The signed body of a webhook: an event of a hook, or an alert."""
    value = _json(data)
    for read, refused in (
        (HookEvent.read, InvalidInputError),
        (read_hook_event, MalformedEventError),
        (read_alert, MalformedEventError),
    ):
        try:
            found = read(value)
        except refused:
            continue
        if isinstance(found, HookEvent):
            found.observation()


def wire(data: bytes) -> None:
    """An answer of Trigger.dev as bytes of HTTP/1.1: the same however it is split."""
    _same(_answer(data, len(data) or 1), _answer(data, 1))


def _answer(data: bytes, size: int) -> object:
    reader = AnswerReader("GET")
    taken = b""
    try:
        for place in range(0, len(data), size):
            reader.feed(data[place : place + size])
            taken += reader.take()
        reader.end()
    except httpx.RemoteProtocolError:
        return None
    return reader.status, list(reader.fields), taken, reader.can_another_follow


def answer(data: bytes) -> None:
    """The JSON of Trigger.dev's answers."""
    value = _json(data)
    for read in (
        read_run,
        read_run_page,
        read_result,
        read_batch,
        read_bulk_action_page,
        read_queue_page,
        read_schedule,
        read_schedule_page,
        read_trace,
        read_span,
        read_token,
        read_token_page,
        read_metadata,
    ):
        try:
            found = read(value)
            if isinstance(found, WaitpointToken):
                _ = found.data
        except MalformedResponseError:
            continue


def answer_headers(data: bytes) -> None:
    """The headers by which Trigger.dev tells when to ask again."""
    names = ("limit", "remaining", "reset")
    values = data.decode("latin-1").split("\n")
    headers = dict(zip((f"x-ratelimit-{name}" for name in names), values, strict=False))
    headers["retry-after"] = values[-1]
    read_rate_limit(headers)
    for limited in (True, False):
        retry_at(headers, limited=limited, now=NOW)


def realtime(data: bytes) -> None:
    """Values and cursors of the Realtime feed."""
    text = _text(data)
    with suppress(InvalidOptionError):
        read_cursor(text)
    schema, _, value = text.partition("\n")
    try:
        read_value(value, "column", read_schema(schema))
    except MalformedResponseError:
        return


def _json(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


TARGETS: Mapping[str, Target] = {
    target.__name__: target
    for target in (
        json_text,
        message,
        accept,
        address,
        body,
        document,
        operation,
        scalar,
        cursor,
        global_id,
        cron,
        webhook,
        event,
        wire,
        answer,
        answer_headers,
        realtime,
    )
}
