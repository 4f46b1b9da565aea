"""Reports: events that tell how far a live run is, taken in by two statements.

Most events are such, and change nothing but the progress of their job. No lock is held
for them: what is written depends on the version of the job that was read.
"""

from collections.abc import Sequence
from datetime import datetime
from operator import attrgetter

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.drift import attended
from jobwire.jobs.fold import fold
from jobwire.jobs.hook_event import HookEvent
from jobwire.jobs.identifiers import new_id
from jobwire.jobs.job import Job
from jobwire.jobs.posted import Posted
from jobwire.jobs.transitions.report import WORD, Report, report_each
from jobwire.jobs.transitions.row import read_by_runs
from jobwire.models.vocabulary import EventKind


def may_be_report(posted: Posted) -> bool:
    """Whether an event may tell of progress and nothing else."""
    event = posted.event
    return (
        isinstance(event, HookEvent)
        and event.type == WORD
        and event.progress is not None
        and not event.logs
    )


async def take_in_reports(
    connection: SqlConnection, posted: Sequence[Posted], *, now: datetime
) -> list[bool]:
    """Take in the reports among some events; nothing is done about the others.

    Args:
        connection: Any connection; each statement may be its own transaction.
        posted: Events that may be reports, in the order in which they came.
        now: When.

    Returns:
        Of each whether it is taken in, as `take_in` would. It is not where its job has
        not started or has ended, where it is no news or comes again, where the job is
        changed at the same moment, and where an earlier one of these is of its run.
    """
    first = {one.run_id: one for one in reversed(posted)}
    jobs = await read_by_runs(connection, list(first))
    reports = {
        one.run_id: report
        for job in sorted(jobs, key=attrgetter("id"))
        if (one := first.get(job.trigger_run_id or ""))
        if (report := _report(job, one, now))
    }
    if not reports:
        return [False] * len(posted)
    written = await report_each(connection, list(reports.values()), now=now)
    taken = {run_id for run_id, one in reports.items() if one.job_id in written}
    return [one.run_id in taken and one is first[one.run_id] for one in posted]


def _report(job: Job, posted: Posted, now: datetime) -> Report | None:
    """Return what an event reports of its job; None: it is more than that, or less."""
    # Attempts are numbered within a job, which may have had some before this run.
    if job.dispatch_number > 1 or not isinstance(posted.event, HookEvent):
        return None
    said = posted.event.observation()
    change = fold(job, said, now=now)
    if change is None or change.kind is not EventKind.PROGRESS:
        return None
    if attended(job, change, in_pass=False) is not change:
        return None
    return Report(
        job.id,
        job.version,
        change.values["progress"],
        said.occurred_at,
        said.attempt or 0,
        new_id(now),
        posted.event.id,
        posted.text,
    )
