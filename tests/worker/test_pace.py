"""The rate limit is one bucket, and many processes take from it."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import httpx
import pytest

from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.models.database import Database
from jobwire.triggerdev import RateLimit, RetryPolicy, TriggerDevClient
from jobwire.worker.dispatch import DispatchLoop
from jobwire.worker.pace import Pace
from tests.clock import FakeClock
from tests.jobs.rig import PLACE, Rig, open_rig
from tests.worker.test_trigger_passes import share

BUCKET = 30
REFILL = BUCKET // 3
JOBS = 90
PROCESSES = 3


class Counting(httpx.AsyncBaseTransport):
    """Passes requests on and counts their answers."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.answers: Counter[int] = Counter()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # Others have their turn while it is on its way, and on its way back.
        await asyncio.sleep(0)
        response = await self._inner.handle_async_request(request)
        self.answers[response.status_code] += 1
        await asyncio.sleep(0)
        return response


@pytest.fixture
async def rig(
    database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    async with open_rig(database, clock, tmp_path, rate_limit=BUCKET) as rig:
        yield rig


async def executor(rig: Rig, wire: Counting, stack: AsyncExitStack) -> TriggerExecutor:
    """Make the executor of one more process."""
    client = TriggerDevClient(
        secret_key=rig.stage.emulator.secret_key,
        api_url=PLACE,
        transport=wire,
        retries=RetryPolicy(max_attempts=1),
        now=rig.clock.now,
    )
    installation = rig.executor.marks.installation
    made = TriggerExecutor(
        client, place=PLACE, installation=installation, clock=rig.clock
    )
    return await stack.enter_async_context(made)


async def test_many_dispatchers_take_what_there_is_and_hardly_more(rig: Rig) -> None:
    wire = Counting(rig.wire)
    ids = [await rig.schedule() for _ in range(JOBS)]
    async with AsyncExitStack() as stack:
        loops = []
        for number in range(PROCESSES):
            rig.executor = await executor(rig, wire, stack)
            loops.append(
                DispatchLoop(
                    share(rig, f"w{number}", batch_least=10**6, batch_most=10**6)
                )
            )
        seconds = await all_sent(rig, loops)

    assert wire.answers[200] >= JOBS
    rows = await rig.fetch("SELECT dispatch_state, finished FROM worker_jobs")
    assert {tuple(row) for row in rows} == {("linked", None)}
    refills = seconds / 10
    # When it runs dry each process has at most one under way: see `Pace`.
    assert wire.answers[429] <= PROCESSES * (refills + 1)
    # Nearly all that came back was used.
    assert refills <= 1.5 * (JOBS - BUCKET) / REFILL
    assert set(wire.answers) <= {200, 429}
    rig.clock.advance(60)
    assert [len(await rig.runs(id)) for id in ids[:9]] == [1] * 9


async def all_sent(rig: Rig, loops: list[DispatchLoop]) -> int:
    """Let the loops pass until every job has its run; return the seconds it took."""
    for seconds in range(300):
        for _ in range(10):
            await asyncio.gather(*(loop.run_once() for loop in loops))
            await asyncio.gather(*(loop.settled() for loop in loops))
        rows = await rig.fetch(
            "SELECT 1 FROM worker_jobs WHERE dispatch_state <> 'linked'"
        )
        if not rows:
            return seconds
        rig.clock.advance(1)
    raise AssertionError(rows)


async def test_a_process_that_starts_with_an_empty_bucket_sends_nothing(
    rig: Rig,
) -> None:
    wire = Counting(rig.wire)
    for _ in range(5):
        await rig.schedule()
    async with AsyncExitStack() as stack:
        for _ in range(BUCKET):
            await rig.stage.listed(**{"filter[createdAt][from]": "0"})
        rig.executor = await executor(rig, wire, stack)
        loop = DispatchLoop(share(rig, "late"))
        await loop.run_once()
        await loop.settled()

    assert "trigger" not in rig.wire.sent
    # One question told it.
    assert wire.answers[429] == 1


NOW = FakeClock().now()


def told(remaining: int, *, limit: int = 100, reset: float = 10) -> RateLimit:
    return RateLimit(limit, remaining, NOW + timedelta(seconds=reset))


def pace(most: int = 20) -> Pace:
    return Pace(most, timedelta(seconds=30), Random(1))  # noqa: S311 - it guards nothing


@pytest.mark.parametrize(
    ("remaining", "room"),
    [(100, 20), (85, 20), (65, 15), (25, 5), (10, 1), (6, 1), (5, 0), (0, 0)],
)
def test_a_quarter_of_what_is_left_beside_the_reserve_may_be_under_way(
    remaining: int, room: int
) -> None:
    assert pace().room(told(remaining), NOW) == room


def test_a_server_that_tells_of_no_limit_has_none() -> None:
    assert pace().room(None, NOW) == 20


def test_four_processes_that_learn_the_same_number_fit_into_it() -> None:
    assert all(
        4 * pace(1000).room(told(left), NOW) <= max(4, left) for left in range(101)
    )


def test_after_the_reset_it_begins_again_slowly_and_not_at_the_very_moment() -> None:
    empty, limited = told(0), pace()
    assert limited.room(empty, NOW) == 0

    begun = next(
        tenths for tenths in range(200) if limited.room(empty, _later(tenths / 10))
    )

    assert 100 <= begun <= 110
    assert limited.room(empty, _later(11)) == 1


def test_two_processes_do_not_begin_again_together() -> None:
    begun = set()
    for seed in range(20):
        limited = Pace(20, timedelta(seconds=30), Random(seed))  # noqa: S311 - as above
        empty = told(0)
        limited.room(empty, NOW)
        begun.add(next(n for n in range(2000) if limited.room(empty, _later(n / 100))))

    assert len(begun) > 10


def test_a_reset_that_is_far_away_is_not_believed() -> None:
    empty, limited = told(0, reset=3600), pace()
    assert limited.room(empty, NOW) == 0

    assert limited.room(empty, _later(31)) == 1


def _later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)
