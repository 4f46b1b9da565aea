"""GraphQL over HTTP: one operation per request, answered as JSON or as events.

It follows the GraphQL over HTTP specification (graphql.github.io/graphql-over-http,
draft of 2025): under application/json every well-formed request is answered with 200,
under application/graphql-response+json one that was refused before it ran with 400.
Under text/event-stream both become results of a stream, and a GET will do as well.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from jobwire.gql import execution
from jobwire.gql.context import Context
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import masked_error, refusal
from jobwire.gql.execution import Operation, RequestError
from jobwire.gql.transports import json_codec, negotiation
from jobwire.gql.transports.parameters import read_address, read_body
from jobwire.gql.transports.refused import RefusedError, refused
from jobwire.gql.transports.session import (
    Authenticate,
    EngineOf,
    UnavailableError,
    identify,
    open_engine,
)
from jobwire.gql.transports.sse import EventStream, only
from jobwire.jobs.errors import UnauthenticatedError

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}
_STREAMED = (
    "over a websocket with the protocol graphql-transport-ws, or as Server-Sent Events"
    f" with Accept: {negotiation.EVENT_STREAM}"
)


class GraphQLOverHTTP:
    """The ASGI application that answers requests.

    Args:
        engine_of: Returns the open engine.
        authenticate: Tells who is calling.
        heartbeat: How often event streams say that they live, in seconds.
    """

    def __init__(
        self, engine_of: EngineOf, authenticate: Authenticate, *, heartbeat: float
    ) -> None:
        self._engine_of = engine_of
        self._authenticate = authenticate
        self._heartbeat = heartbeat

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; never with a traceback, and never not at all."""
        request = Request(scope, receive)
        accepted = negotiation.choose(request.headers.get("accept"))
        wants_events = accepted == negotiation.EVENT_STREAM
        media_type = negotiation.JSON if accepted is None or wants_events else accepted
        answer: ASGIApp
        try:
            _admit(request.method, accepted)
            context = await self._context(request)
            if wants_events:
                answer = await self._events(request, context)
            else:
                answer = _json(200, await _result(request, context), media_type)
        except RefusedError as error:
            body = {"errors": list(error.errors)}
            answer = _json(error.status, body, media_type, error.headers)
        except RequestError as error:
            status = 400 if media_type == negotiation.GRAPHQL_RESPONSE else 200
            answer = _json(status, {"errors": error.errors}, media_type)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last door: logged and masked
            answer = _json(500, {"errors": [masked_error(error)]}, media_type)
        await answer(scope, receive, send)

    async def _context(self, request: Request) -> Context:
        try:
            engine = open_engine(self._engine_of)
            viewer = await identify(self._authenticate, request, {})
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
        return Context(engine, viewer)

    async def _events(self, request: Request, context: Context) -> EventStream:
        try:
            operation = await _operation(request)
        except RequestError as error:
            results = only({"errors": error.errors})
        else:
            results = operation.results(context)
        return EventStream(results, heartbeat=self._heartbeat)


def _admit(method: str, accepted: str | None) -> None:
    # An EventSource cannot post.
    allowed = ["GET", "POST"] if accepted == negotiation.EVENT_STREAM else ["POST"]
    if method not in allowed:
        raise refused(
            405,
            ErrorCode.METHOD_NOT_ALLOWED,
            "Send queries and mutations as POST with a JSON body, and subscriptions"
            f" {_STREAMED}.",
            {"Allow": ", ".join(allowed)},
        )
    if accepted is None:
        raise refused(
            406,
            ErrorCode.NOT_ACCEPTABLE,
            f"The answer can be {' or '.join(negotiation.OFFERED)}; Accept allows none"
            " of them.",
        )


async def _operation(request: Request) -> Operation:
    if request.method == "GET":
        operation = Operation.choose(read_address(request))
        if operation.is_mutation:
            raise refused(
                405,
                ErrorCode.METHOD_NOT_ALLOWED,
                "A GET changes nothing: send mutations as POST with a JSON body.",
                {"Allow": "POST"},
            )
        return operation
    return Operation.choose(await read_body(request))


async def _result(request: Request, context: Context) -> execution.Response:
    operation = await _operation(request)
    if operation.is_subscription:
        raise refused(
            400,
            ErrorCode.BAD_REQUEST,
            f"Subscriptions are served on this path {_STREAMED}.",
        )
    return await operation.run(context)


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
