import asyncio
import json
import logging
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.applications import Starlette
from starlette.requests import HTTPConnection
from starlette.routing import Mount
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from jobwire import Jobwire, Scope, Settings, SettingsError, Viewer, create_app
from jobwire.app.listening import address_of, listen
from jobwire.models.database import Database

VIEWER = {"query": "{ viewer { userId } }"}
SCHEDULE = """mutation { scheduleJob(input: {type: "no-op", tag: "t"}) {
  job { id } errors { message } } }"""


@pytest.fixture
def settings(database: Database) -> Settings:
    return Settings(
        _env_file=None, database_url=str(database.url), jobs="", examples=True
    )


async def authenticate(connection: HTTPConnection) -> Viewer | None:
    """The host's own way: whoever brings a cookie of its session."""
    user = connection.cookies.get("session")
    if user is None:
        return None
    return Viewer(user, frozenset({Scope.JOBS_READ, Scope.JOBS_WRITE}))


def starlette_host(settings: Settings) -> Starlette:
    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with Jobwire(settings):
            yield

    mounted = create_app(settings, authenticate=authenticate)
    return Starlette(routes=[Mount("/jobs", mounted)], lifespan=lifespan)


def fastapi_host(settings: Settings) -> FastAPI:
    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with Jobwire(settings):
            yield

    host = FastAPI(lifespan=lifespan)
    host.mount("/jobs", create_app(settings, authenticate=authenticate))
    return host


@asynccontextmanager
async def served(app: Any, *, lifespan: str = "on") -> AsyncIterator[str]:
    """Serve a host's application as the host would; gives host and port."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(
        app, log_config=None, lifespan=lifespan, ws="websockets-sansio"
    )
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listener]))
    async with asyncio.timeout(20):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    try:
        yield address_of(listener)
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize("make_host", [starlette_host, fastapi_host])
async def test_everything_works_below_the_mount_path_of_a_host(
    settings: Settings, make_host: Any
) -> None:
    cookie = {"Cookie": "session=ann"}

    async with (
        served(make_host(settings)) as place,
        httpx.AsyncClient(base_url=f"http://{place}/jobs") as http,
    ):
        unknown = await http.post("/graphql", json=VIEWER)
        known = await http.post("/graphql", json=VIEWER, headers=cookie)
        scheduled = await http.post(
            "/graphql", json={"query": SCHEDULE}, headers=cookie
        )
        board = await http.get("", follow_redirects=True)
        ready = await http.get("/readyz")
        job = scheduled.json()["data"]["scheduleJob"]["job"]["id"]
        statuses = await follow(f"ws://{place}/jobs/graphql", job, cookie)
        metrics = await http.get("/metrics")

    assert unknown.status_code == 401
    assert known.json() == {"data": {"viewer": {"userId": "ann"}}}
    assert statuses[-1] == "SUCCEEDED"
    assert str(board.url) == f"http://{place}/jobs/"
    assert board.status_code == 200
    assert ready.status_code == 200
    assert "jobwire_http_requests_total" in metrics.text
    assert 'jobwire_jobs{executor="internal",status="SUCCEEDED"} 1.0' in metrics.text
    assert 'jobwire_jobs{executor="trigger",status="QUEUED"} 0.0' in metrics.text
    assert 'jobwire_jobs_attention{kind="START_OVERDUE"} 0.0' in metrics.text


async def follow(url: str, job: str, headers: dict[str, str]) -> list[str]:
    """Return the statuses of a job until its end, as a subscription gives them."""
    query = f'subscription {{ jobStatusChanged(id: "{job}") {{ status }} }}'
    protocol = Subprotocol("graphql-transport-ws")
    statuses = []
    async with (
        asyncio.timeout(20),
        connect(url, subprotocols=[protocol], additional_headers=headers) as socket,
    ):
        await socket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await socket.recv()) == {"type": "connection_ack"}
        await socket.send(
            json.dumps({"id": "1", "type": "subscribe", "payload": {"query": query}})
        )
        async for text in socket:
            message = json.loads(text)
            if message["type"] != "next":
                break
            statuses.append(message["payload"]["data"]["jobStatusChanged"]["status"])
    return statuses


async def test_logging_and_signals_of_the_host_stay_as_they_are(
    settings: Settings,
) -> None:
    def state() -> list[object]:
        root = logging.getLogger()
        ours = logging.getLogger("jobwire")
        return [
            *(signal.getsignal(one) for one in (signal.SIGINT, signal.SIGTERM)),
            (root.level, *root.handlers),
            (ours.level, ours.propagate, *ours.handlers),
            asyncio.get_event_loop_policy(),
        ]

    before = state()

    async with Jobwire(settings):
        during = state()

    assert before == during == state()


async def test_while_nothing_is_open_it_is_unavailable(settings: Settings) -> None:
    app = create_app(settings, authenticate=authenticate)

    async with (
        served(app, lifespan="off") as place,
        httpx.AsyncClient(base_url=f"http://{place}") as http,
    ):
        answers = {
            path: await http.get(path) for path in ("/livez", "/readyz", "/metrics")
        }
        answers["/graphql"] = await http.post("/graphql", json=VIEWER)

    assert {path: answer.status_code for path, answer in answers.items()} == {
        "/livez": 200,
        "/readyz": 503,
        "/metrics": 503,
        "/graphql": 503,
    }
    assert "async with Jobwire(settings)" in answers["/readyz"].json()["missing"][0]


async def test_a_process_that_shuts_down_is_not_ready(settings: Settings) -> None:
    async with Jobwire(settings) as jobwire:
        before = await jobwire.missing()
        jobwire.begin_closing()
        after = await jobwire.missing()

    assert before == []
    assert after == ["The process is shutting down. Send requests to another one."]


async def test_a_database_that_is_away_is_named_with_what_to_do(
    settings: Settings,
) -> None:
    async with Jobwire(settings, worker=False) as jobwire:
        await jobwire.engine.database.close()
        [missing] = await jobwire.missing()

    assert "does not answer: " in missing
    assert missing.endswith("; it is tried again by itself.")


async def test_alone_the_app_opens_its_own(settings: Settings) -> None:
    app = create_app(settings, authenticate=authenticate)

    async with (
        served(app) as place,
        httpx.AsyncClient(base_url=f"http://{place}") as http,
    ):
        ready = await http.get("/readyz")

    assert ready.json() == {"ready": True, "missing": []}


@pytest.mark.parametrize("is_watched", [True, False])
async def test_a_process_that_nobody_watches_is_woken_by_no_ring(
    settings: Settings, database: Database, *, is_watched: bool
) -> None:
    async with (
        Jobwire(settings, worker=False, is_watched=is_watched),
        database.connection() as connection,
    ):
        listening = await connection.fetchval(
            """SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND query LIKE 'LISTEN %'"""
        )

    assert listening == is_watched


async def test_an_api_without_any_worker_is_not_ready(settings: Settings) -> None:
    async with Jobwire(settings, worker=False) as jobwire:
        missing = await jobwire.missing()

    assert missing == ["No worker is connected. Start one with `jobwire worker`."]


async def test_an_api_is_ready_when_a_worker_is_connected_elsewhere(
    settings: Settings,
) -> None:
    async with Jobwire(settings), Jobwire(settings, worker=False) as api:
        assert await api.missing() == []


def test_an_app_that_nobody_could_use_is_refused(settings: Settings) -> None:
    with pytest.raises(
        SettingsError, match="JOBWIRE_AUTH_SECRET or JOBWIRE_AUTH_JWKS_URL"
    ):
        create_app(settings)
