"""Slow statements: told when they end, by what they are and never by their values."""

import hashlib
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from jobwire.models.database import StatementListener

log = logging.getLogger(__name__)

#: How long one statement is not told again, in seconds.
PAUSE_SECONDS = 60.0
#: Characters of a statement that are told.
LENGTH = 160

_MOST_KNOWN = 500
_LITERAL = re.compile(r"'[^']*'")


@dataclass(slots=True)
class _Told:
    at: float
    more: int = 0


class SlowStatements:
    """Hears how long each statement took, of a database that was opened with it.

    What takes long is counted, and told at most once a minute for each statement.

    Args:
        threshold: From when on a statement is slow.
        noted: Called for each slow one.
    """

    def __init__(self, threshold: timedelta, noted: Callable[[], None]) -> None:
        self._threshold = threshold.total_seconds()
        self._noted = noted
        self._told: dict[str, _Told] = {}

    def __call__(self, statement: str, seconds: float) -> None:
        """Hear of one."""
        if seconds >= self._threshold:
            self._noted()
            self._tell(statement, seconds)

    def _tell(self, statement: str, seconds: float) -> None:
        digest = hashlib.sha256(statement.encode(errors="replace")).hexdigest()[:12]
        told, now = self._told.get(digest), monotonic()
        if told is not None and now - told.at < PAUSE_SECONDS:
            told.more += 1
            return
        if len(self._told) >= _MOST_KNOWN:
            self._told.clear()
        self._told[digest] = _Told(now)
        log.warning(
            "a statement took %.1f s: %s",
            seconds,
            shown(statement),
            extra={
                "action": "slow-statement",
                "statement_id": digest,
                "seconds": round(seconds, 3),
                "untold": 0 if told is None else told.more,
            },
        )


def listener(
    threshold: timedelta | None, noted: Callable[[], None]
) -> StatementListener | None:
    """Return what tells of slow statements; None: none is slow."""
    return None if threshold is None else SlowStatements(threshold, noted)


def shown(statement: str) -> str:
    """Return how a statement begins, on one line and without what it compares with."""
    text = " ".join(_LITERAL.sub("'…'", statement[: 4 * LENGTH]).split())
    return text if len(text) <= LENGTH else f"{text[: LENGTH - 1]}…"
