"""`jobwire workers`: who is alive, as far as connections, leases and duties tell."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobwire.app.cli import main
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from tests.factories import insert_job

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def environment(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, database_url: DatabaseUrl
) -> None:
    assert bare_environment.is_dir()
    monkeypatch.setenv("DATABASE_URL", str(database_url))


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["workers", *arguments])


async def test_without_a_worker_it_says_so_and_exits_1(
    capsys: Captured, database: Database
) -> None:
    assert database.schema == "public"

    assert await run() == 1
    assert "No worker is connected." in capsys.readouterr().err
    assert await run("--json") == 1
    assert json.loads(capsys.readouterr().out) == {"connections": 0, "workers": []}


async def test_a_worker_is_told_by_what_it_runs_and_what_it_is_elected_for(
    capsys: Captured, database: Database
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - that of the database is compared
    connected = await database.connect(application_name=WORKER_APPLICATION)
    soon, past = now + timedelta(minutes=1), now - timedelta(minutes=1)
    async with database.connection() as connection:
        for name, until in (("busy:1:aa", soon), ("dead:2:bb", past)):
            await insert_job(
                connection,
                now=now,
                status="RUNNING",
                leased_by=name,
                leased_until=until,
            )
        await connection.execute(
            """INSERT INTO duties (name, holder, term, until)
               VALUES ('counts', 'idle:3:cc', 1, $1), ('cron', 'idle:3:cc', 1, $2)""",
            soon,
            past,
        )
    try:
        assert await run("--json") == 0
        as_json = json.loads(capsys.readouterr().out)
        assert await run() == 0
    finally:
        await connected.close()

    told = capsys.readouterr()
    assert as_json["connections"] == 1
    assert [
        (one["name"], one["runningCount"], one["duties"]) for one in as_json["workers"]
    ] == [("busy:1:aa", 1, []), ("idle:3:cc", 0, ["counts"])]
    [heading, *rows] = [line.split() for line in told.out.splitlines()]
    assert heading == ["WORKER", "JOBS", "BELIEVED", "DUTIES"]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("busy:1:aa", "1", "none"),
        ("idle:3:cc", "0", "counts"),
    ]
