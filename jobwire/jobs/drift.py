"""Drift: what a pass of reconciliation had to correct, and which paths had missed it.

Pure, but for one read: it turns what `fold` has decided into what the event says.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.fold import Change
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.observation import Observation
from jobwire.jobs.sync_paths import SyncPath
from jobwire.models.vocabulary import AttentionKind, EventKind, JobStatus, SignalSource

#: What counts as drift when a pass has to change it, in the words of the detail.
_TOLD = {
    "status": "status",
    "attempts": "attempts",
    "cancel_outcome": "cancelOutcome",
    "trigger_status": "triggerStatus",
}
_MOVES = ("status", "attempts", "cancel_outcome")
#: The hooks' words for what Trigger.dev says; for others there is no hook.
_HOOK_WORDS = {
    "EXECUTING": {"RUN_STARTED", "RUN_PROGRESS"},
    "COMPLETED": {"RUN_COMPLETED"},
    "FAILED": {"RUN_FAILED"},
    "CANCELED": {"RUN_CANCELED"},
}

_SAID = """
SELECT source, word FROM job_observations WHERE job_id = $1 AND dispatch_number = $2"""


def is_drift(change: Change) -> bool:
    """Whether a change is more than news and progress."""
    return any(name in change.values for name in _MOVES)


async def corrected(
    connection: SqlConnection,
    job: Job,
    said: Observation,
    change: Change,
    *,
    paths: Collection[SyncPath],
) -> Change:
    """Make a correction of a change: one event, which says what was missed by whom.

    Args:
        connection: Any connection; the observation must not be counted yet.
        job: The job before it.
        said: What the pass has found.
        change: What `fold` makes of it.
        paths: Those that were on.
    """
    records = await connection.fetch(_SAID, job.id, job.dispatch_number)
    heard = {(record["source"], record["word"]) for record in records}
    before = {told: getattr(job, name) for name, told in _TOLD.items()}
    after = {
        told: change.values.get(name, before[told]) for name, told in _TOLD.items()
    }
    # An open job has its word as it is said, whether or not the change names it.
    after["triggerStatus"] = said.word
    detail: dict[str, Any] = {
        **(change.detail or {}),
        "before": before,
        "after": after,
        "missedBy": [
            path.value
            for path in SyncPath
            if path in paths and not heard & set(_as_told(path, said.word))
        ],
    }
    return replace(
        change,
        kind=EventKind.DRIFT_CORRECTED,
        detail={**(change.detail or {}), **detail},
    )


def attended(job: Job, change: Change | None, *, in_pass: bool) -> Change | None:
    """Put right why an operator should look at a job of whose run something was heard.

    A run that is heard of is not lost. A job that drifted and stays open is marked
    until a pass finds it right, or until it ends.

    Args:
        job: The job before it.
        change: What changes anyway; None: nothing.
        in_pass: Whether a pass of reconciliation has heard it.
    """
    if is_terminal(job.job_status):
        return change
    kinds = set(job.attention) - {AttentionKind.ORPHAN_SUSPECT.value}
    if change is not None and is_terminal(_status(job, change)):
        kinds.discard(AttentionKind.DRIFTED.value)
    elif change is not None and change.kind is EventKind.DRIFT_CORRECTED:
        kinds.add(AttentionKind.DRIFTED.value)
    elif in_pass:
        kinds.discard(AttentionKind.DRIFTED.value)
    if kinds == set(job.attention):
        return change
    base = change or Change(EventKind.ATTENTION_CHANGED, {})
    return replace(
        base,
        values={**base.values, "attention": sorted(kinds)},
        detail={**(base.detail or {}), "was": list(job.attention)},
    )


def _status(job: Job, change: Change) -> JobStatus:
    return JobStatus(change.values.get("status", job.status))


def _as_told(path: SyncPath, word: str) -> list[tuple[str, str]]:
    """Return how a path would have told a word: by which source, in which word."""
    match path:
        case SyncPath.WEBHOOK:
            hooks = _HOOK_WORDS.get(word, set())
            return [
                (SignalSource.ALERT.value, word),
                *((SignalSource.WEBHOOK.value, hook) for hook in hooks),
            ]
        case SyncPath.REALTIME:
            return [(SignalSource.REALTIME.value, word)]
        case SyncPath.POLL:
            return [(SignalSource.RECONCILER.value, word)]
