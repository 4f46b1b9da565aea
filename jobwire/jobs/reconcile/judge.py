"""Judge: what becomes of jobs whose run Trigger.dev does not know.

A first look makes a suspect. Only a second one, a stated time later, settles it, by the
policy of its type; and a pass that would settle many settles none.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.borrowing import transaction
from jobwire.jobs.open_runs import OpenRun
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.reconcile.one_pass import Pass
from jobwire.jobs.transitions.link import lose
from jobwire.jobs.transitions.quarantine import (
    SUSPECT,
    lock_suspect,
    redispatch,
    suspect,
)
from jobwire.models.database import Connection
from jobwire.models.vocabulary import CancelOutcome

#: Runs that are younger may not be known yet everywhere at Trigger.dev.
LOST_AFTER = timedelta(minutes=5)
#: At least so long lies between the two looks at a run that is not known.
SECOND_LOOK = timedelta(seconds=30)
#: A pass settles at most this many jobs as lost, or this share of those it compared.
MOST_LOSSES = 5
MOST_LOSSES_SHARE = 0.1

_SINCE = f"""
SELECT job_id, max(recorded_at) AS since FROM job_events
 WHERE job_id = ANY($1::uuid[]) AND changes->'attention' ? '{SUSPECT}'
   AND NOT COALESCE(detail->'was' ? '{SUSPECT}', false)
 GROUP BY job_id"""


async def judge(one: Pass, gone: Sequence[OpenRun], *, accept_losses: bool) -> None:
    """Suspect jobs whose run is not known, and settle those that were long enough.

    Args:
        one: The pass.
        gone: The jobs that this pass found so.
        accept_losses: Whether any number of them may be settled.

    Raises:
        DutyLostError: Another process has taken over; nothing more was written.
    """
    grown = [run for run in gone if run.dispatched_at <= one.began - LOST_AFTER]
    grown.sort(key=lambda run: run.job_id)
    one.report.suspects = [run.job_id for run in grown]
    async with one.connections() as connection:
        since = await _suspected_since(connection, grown)
    for run in grown:
        if SUSPECT not in run.attention and await _suspect(one, run):
            since[run.job_id] = one.clock.now()
    doomed = [run for run in grown if not _is_held(one, run)]
    report = one.report
    most = max(MOST_LOSSES, int(report.checked * MOST_LOSSES_SHARE))
    if len(doomed) > most and not accept_losses:
        report.withheld = (
            f"{len(doomed)} of {report.checked} runs are not known at Trigger.dev,"
            f" and a pass settles at most {most} as lost by itself. If they are"
            " gone for good, run `jobwire reconcile --accept-losses`."
        )
        return
    for run in doomed:
        if run.job_id not in since:
            continue
        if since[run.job_id] <= one.began - SECOND_LOOK:
            await _settle(one, run)
        else:
            report.looks_again = True


async def _suspected_since(
    connection: Connection, runs: Sequence[OpenRun]
) -> dict[UUID, datetime]:
    """Return since when those of the jobs are suspects that are."""
    marked = [run.job_id for run in runs if SUSPECT in run.attention]
    records = await connection.fetch(_SINCE, marked)
    return {record["job_id"]: record["since"] for record in records}


def _is_held(one: Pass, run: OpenRun) -> bool:
    """Whether nobody but an operator may end it."""
    return one.policy_of(run.type) is OrphanPolicy.HOLD and not run.cancel_pending


async def _suspect(one: Pass, run: OpenRun) -> bool:
    async with transaction(one.connections) as connection:
        await one.term.check(connection)
        job = await suspect(connection, run.run_id, now=one.clock.now())
    return job is not None


async def _settle(one: Pass, run: OpenRun) -> None:
    now = one.clock.now()
    async with transaction(one.connections) as connection:
        await one.term.check(connection)
        job = await lock_suspect(connection, run.run_id)
        if job is None:
            return
        # Nothing is begun anew that somebody wants to end.
        is_wanted = job.cancel_outcome != CancelOutcome.PENDING
        # A run that a schedule of Trigger.dev has made was never dispatched from here.
        is_wanted &= job.dispatch_number > 0
        if is_wanted and one.policy_of(job.type) is OrphanPolicy.RETRY:
            await redispatch(connection, job, now=now)
        else:
            await lose(connection, run.run_id, now=now)
    one.report.suspects.remove(run.job_id)
    one.report.lost_jobs.append(run.job_id)
    one.report.orphaned_jobs.append(run.job_id)
