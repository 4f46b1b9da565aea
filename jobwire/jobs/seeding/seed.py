"""Seed: fill an empty database with invented jobs."""

import asyncio
from collections.abc import Callable

from jobwire.jobs.clock import Clock
from jobwire.jobs.counts import keep_counts
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.jobs.seeding.history import ATTEMPT_COLUMNS, EVENT_COLUMNS, JOB_COLUMNS
from jobwire.jobs.seeding.stories import Stories
from jobwire.jobs.transitions.fill import Copied, fill
from jobwire.models.database import Connection, Database

#: Told how many jobs are there.
Progress = Callable[[int], None]

#: Events that are counted at once: nobody waits for the lock meanwhile.
_COUNTED_AT_ONCE = 100_000

_IS_USED = "SELECT EXISTS (SELECT FROM worker_jobs)"
_IS_TOLD = "SELECT EXISTS (SELECT FROM notification_cursor)"
_OTHERS = """
SELECT array_agg(DISTINCT application_name) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = ANY ($1)"""
_PROCESSES = ("jobwire api", WORKER_APPLICATION)


class NotSeededError(Exception):
    """The database is not one that may be filled with invented jobs."""

    def __init__(self, reason: str, instead: str) -> None:
        super().__init__(f"Nothing was seeded: {reason}. {instead}")


async def check_seedable(connection: Connection) -> None:
    """Refuse a database in which invented jobs could do harm.

    Raises:
        NotSeededError: It holds jobs, or somebody would act on what is invented.
    """
    if await connection.fetchval(_IS_USED):
        raise NotSeededError(
            "this database holds jobs already, and invented ones could not be told from"
            " them",
            "Seed a database of its own: create one, run `jobwire migrate` on it, and"
            " name it in DATABASE_URL, or take another --data-dir.",
        )
    others = await connection.fetchval(_OTHERS, list(_PROCESSES))
    if others:
        raise NotSeededError(
            f"other processes work on this database ({', '.join(others)}), and would"
            " stream every invented event and run what is due",
            "Stop them first; they may start again when it is filled.",
        )
    if await connection.fetchval(_IS_TOLD):
        raise NotSeededError(
            "other back ends are notified of what happens in this database, and would"
            " be of what is invented",
            "Seed a database of its own, or start a worker without JOBWIRE_NOTIFY_URL"
            " for a moment, which forgets them.",
        )


async def seed(
    database: Database, stories: Stories, *, clock: Clock, progress: Progress
) -> None:
    """Write all jobs of the stories, count them, and make the planner know of them.

    On as many connections at once as the pool has. Each thousand is a transaction of
    its own: when this is stopped, what is there is whole.
    """
    chunks = iter(stories.chunks)
    written = 0

    async def write() -> None:
        nonlocal written
        async with database.connection() as connection:
            for chunk in chunks:
                told = stories.tell(chunk)
                await fill(
                    connection,
                    Copied("worker_jobs", JOB_COLUMNS, told.jobs),
                    Copied("job_events", EVENT_COLUMNS, told.events),
                    Copied("job_attempts", ATTEMPT_COLUMNS, told.attempts),
                )
                written += len(told.jobs)
                progress(written)

    async with asyncio.TaskGroup() as group:
        for _ in range(database.max_size):
            group.create_task(write())
    async with database.connection() as connection:
        while True:
            kept = await keep_counts(
                connection, now=clock.now(), batch=_COUNTED_AT_ONCE
            )
            if kept.is_complete and not (kept.has_more or kept.is_recounting):
                break
        await connection.execute("ANALYZE worker_jobs, job_events, job_attempts")
