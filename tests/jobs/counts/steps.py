"""What happens to jobs and counts, one step at a time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobwire.jobs.counts import Kept, forget, keep_counts
from jobwire.jobs.transitions.erase import erase
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock


async def delete(
    connection: Connection, job_ids: Sequence[UUID], now: datetime
) -> None:
    """Delete jobs that have ended for their users."""
    async with connection.transaction():
        for one in await connection.fetch(
            """SELECT id FROM worker_jobs
                WHERE id = ANY ($1::uuid[]) AND finished IS NOT NULL
                  AND deleted_at IS NULL ORDER BY id FOR UPDATE""",
            list(job_ids),
        ):
            await erase(connection, one["id"], actor="user-1", now=now)


async def remove(connection: Connection, job_ids: Sequence[UUID]) -> None:
    """Remove jobs with their events, as a retention does, in one transaction."""
    async with connection.transaction():
        locked = await connection.fetch(
            "SELECT id FROM worker_jobs WHERE id = ANY ($1::uuid[]) FOR UPDATE",
            list(job_ids),
        )
        found = [one["id"] for one in locked]
        await forget(connection, found)
        await connection.execute("DELETE FROM worker_jobs WHERE id = ANY ($1)", found)


async def keep_all(database: Database, clock: FakeClock, **how: object) -> list[Kept]:
    """Keep the counts until nothing is left to do."""
    steps = []
    async with database.connection() as connection:
        while not steps or steps[-1].has_more or steps[-1].is_recounting:
            steps.append(await keep_counts(connection, now=clock.now(), **how))
            # A recount has begun; from here on it only goes on.
            how.pop("recount_after", None)
    return steps
