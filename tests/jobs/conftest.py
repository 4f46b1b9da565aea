"""Jobs on Trigger.dev, at any point of their way, without Trigger.dev."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from jobwire.jobs.job import Job
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import DispatchState, JobStatus
from tests.clock import FakeClock
from tests.factories import RUN_ID
from tests.jobs.rig import Rig, open_rig

ENVIRONMENT = "https://trigger.test#env-1"

MakeJob = Callable[..., Awaitable[Job]]


@pytest.fixture
async def connection(database: Database) -> AsyncIterator[Connection]:
    async with database.connection() as connection:
        yield connection


@pytest.fixture
def make_run_job(make_job: MakeJob, clock: FakeClock) -> MakeJob:
    """Insert a TRIGGER job: linked to its run, unless another state is given."""

    async def make(
        dispatch_state: str = DispatchState.LINKED, **columns: object
    ) -> Job:
        given: dict[str, object] = {
            "executor": "trigger",
            "dispatch_state": str(dispatch_state),
        }
        if dispatch_state != DispatchState.NONE:
            given |= {
                "dispatch_number": 1,
                "dispatched_at": clock.now(),
                "trigger_environment": ENVIRONMENT,
                "fence": 1,
            }
        if dispatch_state == DispatchState.LINKED:
            given |= {"trigger_run_id": RUN_ID}
        if columns.get("status") == JobStatus.WAITING:
            given |= {"started": clock.now(), "attempts": 1}
        return await make_job(**given | columns)

    return make


@pytest.fixture
async def rig(
    database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    """TRIGGER jobs, a Trigger.dev, and a wire between them that fails on command."""
    async with open_rig(database, clock, tmp_path) as rig:
        yield rig
