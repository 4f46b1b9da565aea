"""Observations: what somebody says of a Trigger.dev run, whichever path it came by.

Pure: `observe` writes what `fold` makes of them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from jobwire.jobs.failure import Failure
from jobwire.jobs.logs.line import Line
from jobwire.models.vocabulary import JobStatus, SignalSource


class Rank(IntEnum):
    """How much an observation is worth."""

    #: A lifecycle hook said so, before Trigger.dev had recorded it: it moves a job
    #: among the statuses that are not terminal.
    TESTIMONY = 1
    #: Trigger.dev itself said so: only this seals.
    VERDICT = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """One thing that was said of one run.

    Attributes:
        run_id: The run, `run_…`.
        source: Which path brought it.
        rank: What it is worth.
        word: The status in the word of its source.
        status: What the word means here; None: it is unknown, and means nothing.
        is_news: Whether the word tells what nobody would guess from that status.
        attempt: The attempt that it tells of, from 1; 0: of none; None: it does not
            tell which, as the Realtime feed and the alert.
        occurred_at: When it happened, by the clock of its source.
        started_at: When the run's code first started.
        finished_at: When the run ended, its code included.
        output: What the run returned, as JSON text; None: nothing, or not told.
        failure: Why it failed or expired; always there for those statuses.
        progress: {fraction, message, current, total, updatedAt} as JSON text.
        lines: What the run's code has logged.
    """

    run_id: str
    source: SignalSource
    rank: Rank
    word: str
    status: JobStatus | None
    is_news: bool = False
    attempt: int | None
    occurred_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    output: str | None = None
    failure: Failure | None = None
    progress: str | None = None
    lines: tuple[Line, ...] = ()
