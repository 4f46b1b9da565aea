"""Queues: their names."""

import re

_FOREIGN = re.compile(r"[^A-Za-z0-9_\-/]")
_MAX_LENGTH = 128


def clean_name(name: str) -> str:
    """Drop what the name of a queue cannot hold, and what is too long."""
    return _FOREIGN.sub("", name)[:_MAX_LENGTH]


def queue_of_task(task_id: str) -> str:
    """Return the queue that a task has of its own."""
    return clean_name(f"task/{task_id}")
