"""Observe: what was said of runs, counted, and what their attempts became."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.fold import Change, Heard
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.observation import Observation
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import AttemptStatus, JobStatus, SignalSource

#: The word of the hook that runs once the code of a canceled run has stopped.
STOPPED_WORD = "RUN_CANCELED"
#: Trigger.dev's word for a run that was canceled, whatever its code still does.
CANCELED_WORD = "CANCELED"

_COUNT = """
INSERT INTO job_observations AS o (job_id, source, dispatch_number, attempt, word,
                                   applied, first_at, last_at, detail)
VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $8::text::jsonb)
ON CONFLICT (job_id, source, dispatch_number, attempt, word) DO UPDATE
   SET count = o.count + 1, last_at = $7, applied = o.applied OR excluded.applied,
       detail = COALESCE(excluded.detail, o.detail)"""

_HEARD = f"""
SELECT COALESCE(bool_or(word = '{STOPPED_WORD}'), false) AS stopped,
       min(first_at) FILTER (WHERE word = '{CANCELED_WORD}') AS canceled_since
  FROM job_observations
 WHERE job_id = $1 AND dispatch_number = $2
   AND word IN ('{STOPPED_WORD}', '{CANCELED_WORD}')"""

# Neither a version nor an event: it says how fresh the row is, as a heartbeat does.
_FRESHEN = """
UPDATE worker_jobs
   SET trigger_observed_at = $2, trigger_status = COALESCE($3, trigger_status)
 WHERE id = $1 AND finished IS NULL
   AND (trigger_observed_at IS NULL OR trigger_observed_at <= $2)"""

# Of the rows that somebody else has locked, something newer is being written.
_CONFIRM = """
WITH seen AS MATERIALIZED (
  SELECT j.id, s.word FROM worker_jobs j
    JOIN unnest($1::uuid[], $2::text[], $3::text[]) AS s (job_id, run_id, word)
      ON j.id = s.job_id AND j.trigger_run_id = s.run_id
   WHERE j.finished IS NULL
     AND (j.trigger_observed_at IS NULL OR j.trigger_observed_at <= $4)
   ORDER BY j.id FOR UPDATE OF j SKIP LOCKED),
fresh AS (
  UPDATE worker_jobs j SET trigger_observed_at = $4, trigger_status = s.word
    FROM seen s WHERE j.id = s.id
  RETURNING j.id, j.dispatch_number, j.attempts, s.word)
INSERT INTO job_observations AS o (job_id, source, dispatch_number, attempt, word,
                                   applied, first_at, last_at)
SELECT id, $5, dispatch_number, attempts, word, false, $4, $4 FROM fresh
ON CONFLICT (job_id, source, dispatch_number, attempt, word) DO UPDATE
   SET count = o.count + 1, last_at = $4"""

# Attempts are numbered within a job; each of its runs begins to count anew.
_EARLIER = """
SELECT COALESCE(max(number), 0) AS number FROM job_attempts
 WHERE job_id = $1 AND trigger_run_id IS DISTINCT FROM $2"""

# Of earlier attempts nobody told the end; another one follows only a failed one.
_ATTEMPTS = """
WITH earlier AS (
  UPDATE job_attempts SET status = 'FAILED', finished_at = $4
   WHERE job_id = $1 AND number < $2 AND status = 'RUNNING')
INSERT INTO job_attempts AS a (job_id, number, status, trigger_run_id, started_at,
                               finished_at, failure_kind, failure)
VALUES ($1, $2, $3, $5, $4, $6, $7, $8::text::jsonb)
ON CONFLICT (job_id, number) DO UPDATE
   SET status = excluded.status, finished_at = excluded.finished_at,
       failure_kind = excluded.failure_kind, failure = excluded.failure
 WHERE a.status = 'RUNNING'"""

_ENDED = {
    JobStatus.SUCCEEDED: AttemptStatus.SUCCEEDED,
    JobStatus.FAILED: AttemptStatus.FAILED,
    JobStatus.CANCELED: AttemptStatus.CANCELED,
    JobStatus.EXPIRED: AttemptStatus.LOST,
}


async def count(
    connection: SqlConnection,
    job: Job,
    said: Observation,
    *,
    applied: bool,
    now: datetime,
    detail: str | None = None,
) -> None:
    """Count an observation, whatever became of it."""
    await connection.fetch(
        _COUNT,
        job.id,
        said.source.value,
        job.dispatch_number,
        # Of none, in the key of the count.
        said.attempt or 0,
        said.word,
        applied,
        now,
        detail,
    )


async def read_heard(connection: SqlConnection, job: Job) -> Heard:
    """Return what was said of a job's run before."""
    [record] = await connection.fetch(_HEARD, job.id, job.dispatch_number)
    return Heard(record["stopped"], record["canceled_since"])


async def freshen(
    connection: SqlConnection, job_id: UUID, *, now: datetime, word: str | None = None
) -> None:
    """Note that Trigger.dev said something of an open job; no version, no event.

    Args:
        connection: Any connection.
        job_id: The job.
        now: When.
        word: Its own word for the status of the run; None: it was not that.
    """
    await connection.fetch(_FRESHEN, job_id, now, word)


async def confirm(
    connection: SqlConnection,
    said: Sequence[tuple[UUID, str, str]],
    *,
    source: SignalSource,
    now: datetime,
) -> None:
    """Note of many open jobs that their runs stand as they do: counted, and fresh.

    One statement, no version, no event. Rows of which something was said later, or is
    being said, stay as they are.

    Args:
        connection: Any connection.
        said: Of each its job, its run and Trigger.dev's own word.
        source: Which path brought it.
        now: When that was asked.
    """
    if said:
        jobs, runs, words = zip(*said, strict=True)
        await connection.fetch(_CONFIRM, jobs, runs, words, now, source.value)


async def attempts_before(connection: SqlConnection, job: Job) -> int:
    """Return how many attempts a job had before its run: 0 for its first run."""
    if job.dispatch_number <= 1:
        return 0
    [record] = await connection.fetch(_EARLIER, job.id, job.trigger_run_id)
    return int(record["number"])


async def apply(
    connection: SqlConnection,
    job: Job,
    said: Observation,
    change: Change,
    *,
    now: datetime,
) -> Job:
    """Write what an observation changes: the row, its event and its attempt.

    The statuses are those that `fold` chose from the edges of `Verb.OBSERVE`. Must
    run inside the transaction that holds the lock.
    """
    after = await row.write(
        connection,
        job,
        change.values,
        kind=change.kind,
        source=said.source,
        actor=None,
        now=now,
        occurred_at=said.occurred_at,
        detail=change.detail,
    )
    moved = after.attempts > job.attempts or is_terminal(after.job_status)
    if moved and after.attempts and after.started is not None:
        await _write_attempt(connection, after, said)
    return after


async def _write_attempt(
    connection: SqlConnection, job: Job, said: Observation
) -> None:
    status = _ENDED.get(job.job_status, AttemptStatus.RUNNING)
    failure = said.failure if status is AttemptStatus.FAILED else None
    # Of one that is first told of by its end, nobody knows when it began.
    began = min(said.occurred_at, job.finished or said.occurred_at)
    await connection.fetch(
        _ATTEMPTS,
        job.id,
        job.attempts,
        status.value,
        job.started if job.attempts == 1 else began,
        job.trigger_run_id,
        job.finished,
        failure and failure.kind.value,
        failure and failure.to_json(),
    )
