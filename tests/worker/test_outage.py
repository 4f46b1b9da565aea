"""Trigger.dev is unreachable: jobs wait, its health says so, nothing fails for it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobwire.jobs.executors.base import ExecutorHealth
from jobwire.jobs.transitions.expire import expire
from jobwire.models.database import Database
from jobwire.worker.dispatch import DispatchLoop
from tests.clock import FakeClock
from tests.jobs.rig import Rig, open_rig
from tests.jobs.wire import Fault
from tests.worker.test_trigger_passes import sent_in_one_pass, share

KINDS = ("environment", "trigger", "list", "batch", "items")


@pytest.fixture
async def rig(
    database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    async with open_rig(database, clock, tmp_path) as rig:
        yield rig


async def ends(rig: Rig) -> list[tuple[str, str]]:
    """Do what a worker does, and tell how each job stands, who expires first."""
    async with rig.database.connection() as connection:
        await expire(connection, now=rig.clock.now())
    rows = await rig.fetch(
        "SELECT status, dispatch_state FROM worker_jobs ORDER BY expires_at NULLS LAST"
    )
    return [(row["status"], row["dispatch_state"]) for row in rows]


@pytest.mark.parametrize("kinds", [KINDS, ("trigger", "batch")], ids=["all", "sends"])
async def test_jobs_wait_until_it_is_back_or_their_time_to_live_ends(
    rig: Rig, kinds: tuple[str, ...]
) -> None:
    await rig.schedule(ttl=timedelta(hours=1))
    await rig.schedule()
    loop = DispatchLoop(share(rig, last_backoff=timedelta(milliseconds=2)))
    for kind in kinds:
        rig.wire.fail(kind, Fault.REFUSED)

    for _ in range(30):
        await sent_in_one_pass(rig, loop)
    assert await ends(rig) == [("QUEUED", "none")] * 2
    assert (await rig.executor.state()).health is ExecutorHealth.UNREACHABLE
    rig.clock.advance(timedelta(hours=1))
    assert await ends(rig) == [("EXPIRED", "none"), ("QUEUED", "none")]
    rig.clock.advance(timedelta(days=40))
    for _ in range(30):
        await sent_in_one_pass(rig, loop)
    assert (await ends(rig))[1] == ("QUEUED", "none")

    rig.wire.heal()

    async with asyncio.timeout(10):
        while (await ends(rig))[1] != ("QUEUED", "linked"):
            await sent_in_one_pass(rig, loop)
    assert (await rig.executor.state()).health is ExecutorHealth.HEALTHY


async def test_its_health_says_that_it_cannot_be_reached(rig: Rig) -> None:
    for kind in KINDS:
        rig.wire.fail(kind, Fault.REFUSED)

    state = await rig.executor.state()

    assert state.health is ExecutorHealth.UNREACHABLE
    assert "connection refused" in (state.reason or "")
