import logging
import os
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine
from sqlalchemy.pool import NullPool
from sqlmodel.ext.asyncio.session import AsyncSession as SqlmodelSession

from jobwire.models.database import Database


@pytest.fixture(autouse=True)
def logging_kept() -> Iterator[None]:
    """Put the logging of the tests back as it was.

    A command that is run inside a test logs to that test's stderr, which is closed
    when it has ended; a thread that logs there later gets the error.
    """
    loggers = [logging.getLogger(name) for name in ("", "alembic", "uvicorn", "httpx")]
    before = [(logger, logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, level, handlers in before:
        for handler in logger.handlers:
            if handler not in handlers:
                handler.close()
        logger.handlers[:] = handlers
        logger.setLevel(level)


@pytest.fixture
def bare_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty working directory, and no setting in the environment."""
    for name in tuple(os.environ):
        if name.startswith(("JOBWIRE_", "TRIGGER_")) or name == "DATABASE_URL":
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def engine_of_host(database: Database) -> AsyncIterator[AsyncEngine]:
    """The host's own engine, on the same database."""
    engine = create_async_engine(database.url.sqlalchemy, poolclass=NullPool)
    yield engine
    await engine.dispose()


@pytest.fixture(params=["AsyncSession", "sqlmodel", "AsyncConnection", "asyncpg"])
def transaction(
    request: pytest.FixtureRequest, database: Database, engine_of_host: AsyncEngine
) -> Any:
    """A transaction of the host's, by each of the four ways to hold one."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Any]:
        if request.param == "asyncpg":
            async with database.transaction() as connection:
                yield connection
        elif request.param == "AsyncConnection":
            async with engine_of_host.begin() as connection:
                yield connection
        else:
            kinds = {"AsyncSession": AsyncSession, "sqlmodel": SqlmodelSession}
            session = kinds[request.param](engine_of_host)
            async with session, session.begin():
                yield session

    return begin
