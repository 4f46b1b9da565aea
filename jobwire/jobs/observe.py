"""Observe: the one door for facts about Trigger.dev runs, whoever brings them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.drift import attended, corrected, is_drift
from jobwire.jobs.fold import Change, fold
from jobwire.jobs.job import Job
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.observation import Observation
from jobwire.jobs.sync_paths import SyncPath
from jobwire.jobs.transitions import observe as transitions
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import EventKind, JobStatus


@dataclass(frozen=True, slots=True)
class Observed:
    """What became of an observation.

    Attributes:
        job: The job after it.
        applied: Whether it changed the job; what comes late is only counted.
        drifted: Whether that was a correction.
    """

    job: Job
    applied: bool
    drifted: bool = False


async def observe(
    connection: SqlConnection,
    said: Observation,
    *,
    now: datetime,
    seals: bool = False,
    detail: str | None = None,
    paths: Collection[SyncPath] | None = None,
) -> Observed | None:
    """Fold an observation into the job of its run.

    QUEUED, RUNNING, WAITING → whatever `fold` decides; a terminal job stays as it is.
    Must run inside a transaction: it locks the row, decides, and writes.

    Args:
        connection: A connection inside a transaction.
        said: What was said.
        now: When it is folded in.
        seals: Whether even testimony may end the job.
        detail: What else came with it, as JSON text, to keep beside the count.
        paths: Those that should have told it, for a pass of reconciliation: what it
            changes is a correction; None: it is no such pass.

    Returns:
        What became of it; None: no job has that run.
    """
    job = await row.lock_by_run(connection, said.run_id)
    if job is None:
        return None
    [observed] = await observe_each(
        connection, [(job, said)], now=now, seals=seals, detail=detail, paths=paths
    )
    return observed


async def observe_each(
    connection: SqlConnection,
    told: Sequence[tuple[Job, Observation]],
    *,
    now: datetime,
    seals: bool = False,
    detail: str | None = None,
    paths: Collection[SyncPath] | None = None,
) -> list[Observed]:
    """Fold observations into the jobs of their runs, with the same few statements.

    Must run inside the transaction that holds the locks.

    Args:
        connection: The connection that holds the locks.
        told: Jobs as they were locked, each with what was said of its run; at least
            one, and of each job at most one.
        now: As of `observe`.
        seals: As of `observe`.
        detail: As of `observe`, beside the count of each.
        paths: As of `observe`.

    Returns:
        What became of them, in the same order.
    """
    told = [(job, await _of_job(connection, job, said)) for job, said in told]
    # However late: what was logged is as true as it was.
    portions = [
        Portion(job.id, said.attempt or 1, said.lines)
        for job, said in told
        if said.lines
    ]
    if portions:
        await append(connection, portions)
    folded = []
    for job, said in told:
        change = await _fold(connection, job, said, now=now, seals=seals, paths=paths)
        kept = attended(job, change, in_pass=paths is not None)
        folded.append(transitions.Folded(job, said, change is not None, kept, detail))
    heard = [
        (one.job.id, one.word)
        for one in folded
        if one.change is None and one.job.finished is None
    ]
    if heard:
        await transitions.freshen_each(connection, heard, now=now)
    jobs = await transitions.write_each(connection, folded, now=now)
    return [
        Observed(
            job,
            applied=one.change is not None,
            drifted=one.change is not None
            and one.change.kind is EventKind.DRIFT_CORRECTED,
        )
        for one, job in zip(folded, jobs, strict=True)
    ]


async def _of_job(
    connection: SqlConnection, job: Job, said: Observation
) -> Observation:
    """Count the attempt that is meant within the job, not within its run."""
    if not said.attempt:
        return said
    before = await transitions.attempts_before(connection, job)
    return replace(said, attempt=before + said.attempt) if before else said


async def _fold(
    connection: SqlConnection,
    job: Job,
    said: Observation,
    *,
    now: datetime,
    seals: bool,
    paths: Collection[SyncPath] | None,
) -> Change | None:
    heard = None
    if said.status is JobStatus.CANCELED:
        heard = await transitions.read_heard(connection, job)
    change = fold(job, said, now=now, heard=heard, seals=seals)
    if change is not None and paths is not None and is_drift(change):
        change = await corrected(connection, job, said, change, paths=paths)
    return change
