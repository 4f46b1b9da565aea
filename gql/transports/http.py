"""GraphQL over HTTP: one operation per request, answered as JSON or as events.

It follows the GraphQL over HTTP specification (graphql.github.io/graphql-over-http,
draft of 2025): under application/json every well-formed request is answered with 200,
under application/graphql-response+json one that was refused before it ran with 400.
Under text/event-stream both become results of a stream. A GET carries its parameters in
the address and changes nothing, so whatever changes something is a POST of JSON, which
pages of other sites cannot send unasked.
"""

from collections.abc import Mapping
from contextlib import ExitStack
from contextvars import Token
from functools import lru_cache
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from structlog.contextvars import bind_contextvars, reset_contextvars

from jobwire.asgi.closing import Closing
from jobwire.asgi.headers import RawHeaders, as_sent, header, headers
from jobwire.asgi.pieces import PIECE
from jobwire.asgi.whole import WholeAnswer
from jobwire.gql import json_codec
from jobwire.gql.context import Context
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import masked_error, outage, refusal
from jobwire.gql.execution import Operation, Running
from jobwire.gql.result import RequestError, Result
from jobwire.gql.transports import negotiation
from jobwire.gql.transports.admission import TooManyError
from jobwire.gql.transports.parameters import read_address, read_parameters
from jobwire.gql.transports.presence import WhileConnected
from jobwire.gql.transports.refused import RefusedError, refused, refused_for_now
from jobwire.gql.transports.session import Host, UnavailableError
from jobwire.gql.transports.sse import Counted, EventStream, Refused
from jobwire.jobs.errors import RateLimitedError, UnauthenticatedError

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Vary": "Accept",
}
_METHODS = ("GET", "POST")
_OPTIONS = Response(
    status_code=204, headers={**_HEADERS, "Allow": ", ".join([*_METHODS, "OPTIONS"])}
)
_STREAMED = (
    "over a websocket with the protocol graphql-transport-ws, or as Server-Sent Events"
    f" with Accept: {negotiation.EVENT_STREAM}"
)


class GraphQLOverHTTP:
    """The ASGI application that answers requests.

    Args:
        host: The process that it belongs to.
    """

    def __init__(self, host: Host) -> None:
        self._host = host

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; never with a traceback, and never not at all."""
        if scope["method"] == "OPTIONS":
            await _OPTIONS(scope, receive, send)
            return
        bound: dict[str, Token[Any]] = {}
        try:
            answer = await self._answer(Request(scope, receive), bound)
            await answer(scope, receive, send)
        finally:
            reset_contextvars(**bound)

    async def answer(self, request: Request) -> ASGIApp:
        """Answer one POST, as above, in a task of its own.

        Whose it is stays bound to what is logged about it.
        """
        return await self._answer(request, {})

    async def _answer(self, request: Request, bound: dict[str, Token[Any]]) -> ASGIApp:
        accepted = negotiation.choose(", ".join(headers(request, b"accept")))
        wants_events = accepted == negotiation.EVENT_STREAM
        media_type = negotiation.JSON if accepted is None or wants_events else accepted
        try:
            _admit(request.scope["method"], accepted)
            context = await self._context(request, resumes=wants_events)
            bound |= bind_contextvars(user_id=context.viewer.user_id)
            if wants_events:
                return await self._events(request, context)
            result = await self._result(request, context)
            return self._written(result, media_type, context)
        except ClientDisconnect:
            return _nothing
        except Exception as error:  # noqa: BLE001 - the last door: told or masked
            return _failure(error, media_type)

    async def _context(self, request: Request, *, resumes: bool) -> Context:
        try:
            engine = self._host.engine()
            viewer = await self._host.identify(request, {})
        except UnavailableError:
            raise refused(
                503,
                ErrorCode.UNAVAILABLE,
                "The server is starting or stopping; try again in a moment.",
                {"Retry-After": "1"},
            ) from None
        except UnauthenticatedError as error:
            raise RefusedError(
                401, [refusal(error)], {"WWW-Authenticate": "Bearer"}
            ) from None
        # What an EventSource sends by itself when it connects again.
        last = header(request, b"last-event-id") if resumes else None
        return self._host.context(engine, viewer, resume_after=last or None)

    def _written(self, result: Result, media_type: str, context: Context) -> ASGIApp:
        written = WholeAnswer(
            200, _headers_of(media_type, result.unplanned), result.text.encode()
        )
        if len(result.text) <= PIECE:
            return written
        with ExitStack() as admitted:
            user_id = context.viewer.user_id
            unread = self._host.admission.unread(user_id, len(result.text))
            admitted.enter_context(unread)
            return _Admitted(written, admitted.pop_all())

    async def _events(self, request: Request, context: Context) -> ASGIApp:
        try:
            operation = await self._operation(request, context)
        except RequestError as error:
            return EventStream(Refused(error), self._host.terms)
        admission = self._host.admission
        with ExitStack() as admitted:
            if operation.is_subscription:
                user_id = context.viewer.user_id
                admitted.enter_context(admission.connection(user_id))
            admitted.enter_context(admission.operation(operation, context))
            counted = Counted(
                Running(operation, context),
                admission,
                context.viewer.user_id,
                beyond=PIECE if operation.is_subscription else 0,
            )
            stream = EventStream(counted, self._host.terms)
            return _Admitted(stream, admitted.pop_all())

    async def _operation(self, request: Request, context: Context) -> Operation:
        is_get = request.scope["method"] == "GET"
        if is_get:
            await context.turn()
            asked = read_address(request)
        else:
            asked = await read_parameters(
                request, within=self._host.terms.body, turn=context.turn
            )
        operation = Operation.choose(asked, self._host.policy, context.viewer)
        if is_get and operation.is_mutation:
            raise refused(
                405,
                ErrorCode.METHOD_NOT_ALLOWED,
                "A GET changes nothing: send mutations as POST with a JSON body.",
                {"Allow": "POST"},
            )
        return operation

    async def _result(self, request: Request, context: Context) -> Result:
        operation = await self._operation(request, context)
        if operation.is_subscription:
            raise refused(
                400,
                ErrorCode.BAD_REQUEST,
                f"Subscriptions are served on this path {_STREAMED}.",
            )
        with self._host.admission.operation(operation, context):
            if operation.is_mutation:
                # What it does is done also when nobody waits for the answer.
                return await operation.run(context)
            patience = WhileConnected(request, seconds=context.deadline)
            return await operation.run(context, patience)


def _admit(method: str, accepted: str | None) -> None:
    if method not in _METHODS:
        raise refused(
            405,
            ErrorCode.METHOD_NOT_ALLOWED,
            "Send queries as GET or POST, mutations as POST with a JSON body, and"
            f" subscriptions {_STREAMED}.",
            {"Allow": ", ".join(_METHODS)},
        )
    if accepted is None:
        raise refused(
            406,
            ErrorCode.NOT_ACCEPTABLE,
            f"The answer can be {' or '.join(negotiation.OFFERED)}; Accept allows none"
            " of them.",
        )


def _failure(error: Exception, media_type: str) -> ASGIApp:
    """Return the answer that tells of an error; what is no refusal is masked."""
    if isinstance(error, RequestError):
        usual = 400 if media_type == negotiation.GRAPHQL_RESPONSE else 200
        return _json(error.status or usual, {"errors": error.errors}, media_type)
    if isinstance(error, TooManyError):
        error = refused_for_now(error.formatted(), error.retry_after)
    elif isinstance(error, RateLimitedError):
        error = refused_for_now(refusal(error), error.retry_after)
    elif (told := outage(error)) is not None:
        error = RefusedError(503, [told], {"Retry-After": "1"})
    if not isinstance(error, RefusedError):
        return _json(500, {"errors": [masked_error(error)]}, media_type)
    body = {"errors": list(error.errors)}
    answer = _json(error.status, body, media_type, error.headers)
    return Closing(answer) if "Connection" in error.headers else answer


class _Admitted:
    """An answer that counts until it has ended; an ASGI application."""

    def __init__(self, answer: ASGIApp, admitted: ExitStack) -> None:
        self._answer = answer
        self._admitted = admitted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._admitted:
            await self._answer(scope, receive, send)


async def _nothing(_: Scope, __: Receive, ___: Send) -> None:
    """Answer nobody: the client has gone."""


@lru_cache
def _headers_of(media_type: str, unplanned: str | None) -> RawHeaders:
    plan = "compiled" if unplanned is None else f'executor; reason="{unplanned}"'
    return as_sent(
        {
            **_HEADERS,
            "Content-Type": f"{media_type}; charset=utf-8",
            "X-Jobwire-Plan": plan,
        }
    )


def _json(
    status: int,
    body: dict[str, Any],
    media_type: str,
    headers: Mapping[str, str] | None = None,
) -> Response:
    return Response(
        json_codec.encode(body),
        status_code=status,
        headers={
            **_HEADERS,
            **(headers or {}),
            "Content-Type": f"{media_type}; charset=utf-8",
        },
    )
