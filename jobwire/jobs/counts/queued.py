"""Queued jobs, type by type: how many, and for how long the first of them waits."""

from collections import Counter
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.clock import Clock
from jobwire.jobs.counts.keep import keep_counts
from jobwire.jobs.counts.log import (
    CHANGES,
    IS_CHANGE,
    PLAN_SETTINGS,
    STATE,
    uncounted,
)
from jobwire.jobs.counts.read import MOST_ADDED, MOST_STEPS, CountsBehindError
from jobwire.jobs.feed.log import planned
from jobwire.models.database import Connection, Connections
from jobwire.models.vocabulary import Executor

_READ = f"""
WITH s AS ({STATE}),
page AS MATERIALIZED ({uncounted(MOST_ADDED)}),
parts AS (
  SELECT executor, type, count FROM job_counts
   WHERE user_id = '' AND status = 'QUEUED' AND count <> 0
   UNION ALL
  SELECT executor, type, c.delta
    FROM page e
    CROSS JOIN LATERAL (
      SELECT type, executor FROM worker_jobs WHERE id = e.job_id LIMIT 1) AS j
    CROSS JOIN LATERAL {CHANGES}
   WHERE {IS_CHANGE} AND c.status = 'QUEUED'),
sums AS (SELECT executor, type, sum(count)::bigint AS count FROM parts GROUP BY 1, 2)
SELECT s.is_exact AND (SELECT count(*) FROM page) < {MOST_ADDED} AS is_exact, sums.*
  FROM s LEFT JOIN sums ON count <> 0"""

_KEY = '(type COLLATE "C", status COLLATE "C", id)'
_SINCE = f"""
SELECT t.type, first.since FROM unnest($1::text[]) AS t (type)
 CROSS JOIN LATERAL (
   SELECT COALESCE(next_attempt_at, dispatched_at, created_at) AS since
     FROM worker_jobs
    WHERE {_KEY} >= (t.type, 'QUEUED', '{UUID(int=0)}')
      AND {_KEY} < (t.type, 'QUEUED', '{UUID(int=(1 << 128) - 1)}')
    ORDER BY type COLLATE "C", status COLLATE "C", id LIMIT 1) AS first"""


async def read_queued(
    database: Connections, *, clock: Clock
) -> Mapping[tuple[Executor, str], int]:
    """Count the queued jobs of each executor and type; what is missing is zero.

    As exact as `read_counts`, and as cheap: it reads what is counted.

    Raises:
        CountsBehindError: The counts are far behind; they come nearer by this.
    """
    async with database.connection() as connection:
        for _ in range(MOST_STEPS):
            async with planned(connection, **PLAN_SETTINGS):
                records = await connection.fetch(_READ)
            if records[0]["is_exact"]:
                found: Counter[tuple[Executor, str]] = Counter()
                for one in records:
                    if one["type"] is not None:
                        found[Executor(one["executor"]), one["type"]] = one["count"]
                return found
            await keep_counts(connection, now=clock.now())
    raise CountsBehindError


async def read_waits(
    connection: Connection, types: Collection[str], *, now: datetime
) -> dict[str, timedelta]:
    """Return for how long the first queued job of each type has been due.

    The first is the one that was accepted first; one probe of an index for each type.
    Types of which none is queued are missing.
    """
    records = await connection.fetch(_SINCE, list(types))
    return {one["type"]: max(now - one["since"], timedelta()) for one in records}
