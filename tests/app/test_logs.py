import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobwire.app.logs import ConsoleFormatter, JsonFormatter, configure
from jobwire.app.settings import Settings


def record(level: int = logging.INFO, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(
        {
            "name": "jobwire.jobs",
            "levelno": level,
            "msg": "job %s ended",
            "args": ("a",),
        }
    )
    made.levelname = logging.getLevelName(level)
    made.__dict__.update(extra)
    return made


@pytest.fixture
def logging_kept() -> Iterator[None]:
    """Put the logging of the tests back as it was."""
    names = ["", "alembic", "uvicorn"]
    before = [
        (logging.getLogger(name), logging.getLogger(name).level, list(handlers))
        for name in names
        for handlers in [logging.getLogger(name).handlers]
    ]
    yield
    for logger, level, handlers in before:
        for handler in logger.handlers:
            if handler not in handlers:
                handler.close()
        logger.handlers[:] = handlers
        logger.setLevel(level)


def test_a_line_for_people_ends_in_its_named_values() -> None:
    line = ConsoleFormatter().format(record(action="job-ended", attempt=2))

    assert line[8:] == " info    job a ended action=job-ended attempt=2"


def test_a_line_for_machines_is_one_json_object() -> None:
    line = json.loads(JsonFormatter().format(record(action="job-ended", at_all={1})))

    assert line["level"] == "INFO"
    assert line["logger"] == "jobwire.jobs"
    assert line["message"] == "job a ended"
    assert line["action"] == "job-ended"
    assert line["at_all"] == "{1}"


@pytest.mark.usefixtures("logging_kept")
def test_the_file_holds_what_our_code_and_the_users_log(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, log_dir=tmp_path / "logs", log_level="INFO")

    file = configure(settings, to_file=True)
    logging.getLogger("jobwire.app").info("ours")
    logging.getLogger("myteam.jobs").info("theirs")
    logging.getLogger("myteam.jobs").debug("not asked for")
    logging.getLogger("alembic").info("noise")

    assert file == tmp_path / "logs/jobwire.log"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["message"] for line in lines] == ["ours", "theirs"]
