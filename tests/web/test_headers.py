"""The headers of all answers: pages, files, the API, health and errors."""

from typing import NoReturn

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount, Route

from jobwire.app.http import create_app
from jobwire.app.settings import Settings
from tests.gql.callers import authenticate

HTML = {"accept": "text/html"}
ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(),"
    " microphone=(), payment=(), usb=()",
}


async def broken(_: Request) -> NoReturn:
    raise KeyError("secret")


@pytest.fixture(params=["", "/jobs"], ids=["alone", "mounted"])
def http(request: pytest.FixtureRequest) -> httpx.AsyncClient:
    """The whole application, with nothing open behind it."""
    prefix = request.param
    settings = Settings(_env_file=None, database_url=None)
    app = create_app(settings, authenticate=authenticate)
    app.router.routes.append(Route("/broken", broken))
    if prefix:
        app = Starlette(routes=[Mount(prefix, app)])
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url=f"http://jobs.test{prefix}")


PAGES = [
    "/",
    "/board/board.js",
    "/board/board.css",
    "/page/dom.js",
    "/page/favicon.svg",
]
EXPLORER = ["/graphql", "/explorer/explorer.js"]
OTHERS = [
    ("GET", "/livez", 200),
    ("GET", "/readyz", 503),
    ("GET", "/metrics", 503),
    ("POST", "/graphql", 503),
    ("OPTIONS", "/graphql", 204),
    ("PUT", "/graphql", 405),
    ("POST", "/api/trigger/webhook", 503),
    ("GET", "/api/trigger/webhook", 405),
    ("GET", "/none", 404),
    ("GET", "/board/none.js", 404),
    ("GET", "/explorer/graphiql/none.js", 404),
    ("POST", "/", 405),
    ("DELETE", "/board/board.js", 405),
    ("GET", "/broken", 500),
]


@pytest.mark.parametrize("path", PAGES + EXPLORER)
async def test_a_page_and_its_files_come_under_a_strict_policy(
    http: httpx.AsyncClient, path: str
) -> None:
    answer = await http.get(path, headers=HTML)

    assert answer.status_code == 200
    assert ALWAYS.items() <= dict(answer.headers).items()
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    # They are asked for each time, and sent when they have changed.
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["etag"]


@pytest.mark.parametrize(("method", "path", "status"), OTHERS)
async def test_all_else_is_guarded_as_well_and_kept_by_nobody(
    http: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await http.request(method, path)

    assert answer.status_code == status
    assert ALWAYS.items() <= dict(answer.headers).items()
    policy = answer.headers["content-security-policy"]
    assert policy == (
        "default-src 'none'; base-uri 'none'; form-action 'none';"
        " frame-ancestors 'none'"
    )
    assert answer.headers["cache-control"] == "no-store"
    assert len(answer.content) < 300
    assert "secret" not in answer.text


async def test_what_depends_on_accept_says_so(http: httpx.AsyncClient) -> None:
    page = await http.get("/graphql", headers=HTML)
    answer = await http.get("/graphql", params={"query": "{ __typename }"})

    assert page.headers["vary"] == answer.headers["vary"] == "Accept"


async def test_what_broke_is_named_as_in_the_log(http: httpx.AsyncClient) -> None:
    answer = await http.get("/broken", headers={"x-request-id": "this-one"})

    assert answer.headers["x-request-id"] == "this-one"
    assert (
        answer.text == "Something went wrong here; the log tells more under this-one."
    )
