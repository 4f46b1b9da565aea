"""A run at one moment, as the Realtime feed tells it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.packets import decode_packet
from jobwire.triggerdev.run_error import RunError, read_task_run_error
from jobwire.triggerdev.runs import Run
from jobwire.triggerdev.statuses import TERMINAL, RunStatus, known_status

_IN_STORE = "application/store"
#: The words of their database for what the API calls otherwise.
#: Source: `ApiRetrieveRunPresenter.server.ts` of triggerdotdev/trigger.dev, read
#: 2026-11-23.
_API_WORDS = {
    "WAITING_FOR_DEPLOY": RunStatus.PENDING_VERSION,
    "PENDING": RunStatus.QUEUED,
    "RETRYING_AFTER_FAILURE": RunStatus.EXECUTING,
    "PAUSED": RunStatus.WAITING,
    "WAITING_TO_RESUME": RunStatus.WAITING,
    "COMPLETED_SUCCESSFULLY": RunStatus.COMPLETED,
    "COMPLETED_WITH_ERRORS": RunStatus.FAILED,
    "INTERRUPTED": RunStatus.FAILED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RealtimeRun:
    """A run as it was at one moment.

    Attributes:
        id: `run_…`, as everywhere else.
        status: The word of the API; a word that is newer than this client stays.
        completed_at: None also for a run that was canceled while queued.
        usage_duration_ms: How long its code ran, in milliseconds.
        payload, output: Plain JSON. None when absent, or in the object store.
        is_output_stored: Whether the output is in the object store.
        metadata: None when it is not an object.
    """

    id: str
    task_identifier: str
    status: str
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    queued_at: datetime | None = None
    delay_until: datetime | None = None
    completed_at: datetime | None = None
    expired_at: datetime | None = None
    is_test: bool = False
    ttl: str | None = None
    tags: tuple[str, ...] = ()
    usage_duration_ms: int = 0
    payload: Any = None
    output: Any = None
    metadata: dict[str, Any] | None = None
    error: RunError | None = None
    is_output_stored: bool = False

    @property
    def known_status(self) -> RunStatus | None:
        """The status; None: a word that is newer than this client."""
        return known_status(self.status)

    @property
    def is_terminal(self) -> bool:
        """Whether the run has ended for good; a status that is not known has not."""
        return self.known_status in TERMINAL


def read_row(row: Mapping[str, Any]) -> RealtimeRun:
    """Read a whole row of the feed, its values read by type already.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(row, "the run of the feed", refuse=MalformedResponseError)
    status = fields.text("status")
    metadata = _packet(fields, "metadata")
    return RealtimeRun(
        id=fields.text("friendlyId"),
        task_identifier=fields.text("taskIdentifier"),
        status=str(_API_WORDS.get(status, status)),
        created_at=fields.time("createdAt"),
        updated_at=fields.time("updatedAt"),
        started_at=fields.optional_time("startedAt"),
        queued_at=fields.optional_time("queuedAt"),
        delay_until=fields.optional_time("delayUntil"),
        completed_at=fields.optional_time("completedAt"),
        expired_at=fields.optional_time("expiredAt"),
        is_test=fields.flag("isTest"),
        ttl=fields.optional_text("ttl"),
        tags=fields.texts("runTags"),
        usage_duration_ms=fields.count("usageDurationMs"),
        payload=_packet(fields, "payload"),
        output=_packet(fields, "output"),
        metadata=metadata if isinstance(metadata, dict) else None,
        error=read_task_run_error(fields.optional_object("error")),
        is_output_stored=fields.optional_text("outputType") == _IN_STORE,
    )


def of_retrieved(run: Run) -> RealtimeRun:
    """Tell a run that was retrieved in the words of the feed."""
    return RealtimeRun(
        id=run.id,
        task_identifier=run.task_identifier,
        status=run.status,
        created_at=run.created_at,
        updated_at=run.updated_at,
        started_at=run.started_at,
        delay_until=run.delayed_until,
        completed_at=run.finished_at,
        expired_at=run.expired_at,
        is_test=run.is_test,
        ttl=run.ttl,
        tags=run.tags,
        payload=run.payload,
        output=run.output,
        metadata=run.metadata,
        error=run.error,
    )


def _packet(fields: Fields, name: str) -> Any:
    text = fields.optional_text(name)
    kind = fields.optional_text(f"{name}Type") or "application/json"
    if text is None or kind == _IN_STORE:
        return None
    return decode_packet(kind, text.encode(errors="replace"))
