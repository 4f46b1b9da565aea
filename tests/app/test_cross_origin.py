"""Which pages of other origins may call, over HTTP and over websockets alike."""

import httpx
import pytest
from starlette.applications import Starlette
from starlette.types import Message

from jobwire.app.http import create_app
from jobwire.app.settings import Settings, SettingsError
from tests.gql.callers import authenticate

pytestmark = pytest.mark.usefixtures("bare_environment")

ALLOWED = "https://app.example.com"
ORIGINS = {
    ALLOWED: True,
    "http://localhost:3000": True,
    "https://app.example.com.evil.test": False,
    "https://evil.test/https://app.example.com": False,
    "https://app.example.com@evil.test": False,
    "https://evil.test@app.example.com": False,
    "https://evilapp.example.com": False,
    "https://x.app.example.com": False,
    "https://example.com": False,
    "http://app.example.com": False,
    "https://app.example.com:8443": False,
    "https://app.example.com:443": False,
    "https://app.example.com/": False,
    "https://APP.example.com": False,
    "https://app.example.com, https://evil.test": False,
    "http://localhost": False,
    "http://localhost:30001": False,
    "http://127.0.0.1:3000": False,
    "ftp://jobs.test": False,
    "file://": False,
    "null": False,
    "": False,
}


@pytest.fixture
def app() -> Starlette:
    settings = Settings(allowed_origins=f"{ALLOWED},http://localhost:3000")
    return create_app(settings, authenticate=authenticate)


@pytest.fixture
def http(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app)
    return httpx.AsyncClient(transport=transport, base_url="http://jobs.test")


@pytest.mark.parametrize("origin", ORIGINS)
async def test_the_same_origins_may_call_over_http_and_open_sockets(
    app: Starlette, http: httpx.AsyncClient, origin: str
) -> None:
    may = ORIGINS[origin]
    headers = {"Origin": origin}
    asks = {**headers, "Access-Control-Request-Method": "POST"}

    preflight = await http.options("/graphql", headers=asks)
    answer = await http.post("/graphql", headers=headers)

    for one in (preflight, answer):
        told = one.headers.get("access-control-allow-origin")
        assert told == (origin if may else None)
        assert "Origin" in one.headers["vary"]
        assert "access-control-allow-credentials" not in one.headers
    assert (preflight.status_code == 200) is may
    assert await _opens_a_socket(app, origin) is may


async def _opens_a_socket(app: Starlette, origin: str) -> bool:
    """Ask for a socket as a page of an origin does; a close at once is a 403."""
    told: list[Message] = []
    events = iter(["websocket.connect", "websocket.disconnect"])

    async def receive() -> Message:
        return {"type": next(events)}

    async def send(message: Message) -> None:
        told.append(message)

    scope = {
        "type": "websocket",
        "path": "/graphql",
        "query_string": b"",
        "headers": [(b"host", b"jobs.test"), (b"origin", origin.encode())],
        "subprotocols": ["graphql-transport-ws"],
    }
    await app(scope, receive, send)
    return told[0]["type"] == "websocket.accept"


async def test_a_preflight_is_kept_for_an_hour_and_names_what_may_be_sent(
    http: httpx.AsyncClient,
) -> None:
    sent = "authorization,content-type,last-event-id,x-request-id"
    apollo = "apollographql-client-name,apollographql-client-version"
    told = [
        await http.options(
            "/graphql",
            headers={
                "Origin": ALLOWED,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": headers,
            },
        )
        for method, headers in [
            ("GET", f"{sent},{apollo}"),
            ("POST", f"{sent},{apollo}"),
            ("DELETE", sent),
            ("POST", "x-forwarded-for"),
        ]
    ]

    assert [one.status_code for one in told] == [200, 200, 400, 400]
    assert told[0].headers["access-control-max-age"] == "3600"
    assert told[0].headers["access-control-allow-methods"] == "GET, POST"


async def test_a_page_may_read_when_to_try_again_and_what_answered(
    http: httpx.AsyncClient,
) -> None:
    answer = await http.post("/graphql", headers={"Origin": ALLOWED})

    # Nothing is open behind this application.
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (
        answer.headers["access-control-expose-headers"]
        == "Retry-After, X-Jobwire-Plan, X-Request-Id"
    )


async def test_without_a_setting_no_origin_may_call() -> None:
    app = create_app(Settings(), authenticate=authenticate)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://jobs.test"
    ) as http:
        answer = await http.post("/graphql", headers={"Origin": ALLOWED})

    assert "access-control-allow-origin" not in answer.headers
    assert not await _opens_a_socket(app, ALLOWED)
    assert await _opens_a_socket(app, "http://jobs.test")


def test_origins_are_kept_as_browsers_write_them() -> None:
    settings = Settings(allowed_origins="https://App.Example.com:443,http://[::1]:80")

    assert settings.allowed_origins == (ALLOWED, "http://[::1]")


@pytest.mark.parametrize(
    "origin", ["*", "null", "https://a/", "https://u@a", "ftp://a", "https://a:x"]
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(SettingsError, match="JOBWIRE_ALLOWED_ORIGINS must be origins"):
        Settings(allowed_origins=origin)
