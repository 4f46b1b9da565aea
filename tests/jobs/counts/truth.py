"""What the counts have to be: a plain GROUP BY over the jobs."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from jobwire.jobs.counts import CountsFilter, JobCounts
from jobwire.models.database import Connection
from jobwire.models.vocabulary import Executor, JobStatus

Place = tuple[Executor, JobStatus]

_TRUTH = """
SELECT executor, status, count(*) FROM worker_jobs
 WHERE deleted_at IS NULL
   AND ($1::text[] IS NULL OR user_id = ANY ($1))
   AND ($2::text[] IS NULL OR type = ANY ($2))
   AND ($3::text[] IS NULL OR executor = ANY ($3))
   AND ($4::text[] IS NULL OR queue = ANY ($4)) GROUP BY 1, 2"""


async def truth(
    connection: Connection, filter: CountsFilter | None = None
) -> dict[Place, int]:
    """Count the jobs of a filter."""
    chosen = filter or CountsFilter()
    records = await connection.fetch(
        _TRUTH,
        *map(_list, (chosen.user_ids, chosen.types, chosen.executors, chosen.queues)),
    )
    return {
        (Executor(executor), JobStatus(status)): count
        for executor, status, count in records
    }


async def kept(connection: Connection) -> Counter[tuple[str, ...]]:
    """Read the table as it is, by its whole key."""
    return _counter(await connection.fetch("SELECT * FROM job_counts"))


async def expected(connection: Connection) -> Counter[tuple[str, ...]]:
    """Count what the table has to come to, by its whole key."""
    return _counter(
        await connection.fetch(
            """SELECT whose.user_id, type, executor, queue, status, count(*) AS count
                 FROM worker_jobs j
                CROSS JOIN LATERAL (VALUES (j.user_id), ('')) AS whose (user_id)
                WHERE deleted_at IS NULL GROUP BY 1, 2, 3, 4, 5"""
        )
    )


def shown(counts: JobCounts) -> dict[Place, int]:
    return dict(counts.counts)


def _counter(records: Iterable[Mapping[str, Any]]) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for *key, count in (tuple(record.values()) for record in records):
        if count:
            found[tuple(key)] += count
    return found


def _list(values: Iterable[str] | None) -> list[str] | None:
    return None if values is None else list(values)
