"""Linking: what is known for sure of a dispatch, and who may write it."""

import json
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.job import Job
from jobwire.jobs.transitions.link import (
    Linked,
    link,
    lose,
    reject,
    settle_unstarted,
)
from jobwire.jobs.transitions.tell_run import acknowledge_by_run
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import JobStatus, SignalSource
from tests.clock import FakeClock
from tests.factories import RUN_ID
from tests.jobs.conftest import MakeJob

UNDECIDED = ["sending", "unknown", "accepted"]
#: Of every job that `make_run_job` makes.
FENCE = 1


@pytest.fixture
def pending(clock: FakeClock) -> dict[str, Any]:
    return {"cancel_outcome": "PENDING", "cancel_requested_at": clock.now()}


@pytest.fixture
def write(database: Database, clock: FakeClock):
    """Do one transition in a transaction: `await write(lose, RUN_ID)`."""

    async def write(transition: Any, *arguments: object, **options: object) -> Any:
        async with database.transaction() as connection:
            return await transition(
                connection, *arguments, **{"now": clock.now(), **options}
            )

    return write


@pytest.fixture
def give_run(write):
    async def give_run(job: Job, run_id: str = RUN_ID, **options: object) -> Linked:
        return await write(
            link, job.id, run_id, **{"source": SignalSource.DISPATCH, **options}
        )

    return give_run


async def _last_event(connection: Connection) -> dict[str, Any]:
    record = await connection.fetchrow(
        "SELECT *, changes::text AS changes FROM job_events"
        " ORDER BY version DESC LIMIT 1"
    )
    return dict(record) | {"changes": json.loads(record["changes"])}


@pytest.mark.parametrize("state", UNDECIDED)
async def test_a_job_gets_its_run(
    give_run,
    connection: Connection,
    clock: FakeClock,
    make_run_job: MakeJob,
    state: str,
) -> None:
    job = await make_run_job(state)

    linked = await give_run(job)

    assert linked.is_ours
    assert linked.job is not None
    assert linked.job.status == "QUEUED"
    assert (linked.job.dispatch_state, linked.job.trigger_run_id) == ("linked", RUN_ID)
    event = await _last_event(connection)
    assert (event["kind"], event["source"]) == ("DISPATCHED", "DISPATCH")
    assert event["changes"] == {"dispatch_state": "linked", "trigger_run_id": RUN_ID}
    seen = await connection.fetchval("SELECT trigger_observed_at FROM worker_jobs")
    assert seen == clock.now()


async def test_a_run_that_was_found_is_adopted(
    give_run, connection: Connection, make_run_job: MakeJob
) -> None:
    job = await make_run_job("unknown")

    await give_run(job, source=SignalSource.RECONCILER, adopted=True)

    event = await _last_event(connection)
    assert (event["kind"], event["source"]) == ("ORPHAN_ADOPTED", "RECONCILER")


async def test_the_same_run_is_its_own_however_often_it_comes(
    give_run, connection: Connection, make_run_job: MakeJob
) -> None:
    job = await make_run_job()

    linked = await give_run(job)

    assert linked == Linked(job, is_ours=True)
    assert (await _last_event(connection))["version"] == 1


async def test_another_run_is_a_stray(give_run, make_run_job: MakeJob) -> None:
    job = await make_run_job()

    assert await give_run(job, "run_2") == Linked(job, is_ours=False)


@pytest.mark.parametrize("status", ["CANCELED", "FAILED", "EXPIRED"])
async def test_the_run_of_a_job_that_has_ended_is_a_stray(
    give_run, make_run_job: MakeJob, status: str
) -> None:
    job = await make_run_job("unknown", status=status)

    assert await give_run(job) == Linked(job, is_ours=False)


async def test_a_job_that_was_never_handed_over_takes_no_run(
    give_run, make_run_job: MakeJob
) -> None:
    job = await make_run_job("none")

    assert await give_run(job) == Linked(job, is_ours=False)


@pytest.mark.rows_by_hand("hides a job that has not ended")
async def test_the_run_of_no_job_is_a_stray(write, make_run_job: MakeJob) -> None:
    job = await make_run_job("unknown")
    await write(_delete, job.id)

    linked = await write(link, job.id, RUN_ID, source=SignalSource.DISPATCH)

    assert linked == Linked(None, is_ours=False)


async def _delete(connection: Connection, job_id: object, *, now: object) -> None:
    await connection.execute(
        "UPDATE worker_jobs SET deleted_at = $2 WHERE id = $1", job_id, now
    )


async def test_a_pending_cancel_stays_pending_when_the_run_is_known(
    give_run, make_run_job: MakeJob, pending: dict[str, Any]
) -> None:
    job = await make_run_job("sending", **pending)

    linked = await give_run(job)

    assert linked.is_ours
    assert linked.job is not None
    assert (linked.job.status, linked.job.cancel_outcome) == ("QUEUED", "PENDING")


@pytest.mark.parametrize("state", UNDECIDED)
async def test_a_job_that_was_refused_fails_with_the_reason(
    write, connection: Connection, make_run_job: MakeJob, clock: FakeClock, state: str
) -> None:
    job = await make_run_job(state)

    after = await write(reject, job.id, FENCE, "No such task.")

    assert (after.status, after.success) == ("FAILED", False)
    assert after.failure_kind == "DISPATCH_REJECTED"
    assert json.loads(after.result)["error"]["message"] == "No such task."
    assert (after.finished, after.next_attempt_at) == (clock.now(), None)
    event = await _last_event(connection)
    assert (event["kind"], event["source"]) == ("FAILED", "DISPATCH")
    assert (event["from_status"], event["to_status"]) == ("QUEUED", "FAILED")


async def test_a_job_that_was_refused_while_a_cancel_waits_was_never_started(
    write, make_run_job: MakeJob, pending: dict[str, Any], clock: FakeClock
) -> None:
    job = await make_run_job("sending", **pending)

    after = await write(reject, job.id, FENCE, "No such task.")

    assert (after.status, after.success) == ("CANCELED", None)
    assert after.cancel_outcome == "NEVER_STARTED"
    assert after.cancel_confirmed_at == clock.now()


async def test_an_unstarted_job_is_canceled_when_that_was_asked(
    write, make_run_job: MakeJob, pending: dict[str, Any], clock: FakeClock
) -> None:
    job = await make_run_job("unknown", expires_at=clock.now(), **pending)

    after = await write(settle_unstarted, job.id, FENCE)

    assert (after.status, after.cancel_outcome) == ("CANCELED", "NEVER_STARTED")


async def test_an_unstarted_job_expires_when_its_time_to_live_has_passed(
    write, connection: Connection, make_run_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_run_job("unknown", expires_at=clock.now())

    after = await write(settle_unstarted, job.id, FENCE)

    assert (after.status, after.success) == ("EXPIRED", False)
    assert after.failure_kind == "EXPIRED"
    assert (await _last_event(connection))["kind"] == "EXPIRED"


@pytest.mark.parametrize("expires_in", [None, timedelta(seconds=1)], ids=str)
async def test_an_unstarted_job_with_no_reason_to_end_is_to_be_sent_again(
    write,
    connection: Connection,
    make_run_job: MakeJob,
    clock: FakeClock,
    expires_in: timedelta | None,
) -> None:
    expires_at = expires_in and clock.now() + expires_in
    job = await make_run_job("unknown", expires_at=expires_at)

    assert await write(settle_unstarted, job.id, FENCE) is None
    assert (await _last_event(connection))["version"] == 1


@pytest.mark.parametrize("columns", ["fence", "linked", "none", "ended"])
async def test_who_was_fenced_out_ends_nothing(
    write,
    connection: Connection,
    make_run_job: MakeJob,
    clock: FakeClock,
    columns: str,
) -> None:
    given: dict[str, dict[str, Any]] = {
        "fence": {"dispatch_state": "unknown", "fence": FENCE + 1},
        "linked": {"dispatch_state": "linked"},
        "none": {"dispatch_state": "none", "fence": FENCE},
        "ended": {"dispatch_state": "unknown", "status": JobStatus.FAILED},
    }
    job = await make_run_job(**given[columns], expires_at=clock.now())

    assert await write(reject, job.id, FENCE, "no") is None
    assert await write(settle_unstarted, job.id, FENCE) is None
    assert (await _last_event(connection))["version"] == 1


@pytest.mark.parametrize("status", ["QUEUED", "RUNNING", "WAITING"])
async def test_a_job_whose_run_is_gone_is_lost(
    write, connection: Connection, make_run_job: MakeJob, clock: FakeClock, status: str
) -> None:
    await make_run_job(status=status)

    after = await write(lose, RUN_ID)

    assert (after.status, after.failure_kind) == ("FAILED", "ORPHANED")
    assert RUN_ID in json.loads(after.result)["error"]["message"]
    assert after.finished == clock.now()
    event = await _last_event(connection)
    assert (event["kind"], event["source"]) == ("FAILED", "RECONCILER")
    assert event["from_status"] == status


async def test_the_attempt_of_a_lost_run_is_lost_with_it(
    write, connection: Connection, make_run_job: MakeJob, clock: FakeClock
) -> None:
    await make_run_job(status="RUNNING")
    clock.advance(1)

    after = await write(lose, RUN_ID)

    attempt = await connection.fetchrow(
        "SELECT status, finished_at, failure_kind, failure::text FROM job_attempts"
    )
    assert tuple(attempt)[:3] == ("LOST", clock.now(), "ORPHANED")
    assert json.loads(attempt["failure"]) == json.loads(after.result)["error"]


async def test_a_cancel_of_a_run_that_is_gone_came_too_late(
    write, make_run_job: MakeJob, pending: dict[str, Any], clock: FakeClock
) -> None:
    await make_run_job(status="RUNNING", **pending)

    after = await write(lose, RUN_ID)

    assert (after.status, after.cancel_outcome) == ("FAILED", "FINISHED_FIRST")
    assert after.cancel_confirmed_at == clock.now()


async def test_a_job_that_has_ended_cannot_be_lost(
    write, make_run_job: MakeJob
) -> None:
    await make_run_job(status="SUCCEEDED")

    assert await write(lose, RUN_ID) is None
    assert await write(lose, "run_of_nobody") is None


async def test_a_run_that_was_told_to_stop_is_noted_once(
    write,
    connection: Connection,
    make_run_job: MakeJob,
    pending: dict[str, Any],
    clock: FakeClock,
) -> None:
    job = await make_run_job(status="RUNNING", **pending)

    after = await write(acknowledge_by_run, job.id)
    again = await write(acknowledge_by_run, job.id)

    assert (after.status, after.cancel_outcome) == ("RUNNING", "PENDING")
    assert after.cancel_acknowledged_at == clock.now()
    assert again is None
    event = await _last_event(connection)
    assert (event["kind"], event["version"]) == ("CANCEL_ACKNOWLEDGED", 2)


async def test_a_stop_that_nobody_waits_for_is_not_noted(
    write, make_run_job: MakeJob
) -> None:
    running = await make_run_job(status="RUNNING")

    assert await write(acknowledge_by_run, running.id) is None
