"""`jobwire installation`: who we are, and the answer for a restored database."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobwire.app.cli import main
from jobwire.jobs.installation import read_installation, settle_in
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
async def moved(
    bare_environment: Path,  # noqa: ARG001 - entered
    monkeypatch: pytest.MonkeyPatch,
    database_url: DatabaseUrl,
    database: Database,
) -> AsyncIterator[None]:
    """A database that is not where it was."""
    monkeypatch.setenv("DATABASE_URL", str(database_url))
    async with database.connection() as connection:
        await settle_in(connection)
        await connection.execute("UPDATE installation SET system_identifier = '7'")
        yield
        await connection.execute(
            "UPDATE installation SET system_identifier = NULL, database_oid = NULL"
        )


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["installation", *arguments])


async def test_it_shows_who_we_are_and_what_is_to_be_answered(
    capsys: Captured, database: Database
) -> None:
    async with database.connection() as connection:
        found = await read_installation(connection)

    assert await run() == 1

    told = capsys.readouterr().out
    assert f"installation  {found.id}" in told
    assert "lives in      cluster 7, database " in told
    assert "paused        The database of the installation" in told


async def test_what_has_moved_is_kept(capsys: Captured) -> None:
    assert await run("keep") == 0
    assert "paused" not in capsys.readouterr().out
    assert await run() == 0


async def test_a_copy_becomes_another_installation(
    capsys: Captured, database: Database
) -> None:
    async with database.connection() as connection:
        before = await read_installation(connection)

    assert await run("new") == 0

    told = capsys.readouterr().out
    assert str(before.id) not in told
    assert "left to the original  0 open TRIGGER jobs" in told
    assert "paused here           0 schedules of TRIGGER jobs" in told


async def test_an_answer_that_nobody_waits_for_is_refused(capsys: Captured) -> None:
    assert await run("keep") == 0

    assert await run("new") == 1

    assert "there is nothing to answer" in capsys.readouterr().err


async def test_a_program_is_told_the_same(capsys: Captured) -> None:
    assert await run("--json") == 1
    before = json.loads(capsys.readouterr().out)
    assert await run("keep", "--json") == 0
    after = json.loads(capsys.readouterr().out)

    assert before["livesIn"]["systemIdentifier"] == "7"
    assert "jobwire installation keep" in before["paused"]
    assert after == {**before, "livesIn": before["isIn"], "paused": None}
