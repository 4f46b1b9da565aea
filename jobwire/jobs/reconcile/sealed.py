"""Sealed: ended jobs of which Trigger.dev itself has not said that they ended.

A hook's word ended them while Trigger.dev could not be asked, or a forced cancel did.
Their rows stay as they are. Each is asked until Trigger.dev says an end: it is counted,
and named if it is another one.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.borrowing import transaction
from jobwire.jobs.executors.run_words import STATUSES, status_of
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.observe import observe
from jobwire.jobs.reconcile.adopt import stop
from jobwire.jobs.reconcile.one_pass import Pass
from jobwire.jobs.reconcile.report import MOST_NAMED, Disagreement
from jobwire.jobs.transitions import row
from jobwire.models.database import Connection
from jobwire.models.vocabulary import CancelOutcome
from jobwire.models.worker_job import UNCONFIRMED
from jobwire.triggerdev import NotFoundError

log = logging.getLogger(__name__)

#: For how long Trigger.dev is asked of an ended job.
_SPAN = timedelta(days=1)
#: How many are asked in one pass, the oldest first.
_BATCH = 100

_ENDS = [word.value for word, status in STATUSES.items() if is_terminal(status)]
_READ = f"""
SELECT id, trigger_run_id FROM worker_jobs j
 WHERE finished IS NOT NULL AND {UNCONFIRMED} AND finished >= $2
   AND deleted_at IS NULL
   AND trigger_environment = $1 AND failure_kind IS DISTINCT FROM 'ORPHANED'
   AND NOT EXISTS (SELECT FROM job_observations o
                    WHERE o.job_id = j.id AND o.source <> 'WEBHOOK'
                      AND o.word = ANY($3::text[]))
 ORDER BY finished LIMIT $4"""


@dataclass(frozen=True, slots=True)
class SealedRun:
    """An ended job whose run may go on, or have ended otherwise."""

    job_id: UUID
    run_id: str


async def read_sealed(
    connection: Connection, environment: str, *, now: datetime
) -> list[SealedRun]:
    """Read the ended jobs that Trigger.dev has still to confirm."""
    records = await connection.fetch(_READ, environment, now - _SPAN, _ENDS, _BATCH)
    return [SealedRun(one["id"], one["trigger_run_id"]) for one in records]


async def confirm_ends(one: Pass, runs: Sequence[SealedRun]) -> None:
    """Ask how they ended, and tell those to stop that were ended by force.

    Raises:
        TriggerDevError: They cannot be asked.
    """
    for run in runs:
        await one.has_room()
        try:
            await _confirm(one, run)
        except NotFoundError:
            # Nobody will ever tell; the job has its end.
            continue


async def _confirm(one: Pass, run: SealedRun) -> None:
    heard = await one.executor.hear(run.run_id)
    async with transaction(one.connections) as connection:
        await observe(connection, heard.said, now=one.clock.now(), detail=heard.detail)
        job = await row.lock_by_run(connection, run.run_id)
    if job is None:
        return
    said = status_of(heard.said.word)
    is_forced = job.cancel_outcome == CancelOutcome.FORCED_UNCONFIRMED
    if said is None or not is_terminal(said):
        if is_forced:
            await stop(one, run.run_id, job)
        return
    # Of a forced cancel nobody has claimed how its code would end.
    if said == job.job_status or is_forced:
        return
    log.warning(
        "%s ended as %s, and Trigger.dev says %s of its run %s: it stays as it is",
        job_id_text(job.id),
        job.status,
        heard.said.word,
        run.run_id,
        extra={
            "action": "trigger-disagreement",
            "job_id": job_id_text(job.id),
            "job_type": job.type,
            "user_id": job.user_id,
            "run_id": run.run_id,
        },
    )
    if len(one.report.disagreements) < MOST_NAMED:
        one.report.disagreements.append(
            Disagreement(job.id, run.run_id, job.status, heard.said.word)
        )
