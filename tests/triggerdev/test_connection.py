"""The network: connections that fail, and what the environment says of it."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobwire.triggerdev import ApiConnectionError, Run, TriggerDevClient
from tests.triggerdev.server import KEY
from tests.triggerdev.wire import HANG_UP, SILENCE, Wire, answer

TRIGGERED = answer(b'{"id":"run_1","isCached":false}')
PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _without_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in PROXIES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.fixture
def wired(make_client):
    """Make clients that use the real network."""

    @asynccontextmanager
    async def wired(url: str, **arguments: object) -> AsyncIterator[TriggerDevClient]:
        async with make_client(transport=None, api_url=url, **arguments) as client:
            yield client

    return wired


def _closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


async def test_a_trigger_that_could_not_connect_is_tried_again_and_was_not_made(
    wired, waits: list[float]
) -> None:
    async with wired(f"http://127.0.0.1:{_closed_port()}") as client:
        with pytest.raises(ApiConnectionError, match="could not be sent") as caught:
            await client.tasks.trigger("hello", {})

    assert not caught.value.outcome_unknown
    assert waits == [0.5, 0.8, 1.28]


async def test_a_trigger_whose_connection_is_lost_is_not_tried_again(
    wired, waits: list[float]
) -> None:
    wire = Wire(HANG_UP)
    async with wire.listening(), wired(wire.url) as client:
        with pytest.raises(ApiConnectionError, match="got no answer") as caught:
            await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown
    assert (len(wire.heads), waits) == (1, [])


async def test_a_trigger_that_nobody_answers_in_time_may_have_been_made(
    wired, waits: list[float]
) -> None:
    short = timedelta(milliseconds=500)
    wire = Wire(SILENCE)
    async with wire.listening(), wired(wire.url, timeout=short) as client:
        with pytest.raises(ApiConnectionError, match="ReadTimeout") as caught:
            await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown
    assert (len(wire.heads), waits) == (1, [])


async def test_a_close_while_it_connects_has_sent_nothing(wired) -> None:
    arrived, over = asyncio.Event(), asyncio.Event()

    async def silent(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with closing(writer):
            await reader.read(1)
            arrived.set()
            await over.wait()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, wired(f"https://127.0.0.1:{port}") as client:
        call = asyncio.create_task(client.tasks.trigger("hello", {}))
        await arrived.wait()
        await client.aclose()
        with pytest.raises(ApiConnectionError, match="could not be sent") as caught:
            await call
        over.set()

    assert not caught.value.outcome_unknown


async def test_a_kept_connection_that_is_lost_may_have_brought_the_trigger(
    wired, waits: list[float]
) -> None:
    kept = TRIGGERED.replace(b"connection: close\r\n", b"")
    accepted = 0

    async def once(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal accepted
        accepted += 1
        with closing(writer):
            await reader.readuntil(b"}}")
            writer.write(kept)
            await reader.readuntil(b"}}")

    server = await asyncio.start_server(once, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server, wired(f"http://127.0.0.1:{port}") as client:
        await client.tasks.trigger("hello", {})
        with pytest.raises(ApiConnectionError, match="got no answer") as caught:
            await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown
    assert (accepted, waits) == (1, [])


async def test_a_cancel_whose_connection_is_lost_is_sent_again(
    wired, waits: list[float]
) -> None:
    wire = Wire(HANG_UP, answer(b'{"id":"run_1"}'))
    async with wire.listening(), wired(wire.url) as client:
        await client.runs.cancel("run_1")

    assert (len(wire.heads), waits) == (2, [0.5])


async def test_a_body_that_ends_early_is_a_lost_connection(wired) -> None:
    cut = answer(b'{"id":"run_1","isCached":false}')[:-5]
    wire = Wire(cut)
    async with wire.listening(), wired(wire.url) as client:
        with pytest.raises(ApiConnectionError, match="RemoteProtocolError") as caught:
            await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown


async def test_a_store_that_cannot_be_reached_is_tried_again(
    wired, waits: list[float]
) -> None:
    url = f"http://127.0.0.1:{_closed_port()}/output.json?signature=s3cret"
    at = datetime(2026, 1, 2, tzinfo=UTC)
    run = Run(
        id="run_1",
        task_identifier="hello",
        status="COMPLETED",
        created_at=at,
        updated_at=at,
        output_presigned_url=url,
    )

    async with wired("http://trigger.invalid") as client:
        with pytest.raises(ApiConnectionError, match="GET /output") as caught:
            await client.runs.read_output(run, limit=1)

    assert "s3cret" not in str(caught.value)
    assert len(waits) == 3


async def test_a_proxy_of_the_environment_is_used_and_read_once(
    wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = Wire(TRIGGERED)
    async with proxy.listening():
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        async with wired("http://trigger.invalid") as client:
            monkeypatch.delenv("HTTP_PROXY")
            triggered = await client.tasks.trigger("hello", {})

    assert triggered.id == "run_1"
    assert proxy.heads[0].startswith(
        "POST http://trigger.invalid/api/v1/tasks/hello/trigger HTTP/1.1"
    )


async def test_the_environment_can_name_hosts_that_need_no_proxy(
    wired, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{_closed_port()}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")

    wire = Wire(TRIGGERED)
    async with wire.listening(), wired(wire.url) as client:
        assert (await client.tasks.trigger("hello", {})).id == "run_1"


async def test_a_proxy_that_refuses_to_connect_has_sent_nothing(
    wired, monkeypatch: pytest.MonkeyPatch, waits: list[float]
) -> None:
    refusals = [answer(b"", "407 Proxy Authentication Required")] * 4
    proxy = Wire(*refusals)
    async with proxy.listening():
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        async with wired("https://trigger.invalid") as client:
            with pytest.raises(ApiConnectionError, match="ProxyError: 407") as caught:
                await client.tasks.trigger("hello", {})

    assert not caught.value.outcome_unknown
    assert proxy.heads[0].startswith("CONNECT trigger.invalid:443 HTTP/1.1")
    assert not [head for head in proxy.heads if KEY in head]
    assert len(waits) == 3


def test_certificates_come_from_the_environment(
    make_client, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    broken = tmp_path / "authorities.pem"
    broken.write_text("no certificate")
    monkeypatch.setenv("SSL_CERT_FILE", str(broken))

    with pytest.raises(OSError, match=r"PEM|X509|certificate"):
        make_client(transport=None)
