"""The fold: what one observation of a run makes of its job.

Pure, idempotent and monotone: a job only goes forward, a terminal row stays as it is,
and any order, loss or doubling of observations ends in the same row once a verdict on
the end has come. Nothing compares the clocks of two machines.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from jobwire.jobs import json_text
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import CANCEL_GRACE, Verb, event_kind, is_terminal
from jobwire.jobs.observation import Observation, Rank
from jobwire.jobs.settled_by import SettledBy
from jobwire.models.vocabulary import (
    CancelMode,
    CancelOutcome,
    EventKind,
    JobStatus,
)

#: How long code may go on after Trigger.dev has said CANCELED. It gives `onCancel` 30
#: seconds and then kills the process, but of parked runs it never says that they ended
#: (run-engine, `runAttemptSystem.ts`).
STOP_DEADLINE = timedelta(seconds=60)

#: The kind of an event that tells news of a run without moving the job.
_NEWS = {
    JobStatus.QUEUED: EventKind.QUEUED,
    JobStatus.RUNNING: EventKind.STARTED,
    JobStatus.WAITING: EventKind.WAITING,
}


@dataclass(frozen=True, slots=True)
class Heard:
    """What was said of the run before, beside what its row says.

    Attributes:
        stopped: A hook told that the code has stopped on request.
        canceled_since: When Trigger.dev first said CANCELED.
    """

    stopped: bool = False
    canceled_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One version to write.

    Attributes:
        kind: What its event says.
        values: The columns to set.
        detail: What else its event tells, as JSON; None: nothing.
    """

    kind: EventKind
    values: dict[str, Any]
    detail: dict[str, Any] | None = None


def fold(
    job: Job,
    said: Observation,
    *,
    now: datetime,
    heard: Heard | None = None,
    seals: bool = False,
) -> Change | None:
    """Decide what an observation changes; None: nothing.

    Moves QUEUED, RUNNING or WAITING along the edges of `Verb.OBSERVE`.

    Args:
        job: The row, of a job whose run this is.
        said: What was said.
        now: When it is folded in.
        heard: What was said before.
        seals: Whether even testimony may end the job, because Trigger.dev cannot be
            asked.
    """
    if is_terminal(job.job_status) or said.run_id != job.trigger_run_id:
        return None
    if said.status is None:
        return _news(job, said)
    if not is_terminal(said.status):
        return _go_on(job, said)
    if said.rank is not Rank.VERDICT and not seals:
        return None
    if said.status is JobStatus.CANCELED:
        return _cancel(job, said, now, heard or Heard())
    return _end(job, said.status, said, now)


def _news(job: Job, said: Observation) -> Change | None:
    """Tell of a word that moves nothing; other words are kept without an event."""
    if not said.is_news or said.word == job.trigger_status:
        return None
    return Change(_NEWS[job.job_status], {"trigger_status": said.word})


def _go_on(job: Job, said: Observation) -> Change | None:
    status = _next(job, said)
    if status is None:
        stale = _attempt(job, said) < job.attempts or said.status is not job.job_status
        return None if stale else _progress(job, said) or _news(job, said)
    values: dict[str, Any] = {"next_attempt_at": None}
    if status is not job.job_status:
        values["status"] = status.value
    if _attempt(job, said) > job.attempts:
        values["attempts"] = _attempt(job, said)
    if job.started is None:
        values["started"] = said.started_at or said.occurred_at
    values |= _word(job, said)
    if said.progress is not None:
        values["progress"] = said.progress
    kind = (
        EventKind.STARTED
        if status is job.job_status
        else event_kind(Verb.OBSERVE, job.job_status, status)
    )
    return Change(kind, values)


def _next(job: Job, said: Observation) -> JobStatus | None:
    """Return where an observation of a live run moves its job; None: nowhere.

    They are ordered by attempt and, within one, by rank: a late hook does not wake a
    run that Trigger.dev has parked. Nothing goes back to QUEUED, where runs stand
    again between two parts of their way.
    """
    attempt = _attempt(job, said)
    if said.status is JobStatus.QUEUED or attempt < job.attempts:
        return None
    status = job.job_status
    if status is JobStatus.QUEUED or attempt > job.attempts:
        return said.status
    if said.rank is Rank.VERDICT and said.status is not status:
        return said.status
    return None


def _progress(job: Job, said: Observation) -> Change | None:
    if said.progress is None or not _is_newer(said.progress, job.progress):
        return None
    return Change(EventKind.PROGRESS, {"progress": said.progress})


def _is_newer(progress: str, known: str | None) -> bool:
    """Compare two reports by the clock of the run, which made both of them."""
    before = json_text.decode(known) or {}
    return bool(json_text.decode(progress)["updatedAt"] > before.get("updatedAt", ""))


def _cancel(job: Job, said: Observation, now: datetime, heard: Heard) -> Change | None:
    """End a job whose run was canceled, or wait for proof that its code has stopped."""
    has_started = _attempt(job, said) > 0 or job.started is not None
    since = heard.canceled_since or now
    outcome, detail = CancelOutcome.STOPPED, _settled_by(said).detail
    if not has_started:
        outcome = CancelOutcome.NEVER_STARTED
    elif said.finished_at:
        pass
    elif heard.stopped:
        detail = SettledBy.HOOK.detail
    elif now - since >= STOP_DEADLINE:
        detail = SettledBy.DEADLINE.detail | {"canceledSince": since.isoformat()}
    else:
        return _wait_for_stop(job, now)
    change = _end(job, JobStatus.CANCELED, said, now)
    values = change.values | _wish(job, now)
    values |= {"cancel_outcome": outcome.value, "cancel_confirmed_at": now}
    return replace(change, values=values, detail=detail)


def _settled_by(said: Observation) -> SettledBy:
    return SettledBy.RUN if said.rank is Rank.VERDICT else SettledBy.HOOK


def _wait_for_stop(job: Job, now: datetime) -> Change | None:
    values = _wish(job, now) | {"cancel_outcome": CancelOutcome.PENDING.value}
    if job.cancel_grace_until is None:
        values["cancel_grace_until"] = now + CANCEL_GRACE
    if job.cancel_acknowledged_at is None:
        values["cancel_acknowledged_at"] = now
    changed = {
        name: value for name, value in values.items() if getattr(job, name) != value
    }
    return Change(EventKind.CANCEL_ACKNOWLEDGED, changed) if changed else None


def _wish(job: Job, now: datetime) -> dict[str, Any]:
    """Return the wish of a cancel that was asked for in Trigger.dev itself."""
    if job.cancel_requested_at is not None:
        return {}
    return {"cancel_requested_at": now, "cancel_mode": CancelMode.GRACEFUL.value}


def _end(job: Job, status: JobStatus, said: Observation, now: datetime) -> Change:
    values: dict[str, Any] = {
        "status": status.value,
        "finished": said.finished_at or said.occurred_at,
        "next_attempt_at": None,
        **_word(job, said),
    }
    if _attempt(job, said) > job.attempts:
        values["attempts"] = _attempt(job, said)
    started = said.started_at or job.started
    if started != job.started:
        values["started"] = started
    if status is JobStatus.SUCCEEDED:
        values |= {"success": True, "result": said.output}
    elif said.failure is not None:
        values |= said.failure.columns()
    detail = None
    if job.cancel_outcome == CancelOutcome.PENDING:
        values["cancel_outcome"] = CancelOutcome.FINISHED_FIRST.value
        values["cancel_confirmed_at"] = now
        detail = _settled_by(said).detail
    kind = event_kind(Verb.OBSERVE, job.job_status, status)
    return Change(kind, values, detail)


def _attempt(job: Job, said: Observation) -> int:
    """Return the attempt that is meant.

    Where it is not told it is the one that the job is in. So such a word neither opens
    an attempt nor is too late for one, and moves the job as a word of its own attempt
    does; only the first attempt is opened by it, for a run that started has had one.
    """
    if said.attempt is not None:
        return said.attempt
    is_live = said.status in (JobStatus.RUNNING, JobStatus.WAITING)
    return max(job.attempts, int(is_live or said.started_at is not None))


def _word(job: Job, said: Observation) -> dict[str, Any]:
    """Return Trigger.dev's own word where it is new; hooks have words of their own."""
    if said.rank is not Rank.VERDICT or said.word == job.trigger_status:
        return {}
    return {"trigger_status": said.word}
