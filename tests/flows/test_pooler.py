"""Through PgBouncer in transaction mode, where no LISTEN and no setting lasts."""

import asyncio
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError

from jobwire.app.jobwire import Jobwire
from jobwire.app.python_api import schedule_job
from jobwire.app.refusals import told
from jobwire.app.settings import Settings
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.feed import Changed, Feed, follow_job, follow_list
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import parse_job_id
from jobwire.models.database import Database, PooledSchemaError
from jobwire.models.database_url import DatabaseUrl
from tests.clock import FakeClock
from tests.flows.pooler import pooler
from tests.gql.types import MakeJob
from tests.jobs.feed.steps import ADMIN, move, opened, versions
from tests.jobs.feed.writers import write
from tests.receiver import SECRET, running_receiver
from tests.worker.conftest import until

WRITERS = 6
ROUNDS = 8
PATIENCE = 60


@pytest.fixture
def unsaid(database: Database) -> Iterator[DatabaseUrl]:
    """The database behind a pooler, and nothing that says so."""
    with tempfile.TemporaryDirectory(prefix="jobwire-pooler-") as name:
        folder = Path(name)
        # PgBouncer reads its files as somebody else when these tests are root's.
        folder.chmod(0o755)
        with pooler(database.url, folder) as url:
            yield url


@pytest.fixture
def pooled(unsaid: DatabaseUrl) -> DatabaseUrl:
    return replace(unsaid, is_pooled=True)


@pytest.mark.rows_by_hand("`move` tells only of statuses")
async def test_followers_miss_and_repeat_nothing_through_a_pooler(
    database: Database, pooled: DatabaseUrl, clock: FakeClock, make_job: MakeJob
) -> None:
    jobs = [await make_job(status="RUNNING") for _ in range(4)]
    through = await Database.open(pooled)
    async with (
        asyncio.timeout(PATIENCE),
        Doorbell(database) as bell,
        Doorbell(through) as deaf,
        Feed(
            through, deaf, clock=clock, poll_interval=timedelta(milliseconds=20)
        ) as feed,
        opened(follow_list(feed, ADMIN, JobFilter())) as messages,
    ):
        start = await anext(messages)
        await asyncio.gather(
            *[
                write(database, bell, jobs, seed=seed, rounds=ROUNDS)
                for seed in range(WRITERS)
            ]
        )
        async with database.connection() as connection:
            for job in jobs:
                await move(connection, job, "SUCCEEDED")
            written = await connection.fetch(
                "SELECT job_id, version FROM job_events WHERE kind <> 'CREATED'"
            )
        live = [await anext(messages) for _ in written]
        behind = follow_list(feed, ADMIN, JobFilter(), after=start.cursor)
        async with opened(behind) as again:
            missed = [await anext(again) for _ in written]
    await through.close()

    for told_of in (live, missed):
        for job in jobs:
            mine = [one for one in told_of if isinstance(one, Changed)]
            mine = [one for one in mine if one.job.id == job.id]
            assert versions(mine) == sorted(
                record["version"] for record in written if record["job_id"] == job.id
            )


async def test_jobs_are_scheduled_run_and_watched_through_a_pooler(
    pooled: DatabaseUrl,
) -> None:
    settings = Settings(_env_file=None, database_url=str(pooled), examples=True)
    async with asyncio.timeout(PATIENCE), Jobwire(settings) as jobwire:
        jobs = [
            await schedule_job(jobwire, type="no-op", tag=f"{number}", user_id="u")
            for number in range(5)
        ]
        for job in jobs:
            followed = follow_job(jobwire.engine.feed, ADMIN, parse_job_id(job.id))
            async with opened(followed) as messages:
                *_, last = [one async for one in messages if hasattr(one, "job")]
            assert last.job.status == "SUCCEEDED"


async def test_others_are_notified_through_a_pooler(
    database: Database, pooled: DatabaseUrl
) -> None:
    async with asyncio.timeout(PATIENCE), running_receiver() as receiver:
        settings = Settings(
            _env_file=None,
            database_url=str(pooled),
            examples=True,
            notify_url=receiver.url,
            notify_secret=SECRET,
        )
        async with Jobwire(settings) as jobwire, database.connection() as connection:

            async def recording() -> bool:
                return bool(await connection.fetch("SELECT FROM notification_cursor"))

            await until(recording, "a cursor")
            await schedule_job(jobwire, type="no-op", tag="t", user_id="u")

            posted = await receiver.count(3)

    assert {one.type for one in posted} == {
        "job.created",
        "job.started",
        "job.succeeded",
    }


async def test_a_pooler_that_nobody_spoke_of_is_named_with_what_to_do(
    unsaid: DatabaseUrl,
) -> None:
    settings = Settings(_env_file=None, database_url=str(unsaid))
    with pytest.raises(DBAPIError) as refused:
        async with Jobwire(settings, worker=False):
            pass

    assert "?pgbouncer=true" in told(refused.value)


async def test_a_schema_of_ones_own_needs_a_session_of_ones_own(
    pooled: DatabaseUrl,
) -> None:
    with pytest.raises(PooledSchemaError, match="JOBWIRE_DB_SCHEMA"):
        await Database.open(pooled, schema="other")
