"""The parameters of a request over HTTP: from a body, or from an address."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request

from jobwire.asgi.body import BodyRefusedError, read_body
from jobwire.asgi.headers import header, headers
from jobwire.gql import json_codec
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.json_codec import MalformedJSONError
from jobwire.gql.request import MalformedRequestError
from jobwire.gql.request import Request as Asked
from jobwire.gql.transports import negotiation
from jobwire.gql.transports.refused import RefusedError, refused

#: The longest body of a request, in bytes.
MAX_BODY_BYTES = 1024 * 1024
#: The longest query string of an address, in bytes.
MAX_QUERY_STRING_BYTES = 32 * 1024

#: In an address these are JSON text, and those that may be absent may also be empty.
_JSON_TEXT = ("variables", "extensions")
_OPTIONAL = (*_JSON_TEXT, "operationName", "documentId")

_CODES = {408: ErrorCode.REQUEST_TIMEOUT, 413: ErrorCode.PAYLOAD_TOO_LARGE}


async def read_parameters(
    request: Request, *, within: float, turn: Callable[[], Awaitable[None]]
) -> Asked:
    """Read the JSON body of a POST.

    Args:
        request: The POST.
        within: How long the body may take, in seconds.
        turn: Awaited when the body is here, before it is read.

    Raises:
        RefusedError: It is none, too slow, too long, or no request; 400, 408, 413 or
            415.
    """
    if not negotiation.is_json(headers(request, b"content-type")):
        raise refused(
            415,
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            f"The body must be {negotiation.JSON} in UTF-8, and Content-Type must"
            " say so.",
        )
    encoding = header(request, b"content-encoding")
    if encoding is not None and encoding.lower() != "identity":
        raise refused(
            415,
            ErrorCode.UNSUPPORTED_MEDIA_TYPE,
            "The body must be sent without a Content-Encoding.",
        )
    try:
        body = await _body(request, within)
        await turn()
        parameters = json_codec.decode(body)
    except MalformedJSONError as error:
        raise _bad_request(f"The body cannot be read. {error}") from None
    if isinstance(parameters, list):
        raise _bad_request("Batches are not served: send one operation per request.")
    if not isinstance(parameters, dict):
        raise _bad_request(
            "The body must be a JSON object with query, and perhaps variables and"
            " operationName."
        )
    return _request(parameters)


def read_address(request: Request) -> Asked:
    """Read the query string of a GET, as GraphQL over HTTP has it.

    Raises:
        RefusedError: It is too long, or no request; 400 or 414.
    """
    query_string: bytes = request.scope["query_string"]
    if len(query_string) > MAX_QUERY_STRING_BYTES:
        raise refused(
            414,
            ErrorCode.PAYLOAD_TOO_LARGE,
            f"The query string may have at most {MAX_QUERY_STRING_BYTES:,} bytes; a"
            " body may have more.",
        )
    try:
        given = parse_qsl(
            query_string.decode(), keep_blank_values=True, errors="strict"
        )
    except UnicodeDecodeError:
        raise _bad_request("The query string is not UTF-8.") from None
    parameters: dict[str, Any] = {}
    for name, value in given:
        if name in parameters:
            raise _bad_request(f"The parameter {name} is given more than once.")
        parameters[name] = value
    for name in _OPTIONAL:
        if parameters.get(name) == "":
            del parameters[name]
    for name in _JSON_TEXT:
        if name in parameters:
            try:
                parameters[name] = json_codec.decode(parameters[name])
            except MalformedJSONError as error:
                raise _bad_request(
                    f"The parameter {name} cannot be read. {error}"
                ) from None
    return _request(parameters)


def _request(parameters: dict[str, Any]) -> Asked:
    try:
        return Asked.read(parameters)
    except MalformedRequestError as error:
        raise _bad_request(str(error)) from None


def _bad_request(message: str) -> RefusedError:
    return refused(400, ErrorCode.BAD_REQUEST, message)


async def _body(request: Request, within: float) -> bytes:
    # What is still on its way is not read, so the connection cannot go on.
    closing = {"Connection": "close"}
    try:
        return await read_body(request, most=MAX_BODY_BYTES, within=within)
    except BodyRefusedError as error:
        code = _CODES[error.status]
        raise refused(error.status, code, str(error), closing) from None
