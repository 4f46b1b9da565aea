"""Facts about jobs."""

import json
from datetime import datetime
from enum import Enum
from typing import Any, Self, cast
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from jobwire.gql.context import Context, Info
from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.gql.json_codec import Written
from jobwire.gql.pagination import event_cursors
from jobwire.gql.resolved import resolved
from jobwire.gql.types.job_status import JobStatus
from jobwire.gql.types.node import Node
from jobwire.gql.types.page_info import PageInfo
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Event, Job
from jobwire.jobs.long_json import LongColumn, LongJson
from jobwire.jobs.queries import Page
from jobwire.jobs.secrets import JobSecret
from jobwire.models.vocabulary import EventKind
from jobwire.models.vocabulary import SignalSource as Source

#: Columns that name what whoever may see one job alone does not see.
_OTHERS = frozenset({"replay_of", "schedule_id"})


@strawberry.enum(
    name="SignalSource",
    description="Which path brought a fact about a job. Members may be added.",
)
class SignalSource(Enum):
    """The published part of `jobwire.models.vocabulary.SignalSource`."""

    API = strawberry.enum_value(
        Source.API.value, description="A caller of the GraphQL or the Python API."
    )
    WORKER = strawberry.enum_value(
        Source.WORKER.value, description="A worker or one of its loops."
    )
    DISPATCH = strawberry.enum_value(
        Source.DISPATCH.value, description="The handing-over to Trigger.dev."
    )
    WEBHOOK = strawberry.enum_value(
        Source.WEBHOOK.value,
        description=(
            "A lifecycle hook of the Trigger.dev project. It seals a job only when"
            " Trigger.dev itself cannot be asked."
        ),
    )
    ALERT = strawberry.enum_value(
        Source.ALERT.value, description="Trigger.dev's own alert of a failed run."
    )
    REALTIME = strawberry.enum_value(
        Source.REALTIME.value,
        description=(
            "Trigger.dev's Realtime feed. At its word the end of a run is retrieved."
        ),
    )
    RECONCILER = strawberry.enum_value(
        Source.RECONCILER.value, description="Trigger.dev itself, which was asked."
    )


@strawberry.enum(
    name="JobEventKind",
    description="What happened to a job. Members may be added.",
)
class JobEventKind(Enum):
    """The published part of `jobwire.models.vocabulary.EventKind`."""

    CREATED = strawberry.enum_value(
        EventKind.CREATED.value, description="The job was accepted."
    )
    QUEUED = strawberry.enum_value(
        EventKind.QUEUED.value,
        description=(
            "The job is due and waits for a worker: its time has come, or a worker"
            " that is shutting down handed it back; or its run was lost and it is"
            " dispatched anew, and detail.lostRun says which."
        ),
    )
    DISPATCHED = strawberry.enum_value(
        EventKind.DISPATCHED.value,
        description=(
            "The handing-over to Trigger.dev moved on; changes.dispatch_state says how"
            " far: sending, unknown when the answer was lost, none when it was surely"
            " not accepted, accepted when it is in a batch that makes its run, linked"
            " when the job has its run; changes.trigger_batch_id names the batch."
        ),
    )
    STARTED = strawberry.enum_value(
        EventKind.STARTED.value, description="An attempt started."
    )
    WAITING = strawberry.enum_value(
        EventKind.WAITING.value, description="Trigger.dev parked the run."
    )
    RESUMED = strawberry.enum_value(
        EventKind.RESUMED.value, description="A parked run goes on."
    )
    PROGRESS = strawberry.enum_value(
        EventKind.PROGRESS.value, description="The job's code reported progress."
    )
    ATTEMPT_FAILED = strawberry.enum_value(
        EventKind.ATTEMPT_FAILED.value,
        description="An attempt failed or was lost, and another one follows.",
    )
    CANCEL_REQUESTED = strawberry.enum_value(
        EventKind.CANCEL_REQUESTED.value,
        description="Somebody asked that the job stops, which only its code can do.",
    )
    CANCEL_ACKNOWLEDGED = strawberry.enum_value(
        EventKind.CANCEL_ACKNOWLEDGED.value,
        description="The running code, or Trigger.dev, was told to stop it.",
    )
    SUCCEEDED = strawberry.enum_value(
        EventKind.SUCCEEDED.value, description="The job ended: its code returned."
    )
    FAILED = strawberry.enum_value(
        EventKind.FAILED.value, description="The job ended: no attempt is left."
    )
    CANCELED = strawberry.enum_value(
        EventKind.CANCELED.value, description="The job ended on request."
    )
    EXPIRED = strawberry.enum_value(
        EventKind.EXPIRED.value,
        description="The job ended unstarted: its time-to-live passed.",
    )
    RESCHEDULED = strawberry.enum_value(
        EventKind.RESCHEDULED.value,
        description=(
            "The job was given another time: changes.run_at, detail.was the one before."
        ),
    )
    METADATA_CHANGED = strawberry.enum_value(
        EventKind.METADATA_CHANGED.value,
        description=(
            "The job's code changed its metadata; changes.metadata holds all of them."
        ),
    )
    ATTENTION_CHANGED = strawberry.enum_value(
        EventKind.ATTENTION_CHANGED.value,
        description=(
            "An operator should look at the job, or need not any more;"
            " changes.attention says why, detail.was what it said before."
        ),
    )
    DRIFT_CORRECTED = strawberry.enum_value(
        EventKind.DRIFT_CORRECTED.value,
        description=(
            "Reconciliation put the job right. detail.before and detail.after say how"
            " it stood, detail.missedBy which paths were on and had not told: webhook,"
            " realtime, poll."
        ),
    )
    ORPHAN_ADOPTED = strawberry.enum_value(
        EventKind.ORPHAN_ADOPTED.value,
        description=(
            "The run of a dispatch whose answer was lost was found, and given to its"
            " job."
        ),
    )
    DELETED = strawberry.enum_value(
        EventKind.DELETED.value,
        description=(
            "The job was deleted: what it held is erased, and it is hidden. The last"
            " event of a job, told in streams alone."
        ),
    )


@strawberry.type(
    description=(
        "A fact about a job, written in the transaction that made it and never changed,"
        " but that deleteJob erases changes and detail. The events of a job are"
        " gap-free: one for each version."
    )
)
class JobEvent(Node):
    """One fact."""

    id: strawberry.ID = strawberry.field(
        description="evt_, the base32 of the job's UUID, and the job's version."
    )
    job_id: strawberry.ID = strawberry.field(description="The id of the job.")
    job_version: int = strawberry.field(
        description="The version of the job that this event made; 1 for CREATED."
    )
    kind: JobEventKind = strawberry.field(description="What happened.")
    from_status: JobStatus | None = strawberry.field(
        description="The status before the event; null for CREATED."
    )
    to_status: JobStatus = strawberry.field(
        description="The status after the event; often the same as before."
    )
    source: SignalSource = strawberry.field(description="Which path brought it.")
    actor: str | None = strawberry.field(
        description=(
            "Who did it: the id of a user or of a worker; null when nobody in"
            " particular did."
        )
    )
    occurred_at: datetime = strawberry.field(
        description="When it happened, by the clock of its source."
    )
    recorded_at: datetime = strawberry.field(
        description="When it was recorded, by the database's clock."
    )
    attempt: int | None = strawberry.field(
        description="The number of the attempt that it tells of; null when of none."
    )
    of_job: strawberry.Private[UUID]
    changed: strawberry.Private[str]
    known: strawberry.Private[str | None]
    job: strawberry.Private[Job | None]

    @resolved(
        "A JSON object of the columns that this version set, with their new values,"
        " named as in the database. CREATED holds all but the data. Without the scope"
        " ADMIN the stack of a failure is left out, and a secret result is null; see"
        " Job.redacted. A token of one job is not told replay_of and schedule_id. {}"
        " once the job was deleted."
    )
    def changes(self, info: Info) -> JSON:
        """Return the columns that changed."""
        long = LongJson(LongColumn.CHANGES, self.of_job, self.job_version)
        if info.context.viewer.is_admin:
            return info.context.show_long(self.changed, long)
        return cast("JSON", self._changes_without_secrets(info, long))

    async def _changes_without_secrets(self, info: Info, long: LongJson) -> JSON:
        text = await info.context.read_long(self.changed, long)
        if not self._may_hold_secrets(text, info.context):
            return JSON(Written(text))
        changes: Any = json.loads(text)
        if info.context.viewer.job_id is not None:
            changes = {name: changes[name] for name in changes if name not in _OTHERS}
        if changes.get("result") is None:
            return JSON(changes)
        if changes.get("failure_kind"):
            changes["result"]["error"].pop("stack", None)
        elif self._hides_result(info.context):
            changes["result"] = None
        return JSON(changes)

    def _may_hold_secrets(self, text: str, context: Context) -> bool:
        """Whether the changes have to be read: an output may be a megabyte."""
        if context.viewer.job_id is not None and any(
            f'"{name}"' in text for name in _OTHERS
        ):
            return True
        return '"result"' in text and (
            '"failure_kind"' in text or self._hides_result(context)
        )

    def _hides_result(self, context: Context) -> bool:
        return self.job is None or JobSecret.RESULT in context.hidden_parts(self.job)

    @resolved(
        "What else is known of it, as a JSON object; null: nothing, and of all events"
        " but DELETED once the job was deleted. apiKey, key_…, names the API key that"
        " the actor came with, if it was one."
    )
    def detail(self, info: Info) -> JSON | None:
        """Return what else is known."""
        return None if self.known is None else info.context.show_json(self.known)

    @classmethod
    def of(cls, event: Event, job: Job | None) -> Self:
        """Show a row of events.

        Args:
            event: The row.
            job: Its job, which says what of it is secret; None: all that can be.
        """
        return cls(
            id=strawberry.ID(str(GlobalId(Kind.EVENT, event.job_id, event.version))),
            job_id=strawberry.ID(job_id_text(event.job_id)),
            job_version=event.version,
            kind=JobEventKind(event.kind),
            from_status=(
                None if event.from_status is None else JobStatus(event.from_status)
            ),
            to_status=JobStatus(event.to_status),
            source=SignalSource(event.source),
            actor=event.actor,
            occurred_at=event.occurred_at,
            recorded_at=event.recorded_at,
            attempt=event.attempt,
            of_job=event.job_id,
            changed=event.changes,
            known=event.detail,
            job=job,
        )


@strawberry.type(description="An event and its place in the list.")
class JobEventEdge:
    """Relay's edge."""

    cursor: str = strawberry.field(
        description=(
            "The place of the event in the list, for after and before; it is no"
            " EventCursor."
        )
    )
    node: JobEvent = strawberry.field(description="The event.")


@strawberry.type(
    description="A page of events: of a job the oldest one first, of drifts the newest."
)
class JobEventConnection:
    """Relay's connection."""

    edges: list[JobEventEdge] = strawberry.field(
        description="The events of the page with their cursors."
    )
    nodes: list[JobEvent] = strawberry.field(
        description="The events of the page without their cursors."
    )
    page_info: PageInfo = strawberry.field(
        description="Where the page stands in the list."
    )

    @classmethod
    def of(
        cls, page: Page[Event], job: Job | None, cursors: list[str] | None = None
    ) -> Self:
        """Show a page of events.

        Args:
            page: The events.
            job: The job of all of them; None: they are of many, for admins.
            cursors: Those of each; None: of the events of one job.
        """
        nodes = [JobEvent.of(event, job) for event in page.items]
        if cursors is None:
            cursors = [
                event_cursors(event.job_id).encode(event.version)
                for event in page.items
            ]
        return cls(
            edges=[
                JobEventEdge(cursor=cursor, node=node)
                for cursor, node in zip(cursors, nodes, strict=True)
            ],
            nodes=nodes,
            page_info=PageInfo.of(page, cursors),
        )
