"""Claim: a worker leases queued jobs and starts an attempt of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from jobwire.jobs.lifecycle import Verb, sources
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.events import append_events, changed, literals
from jobwire.models.database import Connection

#: Highest first; the claim walks them in this order.
PRIORITIES = tuple(range(9, -1, -1))

_EVER = datetime(1970, 1, 1, tzinfo=UTC)
_SOURCES = literals(sources(Verb.CLAIM))

# One index range per priority, each from its watermark on: behind an old snapshot the
# head of the index fills with dead entries, and a scan that starts at the watermark
# steps over them. The rows are updated by ctid and nothing else: they are locked, so
# their status cannot have changed, and a condition on it would lure the planner into
# reading every queued row. A row that moved meanwhile is left for the next claim.
_CLAIM = f"""
WITH w AS (
  SELECT priority, due_from FROM unnest($6::smallint[], $7::timestamptz[])
    AS w (priority, due_from)),
picked AS MATERIALIZED (
  SELECT j.tid, j.id, j.next_attempt_at FROM w CROSS JOIN LATERAL (
    SELECT ctid AS tid, id, next_attempt_at FROM worker_jobs
     WHERE status = {_SOURCES} AND dispatch_state = 'none' AND executor = 'internal'
       AND queue = $5 AND priority = w.priority AND next_attempt_at >= w.due_from
       AND type = ANY($4::text[])
       AND (expires_at IS NULL OR expires_at > $8 OR started IS NOT NULL)
     ORDER BY next_attempt_at, id LIMIT $1 FOR UPDATE SKIP LOCKED) j
   LIMIT $1),
u AS (
  UPDATE worker_jobs j
     SET status = 'RUNNING', version = version + 1, updated_at = $8,
         attempts = attempts + 1, fence = fence + 1, started = COALESCE(started, $8),
         next_attempt_at = NULL, leased_by = $2,
         leased_until = $8::timestamptz + $3::interval
   WHERE j.ctid = ANY (ARRAY(SELECT tid FROM picked))
  RETURNING j.*),
e AS ({
    append_events(
        "u",
        kind="'STARTED'",
        from_status="'QUEUED'",
        changes=changed(("status", "attempts", "started", "next_attempt_at")),
        source="'WORKER'",
        actor="leased_by",
        now="updated_at",
    )
}),
a AS (
  INSERT INTO job_attempts (job_id, number, status, fence, worker_id, started_at)
  SELECT id, attempts, 'RUNNING', fence, leased_by, updated_at FROM u)
SELECT u.id, u.fence, u.attempts, u.type, u.tag, u.user_id, u.data::text AS data,
       u.retry_config::text AS retry_config, u.max_duration, u.priority,
       picked.next_attempt_at AS due_at, u.created_at
  FROM u JOIN picked USING (id)
 ORDER BY u.priority DESC, picked.next_attempt_at, u.id"""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A job that this worker now runs.

    Attributes:
        id: The job.
        fence: Must be named by everything that the worker writes about it.
        attempt: The number of this attempt, from 1.
        type: The name of its code.
        tag: What it is about.
        user_id: Whose it is.
        data: Its input, as JSON text.
        retry_config: What follows if this attempt fails.
        max_duration: How long this attempt may run; None: without limit.
        priority: 0-9.
        due_at: When it became ready.
        created_at: When it was accepted.
    """

    id: UUID
    fence: int
    attempt: int
    type: str
    tag: str
    user_id: str
    data: str
    retry_config: RetryConfig
    max_duration: timedelta | None
    priority: int
    due_at: datetime
    created_at: datetime


async def claim(
    connection: Connection,
    *,
    worker: str,
    limit: int,
    lease: timedelta,
    types: Sequence[str],
    now: datetime,
    queue: str = "default",
    watermarks: Mapping[int, datetime] | None = None,
) -> list[Claimed]:
    """Lease ready internal jobs: QUEUED → RUNNING, one attempt each.

    One statement, its own transaction unless the caller holds one.

    Args:
        connection: Any connection of ours.
        worker: Who claims.
        limit: How many at most.
        lease: How long the worker is believed without a sign of life.
        types: The types that the worker can run; others stay queued.
        now: The time of the claim.
        queue: The queue to serve.
        watermarks: Per priority, the earliest due time to look at; a priority that is
            missing is looked at from the beginning. Only a claim without watermarks is
            sure to see every ready job.

    Returns:
        The jobs, most urgent first: by priority, due time and id.
    """
    since = watermarks or {}
    records = await connection.fetch(
        _CLAIM,
        limit,
        worker,
        lease,
        list(types),
        queue,
        list(PRIORITIES),
        [since.get(priority, _EVER) for priority in PRIORITIES],
        now,
    )
    return [
        Claimed(
            id=record["id"],
            fence=record["fence"],
            attempt=record["attempts"],
            type=record["type"],
            tag=record["tag"],
            user_id=record["user_id"],
            data=record["data"],
            retry_config=RetryConfig.from_json(record["retry_config"]),
            max_duration=record["max_duration"],
            priority=record["priority"],
            due_at=record["due_at"],
            created_at=record["created_at"],
        )
        for record in records
    ]
