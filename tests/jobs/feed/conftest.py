from collections.abc import AsyncIterator

import pytest

from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.feed import Feed
from jobwire.models.database import Database
from tests.clock import FakeClock


@pytest.fixture
async def doorbell(database: Database) -> AsyncIterator[Doorbell]:
    async with Doorbell(database) as doorbell:
        yield doorbell


@pytest.fixture
async def feed(
    database: Database, doorbell: Doorbell, clock: FakeClock
) -> AsyncIterator[Feed]:
    async with Feed(database, doorbell, clock=clock) as feed:
        yield feed
