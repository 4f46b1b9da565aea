"""A database that is filled once, and sessions that know little or much of it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from jobwire.jobs.job_ranges import PLAN_SETTINGS
from jobwire.jobs.seeding.seed import seed
from jobwire.jobs.seeding.stories import Stories
from jobwire.models.database import Connection, Database
from jobwire.models.database_url import DatabaseUrl
from tests.clock import FakeClock
from tests.conftest import TEMPLATE, within
from tests.jobs.plans.filled import FILL, JOBS
from tests.plans import MODES, STATISTICS, explain_all, give_statistics


@pytest.fixture(scope="package")
async def filled(
    postgres_url: DatabaseUrl, database_url: DatabaseUrl
) -> AsyncIterator[Database]:
    """A database of its own with many rows in every table that has lists."""
    name = f"{database_url.database}_plans"
    clock = FakeClock()
    stories = Stories(jobs=JOBS, users=10, seed=1, now=clock.now())
    connection = await asyncpg.connect(**postgres_url.connect_arguments())
    await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
    database = await Database.open(within(postgres_url, name), max_size=2)
    await seed(database, stories, clock=clock, progress=lambda _: None)
    async with database.connection() as one:
        await one.execute(FILL)
    yield database
    await database.close()
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


@pytest.fixture(
    scope="package",
    params=[(known, mode) for known in STATISTICS for mode in MODES],
    ids=", ".join,
)
async def planner(
    filled: Database, request: pytest.FixtureRequest
) -> AsyncIterator[Connection]:
    """A session of the API whose statements tell how they are carried out."""
    known, mode = request.param
    connection = await filled.connect(
        settings={**PLAN_SETTINGS, "plan_cache_mode": mode}
    )
    await give_statistics(connection, known)
    await explain_all(connection)
    yield connection
    await connection.close()
