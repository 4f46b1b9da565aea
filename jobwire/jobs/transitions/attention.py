"""Attention: which open jobs an operator should look at, raised and taken back."""

from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.attention import Thresholds
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.models.database import Connection
from jobwire.models.vocabulary import AttentionKind, EventKind, Executor

#: A pass begins behind it.
BEGINNING = UUID(int=0)


def _span(of_types: str, otherwise: str) -> str:
    """Write the span that holds for a job: its type's own, or the one for all."""
    return f"COALESCE(({of_types})[array_position($4::text[], j.type)], {otherwise})"


_START = _span("$5::interval[]", "$7::interval")
_LEASE = _span("$6::interval[]", "$8::interval")
_RUN = _span("$6::interval[]", "$9::interval")

# What each kind that is kept here means; reconciliation keeps the others. A job that
# was accepted with a time that had passed is late from its acceptance on.
_NEEDED = {
    AttentionKind.CANCEL_OVERDUE: (
        "j.cancel_outcome = 'PENDING' AND j.cancel_grace_until < $1"
    ),
    AttentionKind.HEARTBEAT_LATE: f"""CASE
        WHEN j.executor = 'internal' AND j.status = 'RUNNING'
          THEN j.leased_until < $1::timestamptz - {_LEASE}
        WHEN j.executor = 'trigger' AND j.dispatch_state = 'linked'
          THEN j.trigger_observed_at < $1::timestamptz - {_RUN} END""",
    AttentionKind.START_OVERDUE: f"""j.status = 'QUEUED'
        AND GREATEST(j.next_attempt_at, j.created_at)
          < $1::timestamptz - {_START}""",
}
_DIFFERS = " OR ".join(
    f"COALESCE({needed}, false) <> ('{kind}' = ANY (j.attention))"
    for kind, needed in _NEEDED.items()
)
_OTHERS = reduce(
    lambda rest, kind: f"array_remove({rest}, '{kind}')", _NEEDED, "j.attention"
)
_ATTENTION = " || ".join(
    (
        _OTHERS,
        *(
            f"CASE WHEN {needed} THEN ARRAY['{kind}'] ELSE '{{}}'::text[] END"
            for kind, needed in _NEEDED.items()
        ),
    )
)

# Where jobs can be whose attention is not right: those that need some already, and four
# places where others can come to need it. Each is a range of a small index, in its
# order, so that a batch goes on where the last one ended. What waits in a queue can
# only be late when it is older than the shortest time that any type gives: young jobs
# are not looked at, however many there are.
_NONE = "j.attention = '{}'"
_PLACES = {
    **{
        f"j.executor = '{place}' AND j.finished IS NULL AND j.attention <> '{{}}'": (
            "j.executor, j.id"
        )
        for place in Executor
    },
    f"j.cancel_outcome = 'PENDING' AND {_NONE}": "j.id",
    f"j.status = 'RUNNING' AND j.executor = 'internal' AND {_NONE}": "j.id",
    f"j.executor = 'trigger' AND j.finished IS NULL AND {_NONE}": "j.id",
    f"j.status = 'QUEUED' AND j.id < $10 AND {_NONE}": "j.status, j.id",
}
_CANDIDATES = " UNION ALL ".join(
    f"""
    (SELECT j.id FROM worker_jobs j WHERE {place} AND j.id > $2 AND ({_DIFFERS})
      ORDER BY {order} LIMIT $3)"""
    for place, order in _PLACES.items()
)

_KEEP = f"""
WITH picked AS MATERIALIZED (
  SELECT DISTINCT id FROM ({_CANDIDATES}) AS candidates ORDER BY id LIMIT $3),
locked AS MATERIALIZED (
  SELECT j.id, j.attention AS was, {_ATTENTION} AS attention
    FROM worker_jobs j
   WHERE j.id = ANY (ARRAY(SELECT id FROM picked)) AND j.finished IS NULL
     AND ({_DIFFERS})
   ORDER BY j.id FOR NO KEY UPDATE SKIP LOCKED),
u AS (
  UPDATE worker_jobs j
     SET attention = locked.attention, version = version + 1, updated_at = $1
    FROM locked WHERE j.id = locked.id
  RETURNING j.*, locked.was),
e AS ({
    append_events(
        "u",
        kind=f"'{EventKind.ATTENTION_CHANGED}'",
        from_status="status",
        changes=changed(("attention",)),
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
        detail="jsonb_build_object('was', was)",
    )
})
SELECT (SELECT count(*) FROM u) AS changed, count(*) = $3 AS is_full,
       (SELECT id FROM picked ORDER BY id DESC LIMIT 1) AS last
  FROM picked"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What one batch did.

    Attributes:
        changed: How many jobs were changed.
        last: Where the next batch goes on; None: the pass has seen every job.
    """

    changed: int
    last: UUID | None


async def keep_attention(
    connection: Connection,
    thresholds: Thresholds,
    *,
    now: datetime,
    after: UUID = BEGINNING,
    limit: int = 200,
) -> Kept:
    """Raise and take back CANCEL_OVERDUE, HEARTBEAT_LATE and START_OVERDUE.

    One statement for one batch of open jobs, in the order of their ids; any number of
    processes may run it at once. A job that somebody holds is left for the next pass.
    It touches no other kind, writes no status, and nothing of a job that has ended.

    Args:
        connection: Any connection of ours.
        thresholds: How late is too late.
        now: The time of the pass.
        after: Where the last batch of this pass ended.
        limit: How many jobs at most.
    """
    types = thresholds.types
    record = await connection.fetchrow(
        _KEEP,
        now,
        after,
        limit,
        list(types),
        [one.start_overdue for one in types.values()],
        [one.heartbeat_late for one in types.values()],
        thresholds.start_overdue,
        thresholds.heartbeat_late,
        thresholds.run_silent,
        identifiers.smallest_id(now - thresholds.shortest_start),
    )
    return Kept(record["changed"], record["last"] if record["is_full"] else None)


async def count_attention(connection: Connection) -> dict[AttentionKind, int]:
    """Count the open jobs that need attention, by kind; reads those alone."""
    records = await connection.fetch(
        """SELECT kind, count(*) FROM worker_jobs, unnest(attention) AS kind
            WHERE finished IS NULL AND attention <> '{}' GROUP BY kind"""
    )
    return {AttentionKind(record["kind"]): record["count"] for record in records}
