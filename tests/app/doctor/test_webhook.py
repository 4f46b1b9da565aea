"""What doctor says of the webhook, by a ping to a real server or to a stranger."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from jobwire.app.doctor.finding import Verdict
from jobwire.app.doctor.webhook import judge_answer
from jobwire.app.listening import listen
from jobwire.models.database_url import DatabaseUrl
from jobwire.web.trigger_webhook import PATH
from tests.app.doctor.conftest import Examine
from tests.servers import running_server

SECRET = "0123456789abcdef-mine"


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch, examine: Examine) -> None:
    assert examine
    monkeypatch.setenv("TRIGGER_WEBHOOK_SECRET", SECRET)


@contextmanager
def answering(answer: Response, **headers: str) -> Iterator[str]:
    """Run somebody who answers every POST so; yield where."""
    answer.headers.update(
        {name.replace("_", "-"): one for name, one in headers.items()}
    )

    async def respond(_: object) -> Response:
        return answer

    app = Starlette(routes=[Route("/{any:path}", respond, methods=["POST"])])
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", lifespan="off", server_header=False)
    )
    with listen("127.0.0.1", 0) as listener:
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        server.should_exit = True
        thread.join(timeout=30)


async def test_a_url_that_leads_to_us_is_well_whatever_it_leaves_out(
    examine: Examine, server_database_url: DatabaseUrl
) -> None:
    with running_server(
        str(server_database_url), trigger_webhook_secret=SECRET
    ) as server:
        root = (await examine(server.url))["webhook URL"]
        whole = (await examine(f"{server.url}{PATH}"))["webhook URL"]

    assert root.verdict is whole.verdict is Verdict.OK
    assert root.found == f"{server.url}{PATH} leads to a Jobwire that has our secret"


async def test_a_server_with_another_secret_is_told(
    examine: Examine, server_database_url: DatabaseUrl
) -> None:
    with running_server(
        str(server_database_url), trigger_webhook_secret="0123456789abcdef-other"
    ) as server:
        told = (await examine(server.url))["webhook URL"]

    assert told.verdict is Verdict.FAILED
    assert "leads to a Jobwire that refuses our signature" in told.found


async def test_a_server_without_a_secret_is_told(
    examine: Examine, server_database_url: DatabaseUrl
) -> None:
    with running_server(str(server_database_url), trigger_sync=("poll",)) as server:
        told = (await examine(server.url))["webhook URL"]

    assert told.verdict is Verdict.FAILED
    assert "leads to a Jobwire that takes in no events" in told.found
    assert told.advice == "Set TRIGGER_WEBHOOK_SECRET there."


@pytest.mark.parametrize(
    ("answer", "headers", "found"),
    [
        pytest.param(
            Response("error code: 1033", 530),
            {"server": "cloudflare"},
            "answers 530 (cloudflare): the tunnel or proxy is there",
            id="cloudflare",
        ),
        pytest.param(
            Response("<html>", 404),
            {"ngrok_error_code": "ERR_NGROK_3200"},
            "answers 404 (ERR_NGROK_3200): the tunnel or proxy is there",
            id="ngrok",
        ),
        pytest.param(
            Response("", 502),
            {},
            "answers 502 (it): the tunnel or proxy is there",
            id="proxy",
        ),
        pytest.param(
            RedirectResponse("https://elsewhere.example/"),
            {},
            "redirects to https://elsewhere.example/",
            id="redirect",
        ),
        pytest.param(
            Response("<h1>It works!</h1>"),
            {"server": "nginx"},
            "answered by something that is not Jobwire: 200, nginx",
            id="page",
        ),
        pytest.param(
            JSONResponse({"error": "Not found"}, 404),
            {},
            "answered by something that is not Jobwire: 404",
            id="other API",
        ),
    ],
)
async def test_who_else_answers_is_told(
    examine: Examine, answer: Response, headers: dict[str, str], found: str
) -> None:
    with answering(answer, **headers) as url:
        told = (await examine(url))["webhook URL"]

    assert told.verdict is Verdict.FAILED
    assert found in told.found


async def test_a_tunnel_that_is_down_is_told(examine: Examine) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = probe.getsockname()[1]

    refused = (await examine(f"http://127.0.0.1:{closed}"))["webhook URL"]
    unknown = (await examine("http://nosuch.invalid"))["webhook URL"]

    assert "the connection is refused" in refused.found
    assert "its name is not known" in unknown.found
    assert refused.advice.startswith("If that is a tunnel, it is down")


async def test_a_url_is_asked_only_when_it_is_given(examine: Examine) -> None:
    found = await examine()

    assert found["webhook secret"].found == "1, well-formed"
    assert found["webhook URL"].verdict is Verdict.NOT_CHECKED


async def test_a_secret_that_is_no_base64_is_told(
    examine: Examine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIGGER_WEBHOOK_SECRET", f"{SECRET},whsec_not!base64!at!all")

    found = await examine("http://127.0.0.1:1")

    assert found["webhook secret"].verdict is Verdict.FAILED
    assert found["webhook secret"].found.startswith("of 2, 2 begins with whsec_")
    assert found["webhook URL"].verdict is Verdict.NOT_CHECKED


@pytest.mark.parametrize(
    ("status", "error", "found"),
    [
        (503, "The server is starting or stopping.", "is not up"),
        (503, "The database does not answer; send it again.", "has no database"),
        (401, "its webhook-timestamp is more than 0:05:00 away", "has another time"),
    ],
)
def test_what_our_own_route_says_is_understood(
    status: int, error: str, found: str
) -> None:
    body = f'{{"error": "{error}"}}'.encode()

    told = judge_answer(status, {}, body, url="https://example.com")

    assert told.verdict is Verdict.FAILED
    assert f"leads to a Jobwire that {found}" in told.found
