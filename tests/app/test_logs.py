import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from structlog.contextvars import bound_contextvars

from jobwire.app.log_lines import console_formatter, json_formatter
from jobwire.app.logs import configure
from jobwire.app.settings import Settings


@pytest.fixture(autouse=True)
def structlog_kept() -> Iterator[None]:
    yield
    structlog.reset_defaults()


def record(**extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(
        {
            "name": "jobwire.jobs",
            "levelno": logging.INFO,
            "msg": "job %s ended",
            "args": ("a",),
        }
    )
    made.levelname = "INFO"
    made.__dict__.update(extra)
    return made


def json_line(**extra: object) -> dict[str, object]:
    line: dict[str, object] = json.loads(json_formatter().format(record(**extra)))
    return line


def test_a_line_for_people_ends_in_its_named_values() -> None:
    line = console_formatter().format(record(action="job-ended", attempt=2))

    assert line[8:] == " info    job a ended action=job-ended attempt=2"


def test_a_value_ends_no_line_for_people() -> None:
    line = console_formatter().format(record(user_id="a\nb", tag="two words"))

    assert line.endswith(r" user_id='a\nb' tag='two words'")


def test_a_line_for_machines_is_one_json_object() -> None:
    line = json_line(action="job-ended", at_all={1})

    assert list(line)[:4] == ["at", "level", "logger", "message"]
    assert line["level"] == "INFO"
    assert line["logger"] == "jobwire.jobs"
    assert line["message"] == "job a ended"
    assert line["action"] == "job-ended"
    assert line["at_all"] == "{1}"


@pytest.mark.parametrize("formatter", [console_formatter, json_formatter])
def test_a_line_says_what_its_context_is_about(formatter) -> None:
    with bound_contextvars(job_id="job_1", attempt=1):
        line = formatter().format(record(attempt=2))

    assert "job_1" in line
    # The call itself knows better.
    assert ("attempt=2" in line) or ('"attempt": 2' in line)


def test_no_named_value_takes_the_place_of_what_every_line_says() -> None:
    line = json_line(level="none", at="never", logger="me", event="kept")

    assert (line["level"], line["logger"]) == ("INFO", "jobwire.jobs")
    assert line["at"] != "never"
    assert (line["message"], line["event"]) == ("job a ended", "kept")


@pytest.mark.parametrize("formatter", [console_formatter, json_formatter])
def test_a_traceback_comes_last_and_shows_no_variables(formatter) -> None:
    hidden = "a local variable"
    try:
        int(f"1{len(hidden)}x")
    except ValueError as error:
        told = (type(error), error, error.__traceback__)

    line = formatter().format(record(exc_info=told, action="failed"))

    assert "ValueError: " in line
    assert line.index("action") < line.index("Traceback")
    assert hidden not in line


def test_the_file_holds_what_our_code_and_the_users_log(tmp_path: Path) -> None:
    settings = Settings(_env_file=None, log_dir=tmp_path / "logs", log_level="INFO")

    file = configure(settings, to_file=True)
    logging.getLogger("jobwire.app").info("ours")
    logging.getLogger("myteam.jobs").info("theirs")
    structlog.get_logger("myteam.more").info("with structlog", rows=3)
    logging.getLogger("myteam.jobs").debug("not asked for")
    structlog.get_logger("myteam.more").debug("not asked for either")
    logging.getLogger("alembic").info("noise")

    assert file == tmp_path / "logs/jobwire.log"
    lines = [json.loads(line) for line in file.read_text().splitlines()]
    assert [line["message"] for line in lines] == ["ours", "theirs", "with structlog"]
    assert lines[2] | {"at": ""} == {
        "at": "",
        "level": "INFO",
        "logger": "myteam.more",
        "message": "with structlog",
        "rows": 3,
    }


def test_no_file_is_written_where_there_is_no_folder_for_it(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JOBWIRE_LOG_DIR", "none")

    assert configure(Settings(), to_file=True) is None
    assert not list(bare_environment.iterdir())
