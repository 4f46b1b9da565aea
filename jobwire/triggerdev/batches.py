"""Batches: what they are made of, and what the API tells of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from jobwire.triggerdev.errors import (
    InvalidOptionError,
    MalformedResponseError,
    TriggerDevError,
)
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.idempotency_keys import IdempotencyKey, create_idempotency_key
from jobwire.triggerdev.trigger_options import TriggerOptions

MAX_ITEMS = 1_000
MAX_ITEMS_V2 = 500
MAX_BYTES_V2 = 1_000_000
MAX_CREATE_BYTES = 131_072


class BatchStatus(StrEnum):
    """How far a batch is.

    A batch can be PENDING again after all its runs were made (Trigger.dev 4.5.12).
    """

    PENDING = "PENDING"
    PROCESSING = "PROCESSING"
    COMPLETED = "COMPLETED"
    PARTIAL_FAILED = "PARTIAL_FAILED"
    ABORTED = "ABORTED"


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One trigger of a batch.

    Attributes:
        task_id: Of the task.
        payload: JSON, given to the task as it is.
        options: How the run shall be made.
    """

    task_id: str
    payload: object = None
    options: TriggerOptions = field(default_factory=TriggerOptions)


@dataclass(frozen=True, slots=True)
class CreatedBatch:
    """A batch that was made.

    Attributes:
        id: `batch_…`.
        run_count: How many items it is for.
        is_cached: True: it was made by an earlier call, and takes no items.
        public_access_token: Reads it for an hour; None: the server sent none.
    """

    id: str
    run_count: int
    is_cached: bool
    public_access_token: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SentItems:
    """What became of the items that were sent.

    Attributes:
        accepted: How many were new.
        deduplicated: How many the batch had already.
        is_sealed: Whether the batch has all its items; else all must be sent again.
    """

    accepted: int
    deduplicated: int
    is_sealed: bool


@dataclass(frozen=True, slots=True)
class BatchItemError:
    """Why no run was made of an item.

    Attributes:
        index: Its place in the batch, from 0.
    """

    index: int
    task_identifier: str
    message: str
    code: str | None


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch as retrieving it tells it.

    Attributes:
        id: `batch_…`.
        status: The server's word; `BatchStatus` may not know it.
        run_ids: Those that were made so far.
        processing_completed_at: When the last run was made; None: not yet.
        errors: Items that no run was made of.
    """

    id: str
    status: str
    created_at: datetime
    updated_at: datetime
    run_count: int
    run_ids: tuple[str, ...]
    idempotency_key: str | None
    processing_completed_at: datetime | None
    errors: tuple[BatchItemError, ...]

    @property
    def known_status(self) -> BatchStatus | None:
        """The status; None: a word that is newer than this client."""
        try:
            return BatchStatus(self.status)
        except ValueError:
            return None


class BatchNotSealedError(TriggerDevError):
    """A batch that still lacks items, although all were sent again and again.

    None of its runs is made until it has them; `send_items` with all of them goes on.

    Attributes:
        batch_id: Of the batch.
        attempts: How often all items were sent.
    """

    def __init__(self, batch_id: str, attempts: int) -> None:
        self.batch_id = batch_id
        self.attempts = attempts
        super().__init__(
            f"{batch_id} still lacks items after all were sent {attempts} times.",
            is_retryable=True,
        )


def checked_items(items: Iterable[BatchItem], *, most: int) -> tuple[BatchItem, ...]:
    """Return items that a batch can have.

    Raises:
        InvalidOptionError: There are none, or too many.
    """
    found = tuple(items)
    if not 1 <= len(found) <= most:
        raise InvalidOptionError("items", f"be 1 to {most:,}, not {len(found):,}")
    return found


def with_keys(
    items: Sequence[BatchItem], batch_key: IdempotencyKey | str | None
) -> tuple[BatchItem, ...]:
    """Give those items a key that have none, if the batch has one.

    The same as the official SDK gives them (`@trigger.dev/sdk` 4.8.3).
    """
    if batch_key is None:
        return tuple(items)
    return tuple(
        item
        if item.options.idempotency_key is not None
        else replace(item, options=_with_key(item.options, f"{batch_key}-{index}"))
        for index, item in enumerate(items)
    )


def _with_key(options: TriggerOptions, text: str) -> TriggerOptions:
    return replace(options, idempotency_key=create_idempotency_key(text).value)


def read_batch(body: object) -> Batch:
    """Read the answer of retrieving a batch.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the batch", refuse=MalformedResponseError)
    processing = fields.optional_object("processing")
    errors = processing.optional_objects("errors") if processing else []
    return Batch(
        id=fields.text("id"),
        status=fields.text("status"),
        created_at=fields.time("createdAt"),
        updated_at=fields.time("updatedAt"),
        run_count=fields.count("runCount"),
        run_ids=fields.texts("runs"),
        idempotency_key=fields.optional_text("idempotencyKey"),
        processing_completed_at=fields.optional_time("processingCompletedAt"),
        errors=tuple(
            BatchItemError(
                error.count("index"),
                error.optional_text("taskIdentifier") or "",
                error.optional_text("error") or "",
                error.optional_text("errorCode"),
            )
            for error in errors
        ),
    )


def read_sent_items(fields: Fields) -> SentItems:
    """Read the answer of sending items.

    Raises:
        MalformedResponseError: It has another shape.
    """
    return SentItems(
        fields.count("itemsAccepted"),
        fields.count("itemsDeduplicated"),
        fields.flag("sealed"),
    )
