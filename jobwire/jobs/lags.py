"""Lags: how long news of runs take to be recorded, path by path."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.transitions.events import literals
from jobwire.models.database import Connection
from jobwire.models.vocabulary import Executor, FailureKind, SignalSource

#: How many events one reading looks at, from the newest: it stays quick however many
#: there are.
MOST_EVENTS = 20_000
SPAN = timedelta(days=1)
#: How many open jobs are looked at for the run that was silent for longest.
MOST_OPEN = 10_000

_PATHS = (
    SignalSource.WEBHOOK,
    SignalSource.ALERT,
    SignalSource.REALTIME,
    SignalSource.RECONCILER,
)
# Of a lost job nobody knows when it ended, and of an erased one whether it was lost.
_READ = f"""
WITH recent AS MATERIALIZED (
  SELECT source, from_status, to_status, occurred_at, recorded_at,
         changes->>'failure_kind' AS failure_kind, changes <> '{{}}' AS is_whole
    FROM job_events ORDER BY xid DESC, id DESC LIMIT $2)
SELECT source, percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY
         GREATEST(extract(epoch FROM recorded_at - occurred_at), 0)::float8) AS lags
  FROM recent
 WHERE is_whole AND recorded_at >= $1 AND from_status <> to_status
   AND to_status IN ({literals(TERMINAL)}) AND source IN ({literals(_PATHS)})
   AND failure_kind IS DISTINCT FROM '{FailureKind.ORPHANED}'
 GROUP BY source ORDER BY source"""
#: How many cancels one reading looks at, from the one that was settled last.
MOST_CANCELS = 1_000
_CANCELS = """
WITH recent AS MATERIALIZED (
  SELECT executor, cancel_outcome, finished - cancel_requested_at AS took
    FROM worker_jobs
   WHERE status = 'CANCELED' AND finished >= $1 AND deleted_at IS NULL
   ORDER BY finished DESC LIMIT $2)
SELECT executor, percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY
         GREATEST(extract(epoch FROM took), 0)::float8) AS lags
  FROM (SELECT * FROM recent WHERE took IS NOT NULL) AS settled
 WHERE cancel_outcome <> 'NEVER_STARTED'
 GROUP BY executor ORDER BY executor"""
_UNHANDLED = """
SELECT received_at FROM webhook_deliveries WHERE handled_at IS NULL
 ORDER BY received_at LIMIT 1"""
_OLDEST = """
SELECT min(COALESCE(trigger_observed_at, dispatched_at)) FROM (
  SELECT * FROM worker_jobs WHERE executor = 'trigger' AND finished IS NULL
   ORDER BY id LIMIT $1) AS oldest
 WHERE dispatch_state = 'linked'"""


@dataclass(frozen=True, slots=True)
class PathLag:
    """How long the ends of runs took to be recorded that one path has told.

    Attributes:
        source: The path.
        p50: Half of them took at most so long.
        p99: Of a hundred of them 99 did.
    """

    source: SignalSource
    p50: timedelta
    p99: timedelta


async def read_lags(connection: Connection, *, now: datetime) -> list[PathLag]:
    """Return the lags of the last day, of the paths that told of an end.

    From when it happened, by Trigger.dev's clock, to when it was recorded, by ours. Of
    the last 20,000 events at most.
    """
    return [
        PathLag(
            SignalSource(record["source"]),
            *(timedelta(seconds=seconds) for seconds in record["lags"]),
        )
        for record in await connection.fetch(_READ, now - SPAN, MOST_EVENTS)
    ]


@dataclass(frozen=True, slots=True)
class CancelLag:
    """How long code took to stop after somebody had canceled its job.

    Attributes:
        executor: Where it ran.
        p50: Half of it took at most so long.
        p99: Of a hundred cancels 99 did.
    """

    executor: Executor
    p50: timedelta
    p99: timedelta


async def read_cancel_lags(connection: Connection, *, now: datetime) -> list[CancelLag]:
    """Return how long cancels of the last day took that stopped code.

    Of the 1,000 at most that were settled last.
    """
    return [
        CancelLag(
            Executor(record["executor"]),
            *(timedelta(seconds=seconds) for seconds in record["lags"]),
        )
        for record in await connection.fetch(_CANCELS, now - SPAN, MOST_CANCELS)
    ]


async def read_oldest_unhandled(
    connection: Connection, *, now: datetime
) -> timedelta | None:
    """Return how long the oldest posted event waits to be handled; None: none does."""
    since: datetime | None = await connection.fetchval(_UNHANDLED)
    return None if since is None else max(now - since, timedelta())


async def read_oldest_unconfirmed(
    connection: Connection, *, now: datetime
) -> timedelta | None:
    """Return for how long nothing was heard of the run that was silent for longest.

    Of the 10,000 open jobs at most that were accepted first. None: no run is open.
    """
    since: datetime | None = await connection.fetchval(_OLDEST, MOST_OPEN)
    return None if since is None else max(now - since, timedelta())
