"""Both ends of Realtime: our client follows the runs of our emulator."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from jobwire.emulator import Emulator, Task
from jobwire.emulator.api.public_tokens import sign
from jobwire.emulator.clock import system_now, to_ms
from jobwire.triggerdev import (
    BatchItem,
    NotFoundError,
    PermissionDeniedError,
    TriggerDevClient,
    TriggerOptions,
)
from tests.emulator.sdk.conftest import served

TASKS = (Task("short", duration=0.2), Task("long", duration=60))


@asynccontextmanager
async def both(folder: Path) -> AsyncIterator[tuple[Emulator, TriggerDevClient]]:
    async with (
        Emulator(folder, tasks=TASKS) as emulator,
        served(emulator) as url,
        TriggerDevClient(secret_key=emulator.secret_key, api_url=url) as client,
    ):
        yield emulator, client


async def test_a_run_is_followed_to_its_end(tmp_path: Path) -> None:
    async with both(tmp_path) as (_, client):
        run = await client.tasks.trigger("short", {"a": 1})
        states = [state async for state in client.runs.subscribe_to_run(run.id)]

    found = list(dict.fromkeys(state.status for state in states))
    assert found[-1] == "COMPLETED"
    order = ["QUEUED", "DEQUEUED", "EXECUTING", "COMPLETED"]
    assert found == [status for status in order if status in found]
    assert states[-1].payload == {"a": 1}
    assert len(set(map(repr, states))) == len(states)


async def test_a_run_that_is_canceled_while_queued_ends(tmp_path: Path) -> None:
    async with both(tmp_path) as (_, client):
        waits = TriggerOptions(delay=timedelta(hours=1))
        run = await client.tasks.trigger("short", None, waits)
        states = client.runs.subscribe_to_run(run.id)
        first = await anext(states)
        await client.runs.cancel(run.id)
        rest = [state async for state in states]

    assert first.status == "DELAYED"
    assert [(state.status, state.completed_at) for state in rest] == [
        ("CANCELED", None)
    ]


async def test_a_subscription_goes_on_after_a_restart(tmp_path: Path) -> None:
    async with both(tmp_path) as (_, client):
        run = await client.tasks.trigger("short", None)
        subscription = client.runs.subscribe_to_run(run.id)
        first = await anext(subscription)
        cursor = subscription.cursor
    async with both(tmp_path) as (_, client):
        again = client.runs.subscribe_to_run(run.id, cursor=cursor)
        states = [state async for state in again]

    assert not first.is_terminal
    assert states[-1].status == "COMPLETED"
    assert first not in states


async def test_breaking_off_and_cancelling_leave_no_poll_behind(
    tmp_path: Path,
) -> None:
    async with both(tmp_path) as (emulator, client):
        run = await client.tasks.trigger("long", None)
        async for state in client.runs.subscribe_to_run(run.id):
            if state.status == "EXECUTING":
                break
        waiting = client.runs.subscribe_to_run(run.id)
        await anext(waiting)
        polling = asyncio.create_task(waiting.__anext__())
        await asyncio.wait({polling}, timeout=0.2)
        at_work = emulator.live_polls_waiting
        polling.cancel()
        await asyncio.gather(polling, return_exceptions=True)
        async with asyncio.timeout(5):
            while emulator.live_polls_waiting:
                await client.runs.retrieve(run.id)

    assert at_work == 1


async def test_runs_of_a_tag_are_followed_as_they_begin(tmp_path: Path) -> None:
    async with both(tmp_path) as (_, client):
        window = timedelta(hours=1)
        states = client.runs.subscribe_to_runs(tags=["t"], created_within=window)
        first = asyncio.create_task(states.__anext__())
        await asyncio.wait({first}, timeout=0.1)
        run = await client.tasks.trigger("short", None, TriggerOptions(tags=("t",)))
        heard = [await first]
        while not heard[-1].is_terminal:
            heard.append(await anext(states))

    assert {state.id for state in heard} == {run.id}
    assert states.rows == 0


async def test_an_unknown_run_is_told_at_once(tmp_path: Path) -> None:
    async with both(tmp_path) as (_, client):
        with pytest.raises(NotFoundError):
            await anext(client.runs.subscribe_to_run("run_none"))


async def test_a_public_token_is_a_key(tmp_path: Path) -> None:
    async with both(tmp_path) as (emulator, client):
        run = await client.tasks.trigger("short", None)
        other = await client.tasks.trigger("short", None)
        claims = {
            "sub": emulator.environment_id,
            "pub": True,
            "scopes": [f"read:runs:{run.id}"],
        }
        token = sign(claims, emulator.secret_key, now=to_ms(system_now()))
        async with (
            served(emulator) as url,
            TriggerDevClient(secret_key=token, api_url=url) as reader,
        ):
            states = [one async for one in reader.runs.subscribe_to_run(run.id)]
            with pytest.raises(PermissionDeniedError):
                await anext(reader.runs.subscribe_to_run(other.id))

    assert states[-1].status == "COMPLETED"


async def test_the_runs_of_a_batch_are_followed(tmp_path: Path) -> None:
    async with both(tmp_path) as (_, client):
        items = [BatchItem("short", number) for number in range(2)]
        batch = await client.batches.trigger(items)
        await client.tasks.trigger("short", "another")
        ended = {}
        async with client.runs.subscribe_to_batch(batch.id) as states:
            async for state in states:
                if state.is_terminal:
                    ended[state.id] = state.status
                if len(ended) == len(items):
                    break
        told = await client.batches.retrieve(batch.id)

    assert ended == dict.fromkeys(told.run_ids, "COMPLETED")
