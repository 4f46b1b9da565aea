"""Logs of our own commands; a host's logging is never touched."""

import json
import logging
import logging.config
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from jobwire.app.settings import Settings

FILE_NAME = "jobwire.log"
_FILE_BYTES = 10 * 1024 * 1024
_FILES_KEPT = 5
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {
    "message",
    "asctime",
    "taskName",
}
_UVICORN_OWN = frozenset({"color_message"})


class JsonFormatter(logging.Formatter):
    """One JSON object a line: at, level, logger, message, and the named values."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(
                timespec="milliseconds"
            ),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
            **named_values(record),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str, ensure_ascii=False)


class ConsoleFormatter(logging.Formatter):
    """A line for a person: time, level, message, then name=value."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record."""
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        values = "".join(
            f" {name}={value}" for name, value in named_values(record).items()
        )
        line = (
            f"{at:%H:%M:%S} {record.levelname.lower():<7} {record.getMessage()}{values}"
        )
        if record.exc_info:
            line += "\n" + self.formatException(record.exc_info)
        return line


def named_values(record: logging.LogRecord) -> dict[str, Any]:
    """Return what a log call passed as `extra`."""
    return {
        name: value
        for name, value in vars(record).items()
        if name not in _STANDARD and name not in _UVICORN_OWN
    }


def configure(settings: Settings, *, to_file: bool) -> Path | None:
    """Log to the console and, if asked, to `jobwire.log`; return that file's path."""
    handlers: dict[str, Any] = {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": settings.log_format,
            "stream": "ext://sys.stderr",
        }
    }
    file = None
    if to_file:
        settings.log_dir.mkdir(parents=True, exist_ok=True)
        file = settings.log_dir / FILE_NAME
        handlers["file"] = {
            "class": "logging.handlers.RotatingFileHandler",
            "formatter": "json",
            "filename": str(file),
            "maxBytes": _FILE_BYTES,
            "backupCount": _FILES_KEPT,
            "encoding": "utf-8",
        }
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {
                "console": {"()": ConsoleFormatter},
                "json": {"()": JsonFormatter},
            },
            "handlers": handlers,
            # The process is ours: what the user's jobs log belongs there too.
            "root": {"level": settings.log_level, "handlers": list(handlers)},
            "loggers": {
                # What they do at each start, our commands tell in their own words.
                "alembic": {"level": "WARNING"},
                "uvicorn": {"level": "WARNING"},
                # It logs whole addresses, and presigned ones are secrets.
                "httpx": {"level": "WARNING"},
            },
        }
    )
    return file
