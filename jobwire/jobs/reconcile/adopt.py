"""Adopt: give runs that our tag names to the jobs that wait for them."""

import logging
from contextlib import suppress
from datetime import timedelta

from jobwire.jobs.borrowing import transaction
from jobwire.jobs.hook_event import job_id_of
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.inbox import find_subject
from jobwire.jobs.job import Job
from jobwire.jobs.open_runs import known_runs
from jobwire.jobs.reconcile.glimpses import Glimpses
from jobwire.jobs.reconcile.one_pass import Pass
from jobwire.jobs.reconcile.report import MOST_NAMED, OrphanedRun
from jobwire.jobs.transitions.link import Linked, link
from jobwire.models.vocabulary import SignalSource
from jobwire.triggerdev import NotFoundError, RunSummary

log = logging.getLogger(__name__)

#: Runs that are younger may be on their way to the job that made them.
ORPHANED_AFTER = timedelta(seconds=30)


async def adopt(one: Pass, glimpses: Glimpses) -> None:
    """Adopt what was seen; stop the runs of canceled jobs; name the others.

    Raises:
        TriggerDevError: A run cannot be told to stop.
    """
    async with one.connections() as connection:
        known = await known_runs(connection, list(glimpses.seen))
    grown = one.began - ORPHANED_AFTER
    for glimpse in glimpses:
        run = glimpse.run
        if run.id in known or run.created_at > grown:
            continue
        linked = await _adopt(one, run)
        if linked is not None and linked.is_ours:
            continue
        if linked is not None and linked.job is not None and linked.is_stopped:
            if not run.is_terminal:
                await stop(one, run.id, linked.job)
        elif len(one.report.orphaned_runs) < MOST_NAMED:
            one.report.orphaned_runs.append(
                OrphanedRun(run.id, run.task_identifier, run.status, run.created_at)
            )


async def stop(one: Pass, run_id: str, job: Job) -> None:
    """Tell a run to stop whose job is canceled.

    Raises:
        TriggerDevError: It cannot be told.
    """
    if one.is_rehearsal:
        return
    await one.has_room()
    with suppress(NotFoundError):
        await one.executor.cancel(run_id)
    log.warning(
        "the run %s of %s, which is canceled, is told to stop",
        run_id,
        job_id_text(job.id),
        extra={
            "action": "trigger-run-stopped",
            "job_id": job_id_text(job.id),
            "job_type": job.type,
            "user_id": job.user_id,
            "run_id": run_id,
        },
    )


async def _adopt(one: Pass, run: RunSummary) -> Linked | None:
    """Give a run to the job that made it; None: no job here did."""
    async with transaction(one.connections) as connection:
        subject = await find_subject(connection, run.id, job_id_of(run.tags))
        if subject is None or not one.executor.marks.are_on(
            run, subject.id, subject.task, subject.dispatch_number
        ):
            return None
        linked = await link(
            connection,
            subject.id,
            run.id,
            source=SignalSource.RECONCILER,
            now=one.clock.now(),
            adopted=True,
        )
    if linked.is_ours:
        one.report.orphaned_jobs.append(subject.id)
    return linked
