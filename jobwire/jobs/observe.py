"""Observe: the one door for facts about Trigger.dev runs, whoever brings them."""

from dataclasses import dataclass
from datetime import datetime

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.fold import fold
from jobwire.jobs.job import Job
from jobwire.jobs.observation import Observation, Rank
from jobwire.jobs.transitions import observe as transitions
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import JobStatus


@dataclass(frozen=True, slots=True)
class Observed:
    """What became of an observation.

    Attributes:
        job: The job after it.
        applied: Whether it changed the job; what comes late is only counted.
    """

    job: Job
    applied: bool


async def observe(
    connection: SqlConnection,
    said: Observation,
    *,
    now: datetime,
    seals: bool = False,
    detail: str | None = None,
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

    Returns:
        What became of it; None: no job has that run.
    """
    job = await row.lock_by_run(connection, said.run_id)
    if job is None:
        return None
    heard = None
    if said.status is JobStatus.CANCELED:
        heard = await transitions.read_heard(connection, job)
    change = fold(job, said, now=now, heard=heard, seals=seals)
    await transitions.count(
        connection, job, said, applied=change is not None, now=now, detail=detail
    )
    word = said.word if said.rank is Rank.VERDICT else None
    await transitions.freshen(connection, job.id, now=now, word=word)
    if change is None:
        return Observed(job, applied=False)
    after = await transitions.apply(connection, job, said, change, now=now)
    return Observed(after, applied=True)
