"""Claim: a worker leases queued jobs and starts an attempt of each."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Self
from uuid import UUID

from jobwire.jobs.instant import FIRST
from jobwire.jobs.lifecycle import Verb, sources
from jobwire.jobs.queue import DEFAULT_QUEUE
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.events import append_events, changed, literals, qualified
from jobwire.models.database import Connection

#: Highest first; the claim walks them in this order.
PRIORITIES = tuple(range(9, -1, -1))

#: A queue and a priority.
Place = tuple[str, int]

_SOURCES = literals(sources(Verb.CLAIM))


def ready(*, types: str, now: str) -> str:
    """Write what a ready internal job is to a worker that can run some types."""
    return f"""status = {_SOURCES} AND dispatch_state = 'none' AND executor = 'internal'
       AND type = ANY({types}::text[])
       AND (expires_at IS NULL OR expires_at > {now} OR started IS NOT NULL)"""


#: What the event, the attempt and the worker need of a row; it has many columns more,
#: and each would be copied several times.
_STARTED = (
    "id",
    "user_id",
    "version",
    "status",
    "attempts",
    "started",
    "next_attempt_at",
    "leased_by",
    "updated_at",
    "fence",
    "type",
    "tag",
    "data",
    "retry_config",
    "max_duration",
    "priority",
    "queue",
    "metadata",
    "created_at",
)


# The rows are updated by ctid and nothing else: they are locked, so their status cannot
# have changed, and a condition on it would lure the planner into reading every queued
# row. A row that moved meanwhile is left for the next claim.
#: Starts an attempt of each job of the CTE `picked`; $2 is the worker, $3 the lease.
START = f"""u AS (
  UPDATE worker_jobs j
     SET status = 'RUNNING', version = version + 1, updated_at = $6,
         attempts = attempts + 1, fence = fence + 1, started = COALESCE(started, $6),
         next_attempt_at = NULL, leased_by = $2,
         leased_until = $6::timestamptz + $3::interval
   WHERE j.ctid = ANY (ARRAY(SELECT tid FROM picked))
  RETURNING {qualified("j", _STARTED)}),
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
  SELECT id, attempts, 'RUNNING', fence, leased_by, updated_at FROM u)"""
#: What is told of the jobs that were started.
STARTED = """
SELECT u.id, u.fence, u.attempts, u.type, u.tag, u.user_id, u.data::text AS data,
       u.retry_config::text AS retry_config, u.max_duration, u.priority, u.queue,
       u.metadata::text AS metadata, picked.next_attempt_at AS due_at, u.created_at
  FROM u JOIN picked USING (id)
 ORDER BY u.priority DESC, picked.next_attempt_at, u.id"""

# One index range per priority and queue, each from its watermark on: behind an old
# snapshot the head of the index fills with dead entries, and a scan that starts at the
# watermark steps over them. A queue that was given limits or was paused a moment ago is
# left out here, whatever the worker believes.
_CLAIM = f"""
WITH w AS (
  SELECT queue, priority, due_from
    FROM unnest($5::text[], $7::smallint[], $8::timestamptz[])
      AS w (queue, priority, due_from)
   WHERE (SELECT NOT q.is_paused AND q.max_running IS NULL
             AND q.max_running_per_key IS NULL
            FROM queues q WHERE q.name = w.queue) IS NOT false),
picked AS MATERIALIZED (
  SELECT j.tid, j.id, j.next_attempt_at FROM w CROSS JOIN LATERAL (
    SELECT ctid AS tid, id, next_attempt_at FROM worker_jobs
     WHERE {ready(types="$4", now="$6")} AND queue = w.queue AND priority = w.priority
       AND next_attempt_at >= w.due_from
     ORDER BY next_attempt_at, id LIMIT $1 FOR UPDATE SKIP LOCKED) j
   LIMIT $1),
{START}
{STARTED}"""


class Claimed(NamedTuple):
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
        queue: The queue that it waited in.
        due_at: When it became ready.
        created_at: When it was accepted.
        metadata: What callers and earlier attempts have set, as JSON text.
        traceparent: Where its trace comes from; None: nowhere, or nothing is traced.
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
    queue: str
    due_at: datetime
    created_at: datetime
    metadata: str = "{}"
    traceparent: str | None = None

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read what `STARTED` selected."""
        return cls(
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
            queue=record["queue"],
            due_at=record["due_at"],
            created_at=record["created_at"],
            metadata=record["metadata"],
        )


async def claim(
    connection: Connection,
    *,
    worker: str,
    limit: int,
    lease: timedelta,
    types: Sequence[str],
    now: datetime,
    queues: Sequence[str] = (DEFAULT_QUEUE,),
    watermarks: Mapping[Place, datetime] | None = None,
) -> list[Claimed]:
    """Lease ready internal jobs of open queues: QUEUED → RUNNING, one attempt each.

    One statement, its own transaction unless the caller holds one. Queues with limits
    and those that are paused are left out: see `claim_limited`.

    Args:
        connection: Any connection of ours.
        worker: Who claims.
        limit: How many at most.
        lease: How long the worker is believed without a sign of life.
        types: The types that the worker can run; others stay queued.
        now: The time of the claim.
        queues: The queues to serve; at equal priority the first one goes first.
        watermarks: Per queue and priority, the earliest due time to look at; a place
            that is missing is looked at from the beginning. Only a claim without
            watermarks is sure to see every ready job.

    Returns:
        The jobs, most urgent first: by priority, due time and id.
    """
    since = watermarks or {}
    places = [(queue, priority) for priority in PRIORITIES for queue in queues]
    records = await connection.fetch(
        _CLAIM,
        limit,
        worker,
        lease,
        list(types),
        [queue for queue, _ in places],
        now,
        [priority for _, priority in places],
        [since.get(place, FIRST) for place in places],
    )
    return [Claimed.from_record(record) for record in records]
