"""Runs as the API shows them: what lists tell, and what retrieving one tells.

Fields that are absent or null are None; fields that are not known are passed over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from jobwire.triggerdev.errors import MalformedResponseError
from jobwire.triggerdev.fields import Fields
from jobwire.triggerdev.run_error import RunError, read_run_error
from jobwire.triggerdev.statuses import TERMINAL, RunStatus, known_status


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
        duration: How long its code has run so far, waits not counted.
        cost_in_cents, base_cost_in_cents: Of the computing, and of the run as such.
        depth: 0, or how many runs are above it.
        region: Where it executes.
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
    duration: timedelta = timedelta()
    cost_in_cents: float = 0
    base_cost_in_cents: float = 0
    depth: int = 0
    region: str | None = None

    @property
    def known_status(self) -> RunStatus | None:
        """The status; None: a word that is newer than this client."""
        return known_status(self.status)

    @property
    def is_terminal(self) -> bool:
        """Whether the run has ended for good; a status that is not known has not."""
        return self.known_status in TERMINAL


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedRun(RunSummary):
    """A run as it is told beside another one.

    Attributes:
        trigger_function: Such as `trigger`, `batchTrigger` or `triggerAndWait`.
        batch_id: `batch_…`, when a batch made the run.
    """

    trigger_function: str | None = None
    batch_id: str | None = None


@dataclass(frozen=True, slots=True)
class RelatedRuns:
    """The family of a run.

    Attributes:
        root: The run at the top; None: it is that one itself.
        parent: The run that triggered it; None: none did.
        children: Those that it triggered, however many.
    """

    root: RelatedRun | None = None
    parent: RelatedRun | None = None
    children: tuple[RelatedRun, ...] = ()


@dataclass(frozen=True, slots=True)
class RunSchedule:
    """The schedule that made a run.

    Attributes:
        id: `sched_…`.
        cron: Its expression.
        description: The same in English.
    """

    id: str
    external_id: str | None
    deduplication_key: str | None
    cron: str | None
    description: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Run(RelatedRun):
    """A run as retrieving it tells it.

    Attributes:
        attempt_count: Attempts that were begun.
        payload, output: Plain JSON. None when absent, null, or behind a presigned URL;
            only runs that are COMPLETED have an output.
        payload_presigned_url, output_presigned_url: Where a large one is, to be
            fetched soon and without the key (`Runs.read_output`).
        error: Canceled and expired runs have one too.
        schedule: When a schedule made the run.
        related: Its family.
    """

    attempt_count: int = 0
    payload: Any = None
    output: Any = None
    payload_presigned_url: str | None = None
    output_presigned_url: str | None = None
    error: RunError | None = None
    schedule: RunSchedule | None = None
    related: RelatedRuns = RelatedRuns()

    @property
    def schedule_id(self) -> str | None:
        """The id of the schedule that made the run."""
        return self.schedule.id if self.schedule else None


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of a list, newest first; before a cursor, oldest first.

    Attributes:
        runs: Possibly fewer than asked for, or none, although there is a next page.
        next_cursor: Where older runs begin; None: there are none.
        previous_cursor: Where newer runs end; None: there are none.
    """

    runs: tuple[RunSummary, ...]
    next_cursor: str | None
    previous_cursor: str | None = None


def read_run(body: object) -> Run:
    """Read the answer of retrieving a run.

    Raises:
        MalformedResponseError: It has another shape.
    """
    fields = Fields(body, "the run", refuse=MalformedResponseError)
    return Run(
        **_related(fields),
        attempt_count=fields.count("attemptCount"),
        payload=fields.any("payload"),
        output=fields.any("output"),
        payload_presigned_url=fields.optional_text("payloadPresignedUrl"),
        output_presigned_url=fields.optional_text("outputPresignedUrl"),
        error=read_run_error(fields.optional_object("error")),
        schedule=_schedule(fields.optional_object("schedule")),
        related=_family(fields.optional_object("relatedRuns")),
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
        pagination.optional_text("previous") if pagination else None,
    )


def _related(fields: Fields) -> dict[str, Any]:
    return {
        **_summary(fields),
        "trigger_function": fields.optional_text("triggerFunction"),
        "batch_id": fields.optional_text("batchId"),
    }


def _family(fields: Fields | None) -> RelatedRuns:
    if fields is None:
        return RelatedRuns()
    root, parent = fields.optional_object("root"), fields.optional_object("parent")
    return RelatedRuns(
        RelatedRun(**_related(root)) if root else None,
        RelatedRun(**_related(parent)) if parent else None,
        tuple(
            RelatedRun(**_related(one)) for one in fields.optional_objects("children")
        ),
    )


def _schedule(fields: Fields | None) -> RunSchedule | None:
    if fields is None:
        return None
    generator = fields.optional_object("generator")
    return RunSchedule(
        fields.text("id"),
        fields.optional_text("externalId"),
        fields.optional_text("deduplicationKey"),
        generator.optional_text("expression") if generator else None,
        generator.optional_text("description") if generator else None,
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
        "duration": fields.span("durationMs", per_second=1000),
        "cost_in_cents": fields.number("costInCents"),
        "base_cost_in_cents": fields.number("baseCostInCents"),
        "depth": fields.count("depth"),
        "region": fields.optional_text("region"),
    }
