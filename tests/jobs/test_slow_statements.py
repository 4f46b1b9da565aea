import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from jobwire.jobs.slow_statements import LENGTH, SlowStatements, shown
from jobwire.models.database import Connection, Database

STATEMENT = "SELECT $1::text,\n       'a literal'"


@pytest.fixture
def noted() -> list[None]:
    return []


@pytest.fixture
async def connection(
    database: Database, noted: list[None], request: pytest.FixtureRequest
) -> AsyncIterator[Connection]:
    """A connection to which every statement is slow, or none."""
    threshold = getattr(request, "param", timedelta())
    heard = SlowStatements(threshold, lambda: noted.append(None))
    other = await Database.open(database.url, on_statement=heard)
    async with other.connection() as connection:
        yield connection
    await other.close()


async def test_a_slow_statement_is_told_once_and_counted_each_time(
    connection: Connection, noted: list[None], caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        await connection.fetch(STATEMENT, "a secret value")
    # The loop tells of the last statement when it gets its turn.
    await connection.fetch("SELECT 1")

    told = [one for one in caplog.records if "SELECT $1" in one.getMessage()]
    assert len(told) == 1
    assert (told[0].action, told[0].untold) == ("slow-statement", 0)
    assert told[0].getMessage().endswith("s: SELECT $1::text, '…'")
    assert "a secret value" not in caplog.text
    assert len(noted) >= 3


@pytest.mark.parametrize("connection", [timedelta(hours=1)], indirect=True)
async def test_a_quick_statement_is_not_told(
    connection: Connection, noted: list[None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await connection.fetch(STATEMENT, "a value")
    await connection.fetch("SELECT 1")

    assert noted == []
    assert "SELECT" not in caplog.text


def test_a_long_statement_is_cut() -> None:
    assert len(shown("SELECT " + "x, " * LENGTH)) == LENGTH
