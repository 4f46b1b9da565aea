"""Databases in use while they are migrated, and code of before on a newer one."""

import asyncio
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from sqlalchemy.exc import DBAPIError

from jobwire import migrations
from jobwire.app.commands.migrate import run as migrate_command
from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.python_api import cancel_job, schedule_job
from jobwire.app.settings import Settings
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.migrations import (
    LockedTablesError,
    NewerSchemaError,
    migrate,
    pending,
    standing,
)
from jobwire.models.database_url import DatabaseUrl
from tests.event_log import check
from tests.migrations.conftest import move_to
from tests.migrations.newer import CONTRACT, EXPAND, INDEX, NEXT, OWN, code_with
from tests.migrations.test_locks import REVISIONS
from tests.worker.conftest import until

PATIENCE = 60
ADMIN = Viewer("ann", frozenset({Scope.JOBS_READ, Scope.ADMIN}))
READ = """{ jobs(first: 20, filter: {tags: ["load"]}) { nodes { id status version } }
  jobCounts { total } }"""
OPEN = "SELECT EXISTS (SELECT FROM worker_jobs WHERE finished IS NULL)"
WAITING = """SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_class c ON c.oid = l.relation
                            WHERE c.relname = 'worker_jobs' AND NOT l.granted)"""


class Load:
    """Writers, workers and readers by the real use cases, until the block ends."""

    def __init__(self, jobwire: Jobwire) -> None:
        self._jobwire = jobwire
        self._ends = asyncio.Event()
        self._rounds = asyncio.Condition()
        self._done = {"write": 0, "cancel": 0, "read": 0}
        #: The jobs that were accepted.
        self.accepted = 0

    async def another_round(self) -> None:
        """Wait until each of them has done its work twice from now on."""
        async with self._rounds:
            wanted = {name: count + 2 for name, count in self._done.items()}
            await self._rounds.wait_for(
                lambda: all(self._done[name] >= n for name, n in wanted.items())
            )

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._repeat("write", self._write))
            group.create_task(self._repeat("cancel", self._cancel))
            group.create_task(self._repeat("read", self._read))

    async def missing(self) -> list[str]:
        """Say what `/readyz` says."""
        return await self._jobwire.missing()

    def end(self) -> None:
        self._ends.set()

    async def _repeat(self, name: str, work: Any) -> None:
        while not self._ends.is_set():
            await work()
            async with self._rounds:
                self._done[name] += 1
                self._rounds.notify_all()

    async def _write(self) -> None:
        await asyncio.gather(*[self._schedule() for _ in range(5)])

    async def _schedule(self, **more: Any) -> Any:
        job = await schedule_job(
            self._jobwire, type="no-op", tag="load", user_id="ann", **more
        )
        self.accepted += 1
        return job

    async def _cancel(self) -> None:
        job = await self._schedule(delay=timedelta(hours=1))
        await cancel_job(self._jobwire, job.id)

    async def _read(self) -> None:
        app = create_app(self._jobwire, authenticate=lambda _: ADMIN)
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport) as http:
            answer = await http.post("http://api/graphql", json={"query": READ})
        assert "errors" not in answer.json(), answer.text


@asynccontextmanager
async def load(url: DatabaseUrl) -> AsyncIterator[Load]:
    """Work on a database; at the end all that was accepted has ended, by its log."""
    settings = Settings(_env_file=None, database_url=str(url), examples=True)
    async with asyncio.timeout(PATIENCE), Jobwire(settings) as jobwire:
        working = Load(jobwire)
        async with jobwire.engine.database.connection() as connection:
            before = await connection.fetchval("SELECT count(*) FROM worker_jobs")
        async with asyncio.TaskGroup() as group:
            group.create_task(working.run())
            try:
                await working.another_round()
                yield working
            finally:
                working.end()
        async with jobwire.engine.database.connection() as connection:

            async def ended() -> bool:
                return not await connection.fetchval(OPEN)

            await until(ended, "the end of all jobs")
            assert (
                await connection.fetchval("SELECT count(*) FROM worker_jobs")
                == before + working.accepted
            )
            assert (await check(connection)).wrong == []


async def test_a_version_that_changes_no_column_goes_down_and_up_under_load(
    empty_url: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(empty_url)
    async with load(empty_url) as working:
        with monkeypatch.context() as newer:
            newer.setattr(migrations, "configuration", code_with(INDEX, tmp_path))
            for _ in range(2):
                assert await migrate(empty_url) == (NEXT,)
                await working.another_round()
                await go_back(empty_url, OWN)
                await working.another_round()


async def go_back(url: DatabaseUrl, version: str) -> None:
    """Go back while others work, trying again like `migrate`."""
    while True:
        try:
            await move_to(url, version, up=False)
        except DBAPIError as error:
            assert "lock" in str(error)  # noqa: PT017 - tried again
        else:
            return


async def test_code_of_before_works_on_while_a_newer_one_expands_and_after_it(
    empty_url: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await migrate(empty_url)
    async with load(empty_url) as working:
        with monkeypatch.context() as newer:
            newer.setattr(migrations, "configuration", code_with(EXPAND, tmp_path))
            assert await migrate(empty_url) == (NEXT,)
        await working.another_round()

    assert await pending(empty_url) == ()
    assert (await standing(empty_url)).is_ahead
    # A process that is restarted by the code of before starts and is ready.
    async with load(empty_url) as working:
        assert await working.missing() == []
        await working.another_round()


async def test_code_of_before_leaves_a_database_that_is_ahead_as_it_is(
    empty_url: DatabaseUrl,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "configuration", code_with(EXPAND, tmp_path))
        await migrate(empty_url)

    monkeypatch.setenv("DATABASE_URL", str(empty_url))
    await asyncio.to_thread(migrate_command, Namespace(data_dir=None, json=False))

    assert f"at {NEXT}, which is newer than this code" in capsys.readouterr().out
    assert (await standing(empty_url)).found == NEXT


async def test_code_of_before_does_not_start_once_the_tables_were_contracted(
    empty_url: DatabaseUrl, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as newer:
        newer.setattr(migrations, "configuration", code_with(CONTRACT, tmp_path))
        await migrate(empty_url)
    settings = Settings(_env_file=None, database_url=str(empty_url))

    with pytest.raises(
        NewerSchemaError, match=f"at version {NEXT}.*this code is of {OWN}"
    ):
        async with Jobwire(settings):
            pass
    with pytest.raises(NewerSchemaError):
        await migrate(empty_url)


async def test_a_version_that_waits_for_a_lock_lets_others_pass_and_tries_again(
    empty_url: DatabaseUrl,
) -> None:
    await migrate(empty_url)
    await move_to(empty_url, "0015", up=False)
    async with (
        asyncio.timeout(PATIENCE),
        connected(empty_url) as old,
        connected(empty_url) as other,
    ):
        transaction = old.transaction()
        await transaction.start()
        await old.fetch("SELECT count(*) FROM worker_jobs")
        migrating = asyncio.create_task(migrate(empty_url))

        async def waits() -> bool:
            return bool(await other.fetchval(WAITING))

        await until(waits, "a version that waits for its lock")
        # It would wait behind the version, and that for the transaction.
        await other.fetch("SELECT count(*) FROM worker_jobs")
        assert not migrating.done()
        await transaction.rollback()

        assert await migrating == after("0015")


async def test_a_version_that_gets_no_lock_says_so_and_leaves_what_came_before(
    empty_url: DatabaseUrl,
) -> None:
    await migrate(empty_url)
    await move_to(empty_url, "0013", up=False)
    async with connected(empty_url) as old, old.transaction():
        await old.fetch("SELECT count(*) FROM job_attempts")
        with pytest.raises(LockedTablesError, match="Version 0015"):
            await migrate(empty_url, patience=timedelta())

    assert (await standing(empty_url)).found == "0014"
    assert await migrate(empty_url) == after("0014")


def after(version: str) -> tuple[str, ...]:
    """Return the versions behind one, oldest first."""
    return tuple(one.revision for one in REVISIONS if one.revision > version)


@asynccontextmanager
async def connected(url: DatabaseUrl) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**url.connect_arguments())
    try:
        yield connection
    finally:
        await connection.close()
