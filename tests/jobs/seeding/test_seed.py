"""Seeding: invented jobs are whole, counted, the same each time, and do no harm."""

from collections.abc import AsyncIterator

import pytest

from jobwire.jobs.counts import CountsFilter, keep_counts
from jobwire.jobs.counts.read import read_once
from jobwire.jobs.lifecycle import EDGES, TERMINAL
from jobwire.jobs.seeding.seed import NotSeededError, check_seedable, seed
from jobwire.jobs.seeding.stories import CHUNK, Stories
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import Executor, JobStatus
from tests import event_log
from tests.clock import FakeClock
from tests.factories import insert_job
from tests.jobs.counts.truth import expected, kept, truth

JOBS = 2 * CHUNK - 1


def stories(*, seed: int = 1, users: int = 20, jobs: int = JOBS) -> Stories:
    return Stories(jobs=jobs, users=users, seed=seed, now=FakeClock().now())


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    async with database.connection() as connection:
        yield connection


@pytest.fixture
async def seeded(database: Database, clock: FakeClock) -> list[int]:
    """A seeded database; how the progress was told."""
    told: list[int] = []
    await seed(database, stories(), clock=clock, progress=told.append)
    return told


@pytest.mark.usefixtures("seeded")
async def test_the_events_of_each_job_fold_into_its_row(connection: Connection) -> None:
    checked = await event_log.check(connection)

    assert checked == event_log.Checked(jobs=JOBS, unborn=0)


@pytest.mark.usefixtures("seeded")
async def test_jobs_move_as_the_lifecycle_allows(connection: Connection) -> None:
    moves = await connection.fetch(
        """SELECT DISTINCT from_status, to_status, kind FROM job_events
            WHERE from_status <> to_status"""
    )

    allowed = {(one.source, one.target, one.kind) for one in EDGES}
    assert {tuple(move) for move in moves} <= allowed


@pytest.mark.usefixtures("seeded")
async def test_nothing_happens_before_what_led_to_it(connection: Connection) -> None:
    disorder = await connection.fetchval(
        """SELECT count(*) FROM job_events e JOIN job_events l USING (job_id)
            WHERE l.version = e.version + 1
              AND (l.occurred_at < e.occurred_at OR l.id < e.id)"""
    )
    ahead = await connection.fetchval(
        "SELECT count(*) FROM job_events WHERE occurred_at > $1", FakeClock().now()
    )
    late = await connection.fetchval(
        """SELECT count(*) FROM job_events e JOIN worker_jobs j ON j.id = e.job_id
            WHERE e.version = 1 AND e.occurred_at <> j.created_at"""
    )

    assert (disorder, ahead, late) == (0, 0, 0)


@pytest.mark.usefixtures("seeded")
async def test_the_counts_equal_a_count_by_scan(
    connection: Connection, clock: FakeClock
) -> None:
    counts = await read_once(connection, CountsFilter())

    assert counts is not None
    assert counts.counts == await truth(connection)
    assert await kept(connection) == await expected(connection)
    left = await keep_counts(connection, now=clock.now())
    assert (left.events, left.is_recounting, left.is_complete) == (0, False, True)
    assert await kept(connection) == await expected(connection)


@pytest.mark.usefixtures("seeded")
async def test_most_have_ended_and_every_status_and_executor_is_there(
    connection: Connection,
) -> None:
    found = await truth(connection)

    assert {status for _, status in found} == set(JobStatus)
    assert {place for place, _ in found} == set(Executor)
    ended = sum(count for (_, status), count in found.items() if status in TERMINAL)
    assert ended > 0.95 * JOBS


@pytest.mark.usefixtures("seeded")
async def test_no_job_waits_to_be_sent_to_a_trigger_dev(connection: Connection) -> None:
    waiting = await connection.fetchval(
        """SELECT count(*) FROM worker_jobs
            WHERE executor = 'trigger' AND finished IS NULL
              AND dispatch_state <> 'linked'"""
    )

    assert waiting == 0


async def test_progress_is_told_up_to_the_last_job(seeded: list[int]) -> None:
    assert sorted(seeded) == seeded
    assert seeded[-1] == JOBS


def test_the_same_seed_tells_the_same_stories_in_whatever_order() -> None:
    first, second = stories(), stories()

    told = {chunk: first.tell(chunk) for chunk in first.chunks}
    again = {chunk: second.tell(chunk) for chunk in reversed(second.chunks)}

    assert told == again
    assert stories(seed=2).tell(0) != told[0]
    assert [len(lines.jobs) for lines in told.values()] == [CHUNK, CHUNK - 1]


@pytest.mark.rows_by_hand("writes a job alone")
async def test_a_database_with_jobs_is_refused(
    connection: Connection, clock: FakeClock
) -> None:
    await check_seedable(connection)
    await insert_job(connection, now=clock.now())

    with pytest.raises(
        NotSeededError, match=r"holds jobs already.*database of its own"
    ):
        await check_seedable(connection)


async def test_a_database_that_a_process_works_on_is_refused(
    database: Database, connection: Connection
) -> None:
    worker = await database.connect(application_name="jobwire worker")

    with pytest.raises(NotSeededError, match=r"\(jobwire worker\).*Stop them first"):
        await check_seedable(connection)
    await worker.close()


async def test_a_database_whose_events_are_told_to_others_is_refused(
    connection: Connection, clock: FakeClock
) -> None:
    async with connection.transaction():
        await connection.execute(
            """INSERT INTO notification_cursor (epoch, base, last_id, moved_at)
               VALUES (gen_random_uuid(), '1:1:', 0, $1)""",
            clock.now(),
        )

        with pytest.raises(NotSeededError, match="JOBWIRE_NOTIFY_URL"):
            await check_seedable(connection)
        await connection.execute("DELETE FROM notification_cursor")
