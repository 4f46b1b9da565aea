"""Two dispatchers with the same job, one of them paused at each of its awaits.

While the first stands still the other one's lease of it runs out, the job is taken over
by others, and its run fails, so that its key is free. Then the first one goes on.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from jobwire.jobs.dispatch import Dispatcher
from jobwire.models.database import Database
from jobwire.models.database_url import parse
from jobwire.triggerdev import TriggerDevError
from tests.clock import FakeClock
from tests.emptying import empty
from tests.flows.watching import Moment, Watch
from tests.jobs.rig import RULES, Rig, open_rig

#: Lists lag, and the first run has failed before it is listed.
LAG = timedelta(seconds=10)
_is_first: ContextVar[bool] = ContextVar("is_first", default=False)


@dataclass
class Pause:
    """Holds the first dispatcher at one moment, once.

    Attributes:
        where: The point and the moment; None: nowhere.
    """

    where: tuple[str, Moment] | None

    def __post_init__(self) -> None:
        self.arrived = asyncio.Event()
        self.ended = asyncio.Event()
        self.passed: dict[tuple[str, Moment], None] = {}

    def listen(self, point: str, moment: Moment) -> Awaitable[None] | None:
        """Wait if this is the moment."""
        if not _is_first.get() or moment is Moment.DURING:
            return None
        self.passed[point, moment] = None
        if (point, moment) != self.where or self.arrived.is_set():
            return None
        return self._wait()

    async def _wait(self) -> None:
        self.arrived.set()
        await self.ended.wait()


First = Callable[[Rig], Awaitable[Callable[[], Awaitable[object]]]]


async def sends(rig: Rig) -> Callable[[], Awaitable[object]]:
    """One that has just claimed the job."""
    dispatch = await rig.claimed("fails")
    return lambda: rig.dispatcher.send(dispatch)


async def sends_a_batch(rig: Rig) -> Callable[[], Awaitable[object]]:
    """One that has claimed it for a batch."""
    dispatch = await rig.claimed("fails")
    return lambda: rig.batch_dispatcher.send([dispatch])


async def decides(rig: Rig) -> Callable[[], Awaitable[object]]:
    """One that looks for a run that was never made."""
    await rig.claimed("fails")
    await rig.stage.advance(RULES.lease.total_seconds())
    [dispatch] = await rig.take()
    return lambda: _at_once(rig).decide(dispatch)


async def decides_what_is_sent(rig: Rig) -> Callable[[], Awaitable[object]]:
    """One that looks for a run that was made."""
    dispatch = await rig.claimed("fails")
    await rig.executor.send(dispatch, now=rig.clock.now())
    await rig.stage.advance(RULES.lease.total_seconds())
    [taken] = await rig.take()
    return lambda: _at_once(rig).decide(taken)


def _at_once(rig: Rig) -> Dispatcher:
    async def no_gap(_: float) -> None:
        """Only the other one moves the clock."""

    return Dispatcher(
        rig.database.connection, rig.executor, rig.clock, RULES, sleep=no_gap
    )


FIRST: dict[str, First] = {
    "sends": sends,
    "sends a batch": sends_a_batch,
    "decides": decides,
    "decides what is sent": decides_what_is_sent,
}


async def report(order: dict[str, Any], watch: Watch) -> None:
    """Pause the first one at each moment in turn, and tell what came of it."""
    database = await Database.open(parse(order["database"]), max_size=8)
    folder = Path(order["folder"])
    told = []
    async with open_rig(
        database, FakeClock(), folder, list_lag=LAG, rate_limit=10**6
    ) as rig:
        await rig.executor.environment()
        begin = FIRST[order["first"]]
        alone = await _meet(rig, watch, begin, None)
        moments = list(alone.passed)
        for where in moments:
            async with database.connection() as connection:
                await empty(connection)
            pause = await _meet(rig, watch, begin, where)
            # Until every run is listed.
            await rig.stage.advance(2 * LAG.total_seconds())
            [row] = await rig.fetch("SELECT id, status, failure_kind FROM worker_jobs")
            told.append(
                {
                    "where": list(where),
                    "paused": pause.arrived.is_set(),
                    "runs": len(await rig.runs(row["id"])),
                    "end": [row["status"], row["failure_kind"]],
                }
            )
    database.terminate()
    Path(order["report"]).write_text(json.dumps(told))  # noqa: ASYNC240 - at the end


async def _meet(
    rig: Rig, watch: Watch, begin: First, where: tuple[str, Moment] | None
) -> Pause:
    act = await begin(rig)
    pause = Pause(where)
    watch.listener = pause.listen

    async def first() -> None:
        _is_first.set(True)
        await act()

    going = asyncio.create_task(first())
    arrived = asyncio.create_task(pause.arrived.wait())
    await asyncio.wait({going, arrived}, return_when=asyncio.FIRST_COMPLETED)
    if not going.done():
        await _others(rig)
        pause.ended.set()
    arrived.cancel()
    # What fails now is what a process that lost its job may fail with.
    failed = (await asyncio.gather(going, return_exceptions=True))[0]
    assert failed is None or isinstance(failed, TriggerDevError), failed
    watch.listener = None
    await _others(rig)
    return pause


async def _others(rig: Rig) -> None:
    """Take the job over when its lease has run out, and see its run end."""
    for _ in range(5):
        await rig.stage.advance(RULES.lease.total_seconds() + 40)
        await rig.link_batches()
        await rig.decide()
        for dispatch in await rig.claim(worker="other"):
            await rig.dispatcher.send(dispatch)
        await rig.stage.advance(2)
        await rig.syncer.ask_all()
        if not await rig.fetch("SELECT 1 FROM worker_jobs WHERE finished IS NULL"):
            return
