"""Open runs: the jobs whose runs have not ended, as far as we know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.transitions.tell_run import NOT_FOUND_WORD, TOLD_WORD
from jobwire.models.database import Connection

_LINKED = """executor = 'trigger' AND finished IS NULL AND dispatch_state = 'linked'
   AND trigger_environment = $1"""
_COLUMNS = """id, trigger_run_id, type, created_at, dispatched_at, status,
       trigger_status, attention,
       cancel_outcome IS NOT DISTINCT FROM 'PENDING' AS cancel_pending"""

# How long a run may be silent before it is asked rises with its age: most end soon,
# and a long one has hooks that tell of it. One that is to stop is asked every second.
# Of a run that the Realtime feed shows, silence is no news while the feed is followed,
# which answers every 20 s at least; it is asked all the same, lest the feed be wrong.
# It does not show the runs of Trigger.dev's own schedules, which no dispatch made.
_SILENT = f"""
WITH feed AS (
  SELECT max(covers_from) AS covers_from FROM realtime_cursors
   WHERE trigger_environment = $1
     AND updated_at > $2::timestamptz - interval '30 s')
SELECT {_COLUMNS} FROM worker_jobs CROSS JOIN feed
 WHERE {_LINKED} AND (trigger_observed_at IS NULL
   OR trigger_observed_at <= $2::timestamptz - CASE
   WHEN cancel_outcome = 'PENDING' THEN interval '1 s'
   WHEN dispatched_at >= covers_from AND dispatch_number > 0 THEN interval '2 min'
   WHEN $2 - dispatched_at < interval '30 s' THEN interval '1 s'
   WHEN $2 - dispatched_at < interval '5 min' THEN interval '3 s'
   WHEN $2 - dispatched_at < interval '1 hour' THEN interval '15 s'
   ELSE interval '60 s' END)
 ORDER BY trigger_observed_at NULLS FIRST LIMIT $3"""

_ALL = f"SELECT {_COLUMNS} FROM worker_jobs WHERE {_LINKED} ORDER BY id"

# Trigger.dev says yes to a cancel whatever becomes of it, and its replicas may not know
# a young run: one that goes on is told again, after those that never took it.
_TO_CANCEL = f"""
SELECT {_COLUMNS} FROM worker_jobs j
 WHERE {_LINKED} AND cancel_outcome = 'PENDING'
   AND trigger_status IS DISTINCT FROM 'CANCELED'
   AND NOT EXISTS (
     SELECT FROM job_observations o
      WHERE o.job_id = j.id AND o.word IN ('{TOLD_WORD}', '{NOT_FOUND_WORD}')
        AND o.last_at > $3::timestamptz - interval '30 s')
 ORDER BY cancel_acknowledged_at NULLS FIRST, cancel_requested_at LIMIT $2"""

_KNOWN = """
SELECT trigger_run_id FROM worker_jobs WHERE trigger_run_id = ANY($1::text[])"""


@dataclass(frozen=True, slots=True)
class OpenRun:
    """A job whose run has not ended.

    Attributes:
        job_id: The job.
        run_id: Its run.
        type: The name of its type.
        created_at: When it was accepted.
        dispatched_at: When its dispatch was last sent.
        status: Where the job stands.
        word: Trigger.dev's own word, as last heard; None: it said nothing yet.
        attention: Why an operator should look at it.
        cancel_pending: Whether it is to stop.
    """

    job_id: UUID
    run_id: str
    type: str
    created_at: datetime
    dispatched_at: datetime
    status: str
    word: str | None
    attention: tuple[str, ...]
    cancel_pending: bool


async def read_silent(
    connection: Connection, environment: str, *, now: datetime, limit: int
) -> list[OpenRun]:
    """Read the runs that have said nothing for too long, the longest first."""
    return _read(await connection.fetch(_SILENT, environment, now, limit))


async def read_open(connection: Connection, environment: str) -> list[OpenRun]:
    """Read all open runs of an environment, the oldest job first."""
    return _read(await connection.fetch(_ALL, environment))


async def read_to_cancel(
    connection: Connection, environment: str, *, now: datetime, limit: int
) -> list[OpenRun]:
    """Read the runs to be told to stop: for the first time, or again after 30 s."""
    return _read(await connection.fetch(_TO_CANCEL, environment, limit, now))


async def known_runs(connection: Connection, run_ids: Sequence[str]) -> set[str]:
    """Return those of the runs that jobs here have, ended or not."""
    records = await connection.fetch(_KNOWN, list(run_ids))
    return {record["trigger_run_id"] for record in records}


def _read(records: Sequence[Any]) -> list[OpenRun]:
    return [
        OpenRun(
            record["id"],
            record["trigger_run_id"],
            record["type"],
            record["created_at"],
            record["dispatched_at"],
            record["status"],
            record["trigger_status"],
            tuple(record["attention"]),
            record["cancel_pending"],
        )
        for record in records
    ]
