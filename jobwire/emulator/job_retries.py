"""The retries of a run that Jobwire made: those of its job, if it brings them.

What `catchError` of `trigger/jobwire.ts` does in a real project.
"""

from dataclasses import replace
from typing import Any

from jobwire.emulator.task import Retry, Task

_MEMBERS = ("maxAttempts", "minTimeoutInMs", "maxTimeoutInMs", "factor")


def with_retries_of_job(task: Task, metadata: dict[str, Any] | None) -> Task:
    """Return a task with the delays that a run's metadata ask for.

    Metadata of another shape, and tasks that are never retried, change nothing.
    """
    sent = (metadata or {}).get("jobwire")
    config = sent.get("retryConfig") if isinstance(sent, dict) else None
    if task.retry is None or not isinstance(config, dict):
        return task
    told: list[Any] = [config.get(member) for member in _MEMBERS]
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in told):
        return task
    attempts, shortest, longest, factor = told
    retry = Retry(
        max_attempts=int(attempts),
        min_seconds=shortest / 1000,
        factor=factor,
        max_seconds=longest / 1000,
    )
    return replace(task, retry=retry)
