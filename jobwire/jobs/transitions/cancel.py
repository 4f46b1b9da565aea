"""Cancel: many jobs are asked to end at once, as `jobwire.jobs.cancel` asks one."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobwire.jobs.lifecycle import TERMINAL, Verb, sources
from jobwire.jobs.settled_by import SettledBy
from jobwire.jobs.transitions.events import append_events, changed, literals
from jobwire.models.database import Connection
from jobwire.models.vocabulary import CancelMode

_REQUEST = (
    "cancel_requested_at",
    "cancel_requested_by",
    "cancel_reason",
    "cancel_mode",
    "cancel_outcome",
)
_SETTLED = (
    *_REQUEST,
    "status",
    "finished",
    "next_attempt_at",
    "cancel_confirmed_at",
)
_ESCALATED = ("cancel_mode", "cancel_grace_until", "cancel_reason")

# What a cancel does to a job: null, it changes nothing.
_MOVE = f"""CASE
    WHEN status IN ({literals(TERMINAL)}) THEN NULL
    WHEN cancel_outcome = 'PENDING' THEN
      CASE WHEN $5::text = 'FORCE' AND cancel_mode IS DISTINCT FROM 'FORCE'
        THEN 'ESCALATE' END
    WHEN status IN ({literals(sources(Verb.CANCEL))}) AND dispatch_state = 'none'
      THEN 'SETTLE'
    ELSE 'WISH' END"""

_CHANGES = f"""CASE move
    WHEN 'SETTLE' THEN {changed(_SETTLED)}
    WHEN 'ESCALATE' THEN {changed(_ESCALATED)}
    ELSE {changed((*_REQUEST, "cancel_grace_until"))} END"""

_CANCEL = f"""
WITH asked AS MATERIALIZED (
  SELECT id, status, {_MOVE} AS move FROM worker_jobs
   WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL
   ORDER BY id FOR UPDATE SKIP LOCKED),
u AS (
  UPDATE worker_jobs j
     SET version = version + 1, updated_at = $2,
         status = CASE move WHEN 'SETTLE' THEN 'CANCELED' ELSE j.status END,
         finished = CASE move WHEN 'SETTLE' THEN $2::timestamptz END,
         next_attempt_at = CASE move WHEN 'SETTLE' THEN NULL ELSE next_attempt_at END,
         cancel_requested_at = CASE move
           WHEN 'ESCALATE' THEN cancel_requested_at ELSE $2 END,
         cancel_requested_by = CASE move
           WHEN 'ESCALATE' THEN cancel_requested_by ELSE $3 END,
         cancel_reason = CASE move
           WHEN 'ESCALATE' THEN COALESCE($4, cancel_reason) ELSE $4 END,
         cancel_mode = $5,
         cancel_outcome = CASE WHEN move <> 'SETTLE' THEN 'PENDING'
           WHEN started IS NULL THEN 'NEVER_STARTED' ELSE 'STOPPED' END,
         cancel_grace_until = CASE move
           WHEN 'SETTLE' THEN cancel_grace_until
           WHEN 'ESCALATE' THEN LEAST(cancel_grace_until, $6)
           ELSE $6 END,
         cancel_confirmed_at = CASE move
           WHEN 'SETTLE' THEN $2 ELSE cancel_confirmed_at END
    FROM asked WHERE j.id = asked.id AND move IS NOT NULL
  RETURNING j.*, asked.status AS old_status, move),
e AS ({
    append_events(
        "u",
        kind="CASE move WHEN 'SETTLE' THEN 'CANCELED' ELSE 'CANCEL_REQUESTED' END",
        from_status="old_status",
        changes=_CHANGES,
        source="'API'",
        actor="$3",
        now="updated_at",
        detail=f"CASE move WHEN 'SETTLE' THEN {SettledBy.NOT_RUNNING.sql} END",
    )
})
SELECT id, move IS NOT NULL AS is_changed FROM asked"""


async def cancel_all(
    connection: Connection,
    ids: Sequence[UUID],
    *,
    actor: str,
    mode: CancelMode,
    grace_until: datetime,
    reason: str | None,
    now: datetime,
) -> dict[UUID, bool]:
    """Cancel jobs: SCHEDULED, QUEUED or RETRYING → CANCELED; else a wish.

    One statement. It waits for nobody: jobs that another transaction holds are left
    alone.

    Args:
        connection: Any connection.
        ids: The jobs; the caller has passed their walls.
        actor: Who asks.
        mode: How insistent it is.
        grace_until: Until when their code may take to stop.
        reason: Why; kept with the jobs.
        now: When.

    Returns:
        Whether each job that was free was changed; False: it had ended, or as much was
        asked of it before.
    """
    records = await connection.fetch(
        _CANCEL, list(ids), now, actor, reason, mode.value, grace_until
    )
    return {record["id"]: record["is_changed"] for record in records}
