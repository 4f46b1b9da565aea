import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.types import Receive, Scope, Send

from jobwire.web.explorer import explorer_routes, graphiql_files
from jobwire.web.pages import page_routes

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,"
    "image/apng,*/*;q=0.8,application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
BROWSER = {"Accept": FIREFOX}
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)
POLICY_OF_GRAPHIQL = (
    POLICY.replace(
        "style-src 'self'",
        "style-src 'self' 'sha256-Y/huXlwoYkVyQlxwSVcCi1RCDGDCSVBzDt0hYP9qlTc='",
    )
    + "; font-src data:"
)


class Api:
    """Stands where the API is: whatever comes here was not the page's."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await Response(status_code=204)(scope, receive, send)


def client(prefix: str, graphiql: Path | None) -> httpx.AsyncClient:
    app = Starlette(
        routes=[
            *explorer_routes(graphiql=graphiql),
            *page_routes(),
            Route("/graphql", Api()),
        ]
    )
    if prefix:
        app = Starlette(routes=[Mount(prefix, app)])
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://api")


@pytest.fixture(params=["", "/jobs"], ids=["alone", "mounted"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def graphiql(tmp_path: Path) -> Path:
    """A folder like that of npm's files, with one more."""
    for name in [*graphiql_files(), "noted.json"]:
        (tmp_path / name).write_text(f"/* {name} */")
    return tmp_path


@pytest.fixture
def http(prefix: str) -> httpx.AsyncClient:
    return client(prefix, None)


@pytest.fixture
def with_graphiql(prefix: str, graphiql: Path) -> httpx.AsyncClient:
    return client(prefix, graphiql)


@pytest.mark.parametrize(
    "accept",
    [
        CHROMIUM,
        FIREFOX,
        "text/html",
        "application/json;q=0.5, text/html",
        "TEXT/HTML; q=0.2",
    ],
)
async def test_a_navigation_gets_the_page(
    http: httpx.AsyncClient, prefix: str, accept: str
) -> None:
    answer = await http.get(f"{prefix}/graphql", headers={"Accept": accept})

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert "explorer/explorer.js" in answer.text
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("method", "query", "accept"),
    [
        ("GET", "", "*/*"),
        ("GET", "", "text/*"),
        ("GET", "", ""),
        ("GET", "", "application/json"),
        ("GET", "", "application/json, text/html;q=0.9"),
        ("GET", "", "application/graphql-response+json, text/html;q=0.9"),
        ("GET", "", "text/html;q=0"),
        ("GET", "", "text/html;q=much"),
        ("GET", "?query={viewer{userId}}", FIREFOX),
        ("GET", "?query", FIREFOX),
        ("GET", "?documentId=x", FIREFOX),
        ("GET", "?extensions={}", FIREFOX),
        ("POST", "", FIREFOX),
        ("HEAD", "", FIREFOX),
        ("OPTIONS", "", FIREFOX),
    ],
)
async def test_all_else_goes_to_the_api(
    http: httpx.AsyncClient, prefix: str, method: str, query: str, accept: str
) -> None:
    answer = await http.request(
        method, f"{prefix}/graphql{query}", headers={"Accept": accept}
    )

    assert answer.status_code == 204


@pytest.mark.parametrize("kind", ["http", "with_graphiql"])
async def test_everything_that_the_page_names_is_there(
    request: pytest.FixtureRequest, prefix: str, kind: str
) -> None:
    http = request.getfixturevalue(kind)
    page = (await http.get(f"{prefix}/graphql", headers=BROWSER)).text
    named = re.findall(r'<(?:link|script)[^>]* (?:src|href)="([^"]+)"', page)

    answers = [await http.get(f"{prefix}/{path}") for path in named]

    assert len(answers) > 4
    assert {answer.status_code for answer in answers} == {200}


async def test_our_own_page_comes_under_the_policy_of_the_board(
    http: httpx.AsyncClient, prefix: str
) -> None:
    page = await http.get(f"{prefix}/graphql", headers=BROWSER)
    file = await http.get(f"{prefix}/explorer/explorer.js")

    for answer in (page, file):
        assert answer.headers["content-security-policy"] == POLICY
        assert answer.headers["cache-control"] == "no-cache"


async def test_graphiql_may_write_one_style_and_nothing_more(
    with_graphiql: httpx.AsyncClient, prefix: str
) -> None:
    page = await with_graphiql.get(f"{prefix}/graphql", headers=BROWSER)

    assert "explorer/graphiql.js" in page.text
    assert page.headers["content-security-policy"] == POLICY_OF_GRAPHIQL
    assert page.headers["cache-control"] == "no-cache"


async def test_files_of_graphiql_are_kept_since_their_names_hold_the_version(
    with_graphiql: httpx.AsyncClient, prefix: str
) -> None:
    for name in graphiql_files():
        answer = await with_graphiql.get(f"{prefix}/explorer/graphiql/{name}")

        assert answer.text == f"/* {name} */"
        assert re.search(r"-\d+\.\d+\.\d+\.", name)
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


async def test_without_one_of_its_files_the_page_is_our_own(
    prefix: str, graphiql: Path
) -> None:
    (graphiql / graphiql_files()[0]).unlink()
    http = client(prefix, graphiql)

    page = await http.get(f"{prefix}/graphql", headers=BROWSER)
    file = await http.get(f"{prefix}/explorer/graphiql/{graphiql_files()[1]}")

    assert "explorer/explorer.js" in page.text
    assert file.status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/explorer/",
        "/explorer/none.js",
        "/explorer/graphiql/noted.json",
        "/explorer/graphiql/none.js",
        "/explorer/graphiql/%2e%2e/noted.json",
        "/explorer/%2e%2e/explorer.py",
        "/page/%2e%2e/pages.py",
    ],
)
async def test_there_is_nothing_else(
    with_graphiql: httpx.AsyncClient, prefix: str, path: str
) -> None:
    assert (await with_graphiql.get(prefix + path)).status_code == 404


async def test_what_the_browser_has_is_not_sent_again(
    http: httpx.AsyncClient, prefix: str
) -> None:
    etag = (await http.get(f"{prefix}/graphql", headers=BROWSER)).headers["etag"]

    again = await http.get(
        f"{prefix}/graphql", headers={**BROWSER, "If-None-Match": etag}
    )

    assert again.status_code == 304
    assert again.headers["vary"] == "Accept"
