"""Rows that a status implies: each is valid, with its event and its attempt."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.queue import task_queue
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.events import append_events
from jobwire.models.database import Connection
from jobwire.models.vocabulary import JobStatus

JSON_COLUMNS = {"data", "result", "retry_config", "progress", "metadata"}
WORKER = "worker-1"
LEASE = timedelta(seconds=10)
#: SQL: what the first event of a job tells.
CHANGES = "to_jsonb(i) - '{data,public_id,leased_by,leased_until,fence}'::text[]"
RUN_ID = "run_1"
RUN_CREATED_AT = datetime(2026, 1, 2, 3, 0, tzinfo=UTC)


def columns_of(status: JobStatus, now: datetime) -> dict[str, Any]:
    """Return the columns that a status demands."""
    columns: dict[str, Any] = {}
    if status in (JobStatus.SCHEDULED, JobStatus.QUEUED, JobStatus.RETRYING):
        later = timedelta(hours=status is not JobStatus.QUEUED)
        columns |= {"next_attempt_at": now + later}
    if status is JobStatus.RUNNING:
        columns |= {"leased_by": WORKER, "leased_until": now + LEASE}
    if status in (JobStatus.RUNNING, JobStatus.RETRYING, JobStatus.SUCCEEDED):
        columns |= {"started": now, "attempts": 1, "fence": 1}
    if status in TERMINAL:
        columns |= {"finished": now}
    if status is JobStatus.SUCCEEDED:
        columns |= {"success": True, "result": {"answer": 42}}
    if status in (JobStatus.FAILED, JobStatus.EXPIRED):
        kind = "EXPIRED" if status is JobStatus.EXPIRED else "TASK_ERROR"
        error = {"kind": kind, "message": "no", "name": "ValueError"}
        columns |= {"success": False, "failure_kind": kind, "result": {"error": error}}
    if status is JobStatus.CANCELED:
        columns |= {"cancel_outcome": "NEVER_STARTED", "cancel_requested_at": now}
    return columns


def build_run_job(**given: Any) -> Job:
    """Build the row of a job whose run is known, QUEUED unless told; no database."""
    return Job(
        **{
            **dict.fromkeys(Job.names()),
            "id": UUID(int=7),
            "version": 3,
            "tag": "tag-1",
            "type": "no-op",
            "user_id": "user-1",
            "executor": "trigger",
            "status": "QUEUED",
            "data": "{}",
            "retry_config": RetryConfig().to_json(),
            "priority": 0,
            "queue": "task/process-large-dataset",
            "run_at": RUN_CREATED_AT,
            "next_attempt_at": RUN_CREATED_AT,
            "created_at": RUN_CREATED_AT,
            "updated_at": RUN_CREATED_AT,
            "attempts": 0,
            "metadata": "{}",
            "attention": [],
            "trigger_task_id": "process-large-dataset",
            "trigger_run_id": RUN_ID,
            "trigger_environment": "https://trigger.test#env-1",
            "dispatch_state": "linked",
            "dispatch_number": 1,
            "dispatched_at": RUN_CREATED_AT,
            **given,
        }
    )


async def insert_job(connection: Connection, *, now: datetime, **given: Any) -> Job:
    """Insert a job whose CREATED event already holds its status."""
    status = JobStatus(given.pop("status", JobStatus.QUEUED))
    id = given.pop("id", None) or identifiers.new_id(now)
    columns: dict[str, Any] = {
        "id": id,
        "tag": "tag-1",
        "type": "no-op",
        "user_id": "user-1",
        "executor": "internal",
        "status": status.value,
        "data": {},
        "retry_config": json.loads(RetryConfig().to_json()),
        "run_at": now,
        "created_at": identifiers.created_at(id),
        "updated_at": now,
        **columns_of(status, now),
        **given,
    }
    if columns["executor"] == "trigger":
        columns.setdefault("trigger_task_id", "process-large-dataset")
        columns.setdefault("queue", task_queue(columns["trigger_task_id"]))
        columns |= {"leased_by": None, "leased_until": None}
    marks = [
        f"${place}::text::jsonb" if name in JSON_COLUMNS else f"${place}"
        for place, name in enumerate(columns, start=1)
    ]
    values = [
        json.dumps(value) if name in JSON_COLUMNS and value is not None else value
        for name, value in columns.items()
    ]
    event = append_events(
        "i",
        kind="'CREATED'",
        from_status="NULL",
        changes=CHANGES,
        source="'API'",
        actor="user_id",
        now="updated_at",
    )
    record = await connection.fetchrow(
        f"""WITH i AS (INSERT INTO worker_jobs ({", ".join(columns)})
                       VALUES ({", ".join(marks)}) RETURNING *),
            e AS ({event}),
            a AS (INSERT INTO job_attempts
                         (job_id, number, status, fence, worker_id, started_at,
                          finished_at)
                  SELECT id, number, CASE
                           WHEN number < attempts THEN 'FAILED'
                           WHEN status IN ('RUNNING', 'WAITING') THEN 'RUNNING'
                           WHEN finished IS NOT NULL THEN status ELSE 'FAILED' END,
                         fence, leased_by, started,
                         CASE WHEN number < attempts
                                OR status NOT IN ('RUNNING', 'WAITING')
                           THEN started END
                    FROM i, generate_series(1, attempts) AS number
                   WHERE started IS NOT NULL)
            SELECT {JOB_COLUMNS} FROM i""",
        *values,
    )
    return Job.from_record(record)


async def insert_jobs(
    connection: Connection, count: int, *, now: datetime, **given: Any
) -> list[UUID]:
    """Insert many jobs that differ in their ids alone, none of which has started."""
    first = await insert_job(connection, now=now, **given)
    ids = [identifiers.new_id(now) for _ in range(count - 1)]
    event = append_events(
        "i",
        kind="'CREATED'",
        from_status="NULL",
        changes=CHANGES,
        source="'API'",
        actor="user_id",
        now="updated_at",
    )
    await connection.execute(
        f"""WITH i AS (
              INSERT INTO worker_jobs
              SELECT (jsonb_populate_record(j, jsonb_build_object('id', other.id))).*
                FROM worker_jobs j, unnest($2::uuid[]) AS other (id) WHERE j.id = $1
              RETURNING *)
            {event}""",
        first.id,
        ids,
    )
    return sorted([first.id, *ids])
