import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from jobwire.app.authentication import by_loopback
from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import address_of, listen
from jobwire.app.server import Server
from jobwire.app.settings import Settings
from jobwire.models.database import Database
from tests.gql.client import COMPLETE, EventStream
from tests.gql.types import MakeJob

LEAVING = "The process is shutting down. Send requests to another one."
FOLLOW = """subscription { jobListUpdates {
  __typename ... on StreamClosing { cursor reason reconnectAfter } } }"""


async def subscribe(socket: ClientConnection) -> None:
    """Follow all jobs, until the stream is live."""
    await socket.send(json.dumps({"type": "connection_init"}))
    assert json.loads(await socket.recv()) == {"type": "connection_ack"}
    await socket.send(
        json.dumps({"id": "1", "type": "subscribe", "payload": {"query": FOLLOW}})
    )
    while (
        json.loads(await socket.recv())["payload"]["data"]["jobListUpdates"][
            "__typename"
        ]
        != "StreamCaughtUp"
    ):
        pass


async def test_a_server_that_ends_tells_its_streams_before_it_closes_them(
    database: Database,
) -> None:
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    heard = []
    async with asyncio.timeout(30), Jobwire(settings, worker=False) as jobwire:
        local = jobwire.authenticate.then(by_loopback)
        server = Server(create_app(jobwire, authenticate=local), jobwire)
        listener = listen("127.0.0.1", 0)
        url = f"ws://{address_of(listener)}/graphql"
        serving = asyncio.create_task(server.run_on([listener]))
        async with connect(
            url, subprotocols=[Subprotocol("graphql-transport-ws")]
        ) as socket:
            await subscribe(socket)
            server.stop()
            try:
                while True:
                    heard.append(json.loads(await socket.recv()))
            except ConnectionClosed as closed:
                code = closed.rcvd.code if closed.rcvd else None
        await serving

    assert [message["type"] for message in heard] == ["next", "complete"]
    closing = heard[0]["payload"]["data"]["jobListUpdates"]
    assert closing["__typename"] == "StreamClosing"
    assert closing["reconnectAfter"] == "PT1S"
    assert code == 1012


async def test_a_server_that_ends_tells_readers_of_events_and_waits_for_none(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    async with asyncio.timeout(30), Jobwire(settings, worker=False) as jobwire:
        local = jobwire.authenticate.then(by_loopback)
        server = Server(create_app(jobwire, authenticate=local), jobwire)
        listener = listen("127.0.0.1", 0)
        url = f"http://{address_of(listener)}/graphql"
        serving = asyncio.create_task(server.run_on([listener]))
        async with EventStream(url, FOLLOW, caller=None) as stream:
            await stream.until("StreamCaughtUp", "jobListUpdates")
            server.stop()
            told, *rest = await stream.rest()
        await serving

    closing = told.result["data"]["jobListUpdates"]
    assert closing["__typename"] == "StreamClosing"
    assert closing["reconnectAfter"] == "PT1S"
    assert rest == [COMPLETE]
    # Past its patience the server cancels what still runs, and says so.
    assert not [one for one in caplog.records if one.levelname == "ERROR"]


async def test_a_server_that_is_about_to_end_serves_on_until_proxies_have_noticed(
    database: Database,
) -> None:
    settings = Settings(
        _env_file=None,
        database_url=str(database.url),
        jobs="",
        shutdown_delay_seconds=5,
    )
    async with asyncio.timeout(60), Jobwire(settings, worker=False) as jobwire:
        local = jobwire.authenticate.then(by_loopback)
        server = Server(create_app(jobwire, authenticate=local), jobwire)
        listener = listen("127.0.0.1", 0)
        serving = asyncio.create_task(server.run_on([listener]))
        url = f"http://{address_of(listener)}"
        async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
            before = await http.get("/livez")
            server.stop()
            while (ready := await http.get("/readyz")).json()["missing"] != [LEAVING]:
                pass
            after = await http.get("/livez")
        assert not serving.done()
        await serving

    assert ready.status_code == 503
    assert (before.status_code, "connection" in before.headers) == (200, False)
    assert (after.status_code, after.headers["connection"]) == (503, "close")
    assert after.json() == {"alive": True, "leaving": True}


async def test_being_cancelled_is_taken_as_being_told_to_end(
    database: Database,
) -> None:
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    async with asyncio.timeout(30), Jobwire(settings, worker=False) as jobwire:
        local = jobwire.authenticate.then(by_loopback)
        server = Server(create_app(jobwire, authenticate=local), jobwire)
        serving = asyncio.create_task(server.run_on([listen("127.0.0.1", 0)]))
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)

        serving.cancel()
        await serving

    assert not serving.cancelled()


MUCH = """subscription { jobListUpdates(snapshot: true) {
  __typename ... on JobSnapshot { job { data } } } }"""


@asynccontextmanager
async def _websocket_that_does_not_read(address: str) -> AsyncIterator[None]:
    async with connect(
        f"ws://{address}/graphql",
        subprotocols=[Subprotocol("graphql-transport-ws")],
        max_queue=1,
    ) as client:
        await client.send(json.dumps({"type": "connection_init"}))
        await client.send(
            json.dumps({"id": "1", "type": "subscribe", "payload": {"query": MUCH}})
        )
        yield
        client.transport.abort()


@asynccontextmanager
async def _events_that_nobody_reads(address: str) -> AsyncIterator[None]:
    body = json.dumps({"query": MUCH}).encode()
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    host, port = address.split(":")
    with socket.create_connection((host, int(port))) as client:
        client.sendall(head.encode() + body)
        yield


@pytest.mark.parametrize(
    "client", [_websocket_that_does_not_read, _events_that_nobody_reads]
)
async def test_a_client_that_does_not_read_holds_up_no_end(
    database: Database,
    make_job: MakeJob,
    client: Callable[[str], AbstractAsyncContextManager[None]],
) -> None:
    for _ in range(40):
        await make_job(data=json.dumps("x" * 500_000), user_id="dev")
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    async with asyncio.timeout(60), Jobwire(settings, worker=False) as jobwire:
        local = jobwire.authenticate.then(by_loopback)
        server = Server(create_app(jobwire, authenticate=local), jobwire)
        listener = listen("127.0.0.1", 0)
        serving = asyncio.create_task(server.run_on([listener]))
        async with client(address_of(listener)):
            while not any(  # noqa: ASYNC110 - a transport has no event for it
                connection.transport.get_write_buffer_size()
                for connection in server.server_state.connections
            ):
                await asyncio.sleep(0.01)

            # Far below the ten seconds for which uvicorn waits for answers under way.
            async with asyncio.timeout(5):
                server.stop()
                await serving
