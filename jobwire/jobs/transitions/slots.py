"""Slots: the places of queues with limits, taken by running jobs."""

from jobwire.models.database import Connection


def release_slots(rows: str) -> str:
    """Write the statement that gives back the places of ended attempts.

    Args:
        rows: The name of the CTE that returned the jobs.
    """
    return f"""DELETE FROM queue_slots s USING {rows} WHERE s.job_id = {rows}.id
  RETURNING s.queue, s.key"""


def awaited(released: str) -> str:
    """Write whether others may wait for places that were given back.

    Places are taken from the lowest number on: where the last one is not taken, none
    was missing. It is read as before the statement, place by place: a join would have
    the planner guess how many are taken.

    Args:
        released: The name of the CTE that gave them back.
    """
    return f"""EXISTS (
  SELECT FROM (SELECT DISTINCT queue, key FROM {released}) r
   WHERE (SELECT max(s.number) FROM queue_slots s
           WHERE s.queue = r.queue AND s.key = r.key)
      >= (SELECT CASE r.key WHEN '' THEN q.max_running ELSE q.max_running_per_key END
            FROM queues q WHERE q.name = r.queue))"""


# Whoever claims from a queue with limits holds its row: nothing is started meanwhile.
_LOCK = """
SELECT name FROM queues
 WHERE ($1::text IS NULL OR name = $1)
   AND (max_running IS NOT NULL OR max_running_per_key IS NOT NULL OR is_paused)
 ORDER BY name FOR UPDATE"""
_FREE = """
DELETE FROM queue_slots s
 WHERE s.queue = ANY ($1::text[])
   AND NOT EXISTS (SELECT FROM worker_jobs j
                    WHERE j.id = s.job_id AND j.status = 'RUNNING')"""
# Jobs that run without a place started before their queue had limits. They take the
# next numbers, above the limit if need be: then none starts until fewer run.
_SEAT = """
WITH running AS MATERIALIZED (
  SELECT j.id, j.queue, j.concurrency_key FROM worker_jobs j
   WHERE j.status = 'RUNNING' AND j.executor = 'internal'
     AND j.queue = ANY ($1::text[])),
wanted AS (
  SELECT r.id, r.queue, k.key
    FROM running r JOIN queues q ON q.name = r.queue
   CROSS JOIN LATERAL (
     SELECT '' AS key WHERE q.max_running IS NOT NULL
      UNION ALL
     SELECT r.concurrency_key WHERE q.max_running_per_key IS NOT NULL
        AND r.concurrency_key IS NOT NULL) k
   WHERE NOT EXISTS (SELECT FROM queue_slots s
                      WHERE s.job_id = r.id AND s.queue = r.queue AND s.key = k.key))
INSERT INTO queue_slots (queue, key, number, job_id)
SELECT w.queue, w.key,
       row_number() OVER (PARTITION BY w.queue, w.key ORDER BY w.id) + COALESCE(
         (SELECT max(s.number) FROM queue_slots s
           WHERE s.queue = w.queue AND s.key = w.key), 0),
       w.id
  FROM wanted w"""


async def restore_slots(connection: Connection, *, queue: str | None = None) -> None:
    """Make the places that are taken those of the jobs that run.

    Frees what an attempt left that ended without a word, and gives places to jobs that
    started before their queue had limits. Must run inside a transaction, which keeps
    others from claiming from these queues.

    Args:
        connection: A connection inside a transaction.
        queue: Only this one; None: all that have limits.
    """
    records = await connection.fetch(_LOCK, queue)
    names = [record["name"] for record in records]
    if names:
        await connection.execute(_FREE, names)
        await connection.execute(_SEAT, names)
