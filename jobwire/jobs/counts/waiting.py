"""The job that waits longest for a worker, found by a bounded number of looks."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs.counts.filter import CountsFilter
from jobwire.models.database import Connection

#: Queues that are looked into at most when none are named.
MOST_QUEUES = 100
#: Jobs of each queue and priority that are looked at for their type.
MOST_OF_QUEUE = 100
#: Jobs of the users who are named that are looked at, in all.
MOST_OF_USERS = 1_000

_WAITS = "status = 'QUEUED' AND dispatch_state = 'none'"
_KEY = '(user_id COLLATE "C", status COLLATE "C", id)'

# The places where anything waits, one probe of the index of what is ready for each.
_PLACES = f"""
WITH RECURSIVE found AS (
  (SELECT executor, queue, 1 AS number FROM worker_jobs WHERE {_WAITS}
    ORDER BY executor, queue LIMIT 1)
  UNION ALL
  SELECT next.executor, next.queue, found.number + 1
    FROM found CROSS JOIN LATERAL (
      SELECT executor, queue FROM worker_jobs
       WHERE {_WAITS} AND (executor, queue) > (found.executor, found.queue)
       ORDER BY executor, queue LIMIT 1) AS next
   WHERE found.number <= {MOST_QUEUES})
SELECT executor, queue FROM found"""
_OF_PLACES = f"""
SELECT min(waiting.next_attempt_at)
  FROM unnest($1::text[], $2::text[]) AS place (executor, queue)
 CROSS JOIN generate_series(9, 0, -1) AS priority
 CROSS JOIN LATERAL (
   SELECT next_attempt_at, type FROM worker_jobs j
    WHERE {_WAITS} AND j.executor = place.executor AND j.queue = place.queue
      AND j.priority = priority.priority
    ORDER BY next_attempt_at, id LIMIT $4) AS waiting
 WHERE $3::text[] IS NULL OR waiting.type = ANY ($3)"""
_OF_USERS = f"""
SELECT min(waiting.next_attempt_at)
  FROM unnest($1::text[]) AS whose (user_id)
 CROSS JOIN LATERAL (
   SELECT next_attempt_at, type, executor, queue, dispatch_state FROM worker_jobs
    WHERE {_KEY} >= (whose.user_id, 'QUEUED', '{UUID(int=0)}')
      AND {_KEY} < (whose.user_id, 'QUEUED', '{UUID(int=(1 << 128) - 1)}')
    ORDER BY user_id COLLATE "C", status COLLATE "C", id LIMIT $5) AS waiting
 WHERE dispatch_state = 'none'
   AND ($2::text[] IS NULL OR type = ANY ($2))
   AND ($3::text[] IS NULL OR executor = ANY ($3))
   AND ($4::text[] IS NULL OR queue = ANY ($4))"""


async def read_oldest_queued(
    connection: Connection, filter: CountsFilter
) -> datetime | None:
    """Return when the job that waits longest for a worker became due.

    It is exact where no users and no types are named. With types only the jobs that
    wait longest in each queue and priority are looked at, with users only those of
    their jobs that were accepted first.

    Args:
        connection: One that plans by the indexes (`feed.log.planned`).
        filter: Which jobs, behind the wall of whoever asks.

    Returns:
        None: none waits, as far as was looked; or jobs wait in more queues than are
        looked into.
    """
    found: datetime | None
    types = None if filter.types is None else list(filter.types)
    executors = None if filter.executors is None else list(filter.executors)
    queues = None if filter.queues is None else list(filter.queues)
    if filter.user_ids is not None:
        found = await connection.fetchval(
            _OF_USERS,
            list(filter.user_ids),
            types,
            executors,
            queues,
            MOST_OF_USERS // max(len(filter.user_ids), 1),
        )
        return found
    places = [
        (place["executor"], place["queue"]) for place in await connection.fetch(_PLACES)
    ]
    if len(places) > MOST_QUEUES:
        return None
    places = [
        (executor, queue)
        for executor, queue in places
        if (executors is None or executor in executors)
        and (queues is None or queue in queues)
    ]
    found = await connection.fetchval(
        _OF_PLACES,
        [executor for executor, _ in places],
        [queue for _, queue in places],
        types,
        1 if types is None else MOST_OF_QUEUE,
    )
    return found
