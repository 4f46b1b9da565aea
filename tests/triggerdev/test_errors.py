"""What each way to fail says: what was asked, and whether it may have been done."""

from datetime import UTC, datetime

import httpx
import pytest

from jobwire.triggerdev import (
    ApiConnectionError,
    ApiStatusError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    InvalidOptionError,
    MalformedResponseError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestTooLargeError,
    ServerError,
    UnprocessableError,
)
from jobwire.triggerdev.errors import status_error

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

#: Each exception of httpx: whether the outcome is unknown, whether it is retryable.
TRANSLATED = {
    httpx.CloseError: (True, True),
    httpx.ConnectError: (False, True),
    httpx.ConnectTimeout: (False, True),
    httpx.CookieConflict: (True, False),
    httpx.DecodingError: (True, False),
    httpx.HTTPError: (True, False),
    httpx.HTTPStatusError: (True, False),
    httpx.InvalidURL: (False, False),
    httpx.LocalProtocolError: (True, False),
    httpx.NetworkError: (True, True),
    httpx.PoolTimeout: (False, True),
    httpx.ProtocolError: (True, True),
    httpx.ProxyError: (False, True),
    httpx.ReadError: (True, True),
    httpx.ReadTimeout: (True, True),
    httpx.RemoteProtocolError: (True, True),
    httpx.RequestError: (True, False),
    httpx.RequestNotRead: (True, False),
    httpx.ResponseNotRead: (True, False),
    httpx.StreamClosed: (True, False),
    httpx.StreamConsumed: (True, False),
    httpx.StreamError: (True, False),
    httpx.TimeoutException: (True, True),
    httpx.TooManyRedirects: (True, False),
    httpx.TransportError: (True, True),
    httpx.UnsupportedProtocol: (False, False),
    httpx.WriteError: (True, True),
    httpx.WriteTimeout: (True, True),
}


def _raised(kind: type[Exception]) -> Exception:
    if kind is httpx.HTTPStatusError:
        request = httpx.Request("GET", "https://trigger.test")
        return kind("told", request=request, response=httpx.Response(500))
    if kind in {
        httpx.RequestNotRead,
        httpx.ResponseNotRead,
        httpx.StreamClosed,
        httpx.StreamConsumed,
    }:
        return kind()
    return kind("told")


def test_every_exception_of_httpx_is_translated() -> None:
    public = (getattr(httpx, name) for name in httpx.__all__)

    raised = {
        kind
        for kind in public
        if isinstance(kind, type) and issubclass(kind, Exception)
    }

    assert raised == set(TRANSLATED)


@pytest.mark.parametrize("kind", TRANSLATED, ids=lambda kind: kind.__name__)
def test_an_exception_of_httpx_tells_whether_the_outcome_is_known(
    kind: type[Exception],
) -> None:
    error = ApiConnectionError("POST", "/api/v1/tasks/hello/trigger", _raised(kind))

    assert (error.outcome_unknown, error.is_retryable) == TRANSLATED[kind]
    assert error.message.startswith("POST /api/v1/tasks/hello/trigger ")
    assert kind.__name__ in error.message


def test_only_what_was_never_sent_repeats_the_words_of_httpx() -> None:
    refused = ApiConnectionError("GET", "/x", httpx.ConnectError("Connection refused"))
    quoting = ApiConnectionError("GET", "/x", httpx.LocalProtocolError("tr_dev_secret"))
    silent = ApiConnectionError("GET", "/x", httpx.ConnectTimeout(""))

    assert str(refused) == (
        "GET /x could not be sent (ConnectError: Connection refused)."
    )
    assert str(quoting) == "GET /x got no answer (LocalProtocolError)."
    assert str(silent) == "GET /x could not be sent (ConnectTimeout)."


def test_what_the_transport_knows_of_a_request_wins() -> None:
    error = ApiConnectionError("POST", "/x", httpx.ReadTimeout("no"), was_sent=False)

    assert str(error) == "POST /x could not be sent (ReadTimeout)."
    assert not error.outcome_unknown


def _answered(
    status: int, body: object = None, *, method: str = "POST", **headers: str
) -> ApiStatusError:
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    return status_error(method, "/x", status=status, headers=told, body=body, now=NOW)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (302, ApiStatusError),
        (400, BadRequestError),
        (401, AuthenticationError),
        (403, PermissionDeniedError),
        (404, NotFoundError),
        (405, ApiStatusError),
        (409, ConflictError),
        (413, RequestTooLargeError),
        (422, UnprocessableError),
        (429, RateLimitedError),
        (500, ServerError),
        (503, ServerError),
    ],
)
def test_each_status_has_its_error(status: int, kind: type[ApiStatusError]) -> None:
    assert type(_answered(status)) is kind


@pytest.mark.parametrize(
    ("method", "status", "unknown"),
    [("POST", 500, True), ("POST", 422, False), ("GET", 500, False)],
)
def test_only_a_write_that_the_server_failed_at_may_have_been_done(
    method: str,
    status: int,
    *,
    unknown: bool,
) -> None:
    assert _answered(status, method=method).outcome_unknown is unknown


@pytest.mark.parametrize(
    ("status", "told", "retryable"),
    [
        (400, None, False),
        (404, None, False),
        (404, "true", True),
        (408, None, True),
        (409, None, True),
        (429, None, True),
        (429, "false", False),
        (500, None, True),
        (500, "false", False),
        (500, "perhaps", True),
    ],
)
def test_the_server_s_own_advice_on_retries_wins(
    status: int,
    told: str | None,
    *,
    retryable: bool,
) -> None:
    advice = {"x_should_retry": told} if told else {}

    assert _answered(status, **advice).is_retryable is retryable


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({"error": "Not found"}, "POST /x answered 400: Not found"),
        ({"error": {"message": "No such"}}, "POST /x answered 400: No such"),
        ({"title": "T", "detail": "No header"}, "POST /x answered 400: No header"),
        (
            {
                "error": "Query Error",
                "details": [{"message": "Too big", "path": ["page[size]"]}, "odd"],
            },
            "POST /x answered 400: Query Error; page[size]: Too big",
        ),
        ({"error": 7, "details": "odd"}, "POST /x answered 400."),
        (
            {
                "error": "Invalid request body",
                "issues": [
                    {"code": "invalid_type", "path": ["cron"], "message": "Required"},
                    {"path": ["a", 0, "b"], "message": "Too long"},
                    {"path": [], "message": "Odd"},
                ],
            },
            (
                "POST /x answered 400: Invalid request body; cron: Required;"
                " a.0.b: Too long; Odd"
            ),
        ),
        (
            {"title": "Unauthorized", "status": 401},
            "POST /x answered 400: Unauthorized",
        ),
        ({"status": 405, "body": "Method Not Allowed"}, "POST /x answered 400."),
        ("<html>a page</html>", "POST /x answered 400: an HTML page"),
        (" <!DOCTYPE html><html>", "POST /x answered 400: an HTML page"),
        ("upstream timed out", "POST /x answered 400."),
        ("", "POST /x answered 400."),
        (None, "POST /x answered 400."),
    ],
)
def test_the_message_holds_the_server_s_words(body: object, message: str) -> None:
    error = _answered(400, body)

    assert str(error) == error.message == message
    assert error.body == body


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {
                "error": "Unauthorized",
                "code": "unauthorized",
                "param": "access_token",
                "type": "authorization",
            },
            ("unauthorized", "authorization", "access_token"),
        ),
        (
            {"error": {"message": "No", "code": "no_such", "type": "t", "param": "p"}},
            ("no_such", "t", "p"),
        ),
        ({"error": "Not found"}, (None, None, None)),
        ({"error": "x", "code": 7, "param": None}, (None, None, None)),
        ([], (None, None, None)),
        ("<html>", (None, None, None)),
        (None, (None, None, None)),
    ],
    ids=["beside", "inside", "none", "odd", "list", "html", "empty"],
)
def test_an_error_tells_how_the_body_classifies_it(
    body: object, told: tuple[str | None, ...]
) -> None:
    error = _answered(403, body)

    assert (error.code, error.type, error.param) == told


def test_the_message_does_not_grow_with_the_server_s_words() -> None:
    assert len(str(_answered(400, {"error": "x" * 10_000}))) < 600


def test_a_redirect_tells_where_it_leads_but_not_its_query() -> None:
    error = _answered(301, location="https://other.test/x?signature=s")

    assert str(error) == (
        "POST /x answered 301: it redirects to https://other.test/x, and redirects are"
        " not followed"
    )


@pytest.mark.parametrize(
    ("headers", "reset_at"),
    [
        (
            {"x_ratelimit_reset": "1795463102622"},
            datetime(2026, 11, 23, 19, 45, 2, 622_000, UTC),
        ),
        (
            {"x_ratelimit_reset": "1795463102"},
            datetime(2026, 11, 23, 19, 45, 2, tzinfo=UTC),
        ),
        ({"retry_after": "7"}, datetime(2026, 1, 2, 3, 4, 12, tzinfo=UTC)),
        (
            {"retry_after": "Fri, 02 Jan 2026 03:04:12 GMT"},
            datetime(2026, 1, 2, 3, 4, 12, tzinfo=UTC),
        ),
        (
            {"retry_after": "7", "x_ratelimit_reset": "1795463102"},
            datetime(2026, 11, 23, 19, 45, 2, tzinfo=UTC),
        ),
        ({"retry_after": "9" * 13}, datetime(2027, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ({"retry_after": "soon", "x_ratelimit_reset": "-1"}, None),
        ({"x_ratelimit_reset": "9" * 30}, None),
        ({}, None),
    ],
    ids=[
        "ms",
        "seconds",
        "retry-after",
        "date",
        "both",
        "far",
        "unreadable",
        "too large",
        "nothing",
    ],
)
def test_a_rate_limit_tells_when_to_ask_again(
    headers: dict[str, str], reset_at: datetime | None
) -> None:
    error = _answered(429, **headers)

    assert isinstance(error, RateLimitedError)
    assert error.reset_at == error.retry_at == reset_at
    assert not error.outcome_unknown


def test_headers_of_an_error_know_no_case() -> None:
    assert _answered(400, x_request_id="r").headers["X-Request-Id"] == "r"


def test_what_cannot_be_read_may_have_been_done() -> None:
    error = MalformedResponseError("no JSON")

    assert (error.outcome_unknown, error.is_retryable) == (True, False)


def test_an_option_that_is_refused_is_a_value_error_as_well() -> None:
    error = InvalidOptionError("ttl", "be a span")

    assert isinstance(error, ValueError)
    assert (error.option, str(error)) == ("ttl", "ttl must be a span.")
    assert not error.outcome_unknown
