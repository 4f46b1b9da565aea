"""Attention: what is raised and taken back, for whom, and what it costs to look."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.attention import Attention, Thresholds
from jobwire.jobs.identifiers import new_id
from jobwire.jobs.job import Job
from jobwire.jobs.transitions.attention import (
    Kept,
    count_attention,
    keep_attention,
)
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import AttentionKind, EventKind, JobStatus
from tests.clock import FakeClock
from tests.factories import LEASE
from tests.plans import STATISTICS, give_statistics

MakeJob = Callable[..., Awaitable[Job]]

CANCEL, HEARTBEAT, START, DRIFTED, ORPHAN = AttentionKind
SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
GRACE = 20 * SECOND
SPANS = Thresholds(
    start_overdue=5 * MINUTE, heartbeat_late=30 * SECOND, run_silent=15 * MINUTE
)


@pytest.fixture
def keep(connection: Connection, clock: FakeClock) -> Callable[..., Awaitable[Kept]]:
    """Keep one batch, with the thresholds of these tests unless told otherwise."""

    async def keep(thresholds: Thresholds = SPANS, **more: Any) -> Kept:
        return await keep_attention(
            connection, thresholds, **{"now": clock.now(), **more}
        )

    return keep


Keep = Callable[..., Awaitable[Kept]]


async def _attention(connection: Connection, job: Job) -> list[str]:
    found: list[str] = await connection.fetchval(
        "SELECT attention FROM worker_jobs WHERE id = $1", job.id
    )
    return found


def _pending(clock: FakeClock) -> dict[str, Any]:
    return {
        "cancel_outcome": "PENDING",
        "cancel_requested_at": clock.now(),
        "cancel_grace_until": clock.now() + GRACE,
    }


def _late(
    clock: FakeClock,
) -> dict[str, tuple[AttentionKind, bool, dict[str, Any], timedelta, str]]:
    """What becomes late: kind, whether on Trigger.dev, its row, when, and its end."""
    told = {"trigger_observed_at": clock.now()}
    return {
        "a cancel that running code ignores": (
            CANCEL,
            False,
            {"status": JobStatus.RUNNING, **_pending(clock)},
            GRACE,
            "cancel_outcome = 'FINISHED_FIRST'",
        ),
        "a cancel that Trigger.dev does not confirm": (
            CANCEL,
            True,
            {**told, **_pending(clock)},
            GRACE,
            "cancel_outcome = 'FINISHED_FIRST'",
        ),
        "a lease that is over, and nobody rescues": (
            HEARTBEAT,
            False,
            {"status": JobStatus.RUNNING},
            LEASE + 30 * SECOND,
            "leased_until = leased_until + interval '1 hour'",
        ),
        "a run of which nothing is heard": (
            HEARTBEAT,
            True,
            {"status": JobStatus.RUNNING, "started": clock.now(), **told},
            15 * MINUTE,
            "trigger_observed_at = trigger_observed_at + interval '1 hour'",
        ),
        "a job that no worker takes": (
            START,
            False,
            {},
            5 * MINUTE,
            """status = 'SCHEDULED',
               next_attempt_at = next_attempt_at + interval '1 hour'""",
        ),
        "a run that waits in a queue of Trigger.dev": (
            START,
            True,
            told,
            5 * MINUTE,
            "status = 'RUNNING', started = updated_at, next_attempt_at = NULL",
        ),
    }


@pytest.mark.rows_by_hand("ends by hand what deserves attention")
@pytest.mark.parametrize("what", _late(FakeClock()))
async def test_each_kind_is_raised_when_its_time_has_passed_and_taken_back(
    what: str,
    connection: Connection,
    make_job: MakeJob,
    make_run_job: MakeJob,
    keep: Keep,
    clock: FakeClock,
) -> None:
    kind, on_trigger, columns, span, end = _late(clock)[what]
    job = await (make_run_job if on_trigger else make_job)(**columns)

    clock.advance(span)
    await keep()
    assert await _attention(connection, job) == []

    clock.advance(0.001)
    assert await keep() == Kept(1, None)
    assert await _attention(connection, job) == [kind]
    assert await keep() == Kept(0, None)

    await connection.execute(f"UPDATE worker_jobs SET {end} WHERE id = $1", job.id)
    assert await keep() == Kept(1, None)
    assert await _attention(connection, job) == []
    assert await keep() == Kept(0, None)


async def test_each_change_is_one_version_and_one_event_that_tells_what_was(
    connection: Connection, make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    job = await make_job(attention=[ORPHAN])
    clock.advance(6 * MINUTE)

    await keep()

    [event] = await connection.fetch(
        """SELECT e.*, j.version AS at, j.updated_at, j.status
             FROM job_events e JOIN worker_jobs j ON j.id = e.job_id
            WHERE job_id = $1 AND e.version > 1""",
        job.id,
    )
    assert event["version"] == event["at"] == job.version + 1
    assert event["recorded_at"] == event["updated_at"] == clock.now()
    assert (event["kind"], event["source"], event["actor"]) == (
        "ATTENTION_CHANGED",
        "WORKER",
        None,
    )
    assert event["from_status"] == event["to_status"] == "QUEUED"
    assert json.loads(event["changes"]) == {"attention": [ORPHAN, START]}
    assert json.loads(event["detail"]) == {"was": [ORPHAN]}


async def test_what_reconciliation_says_stays_as_it_is(
    connection: Connection, make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    quiet = await make_job(attention=[DRIFTED, ORPHAN])
    over = await make_job(
        status=JobStatus.SCHEDULED, attention=[START, DRIFTED, HEARTBEAT]
    )
    late = await make_job(
        status=JobStatus.RUNNING, attention=[ORPHAN], leased_until=clock.now() - MINUTE
    )

    await keep()

    assert await _attention(connection, quiet) == [DRIFTED, ORPHAN]
    assert await _attention(connection, over) == [DRIFTED]
    assert await _attention(connection, late) == [ORPHAN, HEARTBEAT]


async def test_the_order_in_which_kinds_came_is_no_change(
    make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    await make_job(attention=[START, ORPHAN])
    clock.advance(6 * MINUTE)

    assert await keep() == Kept(0, None)


@pytest.mark.parametrize(
    "status", [status for status in JobStatus if status != JobStatus.QUEUED]
)
async def test_only_what_is_queued_can_start_late(
    status: JobStatus,
    make_job: MakeJob,
    make_run_job: MakeJob,
    keep: Keep,
    clock: FakeClock,
) -> None:
    if status is JobStatus.WAITING:
        await make_run_job(status=status, trigger_observed_at=clock.now())
    else:
        await make_job(status=status)
    clock.advance(5 * MINUTE + SECOND)
    day = timedelta(days=1)
    never = replace(SPANS, heartbeat_late=day, run_silent=day)

    assert await keep(never) == Kept(0, None)


async def test_a_job_that_has_ended_is_not_written(
    connection: Connection, make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    job = await make_job(status=JobStatus.FAILED, attention=[START, DRIFTED])
    clock.advance(timedelta(days=1))

    assert await keep() == Kept(0, None)
    assert await _attention(connection, job) == [START, DRIFTED]


async def test_a_job_accepted_after_its_time_is_late_from_its_acceptance_on(
    make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    await make_job(next_attempt_at=clock.now() - timedelta(days=1))
    # A shorter time that another type gives does not hide the job.
    spans = replace(SPANS, types={"urgent": Attention(start_overdue=SECOND)})

    clock.advance(5 * MINUTE)
    assert await keep(spans) == Kept(0, None)

    clock.advance(SECOND)
    assert await keep(spans) == Kept(1, None)


async def test_a_job_whose_run_is_not_known_has_no_late_heartbeat(
    make_run_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    await make_run_job("sending")
    clock.advance(timedelta(hours=1))

    await keep()

    # It starts too late, and that is all.
    assert await keep() == Kept(0, None)


async def test_types_have_thresholds_of_their_own_and_others_take_the_defaults(
    connection: Connection, make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    types = {
        "urgent": Attention(start_overdue=SECOND),
        "patient": Attention(start_overdue=timedelta(hours=1), heartbeat_late=MINUTE),
        "half": Attention(heartbeat_late=SECOND),
    }
    spans = replace(SPANS, types=types)
    names = (*types, "unknown")
    queued = {name: await make_job(type=name) for name in names}
    running = {
        name: await make_job(type=name, status=JobStatus.RUNNING) for name in names
    }

    async def late(jobs: dict[str, Job]) -> set[str]:
        return {one for one in names if await _attention(connection, jobs[one])}

    clock.advance(2 * SECOND)
    await keep(spans)
    assert await late(queued) == {"urgent"}

    clock.advance(LEASE)
    await keep(spans)
    assert await late(running) == {"half"}

    clock.advance(31 * SECOND)
    await keep(spans)
    assert await late(running) == {"half", "urgent", "unknown"}

    clock.advance(5 * MINUTE)
    await keep(spans)
    assert await late(queued) == {"urgent", "half", "unknown"}
    assert await late(running) == set(names)

    clock.advance(timedelta(hours=1))
    await keep(spans)
    assert await late(queued) == set(names)


@pytest.mark.parametrize("name", ["start_overdue", "heartbeat_late"])
def test_a_threshold_must_be_above_zero(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must be above zero, not 0:00:00"):
        Attention(**{name: timedelta()})


async def test_a_pass_goes_on_where_its_last_batch_ended(
    connection: Connection, make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    jobs = [await make_job() for _ in range(5)]
    jobs.sort(key=lambda job: job.id)
    clock.advance(6 * MINUTE)

    first = await keep(limit=2)
    second = await keep(limit=2, after=first.last)
    third = await keep(limit=2, after=second.last)

    assert [first, second, third] == [
        Kept(2, jobs[1].id),
        Kept(2, jobs[3].id),
        Kept(1, None),
    ]
    assert await count_attention(connection) == {START: 5}


async def test_a_job_that_somebody_holds_is_left_for_the_next_pass(
    database: Database, make_job: MakeJob, keep: Keep, clock: FakeClock
) -> None:
    held, free = await make_job(), await make_job()
    clock.advance(6 * MINUTE)

    async with database.transaction() as other:
        await other.execute("SELECT FROM worker_jobs WHERE id = $1 FOR UPDATE", held.id)
        assert await keep() == Kept(1, None)
    assert await keep() == Kept(1, None)
    assert free.id != held.id


async def test_many_passes_at_once_write_each_change_once(
    database: Database, connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    for _ in range(20):
        await make_job()
    clock.advance(6 * MINUTE)

    async def one() -> Kept:
        async with database.connection() as own:
            return await keep_attention(own, SPANS, now=clock.now())

    kept = await asyncio.gather(*(one() for _ in range(6)))

    assert sum(each.changed for each in kept) == 20
    events = await connection.fetchval(
        "SELECT count(*) FROM job_events WHERE kind = 'ATTENTION_CHANGED'"
    )
    assert events == 20


MANY = """
INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, run_at, created_at,
                         updated_at, next_attempt_at, finished, success, attention)
SELECT overlay(gen_random_uuid()::text PLACING $2 FROM 1)::uuid, 'tag', 'type', 'user',
       'internal', status, $1, $1, $1, $1, finished, success, attention::text[]
  FROM generate_series(1, 20000),
       (VALUES ('QUEUED', NULL::timestamptz, NULL::boolean, '{}'),
               ('SUCCEEDED', $1, true, '{DRIFTED}'))
    AS kind (status, finished, success, attention)"""


@pytest.mark.parametrize("known", STATISTICS)
async def test_a_pass_reads_no_job_that_has_ended_and_no_young_one(
    database: Database, clock: FakeClock, known: str
) -> None:
    plans: list[str] = []
    connection = await database.connect()
    try:
        young = str(new_id(clock.now()))[:13]
        await connection.execute(MANY, clock.now(), young)
        await give_statistics(connection, known)
        connection.add_log_listener(lambda _, notice: plans.append(notice.message))
        await connection.execute(
            """SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off;
               LOAD 'auto_explain'; SET auto_explain.log_min_duration = 0;
               SET auto_explain.log_analyze = on; SET auto_explain.log_timing = off;
               SET client_min_messages = log"""
        )
        plans.clear()
        await keep_attention(connection, SPANS, now=clock.now())
    finally:
        await connection.close()

    [plan] = [one for one in plans if EventKind.ATTENTION_CHANGED in one]
    for index in ("attention", "cancel_pending", "open_trigger"):
        assert f"using ix_worker_jobs_{index} on worker_jobs j" in plan
    # Both indexes hold the running jobs in the order of ids; the costs are alike.
    assert (
        "using ix_worker_jobs_running on worker_jobs j" in plan
        or "Index Cond: ((status = 'RUNNING'::text) AND (id > $2))" in plan
    )
    assert "Seq Scan on worker_jobs" not in plan
    # Of 40,000 rows not one is read to be put aside again.
    assert "Rows Removed by Filter" not in plan


def test_the_shortest_time_to_start_is_that_of_any_type() -> None:
    types = {"a": Attention(start_overdue=SECOND), "b": Attention()}
    spans = Thresholds(
        start_overdue=MINUTE, heartbeat_late=MINUTE, run_silent=MINUTE, types=types
    )

    assert spans.shortest_start == SECOND
    assert SPANS.shortest_start == 5 * MINUTE
