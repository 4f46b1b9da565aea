"""Posted: an event that came over the webhook, read, and what it is about."""

from collections.abc import Mapping
from typing import Any, NamedTuple, Self
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.hook_event import MAX_WORD, TYPES, HookEvent, job_id_of
from jobwire.jobs.inbox import DeliverySource
from jobwire.triggerdev import MalformedAlertError, RunFailedAlert, read_alert
from jobwire.triggerdev.alerts import RUN_FAILED


class Posted(NamedTuple):
    """An event that could be read.

    Attributes:
        source: Who posted it.
        event: What it tells.
        text: The whole of it, as JSON that the inbox can hold.
        run_id: The run that it tells of.
        job_id: The job that the run's tags name; None: none of them does.
        task: The id of its task.
    """

    source: DeliverySource
    event: HookEvent | RunFailedAlert
    text: str
    run_id: str
    job_id: UUID | None
    task: str

    @classmethod
    def of_hook(cls, event: HookEvent, text: str) -> Self:
        """Return what a lifecycle hook has posted."""
        run = event.run
        return cls(
            DeliverySource.HOOK, event, text, run.id, event.job_id, run.task_identifier
        )

    @classmethod
    def of_alert(cls, alert: RunFailedAlert, text: str) -> Self:
        """Return what the alert channel has posted."""
        job_id = job_id_of(alert.tags)
        return cls(
            DeliverySource.ALERT,
            alert,
            text,
            alert.run_id,
            job_id,
            alert.task_identifier,
        )


def read_event(body: bytes) -> Posted | str:
    """Read one posted event, whose signature was verified.

    Returns:
        The event; or why it changes nothing, as a sentence.

    Raises:
        InvalidInputError: The body is no event.
    """
    event, text = _read(body)
    kind = event.get("type")
    if isinstance(kind, str) and kind.startswith("alert."):
        alert = _read_alert(event)
        if alert is None:
            return f"Alerts of the type {_shown(kind)} change no job."
        return Posted.of_alert(alert, text)
    if not isinstance(kind, str) or kind not in TYPES:
        return f"The type {_shown(kind)} is not known here."
    return Posted.of_hook(HookEvent.read(event), text)


def _read(body: bytes) -> tuple[dict[str, Any], str]:
    """Read a body from the text that the inbox will hold, so that both say the same."""
    try:
        event, text = json_text.read_storable(body)
    except (ValueError, RecursionError) as error:
        raise InvalidInputError(f"The body is no JSON: {error}.") from None
    if not isinstance(event, dict):
        raise InvalidInputError("The body must be a JSON object.")
    return event, text


def _read_alert(event: Mapping[str, Any]) -> RunFailedAlert | None:
    """Read an alert; None: it is of something that changes no job."""
    if event["type"] != RUN_FAILED:
        return None
    try:
        alert = read_alert(event)
    except MalformedAlertError as error:
        raise InvalidInputError(error.message) from None
    if not isinstance(alert, RunFailedAlert):
        return None
    for name, word in (
        ("id", alert.id),
        ("the id of its run", alert.run_id),
        ("the id of its task", alert.task_identifier),
    ):
        if len(word) > MAX_WORD:
            raise InvalidInputError(
                f"The alert cannot be read: {name} has {len(word):,} characters, and"
                f" may have {MAX_WORD}."
            )
    return alert


def _shown(kind: object) -> str:
    text = repr(kind)
    return text if len(text) <= MAX_WORD else f"{text[:MAX_WORD]}…"
