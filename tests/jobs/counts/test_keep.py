"""Keeping: every event counts once, wherever a batch ends and whoever is killed."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from jobwire.jobs.counts import CountsFilter, has_work, keep_counts, read_counts
from jobwire.jobs.counts.log import Cursor, cursor_behind
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.job import Job
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock
from tests.factories import insert_job
from tests.jobs.counts.steps import keep_all
from tests.jobs.counts.truth import expected, kept, shown, truth
from tests.jobs.feed.steps import move, report

MakeJob = Callable[..., Awaitable[Job]]
HOUR = timedelta(hours=1)
STATE = "SELECT to_jsonb(s) - 'recounted_at' FROM job_counts_state s"


async def test_jobs_of_before_the_first_count_are_counted(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    await connection.execute("UPDATE job_counts_state SET system_identifier = NULL")
    for number in range(7):
        await make_job(user_id=f"user-{number % 2}", status="RUNNING")

    steps = await keep_all(database, clock, slice=3)

    assert [one.is_complete for one in steps] == [False, False, True]
    assert await kept(connection) == await expected(connection)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("batch", [1, 2, 3, 5, 100])
async def test_a_batch_may_end_amid_a_transaction(
    connection: Connection,
    database: Database,
    clock: FakeClock,
    make_job: MakeJob,
    batch: int,
) -> None:
    await make_job()
    async with database.transaction() as together:
        for number in range(7):
            await insert_job(together, now=clock.now(), user_id=f"user-{number % 3}")
    await make_job(status="FAILED")

    steps = await keep_all(database, clock, batch=batch)

    assert sum(one.events for one in steps) == 9
    assert await kept(connection) == await expected(connection)


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("batch", [1, 2, 100])
async def test_what_was_in_progress_is_counted_when_it_has_ended(
    connection: Connection,
    database: Database,
    clock: FakeClock,
    make_job: MakeJob,
    batch: int,
) -> None:
    async with database.connection() as other, database.connection() as third:
        early, late = other.transaction(), third.transaction()
        await early.start()
        await late.start()
        for _ in range(3):
            await insert_job(other, now=clock.now(), user_id="early")
            await insert_job(third, now=clock.now(), user_id="late")
        await make_job()
        await keep_all(database, clock, batch=batch)
        assert await kept(connection) == await expected(connection)

        await late.commit()
        await make_job()
        async with database.connection() as one:
            await keep_counts(one, now=clock.now(), batch=batch)
        await early.commit()

    steps = await keep_all(database, clock, batch=batch)
    assert sum(step.events for step in steps) + batch >= 7
    assert await kept(connection) == await expected(connection)


@pytest.mark.usefixtures("counted")
async def test_who_is_killed_amid_a_step_has_counted_nothing(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    before = await connection.fetchval(STATE)
    doomed = await database.connect()
    # What a process has sent when it is killed, up to each of its statements.
    for last in range(1, 9):
        sent = Sending(doomed, last)
        with pytest.raises(KilledError):
            await keep_counts(sent, now=clock.now(), recount_after=timedelta())
        doomed.terminate()
        doomed = await database.connect()
        assert await connection.fetchval(STATE) == before
        assert not await kept(connection)
        counts = await read_counts(database, CountsFilter(), clock=clock)
        assert shown(counts) == await truth(connection)
    await doomed.close()

    await keep_all(database, clock)

    assert await kept(connection) == await expected(connection)
    assert job.status == "RUNNING"


@pytest.mark.usefixtures("counted")
async def test_many_that_count_at_once_count_once(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    for _ in range(12):
        await make_job()

    async def keep() -> int:
        return sum(step.events for step in await keep_all(database, clock, batch=2))

    assert sum(await asyncio.gather(*[keep() for _ in range(4)])) == 12
    assert await kept(connection) == await expected(connection)


@pytest.mark.usefixtures("counted")
async def test_news_of_a_job_that_change_no_status_change_no_count(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    await keep_all(database, clock)
    before = await kept(connection)
    await report(connection, job.id, current=1)

    [step] = await keep_all(database, clock)

    assert step.events == 1
    assert await kept(connection) == before


@pytest.mark.usefixtures("counted")
async def test_it_has_work_while_anything_is_not_counted_or_a_recount_is_due(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    await keep_all(database, clock, recount_after=timedelta())

    async def works() -> bool:
        return await has_work(connection, now=clock.now(), recount_after=HOUR)

    assert not await works()
    await make_job()
    assert await works()
    await keep_all(database, clock)
    assert not await works()
    clock.advance(HOUR)
    clock.advance(1)
    assert await works()
    await keep_counts(connection, now=clock.now(), recount_after=HOUR, slice=1)
    assert await works()
    await keep_all(database, clock)
    assert not await works()


@pytest.mark.usefixtures("counted")
@pytest.mark.rows_by_hand("`move` tells only of statuses")
async def test_jobs_move_while_they_are_counted_anew(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    jobs = [await make_job() for _ in range(6)]
    begun = await keep_counts(
        connection, now=clock.now(), recount_after=timedelta(), slice=2
    )
    assert begun.is_recounting
    for number in range(4):
        # One that has been counted anew, one that will be, and one that is just now.
        await move(connection, jobs[number], "RUNNING", clock.now())
        await move(connection, jobs[5 - number], "QUEUED", clock.now())
        await make_job(user_id="new")
        step = await keep_counts(connection, now=clock.now(), batch=3, slice=2)
        counts = await read_counts(database, CountsFilter(), clock=clock)
        assert shown(counts) == await truth(connection)
        assert step.corrected == 0

    steps = await keep_all(database, clock, batch=3, slice=2)

    assert steps[-1].corrected == 0
    assert await kept(connection) == await expected(connection)


@pytest.mark.usefixtures("counted")
async def test_a_repair_corrects_what_is_wrong_and_names_it_in_the_log(
    connection: Connection,
    database: Database,
    clock: FakeClock,
    make_job: MakeJob,
    caplog: pytest.LogCaptureFixture,
) -> None:
    await make_job(user_id="alice")
    await make_job(user_id="bob", status="FAILED")
    await keep_all(database, clock)
    await connection.execute(
        "UPDATE job_counts SET count = count + 5 WHERE user_id = 'alice'"
    )
    await connection.execute("DELETE FROM job_counts WHERE user_id = 'bob'")
    clock.advance(HOUR)

    steps = await keep_all(database, clock, recount_after=HOUR, slice=1)

    assert steps[-1].corrected == 2
    assert await kept(connection) == await expected(connection)
    [record] = [one for one in caplog.records if one.name.endswith("counts.keep")]
    assert record.action == "counts-corrected"
    assert "alice, no-op, internal, default, QUEUED: 6, found 1" in record.message
    assert "bob, no-op, internal, default, FAILED: 0, found 1" in record.message


@pytest.mark.usefixtures("counted")
async def test_a_new_epoch_of_the_log_has_the_jobs_counted_anew(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    await make_job()
    await keep_all(database, clock, recount_after=HOUR)
    await connection.execute("UPDATE job_counts SET count = count + 1")
    await connection.execute("UPDATE feed_state SET epoch = gen_random_uuid()")
    await connection.execute("DELETE FROM feed_witness")

    assert await has_work(connection, now=clock.now(), recount_after=HOUR)
    steps = await keep_all(database, clock, recount_after=HOUR)

    assert steps[-1].corrected == 2
    assert await kept(connection) == await expected(connection)
    assert not await has_work(connection, now=clock.now(), recount_after=HOUR)


FOREIGN = {
    "another cluster": "UPDATE job_counts_state SET system_identifier = '1'",
    "another database": "UPDATE job_counts_state SET database_oid = 1",
}


@pytest.mark.usefixtures("counted")
@pytest.mark.parametrize("place", FOREIGN)
async def test_in_another_place_everything_is_counted_anew(
    connection: Connection,
    database: Database,
    clock: FakeClock,
    make_job: MakeJob,
    place: str,
) -> None:
    await make_job()
    await keep_all(database, clock)
    await make_job(status="RUNNING")
    await connection.execute("UPDATE job_counts SET count = 100")
    await connection.execute(FOREIGN[place])

    counts = await read_counts(database, CountsFilter(), clock=clock)

    assert shown(counts) == await truth(connection)
    assert await kept(connection) == await expected(connection)


@pytest.mark.usefixtures("counted")
async def test_transactions_of_another_cluster_are_never_counted_as_new_ones(
    connection: Connection, database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    # As in a restored dump: ids of transactions that this cluster comes to later.
    for ahead in range(1, 12):
        job = await make_job(status="FAILED", user_id="restored")
        await connection.execute(
            """UPDATE job_events SET xid = (pg_snapshot_xmax(pg_current_snapshot())
                 ::text::bigint + $2)::text::xid8 WHERE job_id = $1""",
            job.id,
            ahead,
        )
    await connection.execute(FOREIGN["another cluster"])
    await keep_all(database, clock)

    for _ in range(12):
        await make_job()
        counts = await read_counts(database, CountsFilter(), clock=clock)
        assert shown(counts) == await truth(connection)
        await keep_all(database, clock)

    assert await kept(connection) == await expected(connection)


@pytest.mark.parametrize(
    ("partial", "last", "sees", "counts_in_part"),
    [
        # Amid one that began later; all that was in progress has been read.
        (0, 35, "12:35:12,33", 35),
        (0, 20, "12:20:12", 20),
        # Amid one that was in progress before.
        (0, 15, "12:20:12,15", 15),
        (0, 10, "10:20:10,12,15", 10),
        # Amid the one that had been counted in part already.
        (15, 15, "10:20:10,12,15", 15),
        (20, 20, "10:20:10,12,15", 20),
        # Behind that one.
        (15, 10, "10:20:10,12", 10),
        (20, 10, "10:21:10,12,15", 10),
        (20, 35, "12:35:12,33", 35),
    ],
)
def test_the_cursor_behind_a_batch_sees_what_was_read_and_nothing_else(
    partial: int, last: int, sees: str, counts_in_part: int
) -> None:
    before = Cursor(Snapshot(10, 20, (10, 12, 15)), partial, 3)
    now = Snapshot(12, 40, (12, 33))

    behind = cursor_behind(before, now, (last, 7))

    assert str(behind.snapshot) == sees
    assert (behind.partial_xid, behind.partial_id) == (counts_in_part, 7)


class KilledError(Exception):
    """The process is gone."""


class Sending:
    """A connection whose process is killed behind so many statements."""

    def __init__(self, connection: Connection, last: int) -> None:
        self._connection = connection
        self._left = last

    def transaction(self) -> "Sending":
        return self

    async def __aenter__(self) -> None:
        await self._connection.execute("BEGIN")

    async def __aexit__(self, *_: object) -> None:
        """Commit nothing: nobody is left to do so."""

    async def execute(self, *statement: object) -> None:
        await self._send(self._connection.execute, statement)

    async def fetchrow(self, *statement: object) -> object:
        return await self._send(self._connection.fetchrow, statement)

    async def fetchval(self, *statement: object) -> object:
        return await self._send(self._connection.fetchval, statement)

    async def fetch(self, *statement: object) -> object:
        return await self._send(self._connection.fetch, statement)

    async def _send(self, send: Callable[..., Awaitable], statement: tuple) -> object:
        answer = await send(*statement)
        self._left -= 1
        if not self._left:
            raise KilledError
        return answer
