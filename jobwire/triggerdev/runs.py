"""Runs as the API shows them: what lists tell, and what retrieving one tells.

Fields that are absent or null are None; fields that are not known are passed over.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.run_error import RunError, read_run_error
from jobwire.triggerdev.statuses import TERMINAL, RunStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSummary:
    """A run as lists tell it.

    Attributes:
        id: `run_…`, opaque.
        status: The server's word, also when `RunStatus` does not know it.
        idempotency_key: In lists as stored (a hash, if the official SDK triggered
            it), else as the caller gave it. None once the run has failed and
            another has taken the key.
        version: The deployment that the run is locked to; None: not yet.
        created_at: Of scheduled runs the nominal time.
        started_at, finished_at: Not proof of anything: lists fill them from other
            columns, and a run that was canceled while queued has no `finished_at`.
        ttl: Such as `10m`.
        tags: Sorted.
        metadata: None when it is not an object.
    """

    id: str
    task_identifier: str
    status: str
    idempotency_key: str | None = None
    version: str | None = None
    is_test: bool = False
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None
    delayed_until: datetime | None = None
    expired_at: datetime | None = None
    ttl: str | None = None
    tags: tuple[str, ...] = ()
    metadata: dict[str, Any] | None = None

    @property
    def known_status(self) -> RunStatus | None:
        """The status; None: a word that is newer than this client."""
        try:
            return RunStatus(self.status)
        except ValueError:
            return None

    @property
    def is_terminal(self) -> bool:
        """Whether the run has ended for good; a status that is not known has not."""
        return self.known_status in TERMINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(RunSummary):
    """A run as retrieving it tells it.

    Attributes:
        attempt_count: Attempts that were begun.
        payload, output: Plain JSON. None when absent, null, or behind a presigned URL;
            only runs that are COMPLETED have an output.
        payload_presigned_url, output_presigned_url: Where a large one is, to be
            fetched soon and without the key (`TriggerDevClient.read_output`).
        error: Canceled and expired runs have one too.
        schedule_id: `sched_…`, when a schedule made the run.
        batch_id: `batch_…`, when a batch made the run.
    """

    attempt_count: int = 0
    payload: Any = None
    output: Any = None
    payload_presigned_url: str | None = None
    output_presigned_url: str | None = None
    error: RunError | None = None
    schedule_id: str | None = None
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of a list, newest first.

    Attributes:
        runs: Possibly fewer than asked for, or none, although there is a next page.
        next_cursor: Where older runs begin; None: there are none.
    """

    runs: tuple[RunSummary, ...]
    next_cursor: str | None


def read_run(body: object) -> Run:
    """Read the answer of retrieving a run.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the run", refuse=MalformedResponseError)
    schedule = fields.optional_object("schedule")
    return Run(
        **_summary(fields),
        attempt_count=fields.count("attemptCount"),
        payload=fields.any("payload"),
        output=fields.any("output"),
        payload_presigned_url=fields.optional_text("payloadPresignedUrl"),
        output_presigned_url=fields.optional_text("outputPresignedUrl"),
        error=read_run_error(fields.optional_object("error")),
        schedule_id=schedule.text("id") if schedule else None,
        batch_id=fields.optional_text("batchId"),
    )


def read_run_page(body: object) -> RunPage:
    """Read the answer of listing runs.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the list of runs", refuse=MalformedResponseError)
    pagination = fields.optional_object("pagination")
    return RunPage(
        tuple(RunSummary(**_summary(item)) for item in fields.objects("data")),
        pagination.optional_text("next") if pagination else None,
    )


def _summary(fields: Fields) -> dict[str, Any]:
    metadata = fields.any("metadata")
    return {
        "id": fields.text("id"),
        "task_identifier": fields.text("taskIdentifier"),
        "status": fields.text("status"),
        "idempotency_key": fields.optional_text("idempotencyKey"),
        "version": fields.optional_text("version"),
        "is_test": fields.flag("isTest"),
        "created_at": fields.time("createdAt"),
        "updated_at": fields.time("updatedAt"),
        "started_at": fields.optional_time("startedAt"),
        "finished_at": fields.optional_time("finishedAt"),
        "delayed_until": fields.optional_time("delayedUntil"),
        "expired_at": fields.optional_time("expiredAt"),
        "ttl": fields.optional_text("ttl"),
        "tags": fields.texts("tags"),
        "metadata": metadata if isinstance(metadata, dict) else None,
    }
