"""Deleting: what somebody wrote is in no table any more, and the rest stays whole."""

import asyncio
import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID, uuid4

import pytest

from jobwire.jobs import delete as deleting
from jobwire.jobs.cancel import cancel
from jobwire.jobs.drifts import read_drifts
from jobwire.jobs.errors import InvalidStateError, NotFoundError
from jobwire.jobs.failure import Failure
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.lags import read_lags
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.observe import observe
from jobwire.jobs.open_runs import known_runs
from jobwire.jobs.reconcile.sealed import read_sealed
from jobwire.jobs.retry import retry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.sync_paths import SyncPath
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.erase import ERASED_TAG
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.progress import Report, record_progress
from jobwire.jobs.viewer import Scope, Viewer, trusted
from jobwire.jobs.webhook import Receipt, receive
from jobwire.models import WorkerJob
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import FailureKind, JobStatus
from tests.blocked import blocked
from tests.clock import FakeClock
from tests.event_log import Checked, check
from tests.factories import LEASE, RUN_ID
from tests.jobs.conftest import ENVIRONMENT, MakeJob
from tests.jobs.posted import SECRET, alert, body_of, event, hex_headers
from tests.jobs.said import verdict

MARK = "anna@example.com"
OWNER = Viewer("user-1", frozenset({Scope.JOBS_WRITE}))
#: What names a job without its content: words of its code, people, workers and runs.
STAYS = frozenset(
    {
        # Its id once more.
        "public_id",
        "type",
        "user_id",
        "executor",
        "status",
        "failure_kind",
        "retry_config",
        "queue",
        "attention",
        "leased_by",
        "cancel_requested_by",
        "cancel_mode",
        "cancel_outcome",
        "trigger_task_id",
        "trigger_run_id",
        "trigger_status",
        "trigger_environment",
        "trigger_batch_id",
        "dispatch_state",
    }
)


@pytest.fixture
def delete(database: Database, clock: FakeClock):
    async def delete(job_id: UUID, viewer: Viewer = OWNER) -> None:
        async with database.transaction() as connection:
            await deleting.delete(connection, job_id, viewer=viewer, now=clock.now())

    return delete


@pytest.fixture
def post(database: Database, clock: FakeClock):
    async def post(posted: Any) -> Receipt:
        body = body_of(posted)
        async with database.transaction() as connection:
            received = await receive(
                connection,
                body,
                hex_headers(body),
                secrets=[SECRET],
                now=clock.now(),
            )
        return received.receipt

    return post


async def _marked(connection: Connection) -> set[str]:
    """Return every column of every table in which the mark stands, as table.column."""
    found: set[str] = set()
    for table in WorkerJob.metadata.tables:
        records = await connection.fetch(
            f"SELECT to_jsonb(t)::text AS row FROM {table} t"
        )
        for record in records:
            row = json.loads(record["row"])
            found |= {
                f"{table}.{name}" for name in row if MARK in json.dumps(row[name])
            }
    return found


async def _takes_text(connection: Connection) -> Iterable[str]:
    records = await connection.fetch(
        """SELECT column_name FROM information_schema.columns
            WHERE table_name = 'worker_jobs' AND table_schema = 'public'
              AND data_type IN ('text', 'jsonb', 'ARRAY')"""
    )
    return {record["column_name"] for record in records}


async def test_nothing_that_somebody_wrote_survives_in_any_table(
    database: Database, connection: Connection, clock: FakeClock, delete
) -> None:
    request = ScheduleRequest(type="any", tag=MARK, data={MARK: [MARK]})
    scheduled = await schedule(
        connection, request, registry=None, viewer=OWNER, now=clock.now()
    )
    job = scheduled.job
    await connection.execute(
        """UPDATE worker_jobs SET metadata = $1, idempotency_key = $2,
                  idempotency_input = $1, concurrency_key = $2""",
        json.dumps({"for": MARK}),
        MARK,
    )
    failure = Failure(FailureKind.TASK_ERROR, MARK, name=MARK, code=MARK, stack=MARK)
    common = {"worker": "w", "now": clock.now()}
    for outcome in (Outcome.RETRY, Outcome.FAILED):
        await connection.execute(
            "UPDATE worker_jobs SET status = 'QUEUED' WHERE status = 'RETRYING'"
        )
        [claimed] = await claim(
            connection, limit=1, lease=LEASE, types=["any"], **common
        )
        report = Report(job.id, claimed.fence, json.dumps({"message": MARK}))
        await record_progress(connection, [report], **common)
        if outcome is Outcome.FAILED:
            async with database.transaction() as own:
                await cancel(own, job.id, viewer=OWNER, now=clock.now(), reason=MARK)
        end = Finish(
            job.id, claimed.fence, outcome, failure=failure, retry_at=clock.now()
        )
        await finish(connection, [end], **common)
    await connection.execute(
        """INSERT INTO job_logs (job_id, id, attempt, level, at, message, fields)
           VALUES ($1, 1, 1, 'INFO', $2, $3, $4)""",
        job.id,
        clock.now(),
        MARK,
        json.dumps({"to": MARK}),
    )
    await connection.execute(
        """INSERT INTO notifications (id, job_id, job_version, type, target, body,
                                      next_attempt_at, created_at)
           VALUES (gen_random_uuid(), $1, 1, 'job.created', 't', $2, $3, $3)""",
        job.id,
        MARK,
        clock.now(),
    )
    erased = {f"worker_jobs.{one}" for one in await _takes_text(connection) - STAYS}
    assert await _marked(connection) == erased | {
        "job_events.changes",
        "job_attempts.failure",
        "job_logs.message",
        "job_logs.fields",
        "notifications.body",
    }

    await delete(job.id)

    assert await _marked(connection) == set()
    row = await connection.fetchrow("SELECT * FROM worker_jobs")
    assert (row["status"], row["failure_kind"]) == ("FAILED", "TASK_ERROR")
    assert (row["tag"], row["deleted_at"]) == (ERASED_TAG, clock.now())


async def test_nothing_that_was_said_or_posted_of_it_survives(
    connection: Connection, make_run_job: MakeJob, clock: FakeClock, delete, post
) -> None:
    job = await make_run_job(status="RUNNING", started=clock.now(), attempts=1)
    tagged = {"tags": [f"job:{job_id_text(job.id)}"]}
    # By its run, by the tag of another run, and one that waits for an answer.
    await post(event("RUN_PROGRESS", progress={"message": MARK}))
    await post(event(id="other", run={"id": "run_2", **tagged}, output=MARK))
    await post(alert(error={"type": "STRING_ERROR", "raw": MARK}, **tagged))
    said = verdict(JobStatus.FAILED)
    async with connection.transaction():
        await observe(
            connection,
            said,
            now=clock.now(),
            detail=json.dumps({"output": MARK}),
            paths=frozenset(SyncPath),
        )
    await connection.execute("UPDATE webhook_deliveries SET error = $1", MARK)
    assert {
        "job_observations.detail",
        "webhook_deliveries.body",
        "webhook_deliveries.error",
        "job_events.changes",
    } <= await _marked(connection)

    await delete(job.id)

    assert await _marked(connection) == set()
    assert (await read_drifts(connection, first=10, after=None)).items == []
    assert await read_lags(connection, now=clock.now()) == []


async def test_what_is_posted_late_is_harmless_and_leaves_nothing(
    connection: Connection, make_run_job: MakeJob, clock: FakeClock, delete, post
) -> None:
    job = await make_run_job(
        status="SUCCEEDED", started=clock.now(), attempts=1, success=True
    )
    tagged = {"tags": [f"job:{job_id_text(job.id)}"]}
    await delete(job.id)
    before = await connection.fetchrow("SELECT * FROM worker_jobs")

    posted = [
        event("RUN_COMPLETED", output=MARK),
        event("RUN_PROGRESS", progress={"message": MARK}),
        event("RUN_FAILED", run={"id": "run_2", **tagged}, error={"message": MARK}),
        alert(error={"type": "STRING_ERROR", "raw": MARK}),
    ]
    assert {await post(one) for one in posted} == {Receipt.IGNORED}

    assert await _marked(connection) == set()
    assert await connection.fetchrow("SELECT * FROM worker_jobs") == before
    assert await connection.fetch("SELECT FROM job_observations") == []
    unhandled = "SELECT FROM webhook_deliveries WHERE handled_at IS NULL"
    assert await connection.fetch(unhandled) == []


async def test_what_is_posted_meanwhile_leaves_nothing(
    database: Database, connection: Connection, make_run_job: MakeJob, post
) -> None:
    job = await make_run_job(status="CANCELED")
    async with database.transaction() as own, asyncio.timeout(30):
        # The deletion has the row, and has not committed.
        await deleting.delete(own, job.id, viewer=OWNER, now=job.created_at)
        posting = [
            asyncio.create_task(post(one))
            for one in (
                event("RUN_PROGRESS", progress={"message": MARK}),
                event("RUN_COMPLETED", run={"id": RUN_ID}, output=MARK),
                alert(error={"type": "STRING_ERROR", "raw": MARK}),
            )
        ]
        await blocked(connection, len(posting))

    await asyncio.gather(*posting)

    stored = "SELECT body::text AS body FROM webhook_deliveries"
    bodies = [record["body"] for record in await connection.fetch(stored)]
    assert bodies == ["{}"] * len(posting)


@pytest.mark.parametrize("status", TERMINAL)
async def test_a_job_that_has_ended_is_deleted_with_a_last_event(
    connection: Connection, make_job, delete, status: JobStatus
) -> None:
    job = await make_job(status=status, tag=MARK)

    await delete(job.id)

    [last] = await connection.fetch(
        "SELECT * FROM job_events WHERE version = $1", job.version + 1
    )
    told = {
        name: last[name]
        for name in ("kind", "from_status", "to_status", "source", "actor", "changes")
    }
    assert told == {
        "kind": "DELETED",
        "from_status": status,
        "to_status": status,
        "source": "API",
        "actor": "user-1",
        "changes": "{}",
    }
    assert await check(connection) == Checked(jobs=1, unborn=0)


@pytest.mark.parametrize(
    "status",
    [one for one in JobStatus if one not in TERMINAL and one is not JobStatus.WAITING],
)
async def test_an_open_job_is_refused_and_to_be_canceled_first(
    make_job, delete, status: JobStatus
) -> None:
    job = await make_job(status=status)

    with pytest.raises(InvalidStateError, match="Cancel it first") as refusal:
        await delete(job.id)

    assert refusal.value.allowed == TERMINAL


async def test_what_is_not_there_or_not_the_callers_is_not_found(
    make_job, delete
) -> None:
    job = await make_job(status="FAILED")

    for id, viewer in (
        (uuid4(), OWNER),
        (job.id, Viewer("user-2", frozenset({Scope.JOBS_WRITE}))),
    ):
        with pytest.raises(NotFoundError):
            await delete(id, viewer)
    await delete(job.id, trusted("an admin"))
    with pytest.raises(NotFoundError):
        await delete(job.id)


async def test_of_two_who_delete_at_once_one_does(
    connection: Connection, make_job, delete
) -> None:
    job = await make_job(status="FAILED")

    ends = await asyncio.gather(
        *(delete(job.id) for _ in range(4)), return_exceptions=True
    )

    assert sorted(type(end).__name__ for end in ends) == [
        "NoneType",
        *["NotFoundError"] * 3,
    ]
    assert await connection.fetchval("SELECT version FROM worker_jobs") == 2


async def test_the_idempotency_key_is_free_again(make_job, delete) -> None:
    given = {"idempotency_key": "k", "idempotency_input": "{}"}
    job = await make_job(status="FAILED", **given)

    await delete(job.id)

    assert (await make_job(**given)).idempotency_key == "k"


async def test_a_deleted_job_can_be_neither_retried_nor_canceled(
    database: Database, make_job, clock: FakeClock, delete
) -> None:
    job = await make_job(status="FAILED")
    await delete(job.id)
    common = {"viewer": trusted("an admin"), "now": clock.now()}

    async with database.transaction() as connection:
        with pytest.raises(NotFoundError):
            await retry(connection, job.id, registry=None, **common)
        with pytest.raises(NotFoundError):
            await cancel(connection, job.id, **common)


async def test_its_run_is_not_asked_about_and_is_no_orphan(
    connection: Connection, make_run_job: MakeJob, clock: FakeClock, delete
) -> None:
    job = await make_run_job(status="SUCCEEDED")
    assert await read_sealed(connection, ENVIRONMENT, now=clock.now()) != []

    await delete(job.id)

    assert await read_sealed(connection, ENVIRONMENT, now=clock.now()) == []
    assert await known_runs(connection, [RUN_ID]) == {RUN_ID}
