"""The proxy of `deploy/`, a real one, before two processes of the API."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import listen
from jobwire.app.server import Server
from jobwire.app.settings import Settings
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from tests.deploy.configuration import DEPLOY, run

CONFIGURATION = DEPLOY / "haproxy.cfg"
BARE = {
    "PATH": os.environ["PATH"],
    "BIND_HTTP": "127.0.0.1:8080",
    "BIND_HTTPS": "127.0.0.1:8443",
    "TLS_CERTIFICATE": "",
}
ANN = Viewer("ann", frozenset({Scope.JOBS_READ}))
FOLLOW = "subscription { jobListUpdates { __typename } }"
ASK = {"query": "{ viewer { userId } }"}
PATIENCE = 60
#: As in compose.yaml.
DELAY = 5


@pytest.fixture
def haproxy() -> str:
    found = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        pytest.skip("NO HAPROXY HERE: ITS CONFIGURATION WAS NOT TRIED")
    return found


@dataclass(frozen=True)
class Api:
    """A process of the API, as far as its proxy can tell."""

    port: int
    server: Server
    serving: asyncio.Task[None]

    async def end(self) -> None:
        """Tell it to end, and wait until it has."""
        self.server.stop()
        await self.serving


@asynccontextmanager
async def api(database: Database, delay: float = 0) -> AsyncIterator[Api]:
    settings = Settings(
        _env_file=None,
        database_url=str(database.url),
        shutdown_delay_seconds=delay,
    )
    listener = listen("127.0.0.1", 0)
    async with Jobwire(settings, worker=False) as jobwire:
        app = create_app(jobwire, authenticate=lambda _: ANN)
        server = Server(app, jobwire)
        serving = asyncio.create_task(server.run_on([listener]))
        it = Api(listener.getsockname()[1], server, serving)
        try:
            yield it
        finally:
            await it.end()


@asynccontextmanager
async def proxy(haproxy: str, *ports: int) -> AsyncIterator[str]:
    """Run it as its file says, but on loopback and on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    first, second = (f"127.0.0.1:{one}" for one in ports)
    process = await asyncio.create_subprocess_exec(
        haproxy,
        *("-W", "-db", "-f", CONFIGURATION),
        env={**BARE, "BIND_HTTP": f"127.0.0.1:{port}", "API_1": first, "API_2": second},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                assert process.returncode is None, "haproxy has ended"
                await asyncio.sleep(0.02)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


@pytest.fixture
async def behind(
    haproxy: str, database: Database
) -> AsyncIterator[tuple[str, list[Api]]]:
    async with asyncio.timeout(PATIENCE), AsyncExitStack() as stack:
        apis = [await stack.enter_async_context(api(database)) for _ in range(2)]
        url = await stack.enter_async_context(
            proxy(haproxy, *(one.port for one in apis))
        )
        yield url, apis


async def test_event_streams_come_through_without_delay(
    behind: tuple[str, list[Api]],
) -> None:
    url, _ = behind
    async with (
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
        http.stream(
            "POST",
            f"{url}/graphql",
            json={"query": FOLLOW},
            headers={"Accept": "text/event-stream"},
        ) as answer,
    ):
        lines = answer.aiter_lines()
        # The stream goes on; a proxy that waits for its end would say nothing.
        while "StreamCaughtUp" not in await anext(lines):
            pass


async def test_websockets_come_through(behind: tuple[str, list[Api]]) -> None:
    url, _ = behind
    async with connect(
        url.replace("http", "ws") + "/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        origin=url,
        proxy=None,
    ) as websocket:
        await websocket.send(json.dumps({"type": "connection_init"}))
        assert json.loads(await websocket.recv()) == {"type": "connection_ack"}
        subscribe = {"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}}
        await websocket.send(json.dumps(subscribe))
        while "StreamCaughtUp" not in str(await websocket.recv()):
            pass


async def test_an_api_that_has_ended_is_passed_over(
    behind: tuple[str, list[Api]],
) -> None:
    url, apis = behind
    async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http:

        async def ask() -> int:
            return (await http.post(f"{url}/graphql", json=ASK)).status_code

        before = [await ask() for _ in range(10)]
        await apis[0].end()
        after = [await ask() for _ in range(30)]

    assert before + after == [200] * 40


async def test_no_request_is_lost_while_an_api_that_is_told_to_end_goes_on(
    haproxy: str, database: Database
) -> None:
    async with (
        asyncio.timeout(PATIENCE),
        api(database, delay=DELAY) as leaving,
        api(database) as other,
        proxy(haproxy, leaving.port, other.port) as url,
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as http,
    ):
        answers, begun = [], asyncio.Event()

        async def ask() -> None:
            while not leaving.serving.done():
                answer = await http.post(f"{url}/graphql", json=ASK)
                answers.append(answer.status_code)
                begun.set()

        async with asyncio.TaskGroup() as asking:
            for _ in range(8):
                asking.create_task(ask())
            await begun.wait()
            leaving.server.stop()

    assert set(answers) == {200}


async def test_figures_and_health_stay_inside(
    behind: tuple[str, list[Api]],
) -> None:
    url, _ = behind
    async with httpx.AsyncClient(trust_env=False) as http:
        answers = [
            (await http.get(f"{url}{path}")).status_code
            for path in ("/metrics", "/livez", "/readyz")
        ]

    assert answers == [404] * 3


def test_it_speaks_tls_once_there_is_a_certificate(
    haproxy: str, tmp_path: Path
) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "site.pem"
    run(
        *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1"),
        *("-subj", "/CN=localhost", "-keyout", key, "-out", certificate),
    )
    certificate.write_text(certificate.read_text() + key.read_text())
    there = {**BARE, "API_1": "127.0.0.1:1", "API_2": "127.0.0.1:2"}
    check = (haproxy, "-c", "-dW", "-f", CONFIGURATION)

    run(*check, env={**there, "TLS_CERTIFICATE": str(certificate)})
    with pytest.raises(AssertionError, match="unable to"):
        run(*check, env={**there, "TLS_CERTIFICATE": str(tmp_path / "none.pem")})
