"""Statuses of runs: the words of the engine, and what the API makes of them.

Source: `ApiRetrieveRunPresenter.server.ts` of triggerdotdev/trigger.dev, read
2026-11-23.
"""

from enum import StrEnum

#: From this version of the API on, `DEQUEUED`, `WAITING` and `QUEUED` are told apart.
CURRENT_API_VERSION = "2025-07-16"


class RunStatus(StrEnum):
    """What their database says of a run."""

    DELAYED = "DELAYED"
    PENDING_VERSION = "PENDING_VERSION"
    PENDING = "PENDING"
    DEQUEUED = "DEQUEUED"
    EXECUTING = "EXECUTING"
    WAITING_TO_RESUME = "WAITING_TO_RESUME"
    RETRYING_AFTER_FAILURE = "RETRYING_AFTER_FAILURE"
    COMPLETED_SUCCESSFULLY = "COMPLETED_SUCCESSFULLY"
    COMPLETED_WITH_ERRORS = "COMPLETED_WITH_ERRORS"
    CANCELED = "CANCELED"
    EXPIRED = "EXPIRED"
    TIMED_OUT = "TIMED_OUT"
    CRASHED = "CRASHED"
    SYSTEM_FAILURE = "SYSTEM_FAILURE"


TERMINAL = frozenset(
    {
        RunStatus.COMPLETED_SUCCESSFULLY,
        RunStatus.COMPLETED_WITH_ERRORS,
        RunStatus.CANCELED,
        RunStatus.EXPIRED,
        RunStatus.TIMED_OUT,
        RunStatus.CRASHED,
        RunStatus.SYSTEM_FAILURE,
    }
)
#: A worker has them.
WITH_WORKER = frozenset(
    {RunStatus.DEQUEUED, RunStatus.EXECUTING, RunStatus.RETRYING_AFTER_FAILURE}
)
#: Runs that ended so no longer hold their idempotency key.
RELEASES_KEY = frozenset(
    {
        RunStatus.COMPLETED_WITH_ERRORS,
        RunStatus.EXPIRED,
        RunStatus.TIMED_OUT,
        RunStatus.CRASHED,
        RunStatus.SYSTEM_FAILURE,
    }
)

_CURRENT = {
    RunStatus.PENDING: "QUEUED",
    RunStatus.WAITING_TO_RESUME: "WAITING",
    RunStatus.RETRYING_AFTER_FAILURE: "EXECUTING",
    RunStatus.COMPLETED_SUCCESSFULLY: "COMPLETED",
    RunStatus.COMPLETED_WITH_ERRORS: "FAILED",
}
_OLD = {
    **_CURRENT,
    RunStatus.DEQUEUED: "EXECUTING",
    RunStatus.WAITING_TO_RESUME: "FROZEN",
    RunStatus.RETRYING_AFTER_FAILURE: "REATTEMPTING",
}
_QUEUED = frozenset(
    {RunStatus.PENDING, RunStatus.DELAYED, RunStatus.PENDING_VERSION},
)
#: Neither EXPIRED nor TIMED_OUT is among them: so says the real server.
_COMPLETED = frozenset(
    {
        RunStatus.COMPLETED_SUCCESSFULLY,
        RunStatus.COMPLETED_WITH_ERRORS,
        RunStatus.CANCELED,
        RunStatus.CRASHED,
        RunStatus.SYSTEM_FAILURE,
    }
)
#: What a list can be filtered by; the names of both vocabularies. Words without a
#: status here stand for runs that this server never has.
FILTERS: dict[str, RunStatus | None] = {
    "PENDING_VERSION": RunStatus.PENDING_VERSION,
    "DELAYED": RunStatus.DELAYED,
    "QUEUED": RunStatus.PENDING,
    "DEQUEUED": RunStatus.DEQUEUED,
    "EXECUTING": RunStatus.EXECUTING,
    "WAITING": RunStatus.WAITING_TO_RESUME,
    "COMPLETED": RunStatus.COMPLETED_SUCCESSFULLY,
    "FAILED": RunStatus.COMPLETED_WITH_ERRORS,
    "CANCELED": RunStatus.CANCELED,
    "CRASHED": RunStatus.CRASHED,
    "SYSTEM_FAILURE": RunStatus.SYSTEM_FAILURE,
    "EXPIRED": RunStatus.EXPIRED,
    "TIMED_OUT": RunStatus.TIMED_OUT,
    "WAITING_FOR_DEPLOY": None,
    "REATTEMPTING": RunStatus.RETRYING_AFTER_FAILURE,
    "FROZEN": RunStatus.WAITING_TO_RESUME,
    "INTERRUPTED": None,
}


def api_status(status: RunStatus, *, current: bool) -> str:
    """Return the word of the API: of its current vocabulary, or of the old one."""
    return (_CURRENT if current else _OLD).get(status, status.value)


def api_booleans(status: RunStatus) -> dict[str, bool]:
    """Return the seven helpers that stand beside a status."""
    completed = status in _COMPLETED
    succeeded = status is RunStatus.COMPLETED_SUCCESSFULLY
    return {
        "isQueued": status in _QUEUED,
        "isExecuting": status in WITH_WORKER,
        "isCompleted": completed,
        "isFailed": completed and not succeeded,
        "isSuccess": succeeded,
        "isCancelled": status is RunStatus.CANCELED,
        "isWaiting": status is RunStatus.WAITING_TO_RESUME,
    }
