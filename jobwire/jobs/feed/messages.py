"""The messages of a stream, in the order in which they come.

A `Reset` only when there is cause, the `Snapshotted` that were asked for, each
`Changed` since the cursor, `CaughtUp`, and from then on each `Changed` as it is
committed. Every cursor is exact: going on from it repeats nothing and misses nothing.
"""

from dataclasses import dataclass
from datetime import timedelta

from jobwire.jobs.job import Event, Job


@dataclass(frozen=True, slots=True)
class Snapshotted:
    """A job as it stands at the start."""

    cursor: str
    job: Job


@dataclass(frozen=True, slots=True)
class Changed:
    """One event, and the job as it was read with it.

    Attributes:
        cursor: Going on from it starts right behind this event.
        event: The event.
        job: Its version may be ahead of the event's.
        left_filter: The job matched the filter before and no longer does.
    """

    cursor: str
    event: Event
    job: Job
    left_filter: bool = False


@dataclass(frozen=True, slots=True)
class CaughtUp:
    """Everything up to now was given; what follows is live."""

    cursor: str


@dataclass(frozen=True, slots=True)
class Reset:
    """Changes may have been missed: read again; what follows starts at this cursor."""

    cursor: str
    reason: str


#: When a reader should be back whose stream the server ends. Not at once: clocks may
#: differ, and for some seconds a token that has ended is let in, and shown out, again.
RECONNECT_AFTER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Closing:
    """The stream ends now, and not because the job did: connect again."""

    cursor: str
    reconnect_after: timedelta
    reason: str


StreamMessage = Snapshotted | Changed | CaughtUp | Reset | Closing
