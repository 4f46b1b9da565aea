"""`jobwire retention`: what is due to go, and its going now."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobwire.app.cli import main
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
    return await asyncio.to_thread(main, ["retention", *arguments])


async def insert(database: Database, *, days: int, status: str) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - that of the database is compared
    async with database.connection() as connection:
        await insert_job(connection, now=now - timedelta(days=days), status=status)


def by_kind(text: str, member: str) -> dict[str, int]:
    lines = [json.loads(line) for line in text.splitlines()]
    return {one["what"]: one[member] for one in lines if one[member]}


@pytest.fixture
async def old_jobs(database: Database) -> None:
    """Two that are due, and others that are kept."""
    await insert(database, days=40, status="SUCCEEDED")
    await insert(database, days=100, status="FAILED")
    await insert(database, days=40, status="FAILED")
    await insert(database, days=8, status="SUCCEEDED")
    await insert(database, days=100, status="QUEUED")


@pytest.mark.usefixtures("old_jobs")
async def test_it_shows_what_is_due_and_takes_nothing_away(
    capsys: Captured, database: Database
) -> None:
    assert await run("--json") == 0
    due = by_kind(capsys.readouterr().out, "dueCount")
    assert await run() == 0

    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert due == {"SUCCEEDED": 1, "FAILED": 1}
    assert rows[:3] == [
        ["WHAT", "KEPT", "FOR", "DUE"],
        ["SUCCEEDED", "30d", "1"],
        ["FAILED", "90d", "1"],
    ]
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM worker_jobs") == 5


@pytest.mark.usefixtures("old_jobs")
async def test_it_takes_away_what_is_due_and_says_how_far_it_is(
    capsys: Captured, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBWIRE_RETENTION_FAILED_DAYS", "forever")

    assert await run("--run", "--json") == 0

    told = capsys.readouterr()
    assert by_kind(told.out, "removedCount") == {"SUCCEEDED": 1}
    assert "removing: done in" in told.err
    async with database.connection() as connection:
        left = await connection.fetch("SELECT status FROM worker_jobs ORDER BY id")
    assert sorted(one["status"] for one in left) == [
        "FAILED",
        "FAILED",
        "QUEUED",
        "SUCCEEDED",
    ]


@pytest.mark.rows_by_hand("schedules and deliveries of long ago")
async def test_what_is_counted_is_what_goes(
    capsys: Captured, database: Database
) -> None:
    await insert(database, days=40, status="CANCELED")
    await insert(database, days=40, status="EXPIRED")
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE worker_jobs SET deleted_at = now() - interval '8 days'"
            " WHERE status = 'EXPIRED'"
        )
        await connection.execute(
            """INSERT INTO webhook_deliveries
                 (id, source, event_id, body, received_at, handled_at)
               VALUES (gen_random_uuid(), 'hook', 'evt', '{}',
                       now() - interval '31 days', now())"""
        )

    assert await run("--json") == 0
    due = by_kind(capsys.readouterr().out, "dueCount")
    assert await run("--run", "--json") == 0

    assert by_kind(capsys.readouterr().out, "removedCount") == due
    assert due == {"CANCELED": 1, "DELETED": 1, "DELIVERIES": 1}
