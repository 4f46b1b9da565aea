"""Handing over: who sends what, and what an open question allows."""

import json
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from jobwire.jobs.job import Job
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.dispatch import (
    Dispatch,
    claim_dispatches,
    let_go,
    lose_answer,
    release,
    resend,
    take_undecided,
)
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.factories import LEASE, WORKER
from tests.jobs.conftest import ENVIRONMENT, MakeJob

PENDING = {"cancel_outcome": "PENDING"}
SETTLE = timedelta(seconds=15)


async def _claim(
    connection: Connection, clock: FakeClock, **options: Any
) -> list[Dispatch]:
    return await claim_dispatches(
        connection,
        **{
            "worker": WORKER,
            "limit": 100,
            "lease": LEASE,
            "environment": ENVIRONMENT,
            "now": clock.now(),
            **options,
        },
    )


async def _take(
    connection: Connection, clock: FakeClock, **options: Any
) -> list[Dispatch]:
    return await take_undecided(
        connection,
        **{
            "worker": WORKER,
            "limit": 100,
            "lease": LEASE,
            "environment": ENVIRONMENT,
            "sent_before": clock.now(),
            "now": clock.now(),
            **options,
        },
    )


async def _row(connection: Connection, job: Job) -> dict[str, Any]:
    record = await connection.fetchrow(
        "SELECT * FROM worker_jobs WHERE id = $1", job.id
    )
    return dict(record)


async def _last_event(connection: Connection) -> dict[str, Any]:
    record = await connection.fetchrow(
        "SELECT *, changes::text AS changes FROM job_events"
        " ORDER BY version DESC LIMIT 1"
    )
    return dict(record) | {"changes": json.loads(record["changes"])}


async def test_a_claim_stamps_the_job_before_anything_is_sent(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    job = await make_run_job("none", data={"n": 1})
    clock.advance(1)

    [claimed] = await _claim(connection, clock)

    row = await _row(connection, job)
    assert row["status"] == "QUEUED"
    assert (row["dispatch_state"], row["dispatch_number"]) == ("sending", 1)
    assert row["trigger_environment"] == ENVIRONMENT
    assert row["dispatched_at"] == clock.now()
    assert (row["leased_by"], row["fence"]) == (WORKER, 1)
    assert row["leased_until"] == clock.now() + LEASE
    assert (row["attempts"], row["started"]) == (0, None)
    assert claimed == Dispatch(
        id=job.id,
        fence=1,
        user_id=job.user_id,
        tag=job.tag,
        type=job.type,
        task="process-large-dataset",
        data='{"n": 1}',
        metadata="{}",
        retry_config=RetryConfig(),
        max_duration=None,
        expires_at=None,
        priority=0,
        queue="task/process-large-dataset",
        concurrency_key=None,
        number=1,
        created_at=job.created_at,
        environment=ENVIRONMENT,
        dispatched_at=clock.now(),
        due_at=job.next_attempt_at,
    )


async def test_a_claim_is_an_event_of_the_dispatch(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    await make_run_job("none")

    await _claim(connection, clock)

    event = await _last_event(connection)
    assert (event["kind"], event["source"], event["actor"]) == (
        "DISPATCHED",
        "DISPATCH",
        WORKER,
    )
    assert (event["version"], event["attempt"]) == (2, None)
    assert event["changes"] == {
        "dispatch_state": "sending",
        "dispatch_number": 1,
        "dispatched_at": clock.now().isoformat(),
        "trigger_environment": ENVIRONMENT,
    }


async def test_the_most_urgent_and_then_the_longest_due_are_claimed_first(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    now = clock.now()
    late = await make_run_job("none", next_attempt_at=now)
    early = await make_run_job("none", next_attempt_at=now - timedelta(hours=1))
    urgent = await make_run_job("none", priority=5)

    first = await _claim(connection, clock, limit=2)
    rest = await _claim(connection, clock, limit=2)

    assert [one.id for one in first] == [urgent.id, early.id]
    assert [one.id for one in rest] == [late.id]


@pytest.mark.parametrize(
    "columns",
    [
        {"executor": "internal"},
        {"status": "SCHEDULED"},
        {"status": "CANCELED"},
        {"dispatch_state": "sending"},
        {"dispatch_state": "unknown"},
        {"dispatch_state": "linked"},
    ],
    ids=str,
)
async def test_what_is_not_ready_for_trigger_dev_is_left_alone(
    connection: Connection,
    clock: FakeClock,
    make_run_job: MakeJob,
    columns: dict[str, str],
) -> None:
    await make_run_job(**{"dispatch_state": "none", **columns})

    assert await _claim(connection, clock) == []


async def test_a_job_whose_time_to_live_has_passed_is_not_sent(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    await make_run_job("none", expires_at=clock.now())
    living = await make_run_job("none", expires_at=clock.now() + timedelta(seconds=1))

    assert [one.id for one in await _claim(connection, clock)] == [living.id]


async def test_two_claims_at_once_never_share_a_job(
    database: Database, clock: FakeClock, make_run_job: MakeJob
) -> None:
    for _ in range(6):
        await make_run_job("none")

    async with database.transaction() as one, database.transaction() as other:
        first = await _claim(one, clock, limit=4)
        second = await _claim(other, clock, worker="worker-2")

    assert (len(first), len(second)) == (4, 2)
    assert not {one.id for one in first} & {one.id for one in second}


async def test_what_was_surely_not_accepted_is_claimed_again_under_its_number(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    job = await make_run_job("none")
    [claimed] = await _claim(connection, clock)

    await release(connection, claimed, clock.now())
    row = await _row(connection, job)
    [again] = await _claim(connection, clock, environment="elsewhere")

    assert (row["dispatch_state"], row["leased_by"]) == ("none", None)
    assert (again.number, again.fence) == (1, 2)
    assert again.environment == "elsewhere"


async def test_a_lost_answer_leaves_an_open_question(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    job = await make_run_job("none")
    [claimed] = await _claim(connection, clock)

    await lose_answer(connection, claimed, clock.now(), settle=SETTLE)

    row = await _row(connection, job)
    assert (row["dispatch_state"], row["status"]) == ("unknown", "QUEUED")
    assert (row["leased_by"], row["leased_until"]) == (None, clock.now() + SETTLE)
    assert (await _last_event(connection))["changes"] == {"dispatch_state": "unknown"}


@pytest.mark.parametrize(
    "settle",
    [release, partial(lose_answer, settle=SETTLE)],
    ids=["release", "lose_answer"],
)
async def test_who_lost_the_lease_settles_nothing(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob, settle: Any
) -> None:
    job = await make_run_job("none")
    [claimed] = await _claim(connection, clock)
    clock.advance(LEASE)
    [taken] = await _take(connection, clock, worker="worker-2")

    await settle(connection, claimed, clock.now())

    assert taken.fence == claimed.fence + 1
    row = await _row(connection, job)
    assert (row["dispatch_state"], row["leased_by"]) == ("sending", "worker-2")


async def test_open_questions_are_taken_under_a_lease_without_a_version(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    job = await make_run_job("unknown")

    [taken] = await _take(connection, clock)

    row = await _row(connection, job)
    assert (taken.id, taken.fence, taken.number) == (job.id, 2, 1)
    assert (row["version"], row["leased_by"]) == (1, WORKER)
    assert row["leased_until"] == clock.now() + LEASE
    assert await _take(connection, clock) == []


@pytest.mark.parametrize("state", ["none", "linked"])
async def test_only_open_questions_are_taken(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob, state: str
) -> None:
    await make_run_job(
        state, dispatched_at=clock.now(), trigger_environment=ENVIRONMENT
    )

    assert await _take(connection, clock) == []


async def test_a_request_may_be_on_its_way_for_a_while(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    await make_run_job("unknown")

    before = clock.now() - timedelta(seconds=1)

    assert await _take(connection, clock, sent_before=before) == []


async def test_what_is_held_is_not_taken_before_its_lease_ends(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    await make_run_job("none")
    [claimed] = await _claim(connection, clock)

    held = await _take(connection, clock, worker="worker-2")
    clock.advance(LEASE)
    taken = await _take(connection, clock, worker="worker-2")

    assert held == []
    assert [one.id for one in taken] == [claimed.id]


async def test_questions_of_another_environment_are_left_to_it(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    await make_run_job("unknown")

    assert await _take(connection, clock, environment="elsewhere") == []


async def test_a_job_that_has_ended_is_no_question(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    await make_run_job("unknown", status=JobStatus.FAILED)

    assert await _take(connection, clock) == []


async def test_a_question_that_is_let_go_can_be_taken_at_once(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    await make_run_job("unknown")
    [taken] = await _take(connection, clock)

    await let_go(connection, taken)

    assert len(await _take(connection, clock, worker="worker-2")) == 1


async def test_a_resend_keeps_number_and_fence_and_counts_from_now(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob
) -> None:
    job = await make_run_job("unknown")
    [taken] = await _take(connection, clock)
    clock.advance(5)

    again = await resend(connection, taken, lease=LEASE, now=clock.now())

    assert again is not None
    assert (again.number, again.fence) == (taken.number, taken.fence)
    assert again.dispatched_at == clock.now()
    row = await _row(connection, job)
    assert row["dispatch_state"] == "sending"
    assert row["leased_until"] == clock.now() + LEASE
    assert (await _last_event(connection))["changes"] == {
        "dispatch_state": "sending",
        "dispatched_at": clock.now().isoformat(),
    }


@pytest.mark.rows_by_hand("ends a job behind its dispatch")
@pytest.mark.parametrize("reason", ["canceled", "expired", "fenced out", "ended"])
async def test_a_resend_is_refused_when_the_job_has_another_way_to_end(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob, reason: str
) -> None:
    columns: dict[str, Any] = {}
    if reason == "canceled":
        columns = PENDING | {"cancel_requested_at": clock.now()}
    if reason == "expired":
        columns = {"expires_at": clock.now()}
    await make_run_job("unknown", **columns)
    [taken] = await _take(connection, clock)
    if reason == "fenced out":
        clock.advance(LEASE)
        await _take(connection, clock, worker="worker-2")
    if reason == "ended":
        await connection.execute(
            "UPDATE worker_jobs SET status = 'FAILED', finished = now(),"
            " success = false, failure_kind = 'ORPHANED'"
        )

    assert await resend(connection, taken, lease=LEASE, now=clock.now()) is None
