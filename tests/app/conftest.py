import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest


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
