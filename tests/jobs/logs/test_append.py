"""Storing lines: numbers in the order of commits, the newest kept, nothing twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from jobwire.jobs.logs import append as appending
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.logs.line import Line
from jobwire.jobs.logs.read import LogFilter, LogLine, read_log_page
from jobwire.jobs.queries import Window
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import LogLevel
from tests.clock import FakeClock
from tests.jobs.conftest import MakeJob
from tests.worker.conftest import until


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    async with database.connection() as connection:
        yield connection


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job keeps its newest three lines."""
    monkeypatch.setattr(appending, "MAX_LINES", 3)


def lines_of(clock: FakeClock, *messages: str, **how: Any) -> list[Line]:
    level = how.pop("level", LogLevel.INFO)
    return [
        Line(clock.now() + timedelta(microseconds=n), level, message, **how)
        for n, message in enumerate(messages)
    ]


async def store(
    connection: Connection, job_id: UUID, lines: list[Line], attempt: int = 1
) -> None:
    async with connection.transaction():
        await append(connection, [Portion(job_id, attempt, lines)])


async def stored(connection: Connection, job_id: UUID, **how: Any) -> list[LogLine]:
    filter = LogFilter(**how)
    return (await read_log_page(connection, job_id, Window(first=100), filter)).items


async def told(connection: Connection, job_id: UUID, **how: Any) -> list[str]:
    return [line.message for line in await stored(connection, job_id, **how)]


async def test_lines_are_numbered_by_job_without_a_gap(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job, other = await make_job(), await make_job()

    await store(connection, job.id, lines_of(clock, "a", "b"))
    await store(connection, other.id, lines_of(clock, "x"))
    await store(connection, job.id, lines_of(clock, "c"), attempt=2)

    found = await stored(connection, job.id)
    assert [(line.id, line.attempt, line.message) for line in found] == [
        (1, 1, "a"),
        (2, 1, "b"),
        (3, 2, "c"),
    ]
    assert found[0].at == clock.now()
    assert await told(connection, other.id) == ["x"]


async def test_a_line_is_no_event(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()

    await store(connection, job.id, lines_of(clock, "a"))

    count = "SELECT count(*) FROM job_events WHERE job_id = $1"
    assert await connection.fetchval(count, job.id) == 1


async def test_lines_of_a_job_that_is_gone_are_dropped_beside_those_of_others(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()

    async with connection.transaction():
        portions = [
            Portion(uuid4(), 1, lines_of(clock, "lost")),
            Portion(job.id, 1, lines_of(clock, "kept")),
        ]
        await append(connection, portions)

    assert await told(connection, job.id) == ["kept"]


@pytest.mark.usefixtures("few")
async def test_the_newest_lines_are_kept_and_one_tells_of_the_others(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job, other = await make_job(), await make_job()
    await store(connection, other.id, lines_of(clock, "x", "y", "z"))

    await store(connection, job.id, lines_of(clock, "a", "b", "c"))
    assert await told(connection, job.id) == ["a", "b", "c"]
    await store(connection, job.id, lines_of(clock, "d"), attempt=2)
    await store(connection, job.id, lines_of(clock, "e", "f"), attempt=2)

    note, *kept = await stored(connection, job.id)
    assert [line.message for line in kept] == ["d", "e", "f"]
    assert note.message == "Older lines were dropped: 3. A job keeps its newest 3."
    # It stands where the newest of them stood.
    assert (note.id, note.attempt, note.level, note.dropped) == (3, 1, "WARN", 3)
    assert await told(connection, other.id) == ["x", "y", "z"]


@pytest.mark.usefixtures("few")
async def test_dropped_lines_are_counted_over_all_notes(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()

    await store(connection, job.id, lines_of(clock, "a"))
    await store(connection, job.id, lines_of(clock, "50 missing", dropped=50))
    await store(connection, job.id, lines_of(clock, *"bcdefgh"))
    await store(connection, job.id, lines_of(clock, *"ijklmno"))

    note, *kept = await stored(connection, job.id)
    assert note.dropped == 1 + 50 + 7 + 4
    assert [line.message for line in kept] == ["m", "n", "o"]


@pytest.mark.usefixtures("few")
async def test_a_note_is_read_whatever_level_is_asked_for(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()
    await store(connection, job.id, lines_of(clock, *"abcd"))
    await store(connection, job.id, lines_of(clock, "e", level=LogLevel.ERROR))

    note, error = await told(connection, job.id, min_level=LogLevel.ERROR)

    assert note.startswith("Older lines were dropped: 2.")
    assert error == "e"


async def test_a_portion_in_doubt_is_stored_once(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()
    portion = Portion(job.id, 1, lines_of(clock, "a", "b"))
    await store(connection, job.id, list(portion.lines))
    longer = Portion(job.id, 1, lines_of(clock, "a", "b", "c"))

    async with connection.transaction():
        await append(connection, [longer], in_doubt=[job.id])

    assert await told(connection, job.id) == ["a", "b", "c"]


async def test_a_page_is_narrowed_by_attempt_and_level(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()
    for attempt in (1, 2):
        for level in LogLevel:
            line = lines_of(clock, f"{level} {attempt}", level=level)
            await store(connection, job.id, line, attempt=attempt)

    async def page(**how: Any) -> list[str]:
        return await told(connection, job.id, **how)

    assert await page(attempt=2, min_level=LogLevel.WARN) == ["WARN 2", "ERROR 2"]
    assert len(await page(attempt=1)) == 4
    assert await page(attempt=3) == []


async def test_writers_of_one_job_take_turns_until_they_commit(
    database: Database, make_job: MakeJob, clock: FakeClock
) -> None:
    """A number that is seen is seen with all that are smaller."""
    job, other = await make_job(), await make_job()
    waits = """SELECT count(*) FROM pg_locks
                WHERE locktype = 'advisory' AND NOT granted
                  AND database = (SELECT oid FROM pg_database
                                   WHERE datname = current_database())"""
    async with database.connection() as late, database.connection() as early:
        transaction = late.transaction()
        await transaction.start()
        await append(late, [Portion(job.id, 1, lines_of(clock, "first"))])
        second = asyncio.create_task(
            store(early, job.id, lines_of(clock, "second"), attempt=2)
        )
        async with database.connection() as reader:

            async def is_waiting() -> bool:
                return bool(await reader.fetchval(waits))

            await until(is_waiting, "the second writer")
            # Nobody else waits for them.
            await store(reader, other.id, lines_of(clock, "other"))
            assert await told(reader, job.id) == []
            await transaction.commit()
            await second
            assert [(one.id, one.message) for one in await stored(reader, job.id)] == [
                (1, "first"),
                (2, "second"),
            ]


async def test_whoever_waits_too_long_for_a_turn_is_refused_and_leaves_nothing(
    database: Database, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()
    async with database.connection() as holder, database.connection() as hasty:
        async with holder.transaction():
            await append(holder, [Portion(job.id, 1, lines_of(clock, "first"))])
            await hasty.execute("SET lock_timeout = '10ms'")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await store(hasty, job.id, lines_of(clock, "no"))
            await hasty.execute("RESET lock_timeout")
        assert await told(holder, job.id) == ["first"]
