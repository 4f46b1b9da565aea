"""Retention: what goes, what stays, and that no reader misses it in silence."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.delete import delete
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.feed import CaughtUp, Feed, Reset, follow_list
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.inbox import forget_handled
from jobwire.jobs.job import Job
from jobwire.jobs.queries import read_job
from jobwire.jobs.retention import Prunable, Retention
from jobwire.jobs.transitions.prune import Pruned, prune
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.jobs.feed.steps import ADMIN, opened

MakeJob = Callable[..., Awaitable[Job]]

DAY = timedelta(days=1)
ENDS = [what for what in Prunable if what in set(JobStatus)]


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    async with database.connection() as connection:
        yield connection


@pytest.fixture
def take(connection: Connection, clock: FakeClock):
    """Prune until so many are gone: other tests of this server may hold it up."""

    async def take(
        what: Prunable,
        count: int = 1,
        *,
        older_than: timedelta = 2 * DAY,
        events: timedelta = DAY,
        **more: int,
    ) -> Pruned:
        taken, now = 0, clock.now()
        async with asyncio.timeout(30):
            while True:
                pruned = await prune(
                    connection,
                    what,
                    before=now - older_than,
                    events_before=now - events,
                    **more,
                )
                taken += pruned.count
                if taken >= count:
                    return pruned

    return take


async def _ids(connection: Connection, table: str = "worker_jobs") -> set[UUID]:
    column = "id" if table == "worker_jobs" else "job_id"
    records = await connection.fetch(f"SELECT {column} AS id FROM {table}")
    return {record["id"] for record in records}


async def _settled(connection: Connection) -> None:
    """Wait until no transaction of this server is older than the newest event."""
    last = await connection.fetchval("SELECT max(xid::text::bigint) FROM job_events")
    xmin = "SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
    async with asyncio.timeout(30):
        while await connection.fetchval(xmin) <= last:
            pass


@pytest.mark.parametrize("what", ENDS)
async def test_jobs_that_ended_long_ago_go_with_all_that_is_theirs(
    connection: Connection, make_job: MakeJob, clock: FakeClock, take, what: Prunable
) -> None:
    tried = {} if what is Prunable.EXPIRED else {"attempts": 1, "started": clock.now()}
    old = await make_job(status=what.value, **tried)
    await connection.execute(
        """INSERT INTO job_logs (job_id, id, level, at, message)
           VALUES ($1, 1, 'INFO', now(), 'line')""",
        old.id,
    )
    clock.advance(3 * DAY)
    young = await make_job(status=what.value)
    still_open = await make_job()
    others = {
        (await make_job(status=other.value, finished=clock.now() - 3 * DAY)).id
        for other in ENDS
        if other is not what
    }

    await take(what)

    assert await _ids(connection) == {young.id, still_open.id} | others
    for table in ("job_events", "job_attempts", "job_logs"):
        assert old.id not in await _ids(connection, table)


@pytest.mark.parametrize("status", [s for s in JobStatus if s != JobStatus.WAITING])
async def test_an_open_job_and_its_events_are_kept_however_old(
    connection: Connection,
    make_job: MakeJob,
    clock: FakeClock,
    take,
    status: JobStatus,
) -> None:
    job = await make_job(status=status)
    clock.advance(3650 * DAY)
    ended = await make_job(status="FAILED", finished=clock.now() - 3 * DAY)
    # Its events are old, too.
    await connection.execute(
        "UPDATE worker_jobs SET updated_at = finished WHERE id = $1", ended.id
    )

    await take(Prunable.FAILED)
    for what in ENDS:
        await take(what, 0)

    assert (job.id in await _ids(connection)) is (job.finished is None)


@pytest.mark.rows_by_hand("dates a job back")
async def test_nothing_goes_whose_events_are_young(
    connection: Connection, make_job: MakeJob, clock: FakeClock, take
) -> None:
    job = await make_job(status="FAILED", finished=clock.now() - 30 * DAY)
    old = await make_job(status="FAILED", finished=clock.now() - 30 * DAY)
    await connection.execute(
        "UPDATE worker_jobs SET updated_at = finished WHERE id = $1", old.id
    )

    await take(Prunable.FAILED)

    assert await _ids(connection) == {job.id}


async def test_a_deleted_job_goes_when_its_events_may(
    connection: Connection, make_job: MakeJob, clock: FakeClock, take
) -> None:
    jobs = [await make_job(status="FAILED") for _ in range(2)]
    await delete(connection, jobs[0].id, viewer=ADMIN, now=clock.now())
    clock.advance(3 * DAY)
    await delete(connection, jobs[1].id, viewer=ADMIN, now=clock.now())

    await take(Prunable.FAILED, 0)
    assert len(await _ids(connection)) == 2
    await take(Prunable.DELETED, older_than=DAY)

    assert await _ids(connection) == {jobs[1].id}


async def test_batches_are_small_in_jobs_and_in_events(
    connection: Connection, make_job: MakeJob, clock: FakeClock, take
) -> None:
    jobs = []
    for _ in range(4):
        jobs.append(await make_job(status="FAILED"))
        clock.advance(1)
    clock.advance(3 * DAY)
    await _settled(connection)

    first = await take(Prunable.FAILED, 1, limit=1)
    assert (first, await _ids(connection)) == (
        Pruned(1, has_more=True),
        {job.id for job in jobs[1:]},
    )
    # Each has one event, and the first one is always taken.
    second = await take(Prunable.FAILED, 1, most_events=1)
    assert (second, await _ids(connection)) == (
        Pruned(1, has_more=True),
        {job.id for job in jobs[2:]},
    )
    assert await take(Prunable.FAILED, 2) == Pruned(2, has_more=False)


async def test_a_job_that_somebody_has_locked_is_left_for_later(
    database: Database, make_job: MakeJob, clock: FakeClock, take, connection
) -> None:
    held, _ = [await make_job(status="FAILED") for _ in range(2)]
    clock.advance(3 * DAY)

    async with database.transaction() as other:
        await other.execute("SELECT FROM worker_jobs WHERE id = $1 FOR UPDATE", held.id)
        await take(Prunable.FAILED)
        assert await _ids(connection) == {held.id}


async def test_a_job_that_retries_one_that_went_is_as_it_was(
    connection: Connection, make_job: MakeJob, clock: FakeClock, take
) -> None:
    old = await make_job(status="FAILED")
    clock.advance(3 * DAY)
    new = await make_job(replay_of=old.id)

    await take(Prunable.FAILED)

    after, _ = await read_job(connection, ADMIN, new.id)
    # That the log still gives the row is held after each test.
    assert after == new


async def test_an_older_cursor_is_reset_and_a_younger_one_goes_on(
    database: Database,
    connection: Connection,
    make_job: MakeJob,
    clock: FakeClock,
    take,
) -> None:
    async with Doorbell(database) as doorbell, Feed(database, doorbell) as feed:

        async def now() -> str:
            _, as_of = await read_job(connection, ADMIN, UUID(int=0))
            return await feed.as_of(as_of)

        before = await now()
        await make_job(status="FAILED")
        clock.advance(3 * DAY)
        await _settled(connection)
        await feed.next_read()
        after = await now()
        kept = await make_job(status="SUCCEEDED")
        await take(Prunable.FAILED)

        following = follow_list(feed, ADMIN, JobFilter(), after=before)
        async with opened(following) as reader:
            assert "older than the events" in (await reader.expect(Reset)).reason
        following = follow_list(feed, ADMIN, JobFilter(), after=after)
        async with opened(following) as reader:
            told = await reader.until(CaughtUp)

    assert [one.job.id for one in told[:-1]] == [kept.id]


async def test_nothing_goes_that_an_older_transaction_may_not_have_seen(
    database: Database, make_job: MakeJob, clock: FakeClock, take, connection
) -> None:
    async with database.transaction() as older:
        await older.fetchval("SELECT pg_current_xact_id()::text")
        job = await make_job(status="FAILED")
        clock.advance(3 * DAY)

        await take(Prunable.FAILED, 0)
        assert await _ids(connection) == {job.id}

    await take(Prunable.FAILED)
    assert await _ids(connection) == set()


async def test_the_floor_rises_and_never_falls(
    connection: Connection, make_job: MakeJob, clock: FakeClock, take
) -> None:
    floors = []
    for _ in range(2):
        await make_job(status="FAILED")
        [last] = await connection.fetch(
            "SELECT xid::text::bigint AS xid FROM job_events ORDER BY id DESC LIMIT 1"
        )
        clock.advance(3 * DAY)
        await take(Prunable.FAILED)
        floor = await connection.fetchval("SELECT floor::text::bigint FROM feed_state")
        assert floor == last["xid"] + 1
        floors.append(floor)
    await take(Prunable.FAILED, 0)

    assert floors == sorted(floors)
    assert floors[-1] == await connection.fetchval(
        "SELECT floor::text::bigint FROM feed_state"
    )


async def test_handled_deliveries_go_and_others_wait(
    connection: Connection, clock: FakeClock
) -> None:
    for event, handled in (("old", True), ("waits", False), ("older", True)):
        await connection.execute(
            """INSERT INTO webhook_deliveries
                      (id, source, event_id, body, received_at, handled_at)
               VALUES (gen_random_uuid(), 'hook', $1, '{}', $2, $3)""",
            event,
            clock.now(),
            clock.now() if handled else None,
        )
    forget: dict[str, Any] = {"before": clock.now() + DAY, "limit": 1}
    assert await forget_handled(connection, before=clock.now(), limit=9) == 0

    assert [await forget_handled(connection, **forget) for _ in range(3)] == [1, 1, 0]

    left = await connection.fetch("SELECT event_id FROM webhook_deliveries")
    assert [record["event_id"] for record in left] == ["waits"]


_MANY = """
INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, run_at, created_at,
                         updated_at, finished, success, deleted_at)
SELECT gen_random_uuid(), 't', 'many', 'u', 'internal', 'SUCCEEDED', at, at, at, at,
       true, CASE WHEN n % 2 = 0 THEN at END
  FROM (SELECT n, $1::timestamptz + n * interval '1 second' AS at
          FROM generate_series(1, 20000) AS n) AS many"""


@pytest.mark.rows_by_hand("fills the table past the log")
@pytest.mark.parametrize("statistics", ["none", "of an empty table", "fresh"])
@pytest.mark.parametrize("what", [Prunable.SUCCEEDED, Prunable.DELETED])
async def test_no_more_than_the_batch_is_read(
    connection: Connection, clock: FakeClock, what: Prunable, statistics: str
) -> None:
    """Whatever the statistics, and with a plan that knows no arguments."""
    plans: list[str] = []

    def take_plan(_: object, message: Any) -> None:
        plans.append(message.message)

    async with connection.transaction():
        if statistics == "of an empty table":
            await connection.execute("ANALYZE worker_jobs")
        await connection.execute(_MANY, clock.now())
        if statistics == "fresh":
            await connection.execute("ANALYZE worker_jobs")
        await connection.execute(
            """SET LOCAL plan_cache_mode = 'force_generic_plan';
               LOAD 'auto_explain';
               SET LOCAL auto_explain.log_min_duration = 0;
               SET LOCAL auto_explain.log_analyze = on;
               SET LOCAL auto_explain.log_timing = off;
               SET LOCAL auto_explain.log_format = 'json';
               SET LOCAL client_min_messages = 'log'"""
        )
        connection.add_log_listener(take_plan)
        later = clock.now() + 365 * DAY
        pruned = await prune(
            connection, what, before=later, events_before=later, limit=50
        )
        connection.remove_log_listener(take_plan)

    assert pruned == Pruned(50, has_more=True)
    [plan] = [json.loads(one[one.index("{") :]) for one in plans if "seen" in one]
    scans = [
        node
        for node in _nodes(plan["Plan"])
        if node.get("Relation Name") == "worker_jobs" and "Scan" in node["Node Type"]
    ]
    index = {"SUCCEEDED": "ix_worker_jobs_ended", "DELETED": "ix_worker_jobs_deleted"}
    assert {node.get("Index Name") for node in scans} == {index[what]}
    assert all(node["Actual Rows"] * node["Actual Loops"] <= 50 for node in scans)


def _nodes(node: dict[str, Any]) -> list[dict[str, Any]]:
    return [node, *(each for child in node.get("Plans", ()) for each in _nodes(child))]


def test_no_job_goes_before_the_events_may() -> None:
    now = FakeClock().now()
    kept = Retention(events=10 * DAY, succeeded=DAY, failed=20 * DAY, canceled=None)

    assert [kept.cutoff(what, now) for what in Prunable] == [
        now - 10 * DAY,
        now - 20 * DAY,
        None,
        now - 30 * DAY,
        now - 10 * DAY,
        now - 30 * DAY,
        now - 10 * DAY,
    ]
