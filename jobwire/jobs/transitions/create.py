"""Create: accepted jobs enter the table with their first event."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.models.vocabulary import SignalSource

#: Each column of a new job and its type in SQL; JSON comes as text.
_COLUMNS = {
    "id": "uuid",
    "tag": "text",
    "type": "text",
    "user_id": "text",
    "executor": "text",
    "status": "text",
    "data": "jsonb",
    "retry_config": "jsonb",
    "priority": "smallint",
    "queue": "text",
    "concurrency_key": "text",
    "run_at": "timestamptz",
    "expires_at": "timestamptz",
    "max_duration": "interval",
    "created_at": "timestamptz",
    "metadata": "jsonb",
    "idempotency_key": "text",
    "idempotency_input": "jsonb",
    "schedule_id": "uuid",
    "replay_of": "uuid",
    "trigger_task_id": "text",
    "secret_data": "boolean",
    "secret_result": "boolean",
    "public_id": "text",
}
#: What the first event of every job tells.
CREATED = (
    "id",
    "tag",
    "type",
    "user_id",
    "executor",
    "status",
    "retry_config",
    "priority",
    "queue",
    "run_at",
    "next_attempt_at",
    "created_at",
    "attempts",
    "metadata",
    "attention",
    "dispatch_state",
    "dispatch_number",
    "secret_data",
    "secret_result",
)
_CREATED_WHEN_GIVEN = (
    "concurrency_key",
    "idempotency_key",
    "expires_at",
    "max_duration",
    "schedule_id",
    "tick_at",
    "replay_of",
    "trigger_task_id",
)


def _value(column: str, kind: str) -> str:
    return f"{column}::jsonb" if kind == "jsonb" else column


def _sent(position: int, kind: str) -> str:
    sent = "text" if kind == "jsonb" else kind
    return f"${position}::{sent}"


_SENT = [
    _sent(position, kind) for position, kind in enumerate(_COLUMNS.values(), start=3)
]
_VALUES = ", ".join(_value(column, kind) for column, kind in _COLUMNS.items())
_NAMES = ", ".join(_COLUMNS)

#: SQL: the changes of a job's first event, over the columns of its row.
# Most jobs have none of the second ones; nothing is taken apart for those.
_ALWAYS, _GIVEN = changed(CREATED), changed(_CREATED_WHEN_GIVEN)
CREATED_CHANGES = f"""CASE num_nonnulls({", ".join(_CREATED_WHEN_GIVEN)})
   WHEN 0 THEN {_ALWAYS} ELSE {_ALWAYS} || jsonb_strip_nulls({_GIVEN}) END"""


def _create(given: str) -> str:
    return f"""
WITH i AS (
  INSERT INTO worker_jobs ({_NAMES}, next_attempt_at, updated_at)
  SELECT {_VALUES}, run_at, created_at FROM {given} AS d ({_NAMES})
  ON CONFLICT (user_id, type, idempotency_key) WHERE idempotency_key IS NOT NULL
  DO NOTHING
  RETURNING *),
e AS ({
        append_events(
            "i",
            kind="'CREATED'",
            from_status="NULL",
            changes=CREATED_CHANGES,
            source="$1::text",
            actor="$2::text",
            now="created_at",
            detail=f"${len(_COLUMNS) + 3}::text::jsonb",
        )
    })
SELECT {JOB_COLUMNS} FROM i"""


# A plan for arrays is never kept: the planner believes that the next ones are longer,
# and would plan each anew, which takes longer than to write one job.
_CREATE_ONE = _create(f"(VALUES ({', '.join(_SENT)}))")
_CREATE = _create(f"unnest({', '.join(f'{one}[]' for one in _SENT)})")


class NewJob(NamedTuple):
    """A job that was accepted; see `jobwire.models.WorkerJob` for each column.

    It is a row as it is sent, in the order of `_COLUMNS`, but for its public id. Those
    of JSON are text. The idempotency input is given with the key, and only then.
    """

    id: UUID
    tag: str
    type: str
    user_id: str
    executor: str
    status: str
    data: str
    retry_config: str
    priority: int
    queue: str
    concurrency_key: str | None
    run_at: datetime
    expires_at: datetime | None
    max_duration: timedelta | None
    created_at: datetime
    metadata: str
    idempotency_key: str | None
    idempotency_input: str | None
    schedule_id: UUID | None
    replay_of: UUID | None
    trigger_task_id: str | None
    secret_data: bool
    secret_result: bool


async def create(
    connection: SqlConnection,
    jobs: Sequence[NewJob],
    *,
    source: SignalSource,
    actor: str,
    detail: Mapping[str, Any] | None = None,
) -> dict[UUID, Job]:
    """Write new jobs: → QUEUED or SCHEDULED.

    One statement, in the caller's transaction if it holds one. It waits for other
    transactions that are about to use one of the same idempotency keys.

    Args:
        connection: Where to write.
        jobs: The jobs.
        source: Which path brought them.
        actor: Who asked for them.
        detail: What else is known of that, as JSON; None: nothing.

    Returns:
        The jobs that were written, by id. One that is missing has the idempotency key
        of a job that is there, or of an earlier one of these.
    """
    # In one order for all, or two that wait for each other's keys would deadlock.
    jobs = sorted(jobs, key=lambda job: job.idempotency_key or "")
    rows = [(*job, job_id_text(job.id)) for job in jobs]
    one = len(rows) == 1
    records = await connection.fetch(
        _CREATE_ONE if one else _CREATE,
        source.value,
        actor,
        *(rows[0] if one else zip(*rows, strict=True)),
        None if detail is None else json.dumps(detail),
    )
    return {record["id"]: Job.from_record(record) for record in records}
