"""Following logs: every line once, whoever writes, whoever watches."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing
from datetime import timedelta
from uuid import UUID

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.job import Job
from jobwire.jobs.logs import append as appending
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.logs.feed import LogFeed
from jobwire.jobs.logs.line import Line
from jobwire.jobs.logs.read import LogLine
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.models.database import Database
from jobwire.models.vocabulary import LogLevel
from tests.clock import FakeClock
from tests.factories import WORKER
from tests.jobs.conftest import MakeJob

PATIENCE = 20.0


@pytest.fixture
async def doorbell(database: Database) -> AsyncIterator[Doorbell]:
    async with Doorbell(database, enabled=False) as doorbell:
        yield doorbell


@pytest.fixture
def feed(database: Database, doorbell: Doorbell) -> LogFeed:
    """A feed that a ring alone wakes."""
    return LogFeed(database, doorbell, poll_interval=timedelta(hours=1))


class Log:
    """Writes the log of a job, and ends the job."""

    def __init__(
        self, database: Database, doorbell: Doorbell, clock: FakeClock, job: Job
    ) -> None:
        self.job = job
        self._database = database
        self._doorbell = doorbell
        self._clock = clock

    async def write(
        self, *messages: str, level: LogLevel = LogLevel.INFO, rings: bool = True
    ) -> None:
        lines = [Line(self._clock.now(), level, message) for message in messages]
        async with self._database.transaction() as connection:
            await append(connection, [Portion(self.job.id, 1, lines)])
        if rings:
            self._doorbell.ring(Topic.LOG)

    async def end(self) -> None:
        async with self._database.connection() as connection:
            end = Finish(self.job.id, 1, Outcome.SUCCEEDED, result="null")
            now = self._clock.now()
            assert await finish(connection, [end], worker=WORKER, now=now)
        self._doorbell.ring(Topic.LOG)


@pytest.fixture
async def log(
    database: Database, doorbell: Doorbell, clock: FakeClock, make_job: MakeJob
) -> Log:
    return Log(database, doorbell, clock, await make_job(status="RUNNING"))


async def take(lines: AsyncGenerator[LogLine, None], count: int) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        return [(await anext(lines)).message for _ in range(count)]


async def rest(lines: AsyncGenerator[LogLine, None]) -> list[str]:
    async with asyncio.timeout(PATIENCE):
        return [line.message async for line in lines]


async def test_a_log_is_told_from_the_start_and_goes_on_until_the_job_has_ended(
    feed: LogFeed, log: Log
) -> None:
    await log.write("a", "b")
    async with aclosing(feed.follow(log.job.id)) as lines:
        assert await take(lines, 2) == ["a", "b"]
        await log.write("c")
        assert await take(lines, 1) == ["c"]
        await log.write("d", rings=False)
        await log.end()

        assert await rest(lines) == ["d"]


async def test_the_log_of_a_job_that_has_ended_ends_by_itself(
    feed: LogFeed, log: Log
) -> None:
    await log.write(*map(str, range(250)))
    await log.end()

    assert await rest(feed.follow(log.job.id)) == list(map(str, range(250)))
    assert await rest(feed.follow(log.job.id, after=249)) == ["249"]
    assert await rest(feed.follow(log.job.id, after=250)) == []


async def test_nobody_has_to_ring(
    database: Database, doorbell: Doorbell, log: Log
) -> None:
    feed = LogFeed(database, doorbell, poll_interval=timedelta(milliseconds=10))
    async with aclosing(feed.follow(log.job.id)) as lines:
        await log.write("a", rings=False)
        assert await take(lines, 1) == ["a"]
        await log.write("b", rings=False)
        assert await take(lines, 1) == ["b"]


async def test_lesser_lines_are_left_out(feed: LogFeed, log: Log) -> None:
    await log.write("debug", level=LogLevel.DEBUG)
    await log.write("warn", level=LogLevel.WARN)
    async with aclosing(feed.follow(log.job.id, min_level=LogLevel.WARN)) as lines:
        assert await take(lines, 1) == ["warn"]
        await log.write("info", level=LogLevel.INFO)
        await log.write("error", level=LogLevel.ERROR)
        assert await take(lines, 1) == ["error"]


async def test_whoever_was_behind_is_told_what_was_dropped(
    feed: LogFeed, log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(appending, "MAX_LINES", 2)
    await log.write(*"abc")
    await log.write(*"defg")
    await log.end()

    dropped, *kept = await rest(feed.follow(log.job.id, after=1))

    assert dropped.startswith("Older lines were dropped: 5.")
    assert kept == ["f", "g"]


async def test_many_who_follow_one_job_cost_one_look(feed: LogFeed, log: Log) -> None:
    await log.write("a")
    followers = [feed.follow(log.job.id) for _ in range(50)]
    for lines in followers:
        assert await take(lines, 1) == ["a"]
    waiting = [asyncio.create_task(rest(lines)) for lines in followers]
    async with aclosing(feed.follow(log.job.id)) as first:
        assert await take(first, 1) == ["a"]
        before = feed.looks

        await log.write("b")
        await take(first, 1)
        # The first look may have been that of the joining.
        assert feed.looks - before <= 2
    await log.end()

    assert await asyncio.gather(*waiting) == [["b"]] * 50


async def test_a_slow_follower_goes_on_from_the_database(
    feed: LogFeed, log: Log
) -> None:
    async with (
        aclosing(feed.follow(log.job.id)) as slow,
        aclosing(feed.follow(log.job.id)) as quick,
    ):
        await log.write("0")
        assert await take(slow, 1) == await take(quick, 1) == ["0"]
        sent = [str(number) for number in range(1, 301)]
        await log.write(*sent[:150])
        assert await take(quick, 150) == sent[:150]
        await log.write(*sent[150:])
        assert await take(quick, 150) == sent[150:]

        assert await take(slow, 300) == sent


async def test_nothing_is_done_while_nobody_follows(feed: LogFeed, log: Log) -> None:
    async with aclosing(feed.follow(log.job.id)) as lines:
        await log.write("a")
        await take(lines, 1)
    tasks = [one for one in asyncio.all_tasks() if one.get_name() == "logs"]
    await asyncio.wait(tasks)
    looks = feed.looks
    await log.write("b")

    assert feed.looks == looks


async def test_no_line_is_skipped_or_repeated_while_two_write_and_clients_come_again(
    database: Database, feed: LogFeed, log: Log, doorbell: Doorbell, clock: FakeClock
) -> None:
    """A lost attempt's worker, its successor, and readers that resume at each line."""
    per_writer = 120

    async def write(attempt: int) -> None:
        for number in range(0, per_writer, 3):
            lines = [
                Line(clock.now(), LogLevel.INFO, f"{attempt}/{number + step}")
                for step in range(3)
            ]
            async with database.transaction() as connection:
                await append(connection, [Portion(log.job.id, attempt, lines)])
                # The other writer begins while this one has not committed.
                await asyncio.sleep(0)
            doorbell.ring(Topic.LOG)

    async def read(stay: int) -> list[LogLine]:
        told: list[LogLine] = []
        while True:
            after = told[-1].id if told else 0
            came = 0
            async with aclosing(feed.follow(log.job.id, after=after)) as lines:
                async for line in lines:
                    told.append(line)
                    came += 1
                    if came == stay:
                        break
                else:
                    return told

    async def all_written() -> None:
        await asyncio.gather(write(1), write(2))
        await log.end()

    async with asyncio.timeout(60):
        *readings, _ = await asyncio.gather(
            read(1), read(7), read(10**6), all_written()
        )

    expected = {f"{n}/{i}" for n in (1, 2) for i in range(per_writer)}
    for told in readings:
        assert [line.id for line in told] == list(range(1, 2 * per_writer + 1))
        assert {line.message for line in told} == expected
        for attempt in (1, 2):
            own = [line.message for line in told if line.attempt == attempt]
            assert own == [f"{attempt}/{i}" for i in range(per_writer)]


async def test_a_job_that_is_gone_ends_its_log(feed: LogFeed) -> None:
    assert await rest(feed.follow(UUID(int=1))) == []
