"""GraphQL over HTTP: one operation per POST, answered as JSON.

It follows the GraphQL over HTTP specification (graphql.github.io/graphql-over-http,
draft of 2025): under application/json every well-formed request is answered with 200,
under application/graphql-response+json one that was refused before it ran with 400.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLFormattedError
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from jobwire.gql import execution
from jobwire.gql.context import Context
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import masked_error, refusal
from jobwire.gql.execution import MalformedRequestError, Operation, RequestError
from jobwire.gql.transports import json_codec, negotiation
from jobwire.gql.transports.json_codec import MalformedJSONError
from jobwire.gql.transports.session import (
    Authenticate,
    EngineOf,
    UnavailableError,
    identify,
    open_engine,
)
from jobwire.jobs.errors import UnauthenticatedError

#: The longest body of a request, in bytes.
MAX_BODY_BYTES = 1024 * 1024
#: As many digits of a Content-Length tell whether it is too large.
_MAX_DIGITS = 10

_HEADERS = {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"}


class _RefusedError(Exception):
    """A request that ends with an HTTP status of its own.

    Attributes:
        status: The HTTP status.
        errors: Why, as clients may see it.
        headers: What else the answer must say.
    """

    def __init__(
        self,
        status: int,
        errors: Sequence[GraphQLFormattedError],
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status)
        self.status = status
        self.errors = errors
        self.headers = headers or {}


def _refused(
    status: int,
    code: ErrorCode,
    message: str,
    headers: Mapping[str, str] | None = None,
) -> _RefusedError:
    error: GraphQLFormattedError = {
        "message": message,
        "extensions": {"code": code.value},
    }
    return _RefusedError(status, [error], headers)


class GraphQLOverHTTP:
    """The ASGI application that answers POSTs.

    Args:
        engine_of: Returns the open engine.
        authenticate: Tells who is calling.
    """

    def __init__(self, engine_of: EngineOf, authenticate: Authenticate) -> None:
        self._engine_of = engine_of
        self._authenticate = authenticate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request; never with a traceback, and never not at all."""
        request = Request(scope, receive)
        accepted = negotiation.choose(request.headers.get("accept"))
        media_type = accepted or negotiation.JSON
        try:
            answer = _answer(200, await self._run(request, accepted), media_type)
        except _RefusedError as refused:
            body = {"errors": list(refused.errors)}
            answer = _answer(refused.status, body, media_type, refused.headers)
        except RequestError as refused:
            status = 400 if media_type == negotiation.GRAPHQL_RESPONSE else 200
            answer = _answer(status, {"errors": refused.errors}, media_type)
        except ClientDisconnect:
            return
        except Exception as error:  # noqa: BLE001 - the last door: logged and masked
            answer = _answer(500, {"errors": [masked_error(error)]}, media_type)
        await answer(scope, receive, send)

    async def _run(self, request: Request, accepted: str | None) -> execution.Response:
        if request.method != "POST":
            raise _refused(
                405,
                ErrorCode.METHOD_NOT_ALLOWED,
                "Send queries and mutations as POST with a JSON body, and"
                " subscriptions over a websocket with the protocol"
                " graphql-transport-ws.",
                {"Allow": "POST"},
            )
        if accepted is None:
            raise _refused(
                406,
                ErrorCode.NOT_ACCEPTABLE,
                f"The answer can be {' or '.join(negotiation.OFFERED)}; Accept allows"
                " neither.",
            )
        try:
            engine = open_engine(self._engine_of)
            viewer = await identify(self._authenticate, request, {})
        except UnavailableError:
            raise _refused(
                503,
                ErrorCode.UNAVAILABLE,
                "The server is starting or stopping; try again in a moment.",
                {"Retry-After": "1"},
            ) from None
        except UnauthenticatedError as error:
            raise _RefusedError(
                401, [refusal(error)], {"WWW-Authenticate": "Bearer"}
            ) from None
        operation = Operation.choose(await _read(request))
        if operation.is_subscription:
            raise _refused(
                400,
                ErrorCode.BAD_REQUEST,
                "Subscriptions are served on this path over a websocket with the"
                " protocol graphql-transport-ws.",
            )
        return await operation.run(Context(engine, viewer))


async def _read(request: Request) -> execution.Request:
    if not negotiation.is_json(request.headers.get("content-type")):
        raise _refused(
            415,
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            f"The body must be {negotiation.JSON} in UTF-8, and Content-Type must"
            " say so.",
        )
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise _refused(
            415,
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            "The body must be sent without a Content-Encoding.",
        )
    try:
        parameters = json_codec.decode(await _body(request))
    except MalformedJSONError as error:
        raise _refused(
            400, ErrorCode.BAD_REQUEST, f"The body cannot be read. {error}"
        ) from None
    if isinstance(parameters, list):
        raise _refused(
            400,
            ErrorCode.BAD_REQUEST,
            "Batches are not served: send one operation per request.",
        )
    if not isinstance(parameters, dict):
        raise _refused(
            400,
            ErrorCode.BAD_REQUEST,
            "The body must be a JSON object with query, and perhaps variables and"
            " operationName.",
        )
    try:
        return execution.Request.read(parameters)
    except MalformedRequestError as error:
        raise _refused(400, ErrorCode.BAD_REQUEST, str(error)) from None


async def _body(request: Request) -> bytes:
    too_large = _refused(
        413,
        ErrorCode.PAYLOAD_TOO_LARGE,
        f"The body may have at most {MAX_BODY_BYTES:,} bytes.",
        # What is still on its way is not read, so the connection cannot go on.
        {"Connection": "close"},
    )
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared[:_MAX_DIGITS]) > MAX_BODY_BYTES:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise too_large
    return bytes(body)


def _answer(
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
