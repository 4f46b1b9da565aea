"""Queues: where jobs wait, and how many of one queue may run at once."""

import re
from dataclasses import dataclass

from jobwire.jobs.errors import InvalidInputError
from jobwire.models.vocabulary import Executor

#: Where internal jobs wait whose type names no queue.
DEFAULT_QUEUE = "default"
#: The highest limit that can be set.
MAX_LIMIT = 10_000

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}")
# Trigger.dev silently drops other characters (`sanitizeQueueName`), and the name is
# then that of another queue, or of none.
_NAME_OF_RUNS = re.compile(r"[A-Za-z0-9_/-]{1,120}")
#: What Trigger.dev calls the queue that each task has of its own.
OF_TASK = "task/"


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of internal jobs as code declares it.

    Attributes:
        name: 1-120 letters, digits and . _ : / -, beginning with a letter or digit.
        limit: How many of its jobs may run at once, over all workers: 1-10,000; None:
            as many as workers take.
        limit_per_key: How many jobs with the same concurrency key may run at once:
            1-10,000; None: no limit. Jobs without a key are not limited by it.

    Raises:
        InvalidInputError: Something of it cannot be.
    """

    name: str
    limit: int | None = None
    limit_per_key: int | None = None

    def __post_init__(self) -> None:
        check_queue(self.name, Executor.INTERNAL, path="name")
        check_limit("limit", self.limit)
        check_limit("limitPerKey", self.limit_per_key)


def check_queue(name: str | None, executor: Executor, *, path: str = "queue") -> None:
    """Refuse a name that no queue can have.

    Raises:
        InvalidInputError: With the path given.
    """
    if name is None:
        return
    if executor is Executor.INTERNAL:
        allowed, told = _NAME, "1-120 letters, digits and . _ : / -"
    else:
        allowed, told = _NAME_OF_RUNS, "1-120 letters, digits and _ / - on Trigger.dev"
    if not allowed.fullmatch(name):
        raise InvalidInputError(
            f"The name of a queue must be {told}, not {name[:130]!r}.", path=(path,)
        )


def check_limit(name: str, limit: int | None) -> None:
    """Refuse a limit that cannot be kept.

    Raises:
        InvalidInputError: It is not 1-10,000.
    """
    if limit is not None and not 1 <= limit <= MAX_LIMIT:
        raise InvalidInputError(
            f"{name} must be from 1 to {MAX_LIMIT:,}, or null for no limit, not"
            f" {limit:,}. To stop a queue, pause it.",
            path=(name,),
        )


def queue_of(
    asked: str | None, of_type: str | None, trigger_task_id: str | None
) -> str:
    """Return the queue that a job waits in.

    Args:
        asked: The one that was asked for.
        of_type: The one that its type names.
        trigger_task_id: Its task, for TRIGGER.
    """
    if asked or of_type:
        return asked or of_type or ""
    return DEFAULT_QUEUE if trigger_task_id is None else task_queue(trigger_task_id)


def task_queue(task_id: str) -> str:
    """Return what Trigger.dev calls the queue that a task has of its own."""
    return f"{OF_TASK}{task_id}"


def asked_queue(queue: str, trigger_task_id: str | None) -> str | None:
    """Return a job's queue if somebody chose it; None: it is its executor's own."""
    return None if queue == queue_of(None, None, trigger_task_id) else queue
