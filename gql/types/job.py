"""Jobs."""

import json
from datetime import datetime, timedelta
from typing import Annotated, Any, Optional, Self, cast

import strawberry
from strawberry.scalars import JSON
from strawberry.types.lazy_type import LazyType

from jobwire.gql.context import Info
from jobwire.gql.cost import OWN_STATEMENT, PAGES
from jobwire.gql.global_ids import GlobalId, Kind
from jobwire.gql.pagination import (
    After,
    Before,
    DefaultSize,
    First,
    Last,
    attempt_cursors,
    event_cursors,
    log_cursors,
)
from jobwire.gql.resolved import resolved
from jobwire.gql.scalars import EventCursor
from jobwire.gql.types.attention_kind import AttentionKind
from jobwire.gql.types.executor import Executor
from jobwire.gql.types.job_attempt import JobAttemptConnection
from jobwire.gql.types.job_cancellation import JobCancellation
from jobwire.gql.types.job_event import JobEventConnection
from jobwire.gql.types.job_failure import JobFailure
from jobwire.gql.types.job_log import JobLogConnection, LogLevel, to_level
from jobwire.gql.types.job_progress import JobProgress
from jobwire.gql.types.job_secret import JobSecret
from jobwire.gql.types.job_status import JobStatus
from jobwire.gql.types.node import Node
from jobwire.gql.types.retry_config import RetryConfig
from jobwire.jobs.job import Job as Row
from jobwire.jobs.lifecycle import is_cancelable, is_retryable, is_terminal
from jobwire.jobs.logs.read import LogFilter
from jobwire.jobs.long_json import LongColumn, LongJson
from jobwire.jobs.retry_config import RetryConfig as Config
from jobwire.jobs.secrets import JobSecret as Part
from jobwire.models.vocabulary import CancelOutcome

#: The two types show each other, and one of their modules comes first.
_SCHEDULE: Any = LazyType("JobSchedule", "jobwire.gql.types.job_schedule")
ATTEMPTS_PAGE = DefaultSize(20)
EVENTS_PAGE = DefaultSize(50)
LOGS_PAGE = DefaultSize(100)


@strawberry.type(
    description=(
        "A durable job: what was asked, where it stands and how it ended. Only its"
        " owner and callers with ADMIN see it; to all others it does not exist."
    )
)
class Job(Node):
    """A row of `worker_jobs` as the API shows it."""

    id: strawberry.ID = strawberry.field(
        description="job_ and a UUIDv7 in Crockford's base32; sorts by creation."
    )
    version: int = strawberry.field(
        description=(
            "Rises by one with every visible change of this job, from 1 and without a"
            " gap. Of two reads the one with the higher version is the newer."
        )
    )
    row: strawberry.Private[Row]
    cursor: strawberry.Private[EventCursor | None] = None

    @resolved(
        "Where this read stands in the log of events. Subscribing with after: asOf"
        " misses no later change. All parts of one query have the same."
    )
    def as_of(self, info: Info) -> EventCursor:
        """Return the job's own place in a stream, or that of the operation."""
        # Without a coroutine where none is needed: streams show very many jobs.
        return self.cursor or cast("EventCursor", info.context.as_of())

    tag: str = strawberry.field(
        description=(
            "What the job is about, for example process-dataset-123: 1 to 120"
            " characters without commas and control characters."
        )
    )
    type: str = strawberry.field(
        description="The name of the code to run, as registered; see jobTypes."
    )
    user_id: strawberry.ID = strawberry.field(description="The user who owns the job.")
    executor: Executor = strawberry.field(description="Where the job runs.")
    status: JobStatus = strawberry.field(description="Where the job stands.")
    is_terminal: bool = strawberry.field(
        description="Whether the job has ended; its status then never changes again."
    )
    is_cancelable: bool = strawberry.field(
        description=(
            "Whether a first cancelJob would do something: the job has not ended, and"
            " no cancel is pending. A pending one that is GRACEFUL can still be"
            " escalated to FORCE."
        )
    )
    is_retryable: bool = strawberry.field(
        description=(
            "Whether retryJob would run it again, and deleteJob erase it: the job has"
            " ended."
        )
    )

    attention: list[AttentionKind] = strawberry.field(
        description=(
            "Why an operator should look at the job, each kind once; empty when nobody"
            " needs to, and once the job has ended. Each change is an event."
        )
    )

    @resolved(
        "The input of the job as it was given, at most 512 KiB of JSON; null only when"
        " redacted holds DATA."
    )
    def data(self, info: Info) -> JSON | None:
        """Return the input."""
        if Part.DATA in info.context.hidden_parts(self.row):
            return None
        long = LongJson(LongColumn.DATA, self.row.id)
        return info.context.show_long(self.row.data, long)

    @resolved(
        "The output of a job that SUCCEEDED, at most 1 MiB of JSON; null for all"
        " others, when the code returned nothing, and when redacted holds RESULT."
    )
    def result(self, info: Info) -> JSON | None:
        """Return the output, which is not the error that the column may hold."""
        if not self.row.success or self.row.result is None:
            return None
        if Part.RESULT in info.context.hidden_parts(self.row):
            return None
        long = LongJson(LongColumn.RESULT, self.row.id)
        return info.context.show_long(self.row.result, long)

    @resolved(
        "What of this job is secret and not shown to the caller, there or not; always"
        " empty with ADMIN."
    )
    def redacted(self, info: Info) -> list[JobSecret]:
        """Return what is hidden."""
        hidden = info.context.hidden_parts(self.row)
        return [JobSecret(part.value) for part in hidden]

    @resolved("Why the job FAILED or EXPIRED; null for all others.")
    def failure(self) -> JobFailure | None:
        """Return the error that the result column holds."""
        if self.row.failure_kind is None:
            return None
        result: dict[str, Any] = json.loads(self.row.result or "{}")
        return JobFailure.of(self.row.failure_kind, result.get("error"))

    success: bool | None = strawberry.field(
        description=(
            "true when the job SUCCEEDED, false when it FAILED or EXPIRED; null while"
            " it is open and when it was CANCELED."
        )
    )

    @resolved("How far the job has come; null while its code has not said.")
    def progress(self) -> JobProgress | None:
        """Return the last report."""
        return JobProgress.from_text(self.row.progress, updated_at=self.row.updated_at)

    @resolved("How failed attempts are tried again.")
    def retry_config(self) -> RetryConfig:
        """Return the complete configuration of this job."""
        return RetryConfig.of(Config.from_json(self.row.retry_config))

    @resolved(
        "The caller's own notes, a JSON object of at most 64 KiB, as the job's code may"
        " have changed them."
    )
    def metadata(self, info: Info) -> JSON:
        """Return the notes."""
        return info.context.show_json(self.row.metadata)

    queue: str = strawberry.field(
        description=(
            "The queue that the job waits in: for INTERNAL one of this installation,"
            " see queues; for TRIGGER one of the project, task/… for the task's own."
        )
    )
    priority: int = strawberry.field(
        description="0 to 9; of the jobs that are due the higher ones start first."
    )
    concurrency_key: str | None = strawberry.field(
        description=(
            "Jobs of one queue with the same key share its limit per key; null: no such"
            " limit holds for the job."
        )
    )
    idempotency_key: str | None = strawberry.field(
        description="The key that a repeat finds this job by; null: it has none."
    )
    max_duration: timedelta | None = strawberry.field(
        description="How long one attempt may run; null when there is no limit."
    )
    attempt_count: int = strawberry.field(
        description=(
            "How many attempts have started. One that a worker handed back while"
            " shutting down does not count."
        )
    )
    next_attempt_at: datetime | None = strawberry.field(
        description=(
            "When the next attempt is due; null while the job is RUNNING and after it"
            " has ended."
        )
    )
    created_at: datetime = strawberry.field(description="When the job was accepted.")
    run_at: datetime = strawberry.field(
        description="When it was asked to run; createdAt for at once."
    )
    tick_at: datetime | None = strawberry.field(
        description=(
            "The tick of its schedule that made it, unique within the schedule; null"
            " when none did, for example of a job of runJobScheduleNow."
        )
    )
    started_at: datetime | None = strawberry.field(
        description="When its first attempt started; null before that."
    )
    finished_at: datetime | None = strawberry.field(
        description="When it ended; null while it is open."
    )
    updated_at: datetime = strawberry.field(description="When its version last rose.")
    expires_at: datetime | None = strawberry.field(
        description=(
            "When it becomes EXPIRED unless it has started by then; null when it never"
            " does."
        )
    )

    trigger_task_id: str | None = strawberry.field(
        description="The Trigger.dev task that it runs; null for INTERNAL."
    )
    trigger_run_id: str | None = strawberry.field(
        description=(
            "Its run on Trigger.dev, run_…; null for INTERNAL, and until the job was"
            " handed over."
        )
    )
    trigger_status: str | None = strawberry.field(
        description=(
            "Trigger.dev's own word for the status of the run, as last heard. It may"
            " change without a new version when it says no more than the status; one"
            " such as PENDING_VERSION (no deployment has its task yet) is an event."
            " Null for INTERNAL and before anything was heard."
        )
    )

    @resolved("The request to cancel the job; null when there was none.")
    def cancellation(self) -> JobCancellation | None:
        """Return the cancel and what became of it."""
        return JobCancellation.of(self.row)

    @resolved(
        "The attempts at the job, the first one first.",
        directives=[PAGES, OWN_STATEMENT],
    )
    async def attempts(
        self,
        info: Info,
        first: First = ATTEMPTS_PAGE,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> JobAttemptConnection:
        """Return a page of attempts."""
        window = attempt_cursors(self.row.id).window(
            first=first, after=after, last=last, before=before, default=ATTEMPTS_PAGE
        )
        page = await info.context.read_attempt_page(self.row.id, window)
        return JobAttemptConnection.of(page)

    @resolved(
        "The events of the job, one for each version, the oldest first.",
        directives=[PAGES, OWN_STATEMENT],
    )
    async def events(
        self,
        info: Info,
        first: First = EVENTS_PAGE,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> JobEventConnection:
        """Return a page of events."""
        window = event_cursors(self.row.id).window(
            first=first, after=after, last=last, before=before, default=EVENTS_PAGE
        )
        page = await info.context.read_event_page(self.row.id, window)
        return JobEventConnection.of(page, self.row)

    @resolved(
        "What the code of the job has logged, the oldest first: its newest 1,000 lines."
        " Of TRIGGER what the hooks of trigger/jobwire.ts have posted.",
        directives=[PAGES, OWN_STATEMENT],
    )
    async def logs(
        self,
        info: Info,
        first: First = LOGS_PAGE,
        after: After = None,
        last: Last = None,
        before: Before = None,
        attempt: Annotated[
            int | None,
            strawberry.argument(description="Only what that attempt wrote; null: all."),
        ] = None,
        min_level: Annotated[
            LogLevel | None,
            strawberry.argument(
                description=(
                    "No lesser lines; those with droppedCount are always there. Null:"
                    " all."
                )
            ),
        ] = None,
    ) -> JobLogConnection:
        """Return a page of lines."""
        window = log_cursors(self.row.id).window(
            first=first, after=after, last=last, before=before, default=LOGS_PAGE
        )
        filter = LogFilter(attempt, to_level(min_level))
        page = await info.context.read_log_page(self.row.id, window, filter)
        return JobLogConnection.of(page)

    @resolved(
        "The job schedule that made the job; null when none did, and when that was"
        " deleted.",
        graphql_type=Optional[_SCHEDULE],  # noqa: UP045 - its value has no |
    )
    async def schedule(self, info: Info) -> Any:
        """Return the schedule, as the type that shows it does."""
        if self.row.schedule_id is None:
            return None
        row = await info.context.read_schedule(self.row.schedule_id)
        return None if row is None else _SCHEDULE.resolve_type().of(row)

    @resolved(
        "The job that this one retries; null when it retries none, and when that"
        " job was deleted."
    )
    async def replay_of(self, info: Info) -> "Job | None":
        """Return the earlier job."""
        if self.row.replay_of is None:
            return None
        row = await info.context.read_job(self.row.replay_of)
        return None if row is None else Job.of(row, cursor=self.cursor)

    @classmethod
    def of(cls, row: Row, *, cursor: EventCursor | None = None) -> Self:
        """Show a row.

        Args:
            row: The row as read.
            cursor: Where that read stands in the log; None: with its operation.
        """
        status = row.job_status
        return cls(
            row=row,
            cursor=cursor,
            id=strawberry.ID(str(GlobalId(Kind.JOB, row.id))),
            version=row.version,
            tag=row.tag,
            type=row.type,
            user_id=strawberry.ID(row.user_id),
            executor=Executor(row.executor),
            status=JobStatus(status.value),
            is_terminal=is_terminal(status),
            is_cancelable=is_cancelable(
                status, cancel_pending=row.cancel_outcome == CancelOutcome.PENDING
            ),
            is_retryable=is_retryable(status) and row.deleted_at is None,
            attention=[AttentionKind(kind) for kind in row.needs],
            success=row.success,
            queue=row.queue,
            priority=row.priority,
            concurrency_key=row.concurrency_key,
            idempotency_key=row.idempotency_key,
            max_duration=row.max_duration,
            attempt_count=row.attempts,
            next_attempt_at=row.next_attempt_at,
            created_at=row.created_at,
            run_at=row.run_at,
            tick_at=row.tick_at,
            started_at=row.started,
            finished_at=row.finished,
            updated_at=row.updated_at,
            expires_at=row.expires_at,
            trigger_task_id=row.trigger_task_id,
            trigger_run_id=row.trigger_run_id,
            trigger_status=row.trigger_status,
        )
