"""Dispatch: how far the handing-over of a job to Trigger.dev has come.

QUEUED stays throughout; `dispatch_state` moves none → sending → linked, with unknown
where an answer was lost. Sending is committed before anything is sent, and only the
holder of the lease sends.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.transitions.ready_queues import ready_queues
from jobwire.models.database import Connection
from jobwire.models.vocabulary import Executor

_WITHOUT_BOUND = 2**60
_VISIBLE = ("dispatch_state", "dispatch_number", "dispatched_at", "trigger_environment")
_COLUMNS = """u.id, u.fence, u.user_id, u.tag, u.type, u.trigger_task_id,
       u.data::text AS data, u.metadata::text AS metadata,
       u.retry_config::text AS retry_config, u.max_duration, u.expires_at, u.priority,
       u.queue, u.concurrency_key, u.dispatch_number, u.created_at,
       u.trigger_environment, u.dispatched_at,
       u.next_attempt_at"""


def _event(changes: str) -> str:
    return append_events(
        "u",
        kind="'DISPATCHED'",
        from_status="status",
        changes=changes,
        source="'DISPATCH'",
        actor="leased_by",
        now="updated_at",
    )


# One index range per priority and queue; at equal priority the queues behind the one
# that was served last go first.
_CLAIM = f"""
WITH RECURSIVE r AS ({ready_queues(Executor.TRIGGER)}),
picked AS MATERIALIZED (
  SELECT j.* FROM (
    SELECT p.priority, r.queue FROM generate_series(9, 0, -1) AS p (priority), r
     WHERE r.queue IS NOT NULL
     ORDER BY p.priority DESC, r.queue <= $4::text, r.queue) w
   CROSS JOIN LATERAL (
    SELECT ctid AS tid, priority, next_attempt_at, id,
           octet_length(data::text) + octet_length(metadata::text) + $9 AS bytes
      FROM worker_jobs
     WHERE status = 'QUEUED' AND dispatch_state = 'none' AND executor = 'trigger'
       AND queue = w.queue AND priority = w.priority
       AND (expires_at IS NULL OR expires_at > $5)
     ORDER BY next_attempt_at, id LIMIT $1 FOR UPDATE SKIP LOCKED) j
   LIMIT $1),
fitting AS MATERIALIZED (
  SELECT tid FROM (
    SELECT tid, sum(bytes) OVER (ORDER BY priority DESC, next_attempt_at, id) AS sum
      FROM picked) summed
   WHERE sum <= $8),
u AS (
  UPDATE worker_jobs j
     SET dispatch_state = 'sending', version = version + 1, updated_at = $5,
         dispatch_number = GREATEST(dispatch_number, 1), dispatched_at = $5,
         trigger_environment = $6, fence = fence + 1, leased_by = $2,
         leased_until = $5::timestamptz + $3::interval
   WHERE j.ctid = ANY (ARRAY(SELECT tid FROM fitting))
     AND (SELECT count(*) FROM fitting) >= $7
  RETURNING j.*),
e AS ({_event(changed(_VISIBLE))})
SELECT {_COLUMNS} FROM u ORDER BY u.priority DESC, u.next_attempt_at, u.id"""

# The lease keeps two processes from searching for the same run; the time since the
# last send lets one that is on its way arrive. Of a job in a batch the batch is asked.
_TAKE_UNDECIDED = f"""
WITH picked AS MATERIALIZED (
  SELECT ctid AS tid FROM worker_jobs
   WHERE executor = 'trigger' AND finished IS NULL
     AND dispatch_state IN ('sending', 'unknown') AND trigger_environment = $5
     AND trigger_batch_id IS NULL
     AND dispatched_at <= $4 AND (leased_until IS NULL OR leased_until <= $6)
   ORDER BY dispatched_at LIMIT $1 FOR UPDATE SKIP LOCKED),
u AS (
  UPDATE worker_jobs j
     SET fence = fence + 1, leased_by = $2,
         leased_until = $6::timestamptz + $3::interval
   WHERE j.ctid = ANY (ARRAY(SELECT tid FROM picked))
  RETURNING j.*)
SELECT {_COLUMNS} FROM u"""

_RESEND = f"""
WITH u AS (
  UPDATE worker_jobs j
     SET dispatch_state = 'sending', version = version + 1, updated_at = $3,
         dispatched_at = $3, leased_until = $3::timestamptz + $4::interval
   WHERE id = $1 AND fence = $2 AND finished IS NULL
     AND dispatch_state IN ('sending', 'unknown')
     AND cancel_outcome IS DISTINCT FROM 'PENDING'
     AND (expires_at IS NULL OR expires_at > $3)
  RETURNING j.*),
e AS ({_event(changed(("dispatch_state", "dispatched_at")))})
SELECT {_COLUMNS} FROM u"""

_FORGET_LEASE = "leased_by = NULL, leased_until = NULL"

_RELEASE = f"""
WITH u AS (
  UPDATE worker_jobs j
     SET dispatch_state = 'none', trigger_batch_id = NULL, version = version + 1,
         updated_at = $3, {_FORGET_LEASE}
   WHERE id = $1 AND fence = $2 AND dispatch_state = 'sending'
  RETURNING j.*),
e AS ({_event(changed(("dispatch_state", "trigger_batch_id")))})
SELECT id FROM u"""

# The lease of nobody: the request may have been carried out just now, and whoever looks
# too early looks into a list that does not show its run yet.
_LOSE_ANSWER = f"""
WITH u AS (
  UPDATE worker_jobs j
     SET dispatch_state = 'unknown', version = version + 1, updated_at = $3,
         leased_by = NULL, leased_until = $3::timestamptz + $4::interval
   WHERE id = $1 AND fence = $2 AND dispatch_state = 'sending'
  RETURNING j.*),
e AS ({_event(changed(("dispatch_state",)))})
SELECT id FROM u"""

_LET_GO = f"""
UPDATE worker_jobs SET {_FORGET_LEASE}
 WHERE id = $1 AND fence = $2 AND dispatch_state IN ('sending', 'unknown')"""


@dataclass(frozen=True, slots=True)
class Dispatch:
    """A job that this process hands over to Trigger.dev.

    Attributes:
        id: The job.
        fence: Must be named by everything that is written about this handing-over.
        user_id: Whose it is.
        tag: What it is about.
        type: The name of its type.
        task: The id of the task.
        data: Its payload, as JSON text.
        metadata: The caller's notes, as JSON text.
        retry_config: How its attempts are tried again.
        max_duration: How long one attempt may run; None: as the task says.
        expires_at: When it expires unless it has started; None: never.
        priority: 0-9.
        queue: The queue that it waits in there.
        concurrency_key: Whose share of that queue it takes; None: nobody's.
        number: Which handing-over this is, from 1.
        created_at: When the job was accepted.
        environment: The Trigger.dev environment that it goes to.
        dispatched_at: When it was last sent, or is just being sent.
        due_at: From when on it could be.
        traceparent: Where its trace comes from; None: nowhere, or nothing is traced.
    """

    id: UUID
    fence: int
    user_id: str
    tag: str
    type: str
    task: str
    data: str
    metadata: str
    retry_config: RetryConfig
    max_duration: timedelta | None
    expires_at: datetime | None
    priority: int
    queue: str
    concurrency_key: str | None
    number: int
    created_at: datetime
    environment: str
    dispatched_at: datetime
    due_at: datetime
    traceparent: str | None = None


async def claim_dispatches(
    connection: Connection,
    *,
    worker: str,
    limit: int,
    lease: timedelta,
    environment: str,
    now: datetime,
    after_queue: str = "",
    least: int = 1,
    most_bytes: int = _WITHOUT_BOUND,
    overhead: int = 0,
) -> list[Dispatch]:
    """Begin to hand over ready TRIGGER jobs: none → sending; QUEUED stays.

    One statement, its own transaction: what it returns is committed, and only then may
    anything be sent.

    Args:
        connection: Any connection of ours.
        worker: Who claims.
        limit: How many at most.
        lease: How long the worker is believed without a sign of life.
        environment: Where they go, as `trigger_environment`.
        now: The time of the claim.
        after_queue: The queue behind which others go first at equal priority.
        least: How many at least; if fewer are ready, none is claimed.
        most_bytes: What their data may add up to, as JSON in UTF-8.
        overhead: Bytes that each counts for beside its data.

    Returns:
        The jobs, most urgent first.
    """
    return _read(
        await connection.fetch(
            _CLAIM,
            limit,
            worker,
            lease,
            after_queue,
            now,
            environment,
            least,
            most_bytes,
            overhead,
        )
    )


async def take_undecided(
    connection: Connection,
    *,
    worker: str,
    limit: int,
    lease: timedelta,
    environment: str,
    sent_before: datetime,
    now: datetime,
) -> list[Dispatch]:
    """Lease jobs of which nobody knows whether a run exists; no version, no event.

    Args:
        connection: Any connection of ours.
        worker: Who takes them.
        limit: How many at most.
        lease: How long it may take to find out.
        environment: The environment that can be asked.
        sent_before: Jobs sent later are left alone.
        now: The time of the lease.
    """
    return _read(
        await connection.fetch(
            _TAKE_UNDECIDED, limit, worker, lease, sent_before, environment, now
        )
    )


async def resend(
    connection: Connection, dispatch: Dispatch, *, lease: timedelta, now: datetime
) -> Dispatch | None:
    """Allow another send of the same number: sending or unknown → sending.

    Returns:
        The dispatch; None when it was fenced out or has another way to end: a cancel
        is pending, or its time-to-live has passed.
    """
    found = _read(
        await connection.fetch(_RESEND, dispatch.id, dispatch.fence, now, lease)
    )
    return found[0] if found else None


async def release(connection: Connection, dispatch: Dispatch, now: datetime) -> None:
    """Take back what was surely not accepted: sending → none.

    Must run inside the transaction in which `settle_unstarted` found no reason to end.
    """
    await connection.fetch(_RELEASE, dispatch.id, dispatch.fence, now)


async def lose_answer(
    connection: Connection, dispatch: Dispatch, now: datetime, *, settle: timedelta
) -> None:
    """Record that a run may exist: sending → unknown.

    Args:
        connection: Any connection of ours.
        dispatch: Whose answer was lost.
        now: When.
        settle: How long nobody shall look for the run.
    """
    await connection.fetch(_LOSE_ANSWER, dispatch.id, dispatch.fence, now, settle)


async def let_go(connection: Connection, dispatch: Dispatch) -> None:
    """Give back the lease of a job of which nothing was found out."""
    await connection.execute(_LET_GO, dispatch.id, dispatch.fence)


def _read(records: Sequence[Mapping[str, Any]]) -> list[Dispatch]:
    return [
        Dispatch(
            id=record["id"],
            fence=record["fence"],
            user_id=record["user_id"],
            tag=record["tag"],
            type=record["type"],
            task=record["trigger_task_id"],
            data=record["data"],
            metadata=record["metadata"],
            retry_config=RetryConfig.from_json(record["retry_config"]),
            max_duration=record["max_duration"],
            expires_at=record["expires_at"],
            priority=record["priority"],
            queue=record["queue"],
            concurrency_key=record["concurrency_key"],
            number=record["dispatch_number"],
            created_at=record["created_at"],
            environment=record["trigger_environment"],
            dispatched_at=record["dispatched_at"],
            due_at=record["next_attempt_at"],
        )
        for record in records
    ]
