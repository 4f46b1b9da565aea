"""Forgetting jobs: what a retention removes is taken out of the counts."""

from collections.abc import Sequence
from uuid import UUID

from jobwire.jobs.counts.log import CHANGES, IS_CHANGE, IS_COUNTED, STATE, add
from jobwire.models.database import Connection

_LOCK = "SELECT FROM job_counts_state FOR UPDATE"
_FORGET = f"""
WITH s AS ({STATE}),
r AS MATERIALIZED (
  SELECT j.user_id, j.type, j.executor, j.queue, c.status,
         j.id <= s.recounted_to AS is_recounted, -sum(c.delta) AS delta
    FROM s CROSS JOIN job_events e JOIN worker_jobs j ON j.id = e.job_id
   CROSS JOIN LATERAL {CHANGES}
   WHERE e.job_id = ANY ($1::uuid[]) AND {IS_COUNTED} AND {IS_CHANGE}
     AND c.status IS NOT NULL
   GROUP BY 1, 2, 3, 4, 5, 6),
counted AS ({add("job_counts", "r")}),
recounted AS ({add("job_recounts", "(SELECT * FROM r WHERE is_recounted) AS r")})
SELECT"""


async def forget(connection: Connection, job_ids: Sequence[UUID]) -> None:
    """Take jobs out of the counts that are about to be removed with their events.

    Right however far the events have been counted: what is counted of these jobs is
    subtracted, and what is not goes with the events. Jobs that have been deleted for
    their users count for nothing already, and nothing is subtracted for them.

    Args:
        connection: Inside the transaction that then removes rows and events, at READ
            COMMITTED. It must hold the locks of the jobs' rows already, so that nothing
            more happens to them. From here to its end no events are counted: keep it
            short.
        job_ids: Jobs whose rows and events are all still there.
    """
    await connection.execute(_LOCK)
    # A statement of its own, so that it sees what the lock was waiting for.
    await connection.execute(_FORGET, list(job_ids))
