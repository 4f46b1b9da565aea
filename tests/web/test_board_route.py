import re
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from jobwire.web import board
from jobwire.web.board import board_routes
from jobwire.web.pages import page_routes

FILES = Path(board.__file__).parent / "board"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
    " img-src 'self' data:; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


@pytest.fixture(params=["", "/jobs"], ids=["alone", "mounted"])
def prefix(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def http(prefix: str) -> httpx.AsyncClient:
    app = Starlette(routes=[*board_routes(), *page_routes()])
    if prefix:
        app = Starlette(routes=[Mount(prefix, app)])
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url="http://board"
    )


async def test_the_page_is_at_the_root(http: httpx.AsyncClient, prefix: str) -> None:
    answer = await http.get(f"{prefix}/")

    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text == FILES.joinpath("index.html").read_text()


async def test_everything_that_the_page_names_is_there(
    http: httpx.AsyncClient, prefix: str
) -> None:
    page = (await http.get(f"{prefix}/")).text
    named = re.findall(r'<(?:link|script)[^>]* (?:src|href)="([^"]+)"', page)

    answers = [await http.get(f"{prefix}/{path}") for path in named]

    assert named
    assert {answer.status_code for answer in answers} == {200}


@pytest.mark.parametrize("path", ["/", "/board/index.html"])
async def test_every_file_comes_under_the_policy(
    http: httpx.AsyncClient, prefix: str, path: str
) -> None:
    headers = (await http.get(prefix + path)).headers

    assert headers["content-security-policy"] == POLICY
    assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/", "/board/index.html"])
async def test_what_the_browser_has_is_not_sent_again(
    http: httpx.AsyncClient, prefix: str, path: str
) -> None:
    etag = (await http.get(prefix + path)).headers["etag"]

    again = await http.get(prefix + path, headers={"If-None-Match": etag})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize(
    "path",
    ["/board/none.js", "/board/", "/board/../board.py", "/board/%2e%2e/board.py"],
)
async def test_there_is_nothing_else(
    http: httpx.AsyncClient, prefix: str, path: str
) -> None:
    assert (await http.get(prefix + path)).status_code == 404


async def test_the_mount_without_a_slash_leads_to_the_page() -> None:
    app = Starlette(routes=[Mount("/jobs", Starlette(routes=board_routes()))])
    transport = httpx.ASGITransport(app)

    async with httpx.AsyncClient(transport=transport, base_url="http://board") as http:
        answer = await http.get("/jobs")

    assert answer.headers["location"] == "http://board/jobs/"
