"""Watching: one read for all, at most one message per interval, the newest wins."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest

from jobwire.jobs.counts import (
    CountsBehindError,
    CountsFilter,
    CountsWatch,
    JobCounts,
    watch,
)
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.errors import InvalidInputError
from jobwire.models.database import Database
from jobwire.models.vocabulary import Executor, JobStatus
from tests.jobs.feed.steps import PATIENCE, Reader, opened

SECOND = timedelta(seconds=1)
ALL = CountsFilter()
MINE = CountsFilter(user_ids=("user-1",))


class Passing:
    """Time that passes when a test says so."""

    def __init__(self) -> None:
        self._now = 0.0
        self._waiting: dict[asyncio.Event, float] = {}
        self._stirred = asyncio.Event()

    async def wait(self, event: asyncio.Event, seconds: float) -> None:
        if seconds <= 0:
            return
        over = asyncio.Event()
        self._waiting[over] = self._now + seconds
        self._stirred.set()
        tasks = {asyncio.create_task(one.wait()) for one in (over, event)}
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            del self._waiting[over]
            self._stirred.set()

    async def resting(self, *seconds: float) -> None:
        """Wait until exactly such waits are under way: seconds that each has left."""
        async with asyncio.timeout(PATIENCE):
            while sorted(round(at - self._now, 6) for at in self._waiting.values()) != (
                sorted(seconds)
            ):
                self._stirred.clear()
                await self._stirred.wait()

    def pass_by(self, seconds: float) -> None:
        self._now += seconds
        for over, at in self._waiting.items():
            if at <= self._now:
                over.set()


class Counts:
    """Counts that a test sets, and how often they were read."""

    def __init__(self) -> None:
        self.queued = 0
        self.failure: Exception | None = None
        self.reads: list[CountsFilter] = []

    async def read(self, filter: CountsFilter) -> JobCounts:
        self.reads.append(filter)
        await asyncio.sleep(0)
        if self.failure is not None:
            failure, self.failure = self.failure, None
            raise failure
        return JobCounts({(Executor.INTERNAL, JobStatus.QUEUED): self.queued})


@pytest.fixture
def time() -> Passing:
    return Passing()


@pytest.fixture
def counts() -> Counts:
    return Counts()


@pytest.fixture
def bell(pool: Database) -> Doorbell:
    return Doorbell(pool, enabled=False)


@pytest.fixture
def watching(counts: Counts, bell: Doorbell, time: Passing) -> CountsWatch:
    return CountsWatch(counts.read, bell, wait=time.wait)


@asynccontextmanager
async def watched(
    watching: CountsWatch, *, every: timedelta = SECOND, filter: CountsFilter = ALL
) -> AsyncIterator[Reader[JobCounts]]:
    async with opened(watching.watch(filter, every=every)) as reader:
        yield reader


async def test_the_counts_come_at_once_and_then_when_they_have_changed(
    watching: CountsWatch, counts: Counts, time: Passing
) -> None:
    async with watched(watching) as reader:
        assert (await anext(reader)).total == 0
        upcoming = asyncio.create_task(anext(reader))
        await time.resting(1, 1)
        time.pass_by(1)
        await time.resting(1)
        assert not upcoming.done()

        counts.queued = 3
        time.pass_by(1)

        assert (await upcoming).total == 3


async def test_many_changes_within_an_interval_are_one_message(
    watching: CountsWatch, counts: Counts, bell: Doorbell, time: Passing
) -> None:
    async with watched(watching) as reader:
        await anext(reader)
        upcoming = asyncio.create_task(anext(reader))
        for number in range(1, 6):
            await time.resting(1, 1)
            counts.queued = number
            bell.ring(Topic.CHANGE)
        assert len(counts.reads) == 1

        time.pass_by(1)

        assert (await upcoming).total == 5
        assert len(counts.reads) == 2


async def test_what_has_changed_back_is_not_told(
    watching: CountsWatch, counts: Counts, time: Passing
) -> None:
    slowly = timedelta(seconds=2.5)
    async with watched(watching, every=slowly) as slow, watched(watching) as quick:
        await anext(slow)
        await anext(quick)
        told = asyncio.create_task(anext(slow))
        for queued in (1, 0):
            upcoming = asyncio.create_task(anext(quick))
            counts.queued = queued
            await time.resting(1, 1, 1.5 + queued)
            time.pass_by(1)
            assert (await upcoming).total == queued
        await time.resting(0.5, 1)
        time.pass_by(0.5)
        await time.resting(0.5)
        assert not told.done()
        told.cancel()
        await asyncio.wait({told})


async def test_all_who_watch_the_same_share_one_read_per_interval(
    watching: CountsWatch, counts: Counts, time: Passing
) -> None:
    crowd = 50
    readers = [watching.watch(ALL, every=SECOND) for _ in range(crowd)]
    first = await asyncio.gather(*[anext(one) for one in readers])
    assert [one.total for one in first] == [0] * crowd
    # Those who came while the first read was under way got the second one.
    assert len(counts.reads) <= 2
    reads = len(counts.reads)

    for number in (1, 2):
        upcoming = [asyncio.create_task(anext(one)) for one in readers]
        await time.resting(*[1] * (crowd + 1))
        counts.queued = number
        time.pass_by(1)
        assert {one.total for one in await asyncio.gather(*upcoming)} == {number}

    assert len(counts.reads) == reads + 2
    assert watching.readers == 1
    for one in readers:
        await one.aclose()
    assert watching.readers == 0


async def test_walls_and_filters_have_readers_of_their_own(
    watching: CountsWatch, counts: Counts
) -> None:
    async with watched(watching) as reader, watched(watching, filter=MINE) as mine:
        await anext(reader)
        await anext(mine)

        assert counts.reads == [ALL, MINE]
        assert watching.readers == 2


async def test_who_comes_later_is_told_what_is_read_from_then_on(
    watching: CountsWatch, counts: Counts, time: Passing
) -> None:
    async with watched(watching, every=3600 * SECOND) as reader:
        await anext(reader)
        await time.resting(3600)
        counts.queued = 7

        async with watched(watching, every=3600 * SECOND) as late:
            assert (await anext(late)).total == 7


async def test_a_short_interval_is_ended_by_the_doorbell_and_by_the_poll(
    watching: CountsWatch, counts: Counts, bell: Doorbell, time: Passing
) -> None:
    async with watched(watching, every=SECOND / 10) as reader:
        await anext(reader)
        for queued, ring in ((1, True), (2, False)):
            upcoming = asyncio.create_task(anext(reader))
            await time.resting(0.1, 0.1)
            time.pass_by(0.1)
            await time.resting(0.9)
            counts.queued = queued
            if ring:
                bell.ring(Topic.CHANGE)
            else:
                time.pass_by(0.9)
            assert (await upcoming).total == queued


async def test_a_database_that_is_away_is_waited_for(
    watching: CountsWatch,
    counts: Counts,
    time: Passing,
    caplog: pytest.LogCaptureFixture,
) -> None:
    counts.failure = ConnectionRefusedError("away")
    async with watched(watching) as reader:
        upcoming = asyncio.create_task(anext(reader))
        await time.resting(1)
        assert not upcoming.done()
        time.pass_by(1)
        assert (await upcoming).total == 0

    assert [one.action for one in caplog.records] == ["counts-unread"]


async def test_counts_that_are_behind_are_read_again(
    watching: CountsWatch, counts: Counts, caplog: pytest.LogCaptureFixture
) -> None:
    counts.failure = CountsBehindError()
    async with watched(watching) as reader:
        assert (await anext(reader)).total == 0

    assert len(counts.reads) == 2
    assert not caplog.records


async def test_when_nobody_watches_nothing_is_read(
    watching: CountsWatch, counts: Counts, bell: Doorbell, time: Passing
) -> None:
    async with watched(watching) as reader:
        await anext(reader)

    await time.resting()
    bell.ring(Topic.CHANGE)
    assert len(counts.reads) == 1


@pytest.mark.parametrize("every", [timedelta(), SECOND / 11, timedelta(hours=2)])
def test_an_interval_that_is_too_short_or_too_long_is_refused(
    watching: CountsWatch, every: timedelta
) -> None:
    with pytest.raises(InvalidInputError, match=r"0\.1 to 3600 seconds") as refused:
        watching.watch(ALL, every=every)

    assert refused.value.path == ("every",)


async def test_it_waits_for_an_event_at_most_so_long() -> None:
    event = asyncio.Event()
    await watch.wait_at_most(event, 0.001)
    event.set()
    async with asyncio.timeout(PATIENCE):
        await watch.wait_at_most(event, 10_000)
