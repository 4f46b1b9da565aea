"""The endpoint: in this process for HTTP, behind a real server for websockets."""

import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import httpx
import pytest
import uvicorn

from jobwire.gql.documents import DocumentPolicy
from jobwire.jobs.engine import Engine
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.gql.client import Api, EventStream, Socket
from tests.gql.host import Host
from tests.gql.steps import Steps
from tests.jobs.cron.conftest import NOON, Crons
from tests.jobs.rig import Rig, open_rig


@pytest.fixture(scope="session")
def shared_host() -> Host:
    return Host()


@pytest.fixture
def host(shared_host: Host, engine: Engine) -> Host:
    shared_host.engine = engine
    shared_host.policy.now = DocumentPolicy()
    return shared_host


@pytest.fixture
async def rig(
    host: Host, engine: Engine, database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    """A Trigger.dev behind the engine, over a wire that fails on command."""
    async with open_rig(database, clock, tmp_path) as rig:
        host.engine = replace(engine, trigger=rig.executor)
        yield rig


@pytest.fixture
def crons(database: Database, clock: FakeClock) -> Crons:
    """Job schedules past the API, and their ticks; it is noon."""
    clock.advance(NOON - clock.now())
    return Crons(database, clock)


@pytest.fixture
def steps(engine: Engine) -> Steps:
    """A worker's steps, for what is watched."""
    return Steps(engine)


@pytest.fixture
async def api(host: Host) -> AsyncIterator[Api]:
    transport = httpx.ASGITransport(app=host.app)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Api(http)


@pytest.fixture(scope="session")
async def server_url(shared_host: Host) -> AsyncIterator[str]:
    """The websocket URL of a real server."""
    config = uvicorn.Config(
        shared_host.app, log_level="warning", ws="websockets-sansio", lifespan="off"
    )
    config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    listener = socket.create_server(("127.0.0.1", 0))
    await server.startup(sockets=[listener])
    yield f"ws://127.0.0.1:{listener.getsockname()[1]}/graphql"
    await server.shutdown(sockets=[listener])


@pytest.fixture
def open_socket(host: Host, server_url: str) -> Callable[..., Socket]:
    """Open a websocket: `async with open_socket() as socket: …`."""

    assert host.engine is not None
    return partial(Socket, server_url)


@pytest.fixture
def http_url(host: Host, server_url: str) -> str:
    """The address of the real server for HTTP."""
    assert host.engine is not None
    return server_url.replace("ws://", "http://")


@pytest.fixture
def open_events(http_url: str) -> Callable[..., EventStream]:
    """Ask for events: `async with open_events(query) as stream: …`."""
    return partial(EventStream, http_url)
