"""Queues that have ready jobs, found without knowing their names."""

from collections.abc import Sequence
from dataclasses import dataclass

from jobwire.models.database import Connection
from jobwire.models.vocabulary import Executor


def ready_queues(executor: Executor) -> str:
    """Write a recursive CTE's body: the queues that have ready jobs, and a last NULL.

    It leaps from queue to queue through the index of ready jobs, one probe for each.
    """
    ready = f"""SELECT queue FROM worker_jobs
     WHERE status = 'QUEUED' AND dispatch_state = 'none'
       AND executor = '{executor.value}'"""
    return f"""({ready} ORDER BY executor, queue LIMIT 1)
   UNION ALL
   SELECT ({ready} AND queue > r.queue ORDER BY executor, queue LIMIT 1)
     FROM r WHERE r.queue IS NOT NULL"""


@dataclass(frozen=True, slots=True)
class ReadyQueue:
    """A queue of internal jobs that has ready ones, and what held for it when read.

    Attributes:
        name: Its name.
        is_open: It has no limits and is not paused.
        is_paused: None of its jobs may start.
    """

    name: str
    is_open: bool
    is_paused: bool


_READ = f"""
WITH RECURSIVE r AS ({ready_queues(Executor.INTERNAL)})
SELECT r.queue AS name, COALESCE(q.is_paused, false) AS is_paused,
       NOT COALESCE(q.is_paused, false) AND q.max_running IS NULL
         AND q.max_running_per_key IS NULL AS is_open
  FROM r LEFT JOIN queues q ON q.name = r.queue
 WHERE r.queue IS NOT NULL AND ($1::text[] IS NULL OR r.queue = ANY ($1))
 ORDER BY r.queue"""


async def read_ready_queues(
    connection: Connection, *, of: Sequence[str] | None = None
) -> list[ReadyQueue]:
    """Read the queues of internal jobs that have ready ones, by name.

    Args:
        connection: Any connection of ours.
        of: Only these; None: all.
    """
    records = await connection.fetch(_READ, None if of is None else list(of))
    return [ReadyQueue(**record) for record in records]
