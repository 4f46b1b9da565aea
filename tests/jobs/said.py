"""What is said of a run, by Trigger.dev and by its hooks."""

import json
from datetime import timedelta
from typing import Any

from jobwire.jobs.failure import Failure
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.observation import Observation, Rank
from jobwire.models.vocabulary import FailureKind, JobStatus, SignalSource
from tests.factories import RUN_CREATED_AT, RUN_ID

STARTED = RUN_CREATED_AT + timedelta(seconds=5)
FINISHED = RUN_CREATED_AT + timedelta(seconds=50)
NOW = RUN_CREATED_AT + timedelta(minutes=1)
FAILURE = Failure(FailureKind.TASK_ERROR, "no", "ValueError")

WORDS = {
    JobStatus.QUEUED: "QUEUED",
    JobStatus.RUNNING: "EXECUTING",
    JobStatus.WAITING: "WAITING",
    JobStatus.SUCCEEDED: "COMPLETED",
    JobStatus.FAILED: "FAILED",
    JobStatus.CANCELED: "CANCELED",
    JobStatus.EXPIRED: "EXPIRED",
}
HOOKS = {
    JobStatus.RUNNING: "RUN_STARTED",
    JobStatus.SUCCEEDED: "RUN_COMPLETED",
    JobStatus.FAILED: "RUN_FAILED",
    JobStatus.CANCELED: "RUN_CANCELED",
}


def verdict(status: JobStatus, **given: Any) -> Observation:
    """What Trigger.dev itself says of the run."""
    has_started = status not in (JobStatus.QUEUED, JobStatus.EXPIRED)
    has_ended = status in TERMINAL
    return Observation(
        **{
            "run_id": RUN_ID,
            "source": SignalSource.RECONCILER,
            "rank": Rank.VERDICT,
            "word": WORDS[status],
            "status": status,
            "attempt": int(has_started),
            "occurred_at": NOW,
            "started_at": STARTED if has_started else None,
            "finished_at": FINISHED if has_ended else None,
            "output": "{}" if status is JobStatus.SUCCEEDED else None,
            "failure": _failure(status),
            **given,
        }
    )


def hook(status: JobStatus, **given: Any) -> Observation:
    """What a lifecycle hook says of the run."""
    has_ended = status in TERMINAL
    return Observation(
        **{
            "run_id": RUN_ID,
            "source": SignalSource.WEBHOOK,
            "rank": Rank.TESTIMONY,
            "word": HOOKS[status],
            "status": status,
            "attempt": 1,
            "occurred_at": NOW,
            "started_at": STARTED,
            "finished_at": FINISHED if has_ended else None,
            "output": "{}" if status is JobStatus.SUCCEEDED else None,
            "failure": _failure(status),
            **given,
        }
    )


def _failure(status: JobStatus) -> Failure | None:
    if status is JobStatus.EXPIRED:
        return Failure(FailureKind.EXPIRED, "too late")
    return FAILURE if status is JobStatus.FAILED else None


def progress(at: str, fraction: float = 0.5, **given: Any) -> Observation:
    text = json.dumps({"fraction": fraction, "updatedAt": at})
    return hook(JobStatus.RUNNING, word="RUN_PROGRESS", progress=text, **given)
