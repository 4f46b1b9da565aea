"""What is too large for a request goes by the object store, on an emulator."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from jobwire.emulator import Task
from jobwire.triggerdev import (
    ApiStatusError,
    OutputTooLargeError,
    PermissionDeniedError,
    TriggerDevClient,
)
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

#: The largest payload of which the request has 3 MiB, a text of ASCII.
LARGEST = 3_145_728 - len('{"payload":"","options":{}}')
ECHO = Task("echo", duration=0.1, output=lambda payload, _: payload)


@pytest.fixture
async def stage(tmp_path: Path, clock: FakeClock):
    async with opened(tmp_path, clock, tasks=[ECHO]) as stage:
        yield stage


async def test_a_payload_is_uploaded_only_when_the_request_would_be_too_large(
    real: TriggerDevClient,
) -> None:
    await real.tasks.trigger("echo", "x" * LARGEST)
    sent = real.requests
    large = await real.tasks.trigger("echo", "x" * (LARGEST + 1))

    assert (sent, real.requests) == (1, 4)
    run = await real.runs.retrieve(large.id)
    assert run.payload is None
    assert await real.runs.read_payload(run, limit=LARGEST + 3) == "x" * (LARGEST + 1)


async def test_the_task_gets_what_was_uploaded_and_its_output_is_stored_too(
    real: TriggerDevClient, stage: Stage
) -> None:
    large = {"text": "ä" * LARGEST}
    id = (await real.tasks.trigger("echo", large)).id
    await stage.advance(5)

    run = await real.runs.retrieve(id)

    assert (run.status, run.output) == ("COMPLETED", None)
    assert await real.runs.read_output(run, limit=10_000_000) == large
    with pytest.raises(OutputTooLargeError):
        await real.runs.read_output(run, limit=1_000)


@pytest.mark.parametrize(("size", "stored"), [(524_285, False), (524_286, True)])
async def test_the_server_itself_stores_payloads_from_half_a_mebibyte_on(
    real: TriggerDevClient, size: int, *, stored: bool
) -> None:
    run = await real.runs.retrieve((await real.tasks.trigger("echo", "x" * size)).id)

    assert (run.payload_presigned_url is not None) is stored
    assert await real.runs.read_payload(run, limit=600_000) == "x" * size


async def test_a_packet_is_put_and_read(real: TriggerDevClient) -> None:
    stored = await real.packets.upload({"a": [1, None]})

    assert stored.size == len('{"a":[1,null]}')
    assert await real.packets.read(stored.path, limit=100) == {"a": [1, None]}
    with pytest.raises(OutputTooLargeError):
        await real.packets.read(stored.path, limit=5)
    with pytest.raises(ApiStatusError, match="404"):
        await real.packets.read("trigger/nothing.json", limit=100)


async def test_a_presigned_url_is_good_for_its_method_and_for_an_hour(
    real: TriggerDevClient, stage: Stage
) -> None:
    run = await real.runs.retrieve((await real.tasks.trigger("echo", "x" * 600_000)).id)
    url = run.payload_presigned_url or ""

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(stage.emulator.app)
    ) as anyone:
        assert (await anyone.get(url)).status_code == 200
        assert (await anyone.put(url, content=b"1")).status_code == 403
        assert (await anyone.get(url[:-1] + "!")).status_code == 403
    await stage.advance(3_601)
    with pytest.raises(PermissionDeniedError) as caught:
        await real.runs.read_payload(run, limit=1_000_000)
    assert "signature" not in str(caught.value)


async def test_packets_survive_a_restart(tmp_path: Path, clock: FakeClock) -> None:
    folder, text = tmp_path / "kept", "x" * 600_000
    async with opened(folder, clock, tasks=[ECHO]) as stage:
        id = await stage.triggered("echo", text)

    async with opened(folder, clock, tasks=[ECHO]) as again:
        run = await again.retrieve(id)
        assert (await again.http.get(run["payloadPresignedUrl"])).json() == text


async def test_without_an_object_store_everything_stays_inline(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with (
        opened(tmp_path / "plain", clock, tasks=[ECHO], stores_packets=False) as stage,
        TriggerDevClient(
            secret_key=stage.emulator.secret_key,
            api_url="https://trigger.test",
            transport=httpx.ASGITransport(stage.emulator.app),
            deadline=timedelta(seconds=5),
            sleep=stage.advance,
            now=clock.now,
        ) as client,
    ):
        run = await client.runs.retrieve(
            (await client.tasks.trigger("echo", "x" * 600_000)).id
        )
        assert run.payload == "x" * 600_000
        with pytest.raises(ApiStatusError, match="Object store is not configured"):
            await client.packets.upload({})
