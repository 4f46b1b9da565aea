"""Reading the counts: exact at the moment of the read, whatever has been counted."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jobwire.jobs.clock import Clock
from jobwire.jobs.counts.filter import CountsFilter
from jobwire.jobs.counts.keep import keep_counts
from jobwire.jobs.counts.log import (
    CHANGES,
    IS_CHANGE,
    PLAN_SETTINGS,
    STATE,
    uncounted,
)
from jobwire.jobs.counts.waiting import read_oldest_queued
from jobwire.jobs.feed.log import planned
from jobwire.models.database import Connection, Connections
from jobwire.models.vocabulary import Executor, JobStatus

#: Events that a read adds by itself; if more are not counted, it counts them first.
MOST_ADDED = 2_000
#: How often it does that before it gives up.
MOST_STEPS = 25

_SELECTED = """($2::text[] IS NULL OR type = ANY ($2))
       AND ($3::text[] IS NULL OR executor = ANY ($3))
       AND ($4::text[] IS NULL OR queue = ANY ($4))"""
# $1 the users, null: all of them, whose counts together have rows of their own.
_READ = f"""
WITH s AS ({STATE}),
page AS MATERIALIZED ({uncounted(MOST_ADDED)}),
parts AS (
  SELECT executor, status, count FROM job_counts
   WHERE user_id = ANY (COALESCE($1::text[], '{{""}}'))
     AND ($1::text[] IS NULL OR user_id <> '') AND {_SELECTED}
   UNION ALL
  SELECT executor, c.status, c.delta
    FROM page e
    CROSS JOIN LATERAL (
      SELECT type, executor, queue FROM worker_jobs WHERE id = e.job_id LIMIT 1) AS j
    CROSS JOIN LATERAL {CHANGES}
   WHERE ($1::text[] IS NULL OR e.user_id = ANY ($1)) AND {_SELECTED} AND {IS_CHANGE}
     AND c.status IS NOT NULL),
sums AS (SELECT executor, status, sum(count)::bigint AS count FROM parts GROUP BY 1, 2)
SELECT s.is_exact AND (SELECT count(*) FROM page) < {MOST_ADDED} AS is_exact, sums.*
  FROM s LEFT JOIN sums ON count <> 0"""


class CountsBehindError(Exception):
    """More is to be counted than one read can do."""

    def __init__(self) -> None:
        super().__init__(
            "The jobs are being counted after a pause, and that goes on. Ask again in a"
            " moment."
        )


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many jobs stand where.

    Attributes:
        counts: By executor and status; what is missing is zero.
        oldest_queued_at: When the job that waits longest for a worker became due; None:
            none waits, as far as was looked (`read_oldest_queued`).
    """

    counts: Mapping[tuple[Executor, JobStatus], int]
    oldest_queued_at: datetime | None = None

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(self.counts.values())

    @property
    def by_status(self) -> dict[JobStatus, int]:
        """How many have each status, of all statuses."""
        found = Counter(dict.fromkeys(JobStatus, 0))
        for (_, status), count in self.counts.items():
            found[status] += count
        return dict(found)


async def read_counts(
    database: Connections, filter: CountsFilter, *, clock: Clock
) -> JobCounts:
    """Count the jobs of a filter that is behind the wall of whoever asks.

    Every job and status counts whose transaction was committed when it began. If the
    tables are far behind, it brings them nearer, step by step, each in a transaction of
    its own.

    Raises:
        CountsBehindError: They are still behind after many steps; what was counted
            meanwhile stays.
    """
    if filter.is_empty:
        return JobCounts({})
    async with database.connection() as connection:
        for _ in range(MOST_STEPS):
            found = await read_once(connection, filter)
            if found is not None:
                return found
            await keep_counts(connection, now=clock.now())
    raise CountsBehindError


async def read_once(connection: Connection, filter: CountsFilter) -> JobCounts | None:
    """Read what is counted and what is not; None: that is too much."""
    async with planned(connection, **PLAN_SETTINGS):
        records = await connection.fetch(
            _READ,
            *(
                None if one is None else list(one)
                for one in (
                    filter.user_ids,
                    filter.types,
                    filter.executors,
                    filter.queues,
                )
            ),
        )
        if not records[0]["is_exact"]:
            return None
        counts = {
            (Executor(one["executor"]), JobStatus(one["status"])): one["count"]
            for one in records
            if one["status"] is not None
        }
        waits = any(status is JobStatus.QUEUED for _, status in counts)
        return JobCounts(
            counts, await read_oldest_queued(connection, filter) if waits else None
        )
