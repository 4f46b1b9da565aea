"""Batch: how far the handing-over of many jobs at once has come, one statement each.

QUEUED stays throughout. A job has its `trigger_batch_id` before its batch gets any
item, and keeps it until its run is known or the batch can make none any more: as long
as it is there, only the batch is asked, and nobody sends the job again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.models.database import Connection
from jobwire.models.vocabulary import DispatchState, EventKind, SignalSource


def _event(columns: Sequence[str], source: SignalSource = SignalSource.DISPATCH) -> str:
    return append_events(
        "u",
        kind=f"'{EventKind.DISPATCHED}'",
        from_status="status",
        changes=changed(columns),
        source=f"'{source}'",
        actor="NULL",
        now="updated_at",
    )


# Jobs are locked in one order, or somebody who takes in events of the same ones would
# wait for this and be waited for. Whoever was fenced out meanwhile is left alone.
_OURS = """
SELECT j.id FROM worker_jobs j
  JOIN unnest($1::uuid[], $2::bigint[]) AS g (id, fence)
    ON j.id = g.id AND j.fence = g.fence
 WHERE j.dispatch_state = 'sending' AND j.finished IS NULL
 ORDER BY j.id FOR NO KEY UPDATE OF j"""

_PUT = f"""
WITH ours AS ({_OURS}),
u AS (
  UPDATE worker_jobs j
     SET trigger_batch_id = $3, version = version + 1, updated_at = $4
    FROM ours WHERE j.id = ours.id
  RETURNING j.*),
e AS ({_event(("trigger_batch_id",))})
SELECT count(*) FROM u"""

_SETTLE = f"""
WITH ours AS ({_OURS}),
u AS (
  UPDATE worker_jobs j
     SET dispatch_state = $3, version = version + 1, updated_at = $4,
         leased_by = NULL, leased_until = NULL
    FROM ours WHERE j.id = ours.id
  RETURNING j.*),
e AS ({_event(("dispatch_state",))})
SELECT count(*) FROM u"""

_LINK = f"""
WITH waiting AS (
  SELECT j.id, g.run FROM worker_jobs j
    JOIN unnest($1::uuid[], $2::text[]) AS g (id, run) ON j.id = g.id
   WHERE j.trigger_batch_id = $3 AND j.trigger_run_id IS NULL AND j.finished IS NULL
   ORDER BY j.id FOR NO KEY UPDATE OF j),
u AS (
  UPDATE worker_jobs j
     SET dispatch_state = 'linked', trigger_run_id = w.run, version = version + 1,
         updated_at = $4, leased_by = NULL, leased_until = NULL,
         trigger_observed_at = GREATEST(trigger_observed_at, $4)
    FROM waiting w WHERE j.id = w.id
  RETURNING j.*),
e AS ({_event(("dispatch_state", "trigger_run_id"))})
SELECT id FROM u"""

# The batch may have made its last run at this moment, and lists lag: from now on it is
# as with any send whose answer was lost.
_LEAVE = f"""
WITH waiting AS (
  SELECT id FROM worker_jobs
   WHERE id = ANY ($1::uuid[]) AND trigger_batch_id = $2
     AND trigger_run_id IS NULL AND finished IS NULL
   ORDER BY id FOR NO KEY UPDATE),
u AS (
  UPDATE worker_jobs j
     SET dispatch_state = 'unknown', trigger_batch_id = NULL, dispatched_at = $3,
         version = version + 1, updated_at = $3, fence = fence + 1,
         leased_by = NULL, leased_until = NULL
    FROM waiting w WHERE j.id = w.id
  RETURNING j.*),
e AS ({_event(("dispatch_state", "trigger_batch_id", "dispatched_at"))})
SELECT count(*) FROM u"""


async def put_in_batch(
    connection: Connection,
    dispatches: Sequence[Dispatch],
    batch_id: str,
    *,
    now: datetime,
) -> bool:
    """Note which batch jobs will go in: sending stays; before any item is sent.

    Returns:
        Whether all of them are still ours.
    """
    put: int = await connection.fetchval(_PUT, *_keys(dispatches), batch_id, now)
    return put == len(dispatches)


async def accept(
    connection: Connection, dispatches: Sequence[Dispatch], *, now: datetime
) -> None:
    """Record that the batch has all its items: sending → accepted."""
    state = DispatchState.ACCEPTED.value
    await connection.fetchval(_SETTLE, *_keys(dispatches), state, now)


async def lose_batch(
    connection: Connection, dispatches: Sequence[Dispatch], *, now: datetime
) -> None:
    """Record that the batch may have all its items: sending → unknown."""
    state = DispatchState.UNKNOWN.value
    await connection.fetchval(_SETTLE, *_keys(dispatches), state, now)


async def link_batch(
    connection: Connection, batch_id: str, runs: Mapping[UUID, str], *, now: datetime
) -> set[UUID]:
    """Give jobs of a batch their runs: any dispatch state → linked; QUEUED stays.

    Needs no fence, as `link` needs none.

    Args:
        connection: Any connection of ours.
        batch_id: The batch that made the runs.
        runs: By job.
        now: When.

    Returns:
        The jobs that have them now; others have ended, or have another run.
    """
    records = await connection.fetch(
        _LINK, list(runs), list(runs.values()), batch_id, now
    )
    return {record["id"] for record in records}


async def leave_batch(
    connection: Connection, batch_id: str, jobs: Sequence[UUID], *, now: datetime
) -> None:
    """Give up waiting for a batch that makes no run any more: → unknown.

    Counts as a send of this moment, and fences out who might still send its items.
    """
    await connection.fetchval(_LEAVE, list(jobs), batch_id, now)


def _keys(dispatches: Sequence[Dispatch]) -> tuple[list[UUID], list[int]]:
    return [one.id for one in dispatches], [one.fence for one in dispatches]
