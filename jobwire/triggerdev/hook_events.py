"""The events that lifecycle hooks of a task project post with `jobwire.ts`.

Trigger.dev itself tells nobody when a run starts or succeeds; its hooks can. They run
before the server has recorded what they tell, so ask the API for the last word.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.triggerdev.errors import MalformedEventError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.run_error import RunError, read_run_error

#: The types that are known, and whether a run has ended with them.
HOOK_EVENT_TYPES: Mapping[str, bool] = {
    "RUN_STARTED": False,
    "RUN_PROGRESS": False,
    "RUN_COMPLETED": True,
    "RUN_FAILED": True,
    "RUN_CANCELED": True,
}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an attempt is.

    Attributes:
        fraction: From 0 to 1; None: not told.
        message: For people; None: not told.
    """

    fraction: float | None
    message: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HookEvent:
    """One event of a hook.

    Attributes:
        id: The same in all deliveries of one event.
        type: One of `HOOK_EVENT_TYPES`.
        occurred_at: When the hook ran, by the clock of the machine that ran the task.
        attempt: The number of the attempt, from 1.
        tags: The run's.
        output: Plain JSON, of RUN_COMPLETED alone; None: there is none, or it is too
            large for an event.
        error: Of RUN_FAILED alone.
        progress: Of RUN_PROGRESS alone.
    """

    id: str
    type: str
    occurred_at: datetime
    run_id: str
    task_identifier: str
    attempt: int
    tags: tuple[str, ...] = ()
    started_at: datetime | None = None
    finished_at: datetime | None = None
    output: Any = None
    error: RunError | None = None
    progress: Progress | None = None

    @property
    def is_terminal(self) -> bool:
        """Whether it tells of the end of its run."""
        return HOOK_EVENT_TYPES[self.type]


def read_hook_event(body: Mapping[str, Any]) -> HookEvent:
    """Read the JSON of an event.

    Raises:
        MalformedEventError: It has another shape, or a type that is not known.
    """
    fields = Fields(body, "the event", refuse=MalformedEventError)
    type = fields.text("type")
    if type not in HOOK_EVENT_TYPES:
        raise MalformedEventError("type of the event is none that hooks have.")
    run = fields.object("run")
    return HookEvent(
        id=fields.text("id"),
        type=type,
        occurred_at=fields.time("occurredAt"),
        run_id=run.text("id"),
        task_identifier=run.text("taskIdentifier"),
        attempt=run.count("attempt"),
        tags=run.texts("tags"),
        started_at=run.optional_time("startedAt"),
        finished_at=run.optional_time("finishedAt"),
        output=fields.any("output"),
        error=read_run_error(fields.optional_object("error")),
        progress=_progress(fields.optional_object("progress")),
    )


def _progress(fields: Fields | None) -> Progress | None:
    if fields is None:
        return None
    fraction = fields.any("fraction")
    if fraction is not None and (
        isinstance(fraction, bool) or not isinstance(fraction, int | float)
    ):
        raise MalformedEventError("fraction of progress of the event must be a number.")
    return Progress(fraction, fields.optional_text("message"))
