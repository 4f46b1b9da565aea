from collections.abc import AsyncIterator

import pytest

from jobwire.models.database import Connection, Database
from tests.clock import FakeClock
from tests.jobs.counts.steps import keep_all


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    async with database.connection() as connection:
        yield connection


@pytest.fixture
async def counted(database: Database, clock: FakeClock) -> None:
    """Everything has been counted once, a second ago."""
    async with database.connection() as connection:
        # The state is kept from test to test.
        await connection.execute("UPDATE job_counts_state SET database_oid = NULL")
    await keep_all(database, clock)
    clock.advance(1)
