"""Webhook: take in what is posted about runs, each event once.

An event of a run under way is folded in with its delivery. The end of a run waits in
the inbox until Trigger.dev itself was asked: hooks run before it has recorded the end,
and the process may still die. So does what tells of a run that no job has yet.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers, json_text
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.cron.adopt import may_be_scheduled
from jobwire.jobs.errors import InvalidInputError, WebhookSignatureError
from jobwire.jobs.hook_event import MAX_WORD, TYPES, HookEvent, job_id_of
from jobwire.jobs.inbox import (
    DeliverySource,
    Subject,
    find_subject,
    let_wait,
    mark_handled,
)
from jobwire.jobs.observe import observe
from jobwire.triggerdev import (
    InvalidSignatureError,
    MalformedAlertError,
    RunFailedAlert,
    read_alert,
    verify,
)
from jobwire.triggerdev.alerts import RUN_FAILED
from jobwire.triggerdev.signature import read_claim

#: The longest body that is read: an output of 1 MiB and what comes around it.
MAX_BODY_BYTES = 2 * 1024 * 1024

_STORE = """
INSERT INTO webhook_deliveries AS d (id, source, event_id, body, received_at, job_id)
VALUES ($1, $2, $3, $4::text::jsonb, $5,
        COALESCE((SELECT id FROM worker_jobs WHERE trigger_run_id = $6), $7))
ON CONFLICT (source, event_id) DO UPDATE SET deliveries = d.deliveries + 1
RETURNING id, deliveries"""


class Receipt(StrEnum):
    """What became of a delivery; each of them is good news for the sender."""

    #: It is folded in: it changed the job, or its log.
    APPLIED = "applied"
    #: It is folded in and changed nothing: newer things were known.
    LATE = "late"
    #: It is stored, and Trigger.dev is asked about its run.
    ACCEPTED = "accepted"
    #: It came before.
    DUPLICATE = "duplicate"
    #: It is of no type that we know, or tells of no run of ours.
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a delivery.

    Attributes:
        receipt: In a word.
        reason: Why, as a sentence; None: nothing to explain.
    """

    receipt: Receipt
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """An event that was signed and could be read.

    Attributes:
        event: What it tells.
        text: The whole of it, as JSON that the inbox can hold.
    """

    event: HookEvent | RunFailedAlert
    text: str


_ACCEPTED = Received(Receipt.ACCEPTED)
_DUPLICATE = Received(Receipt.DUPLICATE)


def admit(headers: Mapping[str, str], *, now: datetime) -> None:
    """Refuse what can be refused before its body is read.

    Raises:
        WebhookSignatureError: The signature is missing, malformed or too old.
    """
    with _signature_errors():
        read_claim(headers, now=now)


def read_posted(
    body: bytes, headers: Mapping[str, str], *, secrets: Sequence[str], now: datetime
) -> Posted | Received:
    """Verify and read one posted event; it costs no statement.

    Args:
        body: The raw body, as it was signed.
        headers: Those of the request.
        secrets: Any of these may have signed it; none: nothing is taken in.
        now: When.

    Returns:
        What is to be taken in; or what became of it, if it changes nothing.

    Raises:
        WebhookSignatureError: The signature is missing, wrong or too old.
        InvalidInputError: The body is no event.
    """
    with _signature_errors():
        verify(body, headers, secrets, now=now)
    event, text = _read(body)
    kind = event.get("type")
    if isinstance(kind, str) and kind.startswith("alert."):
        alert = _read_alert(event)
        if alert is None:
            return Received(
                Receipt.IGNORED, f"Alerts of the type {_shown(kind)} change no job."
            )
        return Posted(alert, text)
    if not isinstance(kind, str) or kind not in TYPES:
        return Received(Receipt.IGNORED, f"The type {_shown(kind)} is not known here.")
    return Posted(HookEvent.read(event), text)


async def take_in(
    connection: SqlConnection, posted: Posted, *, now: datetime
) -> Received:
    """Take in one event.

    Must run inside a transaction: the delivery and what it changes are one.

    Args:
        connection: A connection inside a transaction.
        posted: The event.
        now: When.
    """
    if isinstance(posted.event, RunFailedAlert):
        return await _take_alert(connection, posted.event, posted.text, now)
    return await _take_hook(connection, posted.event, posted.text, now)


async def receive(
    connection: SqlConnection,
    body: bytes,
    headers: Mapping[str, str],
    *,
    secrets: Sequence[str],
    now: datetime,
) -> Received:
    """Verify, read and take in one posted event: `read_posted`, and then `take_in`.

    Raises:
        WebhookSignatureError: The signature is missing, wrong or too old.
        InvalidInputError: The body is no event.
    """
    posted = read_posted(body, headers, secrets=secrets, now=now)
    if isinstance(posted, Received):
        return posted
    return await take_in(connection, posted, now=now)


@contextmanager
def _signature_errors() -> Iterator[None]:
    try:
        yield
    except InvalidSignatureError as error:
        raise WebhookSignatureError(error.message) from None


def _read(body: bytes) -> tuple[dict[str, Any], str]:
    """Read a body from the text that the inbox will hold, so that both say the same."""
    try:
        text = json_text.storable(json_text.read_foreign(body))
        event = json_text.decode(text)
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


async def _take_alert(
    connection: SqlConnection, alert: RunFailedAlert, text: str, now: datetime
) -> Received:
    run = (alert.run_id, job_id_of(alert.tags))
    stored = await _store(connection, DeliverySource.ALERT, alert.id, text, run, now)
    if stored is None:
        return _DUPLICATE
    job = await find_subject(connection, *run)
    return await _leave(connection, stored, job, alert.task_identifier, now)


async def _take_hook(
    connection: SqlConnection,
    event: HookEvent,
    text: str,
    now: datetime,
) -> Received:
    run = (event.run.id, event.job_id)
    stored = await _store(connection, DeliverySource.HOOK, event.id, text, run, now)
    if stored is None:
        return _DUPLICATE
    subject = await find_subject(connection, *run)
    said = event.observation()
    observed = None
    if subject is not None and subject.has_run:
        observed = await observe(connection, said, now=now)
    if subject is None or observed is None:
        # No job has the run; or its job was deleted just now.
        return await _leave(connection, stored, subject, event.run.task_identifier, now)
    if event.is_terminal and not subject.is_terminal:
        return _ACCEPTED
    await mark_handled(connection, stored, now=now)
    if observed.applied or said.lines:
        return Received(Receipt.APPLIED)
    return Received(Receipt.LATE, "Newer things are known of the run.")


async def _leave(
    connection: SqlConnection,
    delivery: UUID,
    subject: Subject | None,
    task: str,
    now: datetime,
) -> Received:
    """Leave a delivery in the inbox if a job may be its subject, or may come to be."""
    if (
        subject.may_have_run
        if subject is not None
        else await may_be_scheduled(connection, task)
    ):
        await let_wait(connection, delivery)
        return _ACCEPTED
    reason = "No job here has this run, or waits for one."
    await mark_handled(connection, delivery, now=now, error=reason)
    return Received(Receipt.IGNORED, reason)


async def _store(
    connection: SqlConnection,
    source: DeliverySource,
    event_id: str,
    text: str,
    run: tuple[str, UUID | None],
    now: datetime,
) -> UUID | None:
    """Store a delivery, of a run and the job that its tags name; None: it is stored."""
    [record] = await connection.fetch(
        _STORE,
        identifiers.new_id(now),
        source.value,
        event_id,
        text,
        now,
        *run,
    )
    return record["id"] if record["deliveries"] == 1 else None
