"""`jobwire seed`: what it prints, and what it refuses."""

import asyncio
from pathlib import Path

import pytest

from jobwire.app.cli import main
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl

Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def named(
    bare_environment: Path,  # noqa: ARG001 - entered
    monkeypatch: pytest.MonkeyPatch,
    database_url: DatabaseUrl,
    database: Database,  # noqa: ARG001 - emptied
) -> None:
    monkeypatch.setenv("DATABASE_URL", str(database_url))


async def run(*arguments: str) -> int:
    return await asyncio.to_thread(main, ["seed", *arguments])


async def test_it_fills_the_database_and_says_how_far_it_is(
    capsys: Captured, database: Database
) -> None:
    assert await run("--jobs", "1_500", "--users", "1") == 0

    told = capsys.readouterr()
    assert told.out.endswith(", schema public: 1,500 jobs\n")
    assert "done in" in told.err
    async with database.connection() as connection:
        found = await connection.fetch(
            "SELECT user_id, count(*) FROM worker_jobs GROUP BY 1"
        )
    assert [tuple(one) for one in found] == [("user-1", 1500)]


async def test_it_fills_no_database_twice(capsys: Captured) -> None:
    assert await run("--jobs", "10") == 0

    assert await run("--jobs", "10") == 1

    assert "jobwire seed: Nothing was seeded: " in capsys.readouterr().err


async def test_it_makes_no_database(
    capsys: Captured, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL")

    assert await run("--jobs", "10", "--data-dir", str(tmp_path / "none")) == 1

    assert "There is no database in" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("jobs", ["0", "-1", "many", "1e6"])
async def test_it_wants_a_number_of_jobs(capsys: Captured, jobs: str) -> None:
    with pytest.raises(SystemExit) as ended:
        await run("--jobs", jobs)

    assert ended.value.code == 2
    assert "expected a number from 1" in capsys.readouterr().err
