"""One step of retention, and what all steps together would take."""

from datetime import datetime

from jobwire.jobs.cron.forget import forget_schedules
from jobwire.jobs.inbox import forget_handled
from jobwire.jobs.retention import Prunable, Retention
from jobwire.jobs.transitions.prune import Pruned, prune
from jobwire.models.database import Connection

#: Deliveries, or schedules, of one statement.
_ROWS = 1_000
_FORGET = {
    Prunable.DELIVERIES: forget_handled,
    Prunable.SCHEDULES: forget_schedules,
}
# $1 the cutoff; each is a range of an index.
_COUNT_ENDED = """
SELECT count(*) FROM worker_jobs
 WHERE finished IS NOT NULL AND deleted_at IS NULL AND status = $2
   AND finished < $1 AND updated_at < $3"""
_COUNT_DELETED = """
SELECT count(*) FROM worker_jobs
 WHERE deleted_at IS NOT NULL AND deleted_at < $1 AND $2::text IS NOT NULL
   AND updated_at < $3"""
_COUNT = {
    Prunable.DELIVERIES: """
SELECT count(*) FROM webhook_deliveries
 WHERE handled_at IS NOT NULL AND received_at < $1""",
    Prunable.SCHEDULES: """
SELECT count(*) FROM job_schedules WHERE deleted_at < $1 AND sync_state IS NULL""",
}
_NOTHING = Pruned(0, has_more=False)


async def take(
    connection: Connection, what: Prunable, *, retention: Retention, now: datetime
) -> Pruned:
    """Take away a small batch of one kind, in a transaction of its own.

    Any number of processes may do so at once: rows that one of them has are left out
    by the others.
    """
    before = retention.cutoff(what, now)
    if before is None:
        return _NOTHING
    forget = _FORGET.get(what)
    if forget is not None:
        count = await forget(connection, before=before, limit=_ROWS)
        return Pruned(count, has_more=count == _ROWS)
    return await prune(
        connection, what, before=before, events_before=now - retention.events
    )


async def count_due(
    connection: Connection, what: Prunable, *, retention: Retention, now: datetime
) -> int:
    """Count what is over for long enough; zero where it is kept for ever."""
    before = retention.cutoff(what, now)
    if before is None:
        return 0
    count: int
    if what in _COUNT:
        count = await connection.fetchval(_COUNT[what], before)
        return count
    query = _COUNT_DELETED if what is Prunable.DELETED else _COUNT_ENDED
    count = await connection.fetchval(query, before, what.value, now - retention.events)
    return count
