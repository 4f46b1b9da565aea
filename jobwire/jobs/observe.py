"""Observe: the one door for facts about Trigger.dev runs, whoever brings them."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.drift import attended, corrected, is_drift
from jobwire.jobs.fold import fold
from jobwire.jobs.job import Job
from jobwire.jobs.logs.append import Portion, append
from jobwire.jobs.observation import Observation, Rank
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
    if said.attempt:
        before = await transitions.attempts_before(connection, job)
        said = replace(said, attempt=before + said.attempt)
    if said.lines:
        # However late: what was logged is as true as it was.
        await append(connection, [Portion(job.id, said.attempt or 1, said.lines)])
    heard = None
    if said.status is JobStatus.CANCELED:
        heard = await transitions.read_heard(connection, job)
    change = fold(job, said, now=now, heard=heard, seals=seals)
    if change is not None and paths is not None and is_drift(change):
        change = await corrected(connection, job, said, change, paths=paths)
    await transitions.count(
        connection, job, said, applied=change is not None, now=now, detail=detail
    )
    change = attended(job, change, in_pass=paths is not None)
    word = said.word if said.rank is Rank.VERDICT else None
    await transitions.freshen(connection, job.id, now=now, word=word)
    if change is None:
        return Observed(job, applied=False)
    after = await transitions.apply(connection, job, said, change, now=now)
    drifted = change.kind is EventKind.DRIFT_CORRECTED
    return Observed(after, applied=True, drifted=drifted)
