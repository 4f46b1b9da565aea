from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from jobwire.app.doctor.checks import make_checks
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding
from jobwire.app.doctor.rooms import CHECKS
from jobwire.models.database_url import DatabaseUrl

#: Makes all checks; returns what each found.
Examine = Callable[..., Awaitable[dict[str, Finding]]]


@pytest.fixture
def examine(bare_environment: Path) -> Examine:
    """All checks, as the command makes them, with the environment of the test."""
    assert bare_environment.is_dir()

    async def made(webhook_url: str | None = None) -> dict[str, Finding]:
        examination = Examination(webhook_url=webhook_url)
        async with AsyncExitStack() as stack:
            examination.stack = stack
            return {
                one.name: one.finding async for one in make_checks(CHECKS, examination)
            }

    return made


@pytest.fixture
def on_database(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, database_url: DatabaseUrl
) -> Examine:
    """The same, on the database of the tests."""
    monkeypatch.setenv("DATABASE_URL", str(database_url))
    return examine
