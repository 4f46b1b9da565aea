"""The installation: a database that is restored elsewhere or copied asks who it is."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest

from jobwire.jobs.executors.base import ExecutorHealth
from jobwire.jobs.executors.calls import PausedError
from jobwire.jobs.installation import (
    Installation,
    NothingToAnswerError,
    begin_anew,
    keep,
    read_installation,
    settle_in,
)
from jobwire.jobs.schedule_request import RunTime
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from jobwire.models.vocabulary import JobStatus
from jobwire.worker.decide import DecideLoop
from jobwire.worker.dispatch import DispatchLoop
from jobwire.worker.inbox import InboxLoop
from jobwire.worker.installation import InstallationLoop
from jobwire.worker.reconcile import ReconcileLoop
from jobwire.worker.stop_runs import StopRunsLoop
from jobwire.worker.sync import SyncLoop
from tests.clock import FakeClock
from tests.conftest import TEMPLATE, within
from tests.jobs.rig import GRACE, Rig, hook
from tests.worker.shared import share


@pytest.fixture
async def settled(database: Database) -> AsyncIterator[Installation]:
    """An installation that knows where it lives; forgotten afterwards."""
    async with database.connection() as connection:
        found = await settle_in(connection)
        yield found
    await forget(database)


async def forget(database: Database) -> None:
    """Let the database know no place: the row outlives the tests."""
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE installation SET system_identifier = NULL, database_oid = NULL"
        )


async def move(database: Database) -> Installation:
    """Let the database be another one than it was."""
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE installation SET system_identifier = 'elsewhere', database_oid = 1"
        )
        return await read_installation(connection)


async def test_nobody_lives_anywhere_before_trigger_dev_is_asked(
    database: Database,
) -> None:
    await forget(database)

    async with database.connection() as connection:
        found = await read_installation(connection)

    assert (found.home, found.trouble) == (None, None)


async def test_whoever_asks_first_notes_where_we_live(
    database: Database, settled: Installation
) -> None:
    assert settled.home == settled.here
    async with database.connection() as connection:
        assert await settle_in(connection) == settled
    assert settled.trouble is None


async def test_a_copy_of_the_database_is_in_doubt_and_its_original_is_not(
    postgres_url: DatabaseUrl, database_url: DatabaseUrl
) -> None:
    original, copy = (f"{database_url.database}_{one}" for one in ("original", "copy"))

    async def settled_in(name: str) -> Installation:
        database = await Database.open(within(postgres_url, name), max_size=1)
        try:
            async with database.connection() as connection:
                return await settle_in(connection)
        finally:
            await database.close()

    server = await asyncpg.connect(**postgres_url.connect_arguments())
    try:
        await server.execute(f"CREATE DATABASE {original} TEMPLATE {TEMPLATE}")
        assert (await settled_in(original)).trouble is None
        await server.execute(f"CREATE DATABASE {copy} TEMPLATE {original}")

        found = await settled_in(copy)

        assert found.trouble is not None
        assert str(found.home) in found.trouble
        assert "jobwire installation keep" in found.trouble
        assert "jobwire installation new" in found.trouble
        assert (await settled_in(original)).trouble is None
    finally:
        for name in (original, copy):
            await server.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await server.close()


async def test_one_that_has_moved_goes_on_as_the_same(
    database: Database, settled: Installation
) -> None:
    await move(database)

    async with database.transaction() as connection:
        found = await keep(connection)

    assert found == settled


async def test_there_is_nothing_to_answer_while_it_lives_where_it_did(
    database: Database, settled: Installation, clock: FakeClock
) -> None:
    async with database.transaction() as connection:
        with pytest.raises(NothingToAnswerError, match=str(settled.id)):
            await keep(connection)
        with pytest.raises(NothingToAnswerError):
            await begin_anew(connection, actor="cli", now=clock.now())


# Nothing is asked or told.


@pytest.mark.usefixtures("settled")
async def test_while_it_is_in_doubt_no_loop_asks_or_tells_anything(rig: Rig) -> None:
    canceled = await rig.linked()
    await rig.claimed()
    ready = await rig.schedule()
    await rig.cancel(canceled.id)
    await rig.post(
        hook("RUN_COMPLETED", canceled.trigger_run_id or "", canceled.id, rig.clock)
    )
    rig.clock.advance(GRACE * 2)
    await move(rig.database)
    shared = share(rig)
    await InstallationLoop(shared).run_once()
    before = dict(rig.wire.sent)
    versions = "SELECT id, version FROM worker_jobs ORDER BY id"
    rows = await rig.fetch(versions)

    for kind in (
        DispatchLoop,
        DecideLoop,
        StopRunsLoop,
        InboxLoop,
        SyncLoop,
        ReconcileLoop,
    ):
        await kind(shared).run_once()

    assert rig.wire.sent == before
    assert await rig.fetch(versions) == rows
    assert (await rig.job(ready)).dispatch_state == "none"
    assert await rig.fetch("SELECT id FROM reconciliations") == []
    assert len(await rig.inbox()) == 1


@pytest.mark.usefixtures("settled")
async def test_its_health_says_why_and_the_log_says_it_once(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    found = await move(rig.database)
    loop = InstallationLoop(share(rig))

    for _ in range(3):
        await loop.run_once()

    state = await rig.executor.state()
    assert (state.health, state.reason) == (ExecutorHealth.DEGRADED, found.trouble)
    assert caplog.text.count("pauses: The database of the installation") == 1
    with pytest.raises(PausedError):
        await rig.executor.cancel("run_1")

    async with rig.database.transaction() as connection:
        await keep(connection)
    await loop.run_once()

    assert (await rig.executor.state()).health is ExecutorHealth.HEALTHY
    assert "the work on Trigger.dev goes on" in caplog.text


# A copy.


async def test_a_copy_leaves_its_open_trigger_jobs_to_the_original(
    rig: Rig, settled: Installation
) -> None:
    waiting = await rig.schedule(when=RunTime(at=rig.clock.now() + timedelta(hours=1)))
    ready = await rig.schedule()
    running = await rig.linked()
    await rig.stage.advance(1)
    await rig.syncer.ask_all()
    await rig.cancel(running.id)
    await move(rig.database)
    sent = dict(rig.wire.sent)

    async with rig.database.transaction() as connection:
        begun = await begin_anew(connection, actor="cli", now=rig.clock.now())

    found = begun.installation
    assert begun.jobs == 3
    assert (found.id == settled.id, found.trouble) == (False, None)
    for id in (waiting, ready, running.id):
        job = await rig.job(id)
        assert (job.status, job.failure_kind) == (JobStatus.FAILED, "ORPHANED")
        assert str(settled.id) in (job.result or "")
    [event] = await rig.fetch(
        "SELECT kind, actor, detail::text AS detail FROM job_events"
        " WHERE job_id = $1 ORDER BY version DESC LIMIT 1",
        running.id,
    )
    assert (event["kind"], event["actor"]) == ("FAILED", "cli")
    assert json.loads(event["detail"]) == {"original": str(settled.id)}
    assert (await rig.job(running.id)).cancel_outcome == "FINISHED_FIRST"
    attempts = await rig.fetch("SELECT status FROM job_attempts")
    assert [row["status"] for row in attempts] == ["LOST"]
    # The runs of the original go on.
    assert rig.wire.sent == sent


async def test_a_copy_marks_its_own_runs_as_its_own(
    rig: Rig, settled: Installation
) -> None:
    await move(rig.database)
    async with rig.database.transaction() as connection:
        begun = await begin_anew(connection, actor="cli", now=rig.clock.now())
    found = begun.installation

    await InstallationLoop(share(rig)).run_once()

    job = await rig.linked()
    shown = await rig.stage.retrieve(job.trigger_run_id or "")
    assert f"jobwire:{found.id}" in shown["tags"]
    assert f"jobwire:{settled.id}" not in shown["tags"]
