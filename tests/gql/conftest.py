"""The endpoint: in this process for HTTP, behind a real server for websockets."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from asyncpg.connection import LoggedQuery

from jobwire.gql.documents import DocumentPolicy
from jobwire.jobs.engine import Engine
from jobwire.jobs.registry import Registry
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.gql.callers import CALLERS
from tests.gql.client import Api, EventStream, Socket
from tests.gql.host import Host
from tests.gql.knock import Knock, Settle
from tests.gql.steps import Steps
from tests.gql.types import MakeJob, OpenEvents
from tests.gql.world import World, furnish
from tests.jobs.cron.conftest import NOON, REGISTRY, Crons
from tests.jobs.rig import Rig, open_rig

#: What the driver asks by itself, once for each type and connection.
_OF_THE_DRIVER = ("typeinfo_tree", "set_config('jit'")
Borrow = Callable[[Database], AbstractAsyncContextManager[Any]]


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
def statements(monkeypatch: pytest.MonkeyPatch, database: Database) -> list[str]:
    """Every statement that the API sends from here on, but those of the driver."""
    sent: list[str] = []

    def note(record: LoggedQuery) -> None:
        if not any(own in record.query for own in _OF_THE_DRIVER):
            sent.append(record.query)

    def noting(borrow: Borrow) -> Borrow:
        @asynccontextmanager
        async def borrowed(self: Database) -> AsyncIterator[Any]:
            async with borrow(self) as connection:
                # Servers of other tests live on in this process, with their own pools.
                if self is not database:
                    yield connection
                    return
                with connection.query_logger(note):
                    yield connection
                    # The driver tells of a statement in the next round of the loop.
                    await asyncio.sleep(0)

        return borrowed

    for name in ("connection", "transaction"):
        monkeypatch.setattr(Database, name, noting(getattr(Database, name)))
    return sent


@pytest.fixture
def settle(
    api: Api,
    open_events: OpenEvents,
    engine: Engine,
    registry: Registry,
    crons: Crons,
    make_job: MakeJob,
    statements: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Settle:
    """Make things of a user, and of user-1; `bound` may read the one job of user-1."""
    engine.registry.replace((*registry.definitions(), *REGISTRY.definitions()))

    async def settle(user_id: str, *, status: str = "RUNNING") -> tuple[World, Knock]:
        world = await furnish(
            user_id, status, api=api, engine=engine, crons=crons, make_job=make_job
        )
        bound = Viewer("user-1", frozenset(Scope), job_id=world.job_id)
        monkeypatch.setitem(CALLERS, "bound", bound)
        # The first who asks for counts has all that was before counted.
        await api.data("{ jobCounts { total } }")
        return world, Knock(api, open_events, world, statements)

    return settle


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
