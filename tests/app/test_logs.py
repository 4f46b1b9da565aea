import json
import logging
from pathlib import Path

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
