"""What the tests of the transports share; they hardly touch the engine's database."""

from collections.abc import AsyncIterator

import pytest

from jobwire.gql.subscriptions import job_updates
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.engine import Engine
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.feed import Feed
from jobwire.jobs.registry import Registry
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.gql.transports.watched import Watched


@pytest.fixture(scope="session")
async def engine(pool: Database) -> AsyncIterator[Engine]:
    """An open engine whose clock stands still."""
    clock = FakeClock()
    async with (
        Doorbell(pool) as doorbell,
        Feed(pool, doorbell, clock=clock) as feed,
    ):
        yield Engine(pool, Registry(example_jobs()), clock, doorbell, feed)


@pytest.fixture
def watched(monkeypatch: pytest.MonkeyPatch) -> Watched:
    """What follows one job, replaced by something that only watches itself."""
    one = Watched()
    monkeypatch.setattr(job_updates, "FollowJob", one)
    return one
