"""Observe: what was said of runs, counted, and what their attempts became."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.fold import Change, Heard
from jobwire.jobs.given import arrays, given_rows
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.observation import Observation, Rank
from jobwire.jobs.transitions import row
from jobwire.models.vocabulary import AttemptStatus, JobStatus, SignalSource

#: The word of the hook that runs once the code of a canceled run has stopped.
STOPPED_WORD = "RUN_CANCELED"
#: Trigger.dev's word for a run that was canceled, whatever its code still does.
CANCELED_WORD = "CANCELED"

_HEARD = f"""
SELECT COALESCE(bool_or(word = '{STOPPED_WORD}'), false) AS stopped,
       min(first_at) FILTER (WHERE word = '{CANCELED_WORD}') AS canceled_since
  FROM job_observations
 WHERE job_id = $1 AND dispatch_number = $2
   AND word IN ('{STOPPED_WORD}', '{CANCELED_WORD}')"""

# Neither a version nor an event: it says how fresh the row is, as a heartbeat does.
_FRESHEN = f"""
UPDATE worker_jobs j
   SET trigger_observed_at = $1, trigger_status = COALESCE(g.word, trigger_status)
  FROM {given_rows({"id": "uuid", "word": "text"}, after=1)}
 WHERE j.id = g.id AND finished IS NULL
   AND (trigger_observed_at IS NULL OR trigger_observed_at <= $1)"""

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
_ATTEMPTS = f"""
WITH told AS (
  SELECT * FROM {
    given_rows(
        {
            "job_id": "uuid",
            "number": "int",
            "status": "text",
            "run_id": "text",
            "began": "timestamptz",
            "finished_at": "timestamptz",
            "failure_kind": "text",
            "failure": "text",
        }
    )
}),
earlier AS (
  UPDATE job_attempts a SET status = 'FAILED', finished_at = t.began
    FROM told t
   WHERE a.job_id = t.job_id AND a.number < t.number AND a.status = 'RUNNING')
INSERT INTO job_attempts AS a (job_id, number, status, trigger_run_id, started_at,
                               finished_at, failure_kind, failure)
SELECT job_id, number, status, run_id, began, finished_at, failure_kind, failure::jsonb
  FROM told
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


class Folded(NamedTuple):
    """An observation of a job, and what it changes.

    Attributes:
        job: The job as it was locked.
        said: What was said of its run.
        applies: Whether that changes the job.
        change: What is to be written then, or all the same; None: nothing.
        detail: What else came with it, as JSON text; None: nothing.
    """

    job: Job
    said: Observation
    applies: bool
    change: Change | None
    detail: str | None = None

    @property
    def word(self) -> str | None:
        """Trigger.dev's own word for the status of the run; None: it was not that."""
        return self.said.word if self.said.rank is Rank.VERDICT else None


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
    await freshen_each(connection, [(job_id, word)], now=now)


async def freshen_each(
    connection: SqlConnection,
    said: Sequence[tuple[UUID, str | None]],
    *,
    now: datetime,
) -> None:
    """Do so for several jobs.

    Args:
        connection: Any connection; inside a transaction it holds the jobs' locks.
        said: Of each its job, and the word for the status of its run.
        now: When.
    """
    await connection.fetch(_FRESHEN, now, *arrays(said))


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


async def write_each(
    connection: SqlConnection, folded: Sequence[Folded], *, now: datetime
) -> list[Job]:
    """Count observations, and write what they change: rows, events and attempts.

    The statuses are those that `fold` chose from the edges of `Verb.OBSERVE`. Must
    run inside the transaction that holds the locks. One statement for all of a source
    that change the same columns, which counts as well, and one for the attempts.

    Args:
        connection: The connection that holds the locks.
        folded: Observations, at least one, and at most one of each job.
        now: When.

    Returns:
        The jobs as they are then, in the same order.
    """
    counts: row.Along | None = row.Along(_count, [now, *arrays(map(_counted, folded))])
    written = {one.job.id: one.job for one in folded}
    for source in dict.fromkeys(one.said.source for one in folded):
        versions = [
            _version(one, one.change, now)
            for one in folded
            if one.change is not None and one.said.source is source
        ]
        if versions:
            jobs = await row.write_each(
                connection, versions, source=source, actor=None, now=now, along=counts
            )
            written |= {job.id: job for job in jobs}
            counts = None
    if counts is not None:
        await connection.fetch(counts.sql(0), *counts.values)
    after = [written[one.job.id] for one in folded]
    attempts = [
        _attempt(job, one.said)
        for one, job in zip(folded, after, strict=True)
        if one.change is not None
        if job.attempts > one.job.attempts or is_terminal(job.job_status)
        if job.attempts and job.started is not None
    ]
    if attempts:
        await connection.fetch(_ATTEMPTS, *arrays(attempts))
    return after


def count(rows: str, *, now: str) -> str:
    """Write the statement that counts observations, whatever became of them.

    Args:
        rows: A FROM item with a row for each.
        now: When, as SQL.
    """
    return f"""
INSERT INTO job_observations AS o (job_id, source, dispatch_number, attempt, word,
                                   applied, first_at, last_at, detail)
SELECT job_id, source, dispatch_number, attempt, word, applied, {now}, {now},
       detail::jsonb
  FROM {rows}
ON CONFLICT (job_id, source, dispatch_number, attempt, word) DO UPDATE
   SET count = o.count + 1, last_at = {now}, applied = o.applied OR excluded.applied,
       detail = COALESCE(excluded.detail, o.detail)"""


@cache
def _count(after: int) -> str:
    rows = given_rows(
        {
            "job_id": "uuid",
            "source": "text",
            "dispatch_number": "int",
            "attempt": "int",
            "word": "text",
            "applied": "boolean",
            "detail": "text",
        },
        after=after + 1,
    )
    return count(rows, now=f"${after + 1}::timestamptz")


def _counted(one: Folded) -> tuple[Any, ...]:
    return (
        one.job.id,
        one.said.source.value,
        one.job.dispatch_number,
        # Of none, in the key of the count.
        one.said.attempt or 0,
        one.said.word,
        one.applies,
        one.detail,
    )


def _version(one: Folded, change: Change, now: datetime) -> row.Version:
    """Return what is to be written, which says how fresh the row is as well."""
    seen_at = one.job.trigger_observed_at
    beside: dict[str, Any] = {}
    if seen_at is None or seen_at <= now:
        beside["trigger_observed_at"] = now
        if one.word is not None and "trigger_status" not in change.values:
            beside["trigger_status"] = one.word
    return row.Version(
        one.job,
        change.values,
        change.kind,
        one.said.occurred_at,
        change.detail,
        beside,
    )


def _attempt(job: Job, said: Observation) -> tuple[Any, ...]:
    status = _ENDED.get(job.job_status, AttemptStatus.RUNNING)
    failure = said.failure if status is AttemptStatus.FAILED else None
    # Of one that is first told of by its end, nobody knows when it began.
    began = min(said.occurred_at, job.finished or said.occurred_at)
    return (
        job.id,
        job.attempts,
        status.value,
        job.trigger_run_id,
        job.started if job.attempts == 1 else began,
        job.finished,
        failure and failure.kind.value,
        failure and failure.to_json(),
    )
