"""The set forms: each moves exactly the statuses that `lifecycle` allows."""

import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from jobwire.jobs import lifecycle
from jobwire.jobs.failure import Failure
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.lifecycle import Verb
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.acknowledge import acknowledge
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.expire import expire
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.force import force
from jobwire.jobs.transitions.lease import extend, read_cancels
from jobwire.jobs.transitions.progress import Report, record_progress
from jobwire.jobs.transitions.promote import next_due, promote
from jobwire.jobs.transitions.rescue import rescue
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import FailureKind, JobStatus
from tests.clock import FakeClock
from tests.factories import LEASE, WORKER

MakeJob = Callable[..., Awaitable[Job]]
INTERNAL = [status for status in JobStatus if status is not JobStatus.WAITING]
#: Written one job at a time; `lifecycle` is asked before each. The set form of cancel
#: is held to its row form, in `test_cancel`.
ROW_FORMS = lifecycle.OF_RUNS | {Verb.CANCEL, Verb.RESCHEDULE}
FAILURE = Failure(FailureKind.TASK_ERROR, "no", "ValueError")
PENDING = {"cancel_outcome": "PENDING"}


@pytest.fixture
async def connection(database: Database):
    async with database.connection() as connection:
        yield connection


def _forced(clock: FakeClock) -> dict[str, object]:
    """Return the columns of a forced cancel whose grace passes now."""
    return PENDING | {
        "cancel_requested_at": clock.now(),
        "cancel_mode": "FORCE",
        "cancel_grace_until": clock.now(),
    }


async def _read(connection: Connection, job: Job) -> Job:
    record = await connection.fetchrow(
        f"SELECT {JOB_COLUMNS} FROM worker_jobs WHERE id = $1", job.id
    )
    return Job.from_record(record)


async def _last_event(connection: Connection, job: Job) -> dict[str, object]:
    record = await connection.fetchrow(
        "SELECT *, changes::text AS changes, detail::text AS detail"
        " FROM job_events WHERE job_id = $1"
        " ORDER BY version DESC LIMIT 1",
        job.id,
    )
    return dict(record) | {"changes": json.loads(record["changes"])}


async def _claim(connection: Connection, clock: FakeClock, **options):
    return await claim(
        connection,
        **{
            "worker": WORKER,
            "limit": 100,
            "lease": LEASE,
            "types": ["no-op"],
            "now": clock.now(),
            **options,
        },
    )


async def _run_verb(
    verb: Verb, connection: Connection, clock: FakeClock, job: Job
) -> None:
    """Let a verb have its way with a job, as if its time had come."""
    late = clock.now() + timedelta(days=30)
    if verb is Verb.CLAIM:
        await _claim(connection, clock)
    elif verb is Verb.PROMOTE:
        await promote(connection, now=late)
    elif verb is Verb.EXPIRE:
        await expire(connection, now=late)
    elif verb is Verb.RESCUE:
        await rescue(connection, now=late)
    elif verb is Verb.FORCE:
        await force(connection, now=late)
    else:
        outcome = {
            Verb.SUCCEED: Outcome.SUCCEEDED,
            Verb.FAIL: Outcome.FAILED,
            Verb.RETRY: Outcome.RETRY,
            Verb.STOP: Outcome.STOPPED,
            Verb.HAND_BACK: Outcome.HANDED_BACK,
        }[verb]
        failed = outcome in (Outcome.FAILED, Outcome.RETRY)
        one = Finish(
            job.id,
            1,
            outcome,
            result="1" if outcome is Outcome.SUCCEEDED else None,
            failure=FAILURE if failed else None,
            retry_at=late if outcome is Outcome.RETRY else None,
        )
        await finish(connection, [one], worker=WORKER, now=clock.now())


@pytest.mark.parametrize("status", INTERNAL)
@pytest.mark.parametrize("verb", [verb for verb in Verb if verb not in ROW_FORMS])
async def test_a_set_form_moves_only_what_lifecycle_allows(
    connection: Connection,
    clock: FakeClock,
    make_job: MakeJob,
    verb: Verb,
    status: JobStatus,
) -> None:
    columns = {}
    if verb is Verb.STOP and status is JobStatus.RUNNING:
        columns = PENDING | {"cancel_requested_at": clock.now()}
    elif verb is Verb.FORCE and status not in lifecycle.TERMINAL:
        columns = _forced(clock)
    job = await make_job(
        status=status, expires_at=clock.now() + timedelta(hours=2), **columns
    )

    await _run_verb(verb, connection, clock, job)

    after = await _read(connection, job)
    event = await _last_event(connection, job)
    if status in lifecycle.sources(verb):
        assert lifecycle.allows(verb, status, after.job_status)
        assert (after.version, event["version"]) == (2, 2)
        assert event["from_status"] == status
        assert event["to_status"] == after.status
        assert event["kind"] == lifecycle.event_kind(verb, status, after.job_status)
    else:
        assert after == job
        assert event["version"] == 1


async def test_claim_starts_an_attempt_under_a_lease(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(data={"n": 1}, max_duration=timedelta(minutes=1))

    [claimed] = await _claim(connection, clock)

    row = await connection.fetchrow("SELECT * FROM worker_jobs")
    attempt = await connection.fetchrow("SELECT * FROM job_attempts")
    assert (claimed.id, claimed.fence, claimed.attempt) == (job.id, 1, 1)
    assert json.loads(claimed.data) == {"n": 1}
    assert claimed.max_duration == timedelta(minutes=1)
    assert claimed.retry_config == RetryConfig()
    assert row["leased_by"] == WORKER
    assert row["leased_until"] == clock.now() + LEASE
    assert row["started"] == clock.now()
    assert row["next_attempt_at"] is None
    assert (attempt["number"], attempt["status"]) == (1, "RUNNING")


async def test_claim_takes_the_highest_priority_first_then_the_oldest(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    late = await make_job(next_attempt_at=clock.now() + timedelta(seconds=1))
    early = await make_job()
    urgent = await make_job(
        priority=5, next_attempt_at=clock.now() + timedelta(seconds=2)
    )

    claimed = await _claim(connection, clock, limit=2)
    rest = await _claim(connection, clock)

    assert [one.id for one in claimed] == [urgent.id, early.id]
    assert [one.id for one in rest] == [late.id]


async def test_claim_leaves_types_that_the_worker_cannot_run(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    await make_job(type="unknown-here")

    assert await _claim(connection, clock) == []


async def test_claim_leaves_jobs_of_the_other_executor_and_of_other_queues(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    await make_job(executor="trigger")
    await make_job(queue="other")

    assert await _claim(connection, clock) == []


async def test_claim_does_not_start_a_job_whose_time_has_passed(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    await make_job(expires_at=clock.now())

    assert await _claim(connection, clock) == []


async def test_claim_looks_only_behind_its_watermarks(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    await make_job()
    watermark = clock.now() + timedelta(microseconds=1)

    assert await _claim(connection, clock, watermarks={("default", 0): watermark}) == []
    assert len(await _claim(connection, clock)) == 1


async def test_two_claims_at_once_never_share_a_job(
    database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    for _ in range(6):
        await make_job()

    async with database.transaction() as one, database.transaction() as other:
        first = await _claim(one, clock, limit=4)
        second = await _claim(other, clock, worker="worker-2")

    assert len(first) == 4
    assert len(second) == 2
    assert not {job.id for job in first} & {job.id for job in second}


async def test_a_finish_under_an_old_fence_is_refused(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job()
    [first] = await _claim(connection, clock)
    await rescue(connection, now=clock.advance(LEASE * 2))
    [second] = await _claim(connection, clock)

    zombie = await finish(
        connection,
        [Finish(job.id, first.fence, Outcome.SUCCEEDED, result="1")],
        worker=WORKER,
        now=clock.now(),
    )
    accepted = await finish(
        connection,
        [Finish(job.id, second.fence, Outcome.SUCCEEDED, result="2")],
        worker=WORKER,
        now=clock.now(),
    )
    repeated = await finish(
        connection,
        [Finish(job.id, second.fence, Outcome.SUCCEEDED, result="3")],
        worker=WORKER,
        now=clock.now(),
    )

    assert (zombie, accepted, repeated) == ({}, {job.id: False}, {})
    assert (await _read(connection, job)).result == "2"


async def test_a_finish_by_another_worker_is_refused(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    accepted = await finish(
        connection,
        [Finish(job.id, 1, Outcome.SUCCEEDED, result="1")],
        worker="worker-2",
        now=clock.now(),
    )

    assert accepted == {}


async def test_success_keeps_the_result_and_ends_the_attempt(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    await finish(
        connection,
        [Finish(job.id, 1, Outcome.SUCCEEDED, result='{"rows": 3}')],
        worker=WORKER,
        now=clock.advance(1),
    )

    after = await _read(connection, job)
    attempt = await connection.fetchrow("SELECT * FROM job_attempts")
    assert (after.status, after.success) == ("SUCCEEDED", True)
    assert json.loads(after.result or "") == {"rows": 3}
    assert after.finished == clock.now()
    assert (attempt["status"], attempt["finished_at"]) == ("SUCCEEDED", clock.now())


async def test_failure_is_kept_as_the_result_and_names_its_kind(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    await finish(
        connection,
        [Finish(job.id, 1, Outcome.FAILED, failure=FAILURE)],
        worker=WORKER,
        now=clock.now(),
    )

    after = await _read(connection, job)
    assert (after.status, after.success) == ("FAILED", False)
    assert after.failure_kind == "TASK_ERROR"
    assert json.loads(after.result or "")["error"]["message"] == "no"


async def test_a_handed_back_attempt_does_not_count(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    await finish(
        connection,
        [Finish(job.id, 1, Outcome.HANDED_BACK)],
        worker=WORKER,
        now=clock.now(),
    )

    after = await _read(connection, job)
    assert (after.status, after.attempts) == ("QUEUED", 0)
    assert await connection.fetchval("SELECT count(*) FROM job_attempts") == 0
    [again] = await _claim(connection, clock)
    assert (again.attempt, again.fence) == (1, 2)


@pytest.mark.parametrize(
    ("outcome", "status", "cancel_outcome"),
    [
        (Outcome.SUCCEEDED, "SUCCEEDED", "FINISHED_FIRST"),
        (Outcome.FAILED, "FAILED", "FINISHED_FIRST"),
        (Outcome.RETRY, "CANCELED", "STOPPED"),
        (Outcome.STOPPED, "CANCELED", "STOPPED"),
        (Outcome.HANDED_BACK, "CANCELED", "STOPPED"),
    ],
)
async def test_a_pending_cancel_gets_its_outcome_with_the_end(
    connection: Connection,
    clock: FakeClock,
    make_job: MakeJob,
    outcome: Outcome,
    status: str,
    cancel_outcome: str,
) -> None:
    job = await make_job(
        status=JobStatus.RUNNING, cancel_requested_at=clock.now(), **PENDING
    )
    failed = outcome in (Outcome.FAILED, Outcome.RETRY)

    await finish(
        connection,
        [
            Finish(
                job.id,
                1,
                outcome,
                result="1" if outcome is Outcome.SUCCEEDED else None,
                failure=FAILURE if failed else None,
                retry_at=clock.now(),
            )
        ],
        worker=WORKER,
        now=clock.advance(1),
    )

    after = await _read(connection, job)
    event = await _last_event(connection, job)
    assert (after.status, after.cancel_outcome) == (status, cancel_outcome)
    assert event["detail"] == '{"settledBy": "CODE"}'
    assert after.cancel_confirmed_at == clock.now()
    assert after.finished == clock.now()


@pytest.mark.parametrize("status", ["QUEUED", "RUNNING", "WAITING"])
async def test_force_ends_a_job_whose_grace_has_passed_and_closes_its_attempt(
    connection: Connection, clock: FakeClock, make_run_job: MakeJob, status: str
) -> None:
    job = await make_run_job(status=status, **_forced(clock))

    assert await force(connection, now=clock.now()) == 1

    after = await _read(connection, job)
    event = await _last_event(connection, job)
    attempts = await connection.fetch("SELECT status, finished_at FROM job_attempts")
    assert (after.status, after.cancel_outcome) == ("CANCELED", "FORCED_UNCONFIRMED")
    assert after.finished == after.cancel_confirmed_at == clock.now()
    assert (event["from_status"], event["detail"]) == (status, '{"settledBy": "GRACE"}')
    assert [tuple(one) for one in attempts] == [("LOST", clock.now())] * (
        status != "QUEUED"
    )


async def test_force_leaves_what_is_not_to_be_forced_yet(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    soon = clock.now() + timedelta(microseconds=1)
    late = await make_job(
        status=JobStatus.RUNNING, **_forced(clock) | {"cancel_grace_until": soon}
    )
    graceful = await make_job(
        status=JobStatus.RUNNING, **_forced(clock) | {"cancel_mode": "GRACEFUL"}
    )

    assert await force(connection, now=clock.now()) == 0

    assert await _read(connection, late) == late
    assert await _read(connection, graceful) == graceful


async def test_after_a_force_the_worker_can_write_nothing_and_hears_of_it(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING, **_forced(clock))
    await force(connection, now=clock.now())
    sealed = await _read(connection, job)
    held = [(job.id, 1)]

    finished = await finish(
        connection,
        [Finish(job.id, 1, Outcome.SUCCEEDED, result="1")],
        worker=WORKER,
        now=clock.advance(1),
    )
    beat = await extend(connection, held, worker=WORKER, lease=LEASE, now=clock.now())
    report = Report(job.id, 1, "{}")
    await record_progress(connection, [report], worker=WORKER, now=clock.now())
    told = await acknowledge(connection, held, worker=WORKER, now=clock.now())

    assert (finished, beat, told) == ({}, {}, set())
    assert await _read(connection, job) == sealed


async def test_two_forces_at_once_end_each_job_once(
    database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    for _ in range(6):
        await make_job(status=JobStatus.RUNNING, **_forced(clock))

    async with database.transaction() as one, database.transaction() as other:
        moved = [
            await force(one, now=clock.now(), limit=4),
            await force(other, now=clock.now()),
        ]

    assert moved == [4, 2]


async def test_a_stop_that_nobody_asked_for_is_handed_back(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    await finish(
        connection, [Finish(job.id, 1, Outcome.STOPPED)], worker=WORKER, now=clock.now()
    )

    assert (await _read(connection, job)).status == "QUEUED"


async def test_rescue_counts_the_lost_attempt_and_queues_the_job_again(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    rescued = await rescue(connection, now=clock.advance(LEASE * 2))

    after = await _read(connection, job)
    attempt = await connection.fetchrow("SELECT * FROM job_attempts")
    assert rescued == 1
    assert (after.status, after.attempts) == ("QUEUED", 1)
    assert (attempt["status"], attempt["failure_kind"]) == ("LOST", "CRASHED")
    assert json.loads(attempt["failure"])["kind"] == "CRASHED"


async def _retry_at(connection: Connection) -> object:
    return await connection.fetchval("SELECT retry_at FROM job_attempts")


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.RETRY, Outcome.SUCCEEDED])
@pytest.mark.parametrize("columns", [{}, PENDING], ids=["wanted", "canceled"])
async def test_an_attempt_keeps_when_another_one_follows(
    connection: Connection,
    make_job: MakeJob,
    clock: FakeClock,
    outcome: Outcome,
    columns: dict[str, object],
) -> None:
    job = await make_job(
        status=JobStatus.RUNNING, cancel_requested_at=clock.now(), **columns
    )
    later = clock.now() + timedelta(seconds=30)

    await finish(
        connection,
        [
            Finish(
                job.id,
                1,
                outcome,
                failure=None if outcome is Outcome.SUCCEEDED else FAILURE,
                retry_at=later if outcome is Outcome.RETRY else None,
            )
        ],
        worker=WORKER,
        now=clock.now(),
    )

    follows = outcome is Outcome.RETRY and not columns
    assert await _retry_at(connection) == (later if follows else None)
    assert (await _read(connection, job)).next_attempt_at == (
        later if follows else None
    )


@pytest.mark.parametrize("attempts", [1, 3], ids=["one", "the last"])
async def test_a_lost_attempt_is_followed_at_once_while_any_is_left(
    connection: Connection, make_job: MakeJob, clock: FakeClock, attempts: int
) -> None:
    await make_job(status=JobStatus.RUNNING, attempts=attempts)
    clock.advance(LEASE + timedelta(seconds=1))

    await rescue(connection, now=clock.now())

    expected = clock.now() if attempts == 1 else None
    assert await _retry_at(connection) == expected


async def test_rescue_fails_a_job_that_lost_its_last_attempt(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    config = json.loads(RetryConfig(max_attempts=1).to_json())
    job = await make_job(status=JobStatus.RUNNING, retry_config=config)

    await rescue(connection, now=clock.advance(LEASE * 2))

    after = await _read(connection, job)
    assert (after.status, after.failure_kind) == ("FAILED", "CRASHED")


async def test_rescue_settles_a_pending_cancel(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(
        status=JobStatus.RUNNING, cancel_requested_at=clock.now(), **PENDING
    )

    await rescue(connection, now=clock.advance(LEASE * 2))

    after = await _read(connection, job)
    event = await _last_event(connection, job)
    assert (after.status, after.cancel_outcome) == ("CANCELED", "STOPPED")
    assert event["detail"] == '{"settledBy": "LEASE"}'


async def test_rescue_leaves_a_living_lease(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    await make_job(status=JobStatus.RUNNING)

    assert await rescue(connection, now=clock.advance(LEASE)) == 0


async def test_a_heartbeat_prolongs_the_lease_without_a_version(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    held = await extend(
        connection,
        [(job.id, 1)],
        worker=WORKER,
        lease=LEASE,
        now=clock.advance(5),
    )

    after = await connection.fetchrow("SELECT version, leased_until FROM worker_jobs")
    assert held == {job.id: False}
    assert (after["version"], after["leased_until"]) == (1, clock.now() + LEASE)


async def test_a_heartbeat_tells_of_a_cancel_and_of_a_lost_lease(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    canceled = await make_job(status=JobStatus.RUNNING, **_forced(clock))
    lost = await make_job(status=JobStatus.RUNNING, fence=2)
    held = [(canceled.id, 1), (lost.id, 1)]

    answer = await extend(connection, held, worker=WORKER, lease=LEASE, now=clock.now())

    assert answer == {canceled.id: True}
    assert await read_cancels(connection, held, worker=WORKER) == {
        canceled.id: clock.now()
    }


async def test_a_cancel_is_acknowledged_once(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(
        status=JobStatus.RUNNING, cancel_requested_at=clock.now(), **PENDING
    )

    first = await acknowledge(
        connection, [(job.id, 1)], worker=WORKER, now=clock.advance(1)
    )
    second = await acknowledge(
        connection, [(job.id, 1)], worker=WORKER, now=clock.advance(1)
    )

    assert (first, second) == ({job.id}, set())
    assert (await _last_event(connection, job))["kind"] == "CANCEL_ACKNOWLEDGED"
    assert (await _read(connection, job)).status == "RUNNING"


async def test_progress_makes_a_version_while_the_lease_is_held(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)
    progress = '{"fraction": 0.5}'

    await record_progress(
        connection,
        [Report(job.id, 1, progress), Report(job.id, 0, "{}")],
        worker=WORKER,
        now=clock.now(),
    )

    event = await _last_event(connection, job)
    assert (event["kind"], event["version"]) == ("PROGRESS", 2)
    assert event["changes"] == {"progress": {"fraction": 0.5}}


async def test_next_due_is_the_earliest_of_scheduled_and_retrying_jobs(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    assert await next_due(connection) is None
    await make_job(status=JobStatus.SCHEDULED)
    soon = clock.now() + timedelta(minutes=1)
    await make_job(status=JobStatus.RETRYING, next_attempt_at=soon)

    assert await next_due(connection) == soon


async def test_expiry_names_its_kind_and_leaves_a_job_that_once_started(
    connection: Connection, clock: FakeClock, make_job: MakeJob
) -> None:
    ending = await make_job(expires_at=clock.now())
    started = await make_job(expires_at=clock.now(), started=clock.now(), attempts=1)

    assert await expire(connection, now=clock.now()) == 1

    after = await _read(connection, ending)
    assert (after.status, after.failure_kind) == ("EXPIRED", "EXPIRED")
    assert after.success is False
    assert (await _read(connection, started)).status == "QUEUED"
