"""Logs of our own commands; a host's logging is never touched."""

import logging
import logging.config
from pathlib import Path
from typing import Any

import structlog

from jobwire.app.log_lines import console_formatter, json_formatter
from jobwire.app.redaction import secrets_of
from jobwire.app.settings import Settings

FILE_NAME = "jobwire.log"
_FILE_BYTES = 10 * 1024 * 1024
_FILES_KEPT = 5


def configure(settings: Settings, *, to_file: bool) -> Path | None:
    """Log to the console and, if asked and set, to `jobwire.log`; return its path.

    What is logged with structlog comes out in the same form.
    """
    secrets = secrets_of(settings)
    handlers: dict[str, Any] = {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": settings.log_format,
            "stream": "ext://sys.stderr",
        }
    }
    file = None
    if to_file and settings.log_dir is not None:
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
                "console": {"()": console_formatter, "secrets": secrets},
                "json": {"()": json_formatter, "secrets": secrets},
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
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.processors.StackInfoRenderer(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    return file
