"""Under load jobs go in batches: when, how many, and what follows a refusal."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobwire.models.database import Database
from jobwire.worker.batches import BatchLoop
from jobwire.worker.dispatch import DispatchLoop
from tests.clock import FakeClock
from tests.jobs.rig import RULES, Rig, open_rig
from tests.jobs.wire import Fault
from tests.worker.test_trigger_passes import share

#: Singly three at once; in a batch from four on, and no more than six.
LOAD = {"dispatches": 3, "batch_least": 4, "batch_most": 6}
SECONDS = timedelta(seconds=1)


@pytest.fixture
async def rig(
    database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    async with open_rig(database, clock, tmp_path, rate_limit=10_000) as rig:
        yield rig


def dispatching(rig: Rig, **given: Any) -> DispatchLoop:
    return DispatchLoop(share(rig, **{**LOAD, **given}))


async def sent(rig: Rig, loop: DispatchLoop) -> tuple[int, int]:
    """Do a pass and let it end; return how many went singly and in a batch."""
    before = await told(rig)
    await loop.run_once()
    await loop.settled()
    after = await told(rig)
    return after["linked"] - before["linked"], after["accepted"] - before["accepted"]


async def told(rig: Rig) -> Counter[str]:
    rows = await rig.fetch("SELECT dispatch_state FROM worker_jobs")
    return Counter(row["dispatch_state"] for row in rows)


async def test_few_jobs_go_singly_at_once(rig: Rig) -> None:
    for _ in range(2):
        await rig.schedule()

    assert await sent(rig, dispatching(rig)) == (2, 0)

    assert "batch" not in rig.wire.sent


async def test_many_jobs_go_in_batches_and_the_rest_singly(rig: Rig) -> None:
    for _ in range(12):
        await rig.schedule()
    loop = dispatching(rig)

    assert [await sent(rig, loop) for _ in range(3)] == [(3, 0), (0, 6), (3, 0)]

    assert (rig.wire.sent["batch"], rig.wire.sent["items"]) == (1, 1)


async def test_while_a_batch_is_under_way_others_go_singly(rig: Rig) -> None:
    for _ in range(20):
        await rig.schedule()
    loop = dispatching(rig)
    await sent(rig, loop)
    gate = rig.wire.hold("batch")
    await loop.run_once()
    await gate.arrived.wait()

    await loop.run_once()

    assert (await told(rig))["sending"] == 6 + 2
    gate.open()
    await loop.settled()
    assert rig.wire.sent["batch"] == 1


async def test_a_batch_weighs_no_more_than_it_may(rig: Rig) -> None:
    for _ in range(12):
        await rig.schedule(data="x" * 10_000)
    loop = dispatching(rig, batch_bytes=5 * 13_000, batch_most=100)
    await sent(rig, loop)

    assert await sent(rig, loop) == (0, 5)


async def test_jobs_that_are_too_heavy_for_a_batch_go_singly(rig: Rig) -> None:
    for _ in range(9):
        await rig.schedule(data="x" * 10_000)
    loop = dispatching(rig, batch_bytes=10_000)

    assert [await sent(rig, loop) for _ in range(3)] == [(3, 0)] * 3


@pytest.mark.rows_by_hand("makes jobs urgent")
async def test_the_most_urgent_jobs_are_in_the_first_batch(rig: Rig) -> None:
    slow = [await rig.schedule() for _ in range(6)]
    fast = [await rig.schedule() for _ in range(9)]
    await rig.fetch("UPDATE worker_jobs SET priority = 5 WHERE id = ANY ($1)", fast)
    loop = dispatching(rig)

    await sent(rig, loop)
    await sent(rig, loop)

    assert {(await rig.job(id)).dispatch_state for id in slow} == {"none"}
    assert "none" not in {(await rig.job(id)).dispatch_state for id in fast}


async def test_a_batch_that_is_refused_for_its_rate_lets_its_jobs_go_singly(
    rig: Rig,
) -> None:
    for _ in range(12):
        await rig.schedule()
    loop = dispatching(rig)
    await sent(rig, loop)
    reset = int(rig.clock.now().timestamp()) + 600
    rig.wire.fail("batch", 429, headers={"x-ratelimit-reset": str(reset)}, times=1)

    assert await sent(rig, loop) == (0, 0)
    assert [await sent(rig, loop) for _ in range(3)] == [(3, 0)] * 3

    assert rig.wire.sent["batch"] == 1
    told = rig.executor.rate_limit
    assert told is not None
    assert told.limit == 10_000


async def test_a_server_that_knows_no_batches_gets_all_singly(rig: Rig) -> None:
    for _ in range(9):
        await rig.schedule()
    loop = dispatching(rig)
    await sent(rig, loop)
    rig.wire.fail("batch", 404)

    assert await sent(rig, loop) == (0, 0)
    assert [await sent(rig, loop) for _ in range(2)] == [(3, 0)] * 2

    assert rig.wire.sent["batch"] == 1


async def test_a_batch_that_meets_an_outage_holds_everything_off(rig: Rig) -> None:
    for _ in range(9):
        await rig.schedule()
    loop = dispatching(rig, first_backoff=timedelta(hours=1), poll_interval=SECONDS / 9)
    await sent(rig, loop)
    rig.wire.fail("batch", Fault.REFUSED)
    await sent(rig, loop)
    rig.wire.heal()

    assert await sent(rig, loop) == (0, 0)

    assert (await told(rig))["none"] == 6


async def test_the_batch_loop_links_what_batches_made(rig: Rig) -> None:
    for _ in range(9):
        await rig.schedule()
    loop, batches = dispatching(rig), BatchLoop(share(rig))
    await sent(rig, loop)
    await sent(rig, loop)
    await rig.stage.advance(0.1)

    await batches.run_once()

    assert await told(rig) == {"linked": 9}


async def test_a_batch_that_has_nothing_new_is_asked_more_and_more_seldom(
    rig: Rig,
) -> None:
    for _ in range(9):
        await rig.schedule()
    loop, batches = dispatching(rig), BatchLoop(share(rig))
    await sent(rig, loop)
    await sent(rig, loop)
    rig.wire.hides_runs = True
    rig.wire.sent["list"] = 0

    for _ in range(5):
        await batches.run_once()
    assert rig.wire.sent["list"] == 1
    async with asyncio.timeout(5):
        while rig.wire.sent["list"] < 2:
            await batches.run_once()
            await asyncio.sleep(0.01)

    assert rig.wire.sent["list"] == 2


async def test_a_batch_of_a_process_that_died_is_settled_by_another(rig: Rig) -> None:
    for _ in range(9):
        await rig.schedule()
    loop = dispatching(rig)
    await sent(rig, loop)
    gate = rig.wire.hold("items")
    await loop.run_once()
    await gate.arrived.wait()
    other = BatchLoop(share(rig, "w2"))
    await other.run_once()
    assert (await told(rig))["sending"] == 6

    await rig.stage.advance((RULES.lease + timedelta(minutes=1)).total_seconds())
    await other.run_once()

    assert await told(rig) == {"linked": 3, "unknown": 6}
    gate.open()
    await loop.settled()
