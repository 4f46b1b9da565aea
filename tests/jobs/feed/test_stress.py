"""Many writers, and readers that crash: nothing missed, repeated or out of order."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.feed import Changed, Feed, StreamMessage, follow_job, follow_list
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.jobs.feed.steps import ADMIN, move, opened, report
from tests.jobs.feed.writers import seeded, write

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")

WRITERS = 8
JOBS = 12
ROUNDS = 60


class _Durable:
    """A reader that keeps its cursor with what it was told, as one transaction."""

    def __init__(self, start: str) -> None:
        self.cursor = start
        self.told: dict[UUID, list[int]] = defaultdict(list)
        self.ends: set[UUID] = set()
        self.restarts = 0

    def keep(self, message: StreamMessage) -> None:
        assert type(message).__name__ in {"Changed", "CaughtUp"}, message
        if isinstance(message, Changed):
            self.told[message.job.id].append(message.event.version)
            if message.event.to_status == "SUCCEEDED":
                self.ends.add(message.job.id)
        self.cursor = message.cursor


async def _read_list(feeds: list[Feed], reader: _Durable, seed: int) -> None:
    random = seeded(seed)
    while len(reader.ends) < JOBS:
        feed = random.choice(feeds)
        stream = follow_list(feed, ADMIN, JobFilter(), after=reader.cursor)
        async with opened(stream) as messages:
            async for message in messages:
                reader.keep(message)
                if len(reader.ends) == JOBS:
                    return
                if random.random() < 0.02:
                    reader.restarts += 1
                    break


async def _read_job(feeds: list[Feed], reader: _Durable, job: Job, seed: int) -> None:
    random = seeded(seed)
    while not reader.ends:
        feed = random.choice(feeds)
        stream = follow_job(feed, ADMIN, job.id, after=reader.cursor, snapshot=False)
        async with opened(stream) as messages:
            async for message in messages:
                reader.keep(message)
                if random.random() < 0.05:
                    reader.restarts += 1
                    break


async def test_readers_that_crash_are_told_every_event_once_and_in_order(
    database: Database,
    clock: FakeClock,
    make_job: Callable[..., Awaitable[Job]],
) -> None:
    jobs = [await make_job(status="RUNNING") for _ in range(JOBS)]
    async with (
        Doorbell(database) as bell,
        Doorbell(database) as other_bell,
        Feed(database, bell, clock=clock) as feed,
        Feed(database, other_bell, clock=clock) as other,
    ):
        async with opened(follow_list(feed, ADMIN, JobFilter())) as messages:
            start = (await anext(messages)).cursor
        lists = [_Durable(start) for _ in range(3)]
        singles = [_Durable(start) for _ in jobs[:3]]
        async with asyncio.TaskGroup() as tasks:
            for seed, reader in enumerate(lists):
                tasks.create_task(_read_list([feed, other], reader, seed))
            for job, reader in zip(jobs[:3], singles, strict=True):
                tasks.create_task(_read_job([feed, other], reader, job, job.id.int))
            async with database.transaction() as long_lived:
                held = await make_job(status="RUNNING", user_id="held")
                await report(long_lived, held.id, current=1)
                await asyncio.gather(
                    *[
                        write(database, bell, jobs, seed=seed, rounds=ROUNDS)
                        for seed in range(WRITERS)
                    ]
                )
            async with database.connection() as connection:
                for job in jobs:
                    await move(connection, job, "SUCCEEDED")
            other_bell.ring(Topic.CHANGE)

    async with database.connection() as connection:
        written: dict[UUID, list[int]] = defaultdict(list)
        for record in await connection.fetch(
            """SELECT job_id, version FROM job_events
                WHERE kind <> 'CREATED' OR user_id = 'held' ORDER BY job_id, version"""
        ):
            written[record["job_id"]].append(record["version"])
    for reader in lists:
        assert reader.restarts
        assert reader.told == written
    for job, reader in zip(jobs[:3], singles, strict=True):
        assert reader.told == {job.id: written[job.id]}
