"""Reading: exact behind every answer, behind the wall, and bounded."""

import re
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from jobwire.jobs.counts import (
    CountsBehindError,
    CountsFilter,
    JobCounts,
    has_work,
    keep_counts,
    read,
    read_counts,
)
from jobwire.jobs.counts.read import read_once
from jobwire.jobs.counts.waiting import MOST_OF_USERS, MOST_QUEUES
from jobwire.jobs.errors import ForbiddenError, InvalidInputError
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import Executor, JobStatus
from tests.clock import FakeClock
from tests.factories import insert_job
from tests.jobs.counts.steps import keep_all
from tests.jobs.counts.truth import shown, truth

MakeJob = Callable[..., Awaitable[Job]]
USER = Viewer("user-1", frozenset({Scope.JOBS_READ}))
ADMIN = Viewer("admin-1", frozenset({Scope.ADMIN}))
FILTERS = [
    CountsFilter(),
    CountsFilter(user_ids=("user-1",)),
    CountsFilter(user_ids=("user-1", "user-2", "nobody")),
    CountsFilter(types=("flaky", "nothing")),
    CountsFilter(executors=(Executor.TRIGGER,)),
    CountsFilter(queues=("mail",)),
    CountsFilter(user_ids=("user-2",), types=("no-op",), executors=tuple(Executor)),
]

SOON = timedelta(hours=1)

Read = Callable[..., Awaitable[JobCounts]]

pytestmark = pytest.mark.usefixtures("counted")


@pytest.fixture
def read_all(database: Database, clock: FakeClock) -> Read:
    async def read_filter(filter: CountsFilter | None = None) -> JobCounts:
        return await read_counts(database, filter or CountsFilter(), clock=clock)

    return read_filter


async def _make_some(make_job: MakeJob) -> None:
    await make_job(type="flaky", status="FAILED")
    await make_job(type="flaky", user_id="user-2", queue="mail")
    await make_job(executor="trigger", status="WAITING", started=None)
    await make_job(user_id="user-2", executor="trigger")
    await make_job(user_id="user-3", status="RUNNING", queue="mail")


@pytest.mark.parametrize("filter", FILTERS)
async def test_every_filter_counts_what_is_counted_and_what_is_not(
    connection: Connection,
    database: Database,
    clock: FakeClock,
    make_job: MakeJob,
    read_all: Read,
    filter: CountsFilter,
) -> None:
    await _make_some(make_job)
    assert shown(await read_all(filter)) == await truth(connection, filter)
    await keep_all(database, clock)
    assert shown(await read_all(filter)) == await truth(connection, filter)
    await _make_some(make_job)
    assert shown(await read_all(filter)) == await truth(connection, filter)


async def test_what_is_not_committed_does_not_count(
    database: Database, clock: FakeClock, read_all: Read
) -> None:
    async with database.transaction() as other:
        await insert_job(other, now=clock.now())
        assert (await read_all()).total == 0
    assert (await read_all()).total == 1


async def test_every_status_has_its_count(make_job: MakeJob, read_all: Read) -> None:
    for status in (JobStatus.FAILED, JobStatus.FAILED, JobStatus.QUEUED):
        await make_job(status=status)

    counts = await read_all()

    assert list(counts.by_status) == list(JobStatus)
    assert counts.by_status[JobStatus.FAILED] == 2
    assert counts.by_status[JobStatus.CANCELED] == 0
    assert counts.total == sum(counts.by_status.values()) == 3


@pytest.mark.parametrize("member", ["user_ids", "types", "executors", "queues"])
async def test_no_alternatives_match_nothing(
    make_job: MakeJob, read_all: Read, member: str
) -> None:
    await make_job()

    assert (await read_all(CountsFilter(**{member: ()}))).total == 0


async def test_no_user_has_the_name_of_all_of_them(
    database: Database, clock: FakeClock, make_job: MakeJob, read_all: Read
) -> None:
    await make_job()
    await keep_all(database, clock)

    assert (await read_all(CountsFilter(user_ids=("",)))).total == 0


def test_the_wall_is_part_of_the_filter() -> None:
    assert CountsFilter().within(USER) == CountsFilter(user_ids=("user-1",))
    assert CountsFilter(user_ids=()).within(USER).is_empty
    assert CountsFilter().within(ADMIN) == CountsFilter()
    with pytest.raises(ForbiddenError):
        CountsFilter(user_ids=("user-1", "user-2")).within(USER)


def test_a_filter_with_too_many_alternatives_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="at most 100") as refused:
        CountsFilter(user_ids=tuple(map(str, range(101))))

    assert refused.value.path == ("filter", "userIds")


async def _report(connection: Connection, job: Job, count: int) -> None:
    await connection.execute(
        """INSERT INTO job_events (job_id, user_id, version, kind, from_status,
                                   to_status, source, occurred_at, changes)
           SELECT $1, 'user-1', 1 + n, 'PROGRESS', 'RUNNING', 'RUNNING', 'WORKER', $2,
                  '{}' FROM generate_series(1, $3) AS n""",
        job.id,
        job.created_at,
        count,
    )


@pytest.mark.rows_by_hand("thousands of events at once")
async def test_a_read_that_finds_too_much_to_add_counts_it_first(
    connection: Connection, make_job: MakeJob, read_all: Read
) -> None:
    job = await make_job(status="RUNNING")
    await _report(connection, job, read.MOST_ADDED)
    assert await read_once(connection, CountsFilter()) is None

    assert (await read_all()).by_status[JobStatus.RUNNING] == 1

    assert await read_once(connection, CountsFilter()) is not None


@pytest.mark.rows_by_hand("thousands of events at once")
async def test_a_read_gives_up_after_many_steps_and_keeps_what_they_did(
    connection: Connection,
    make_job: MakeJob,
    read_all: Read,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(read, "MOST_STEPS", 1)
    job = await make_job(status="RUNNING")
    await _report(connection, job, read.MOST_ADDED)

    with pytest.raises(CountsBehindError, match="Ask again"):
        await read_all()

    assert (await read_all()).total == 1


async def test_the_oldest_that_waits_is_the_one_that_became_due_first(
    make_job: MakeJob, read_all: Read, clock: FakeClock
) -> None:
    assert (await read_all()).oldest_queued_at is None
    due = {
        name: clock.now() + timedelta(minutes=minutes)
        for name, minutes in [("c", 5), ("b", 3), ("a", 4), ("d", 1), ("e", 2)]
    }
    await make_job(user_id="c", next_attempt_at=due["c"], priority=9)
    await make_job(user_id="b", next_attempt_at=due["b"], queue="mail", type="flaky")
    await make_job(
        user_id="a", next_attempt_at=due["a"], executor="trigger", queue="default"
    )
    # Neither of these waits for a worker: one runs, the other has been handed over.
    await make_job(status="RUNNING", next_attempt_at=due["d"])
    await make_job(
        executor="trigger",
        dispatch_state="linked",
        trigger_run_id="run_1",
        next_attempt_at=due["e"],
    )

    async def oldest(**members: object) -> object:
        return (await read_all(CountsFilter(**members))).oldest_queued_at

    assert await oldest() == due["b"]
    assert await oldest(executors=(Executor.TRIGGER,)) == due["a"]
    assert await oldest(queues=("default", "none")) == due["a"]
    assert await oldest(queues=("default",), executors=(Executor.INTERNAL,)) == due["c"]
    assert await oldest(types=("flaky", "other")) == due["b"]
    assert await oldest(user_ids=("c", "a")) == due["a"]
    assert await oldest(user_ids=("c", "a"), executors=(Executor.INTERNAL,)) == due["c"]
    assert await oldest(user_ids=("b",), types=("no-op",)) is None


async def test_with_very_many_queues_no_oldest_is_told(
    connection: Connection, make_job: MakeJob, read_all: Read
) -> None:
    job = await make_job()
    await connection.execute(
        """INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, queue,
                                    run_at, next_attempt_at, created_at, updated_at)
           SELECT gen_random_uuid(), 't', 't', 'u', 'internal', 'QUEUED', n::text,
                  $1, $1, $1, $1 FROM generate_series(1, $2) n""",
        job.created_at,
        MOST_QUEUES,
    )

    assert (await read_all()).oldest_queued_at is None
    assert (await read_all(CountsFilter(user_ids=("user-1",)))).oldest_queued_at


SCANNED = re.compile(r"Seq Scan on (\w+)")
ACTUAL = re.compile(r"actual .*rows=(\d+)")
MANY = """
INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, run_at,
                         next_attempt_at, created_at, updated_at)
SELECT gen_random_uuid(), 'tag', 'type-' || n % 5, 'user-' || n % 3, 'internal',
       'QUEUED', $1, $1, $1, $1 FROM generate_series(1, 6000) n"""


@pytest.mark.rows_by_hand("many jobs at once")
async def test_a_read_looks_at_no_more_than_it_has_to_whatever_the_plan_knows(
    database: Database, clock: FakeClock
) -> None:
    plans: list[str] = []
    connection = await database.connect()
    try:
        await connection.execute(MANY, clock.now())
        await connection.execute(
            """INSERT INTO job_events (job_id, user_id, version, kind, to_status,
                                       source, occurred_at, changes)
               SELECT id, user_id, 1, 'CREATED', status, 'API', created_at, '{}'
                 FROM worker_jobs"""
        )
        connection.add_log_listener(lambda _, notice: plans.append(notice.message))
        await connection.execute(
            """SET plan_cache_mode = force_generic_plan;
               LOAD 'auto_explain';
               SET auto_explain.log_min_duration = 0;
               SET auto_explain.log_analyze = on;
               SET client_min_messages = log"""
        )
        assert await read_once(connection, CountsFilter()) is None
        assert await has_work(connection, now=clock.now(), recount_after=SOON)
        await keep_counts(connection, now=clock.now(), batch=10)
        most_of_batch = _most_rows(plans)
        plans.clear()
        await keep_all(database, clock)
        await insert_job(connection, now=clock.now())
        for filter in FILTERS:
            assert await read_once(connection, filter) is not None
    finally:
        await connection.close()

    assert most_of_batch <= read.MOST_ADDED
    assert _most_rows(plans) <= MOST_OF_USERS


def _most_rows(plans: list[str]) -> int:
    """Return how many rows any part of the plans came to, none by reading a table."""
    looked = "\n".join(plans)
    assert set(SCANNED.findall(looked)) <= {"job_counts_state", "feed_state"}
    return max(map(int, ACTUAL.findall(looked)))
