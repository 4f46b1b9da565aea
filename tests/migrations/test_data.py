"""What jobs, events and attempts hold outlives every version, down and up."""

import asyncpg

from jobwire.jobs.clock import SystemClock
from jobwire.jobs.seeding.seed import seed
from jobwire.jobs.seeding.stories import Stories
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from tests.event_log import check
from tests.migrations.conftest import move_to
from tests.migrations.test_locks import REVISIONS

JOBS = 300
#: The columns that later versions have added, and whose values go with them.
YOUNGER = {
    "worker_jobs": ["public_id", "secret_data", "secret_result", "tick_at"],
    "job_events": ["detail"],
    "job_attempts": ["retry_at"],
}


async def _fill(url: DatabaseUrl) -> None:
    database = await Database.open(url, max_size=4)
    clock = SystemClock()
    stories = Stories(jobs=JOBS, users=3, seed=1, now=clock.now())
    await seed(database, stories, clock=clock, progress=lambda _: None)
    await database.close()


async def _rows(url: DatabaseUrl) -> dict[str, set[str]]:
    """Return the columns of each row that the first version has, as text."""
    connection = await asyncpg.connect(**url.connect_arguments())
    try:
        return {
            table: {
                str(row["columns"])
                for row in await connection.fetch(
                    f"SELECT (to_jsonb(t) - $1::text[])::text columns FROM {table} t",
                    younger,
                )
            }
            for table, younger in YOUNGER.items()
        }
    finally:
        await connection.close()


async def test_rows_survive_each_version_down_and_up(empty_url: DatabaseUrl) -> None:
    await migrate(empty_url)
    await _fill(empty_url)
    before = await _rows(empty_url)

    for revision in reversed(REVISIONS[:-1]):
        await move_to(empty_url, revision.revision, up=False)
        assert await _rows(empty_url) == before, revision.revision
    for revision in REVISIONS[1:]:
        assert await _rows(empty_url) == before, revision.revision
        await move_to(empty_url, revision.revision, up=True)

    assert await _rows(empty_url) == before
    connection = await asyncpg.connect(**empty_url.connect_arguments())
    assert (await check(connection)).wrong == []
    await connection.close()
