"""The statuses of runs, as version 2025-07-16 of the API spells them."""

from enum import StrEnum


class RunStatus(StrEnum):
    """Where a run stands.

    The server learns new words before its clients do, so that a run keeps its status
    as text: see `RunSummary.known_status`.
    """

    #: Waits for a deployment that contains the task and the queue.
    PENDING_VERSION = "PENDING_VERSION"
    #: Waits until its delay has passed.
    DELAYED = "DELAYED"
    #: Waits for a free place in its queue; the only status that can expire.
    QUEUED = "QUEUED"
    #: Was handed to a worker and has not started.
    DEQUEUED = "DEQUEUED"
    #: Its code runs, or waits for the next attempt.
    EXECUTING = "EXECUTING"
    #: Is parked until a wait is over.
    WAITING = "WAITING"
    #: Ended: its code returned.
    COMPLETED = "COMPLETED"
    #: Ended: its last attempt raised.
    FAILED = "FAILED"
    #: Ended on request; its code may still be stopping.
    CANCELED = "CANCELED"
    #: Ended: its process died.
    CRASHED = "CRASHED"
    #: Ended: Trigger.dev itself failed.
    SYSTEM_FAILURE = "SYSTEM_FAILURE"
    #: Ended: it ran longer than its `max_duration`.
    TIMED_OUT = "TIMED_OUT"
    #: Ended unstarted: its time-to-live passed first.
    EXPIRED = "EXPIRED"


def known_status(word: str) -> RunStatus | None:
    """Return the status that a word is; None: it is newer than this client."""
    try:
        return RunStatus(word)
    except ValueError:
        return None


#: The statuses that no run leaves. The server's own `isCompleted` is false for two
#: of them (4.5.12), so that nothing here reads it.
TERMINAL = frozenset(
    {
        RunStatus.COMPLETED,
        RunStatus.FAILED,
        RunStatus.CANCELED,
        RunStatus.CRASHED,
        RunStatus.SYSTEM_FAILURE,
        RunStatus.TIMED_OUT,
        RunStatus.EXPIRED,
    }
)
