"""`worker_jobs`: one row per job, the source of truth."""

from datetime import datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Index,
    Integer,
    Interval,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import UUID as UUID_TYPE

from jobwire.models.base import INSTANT, JSON, Table, column, make_with, one_of
from jobwire.models.public_id import JOB_ID, KEEP_JOB_ID, ON_INSERT
from jobwire.models.removal import ON_DELETE, ON_TRUNCATE, REMOVE
from jobwire.models.rules import Rule, keep
from jobwire.models.vocabulary import (
    CancelMode,
    CancelOutcome,
    DispatchState,
    Executor,
    FailureKind,
    JobStatus,
)

_TERMINAL = one_of(
    "status",
    (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELED, JobStatus.EXPIRED),
)
_WAITS_FOR_AN_ATTEMPT = one_of(
    "status", (JobStatus.SCHEDULED, JobStatus.QUEUED, JobStatus.RETRYING)
)
#: SQL: Trigger.dev itself has not said that the run of the job ended.
UNCONFIRMED = (
    "trigger_run_id IS NOT NULL AND (trigger_status IS NULL OR trigger_status NOT IN"
    " ('COMPLETED', 'FAILED', 'CANCELED', 'CRASHED', 'SYSTEM_FAILURE', 'TIMED_OUT',"
    " 'EXPIRED'))"
)
_CANCELED = one_of(
    "cancel_outcome",
    (
        CancelOutcome.STOPPED,
        CancelOutcome.NEVER_STARTED,
        CancelOutcome.FORCED_UNCONFIRMED,
    ),
)
_UNSTARTED = one_of("status", (JobStatus.SCHEDULED, JobStatus.QUEUED))
_RULES = (
    Rule("tag_has_1_to_120_characters", "char_length(tag) BETWEEN 1 AND 120"),
    Rule(
        "tag_has_no_comma_and_no_control_character",
        r"""tag COLLATE "C" !~ '[,\x01-\x1f\x7f]'""",
    ),
    Rule("type_has_1_to_120_characters", "char_length(type) BETWEEN 1 AND 120"),
    Rule("user_id_has_1_to_255_characters", "char_length(user_id) BETWEEN 1 AND 255"),
    Rule("executor_is_known", one_of("executor", Executor)),
    Rule("status_is_known", one_of("status", JobStatus)),
    Rule("failure_kind_is_known", one_of("failure_kind", FailureKind)),
    Rule("dispatch_state_is_known", one_of("dispatch_state", DispatchState)),
    Rule("cancel_mode_is_known", one_of("cancel_mode", CancelMode)),
    Rule("cancel_outcome_is_known", one_of("cancel_outcome", CancelOutcome)),
    Rule("metadata_is_an_object", "jsonb_typeof(metadata) = 'object'"),
    Rule("priority_is_0_to_9", "priority BETWEEN 0 AND 9"),
    Rule("version_is_positive", "version > 0"),
    Rule("attempts_are_not_negative", "attempts >= 0"),
    Rule("fence_is_not_negative", "fence >= 0"),
    Rule(
        "finished_is_set_exactly_when_terminal",
        f"(finished IS NOT NULL) = ({_TERMINAL})",
    ),
    Rule(
        "success_follows_status",
        "success IS NOT DISTINCT FROM CASE status WHEN 'SUCCEEDED' THEN true"
        " WHEN 'FAILED' THEN false WHEN 'EXPIRED' THEN false END",
    ),
    Rule(
        "a_job_without_success_names_its_failure_kind",
        "success IS DISTINCT FROM false OR failure_kind IS NOT NULL",
    ),
    Rule(
        "a_job_that_waits_for_an_attempt_is_due_at_some_time",
        f"NOT ({_WAITS_FOR_AN_ATTEMPT}) OR next_attempt_at IS NOT NULL",
    ),
    Rule(
        "an_internal_job_is_leased_exactly_when_running",
        "executor <> 'internal' OR (status = 'RUNNING')"
        " = (leased_by IS NOT NULL AND leased_until IS NOT NULL)",
    ),
    Rule(
        "a_running_job_has_started",
        "status <> 'RUNNING' OR started IS NOT NULL",
    ),
    Rule(
        "only_internal_jobs_are_retrying",
        "status <> 'RETRYING' OR executor = 'internal'",
    ),
    Rule(
        "only_trigger_jobs_are_waiting",
        "status <> 'WAITING' OR executor = 'trigger'",
    ),
    Rule(
        "only_trigger_jobs_are_dispatched",
        "executor = 'trigger' OR dispatch_state = 'none'",
    ),
    Rule(
        "a_trigger_job_names_its_task",
        "executor <> 'trigger' OR trigger_task_id IS NOT NULL",
    ),
    Rule(
        "a_linked_job_has_its_run",
        "dispatch_state <> 'linked' OR trigger_run_id IS NOT NULL",
    ),
    Rule(
        "a_canceled_job_has_its_outcome",
        f"status <> 'CANCELED' OR {_CANCELED}",
    ),
    Rule(
        "a_pending_cancel_belongs_to_an_open_job",
        "cancel_outcome <> 'PENDING'"
        " OR (finished IS NULL AND cancel_requested_at IS NOT NULL)",
    ),
    Rule(
        "an_idempotency_key_comes_with_its_input",
        "(idempotency_key IS NULL) = (idempotency_input IS NULL)",
    ),
)


class WorkerJob(Table, table=True):
    """One job: what was asked, where it stands, how it ended."""

    __tablename__: ClassVar[str] = "worker_jobs"
    __table_args__: ClassVar[Any] = (
        Index(
            "ix_worker_jobs_ready",
            "executor",
            "queue",
            text("priority DESC"),
            "next_attempt_at",
            "id",
            postgresql_where=text("status = 'QUEUED' AND dispatch_state = 'none'"),
        ),
        # Every priority is at least 0: only statements that say so may use this one.
        # Others would read a whole queue and sort it, where they believe it small.
        Index(
            "ix_worker_jobs_ready_by_key",
            "queue",
            "concurrency_key",
            text("priority DESC"),
            "next_attempt_at",
            "id",
            postgresql_where=text(
                "status = 'QUEUED' AND dispatch_state = 'none'"
                " AND executor = 'internal' AND priority >= 0"
            ),
        ),
        Index(
            "ix_worker_jobs_due",
            "next_attempt_at",
            postgresql_where=text("status IN ('SCHEDULED', 'RETRYING')"),
        ),
        Index(
            "ix_worker_jobs_running",
            "id",
            postgresql_where=text("status = 'RUNNING'"),
        ),
        Index(
            "ix_worker_jobs_expiring",
            "expires_at",
            postgresql_where=text(f"expires_at IS NOT NULL AND {_UNSTARTED}"),
        ),
        Index(
            "ix_worker_jobs_canceling",
            "cancel_grace_until",
            postgresql_where=text("cancel_outcome = 'PENDING'"),
        ),
        Index(
            "ix_worker_jobs_forced_untold",
            "cancel_confirmed_at",
            postgresql_where=text(
                "cancel_outcome = 'FORCED_UNCONFIRMED' AND executor = 'trigger'"
                " AND cancel_acknowledged_at IS NULL"
            ),
        ),
        Index(
            "ix_worker_jobs_open_trigger",
            "id",
            postgresql_where=text("executor = 'trigger' AND finished IS NULL"),
        ),
        Index(
            "ix_worker_jobs_attention",
            "executor",
            "id",
            postgresql_where=text("finished IS NULL AND attention <> '{}'"),
        ),
        Index(
            "ix_worker_jobs_attention_of_user",
            "executor",
            "user_id",
            "id",
            postgresql_ops={"executor": 'COLLATE "C"'},
            postgresql_where=text("finished IS NULL AND attention <> '{}'"),
        ),
        Index(
            "ix_worker_jobs_cancel_pending",
            "id",
            postgresql_where=text("cancel_outcome = 'PENDING'"),
        ),
        Index(
            "ix_worker_jobs_unconfirmed",
            "finished",
            postgresql_where=text(f"finished IS NOT NULL AND {UNCONFIRMED}"),
        ),
        # What fits one of these fits no other one: where two begin with the same column
        # they differ in its collation, which stands where operator classes do.
        Index("ix_worker_jobs_user_id_id", "user_id", "id"),
        Index(
            "ix_worker_jobs_user_id_status_id",
            "user_id",
            "status",
            "id",
            postgresql_ops={"user_id": 'COLLATE "C"', "status": 'COLLATE "C"'},
        ),
        Index("ix_worker_jobs_status_id", "status", "id"),
        Index(
            "ix_worker_jobs_trigger_status_id",
            "status",
            "id",
            postgresql_ops={"status": 'COLLATE "C"'},
            postgresql_where=text("executor = 'trigger'"),
        ),
        Index(
            "ix_worker_jobs_trigger_status_user_id_id",
            "status",
            "user_id",
            "id",
            postgresql_ops={"status": 'COLLATE "POSIX"'},
            postgresql_where=text("executor = 'trigger'"),
        ),
        Index(
            "ix_worker_jobs_type_user_id_id",
            "type",
            "user_id",
            "id",
            postgresql_ops={"type": 'COLLATE "POSIX"'},
        ),
        Index(
            "ix_worker_jobs_type_status_id",
            "type",
            "status",
            "id",
            postgresql_ops={"type": 'COLLATE "C"', "status": 'COLLATE "C"'},
        ),
        Index("ix_worker_jobs_tag_id", "tag", "id"),
        Index(
            "ix_worker_jobs_tag_user_id_id",
            "tag",
            "user_id",
            "id",
            postgresql_ops={"tag": 'COLLATE "POSIX"'},
        ),
        Index(
            "uq_worker_jobs_idempotency_key",
            "user_id",
            "type",
            "idempotency_key",
            unique=True,
            postgresql_where=text("idempotency_key IS NOT NULL"),
        ),
        Index(
            "uq_worker_jobs_trigger_run_id",
            "trigger_run_id",
            unique=True,
            postgresql_where=text("trigger_run_id IS NOT NULL"),
        ),
        Index(
            "ix_worker_jobs_ended",
            "status",
            "finished",
            postgresql_where=text("finished IS NOT NULL AND deleted_at IS NULL"),
        ),
        Index(
            "ix_worker_jobs_deleted",
            "deleted_at",
            postgresql_where=text("deleted_at IS NOT NULL"),
        ),
        Index(
            "ix_worker_jobs_replay_of",
            "replay_of",
            postgresql_where=text("replay_of IS NOT NULL"),
        ),
        Index(
            "ix_worker_jobs_schedule_id_id",
            "schedule_id",
            "id",
            postgresql_where=text("schedule_id IS NOT NULL"),
        ),
        Index(
            "ix_worker_jobs_user_id_schedule_id_id",
            "user_id",
            "schedule_id",
            "id",
            postgresql_ops={"user_id": 'COLLATE "POSIX"'},
            postgresql_where=text("schedule_id IS NOT NULL"),
        ),
        Index(
            "ix_worker_jobs_open_of_schedule",
            "schedule_id",
            postgresql_where=text("schedule_id IS NOT NULL AND finished IS NULL"),
        ),
        Index(
            "uq_worker_jobs_schedule_id_tick_at",
            "schedule_id",
            "tick_at",
            unique=True,
            postgresql_where=text("schedule_id IS NOT NULL AND tick_at IS NOT NULL"),
        ),
        {
            "comment": "One row per job: what was asked, where it stands, its end.",
            # Room on each page keeps heartbeats HOT; `leased_until` is in no index.
            "postgresql_with": {
                "fillfactor": 70,
                "autovacuum_vacuum_scale_factor": 0.01,
                "autovacuum_vacuum_threshold": 2000,
                "autovacuum_vacuum_cost_delay": 0,
            },
        },
    )

    id: UUID = column(UUID_TYPE, "A UUIDv7 of the millisecond `created_at`.", key=True)
    public_id: str | None = column(
        Text,
        "The id as the API writes it: job_ and 26 characters of Crockford's base32;"
        " null in rows older than this column.",
        null=True,
    )
    tag: str = column(
        Text(collation="C"),
        "What this job is about: 1-120 characters, no comma, no control character.",
    )
    type: str = column(Text, "The name of the code to run, as registered.")
    user_id: str = column(Text, "Whose job it is; the wall between users.")
    executor: str = column(Text, "Where it runs: internal or trigger.")
    status: str = column(Text, "Where it stands.")
    data: dict[str, Any] = column(
        JSON, "Its input: JSON, at most 512 KiB.", default="'{}'"
    )
    result: Any = column(
        JSON,
        "Its end: the output, or {error: {kind, name, message, code, stack}};"
        " at most 1 MiB.",
        null=True,
    )
    success: bool | None = column(
        Boolean,
        "true SUCCEEDED, false FAILED and EXPIRED, null while open and for CANCELED.",
        null=True,
    )
    failure_kind: str | None = column(
        Text, "Why it failed; never null when success is false.", null=True
    )
    retry_config: dict[str, Any] = column(
        JSON,
        "{maxAttempts, minTimeoutInMs, maxTimeoutInMs, factor}.",
        default="""'{"maxAttempts": 3, "minTimeoutInMs": 1000,"""
        """ "maxTimeoutInMs": 10000, "factor": 2}'""",
    )
    priority: int = column(SmallInteger, "0-9, higher first.", default="0")
    queue: str = column(Text, "The queue that it waits in.", default="'default'")
    concurrency_key: str | None = column(
        Text, "Jobs of one key share the queue's limit per key.", null=True
    )
    run_at: datetime = column(INSTANT, "When it was asked to run.")
    next_attempt_at: datetime | None = column(
        INSTANT,
        "When its next attempt is due; null while running and when ended.",
        null=True,
    )
    expires_at: datetime | None = column(
        INSTANT, "When it expires, if it has not started by then.", null=True
    )
    max_duration: timedelta | None = column(
        Interval, "How long one attempt may run; null: without limit.", null=True
    )
    created_at: datetime = column(INSTANT, "When it was accepted; to the millisecond.")
    updated_at: datetime = column(INSTANT, "When `version` last rose.")
    started: datetime | None = column(
        INSTANT, "When its first attempt started.", null=True
    )
    finished: datetime | None = column(INSTANT, "When it ended.", null=True)
    version: int = column(
        Integer, "Rises by one with every visible change.", default="1"
    )
    attempts: int = column(
        Integer, "How many attempts have started and count.", default="0"
    )
    progress: dict[str, Any] | None = column(
        JSON, "{fraction, message, current, total, updatedAt}.", null=True
    )
    metadata_: dict[str, Any] = column(
        JSON,
        "The caller's own notes: a JSON object, at most 64 KiB.",
        default="'{}'",
        name="metadata",
    )
    attention: list[str] = column(
        ARRAY(Text), "Why an operator should look at it.", default="'{}'"
    )
    idempotency_key: str | None = column(
        Text, "Unique per user and type, until the job is deleted.", null=True
    )
    idempotency_input: Any = column(
        JSON, "What was asked with that key, to tell a repeat.", null=True
    )
    # No foreign keys: a job names for good where it comes from, and a row that goes
    # must not change others behind their versions.
    schedule_id: UUID | None = column(
        UUID_TYPE,
        "The job schedule whose tick made it; it may be gone.",
        null=True,
    )
    tick_at: datetime | None = column(
        INSTANT,
        "The tick that made it; null: none did, or another job of it was first.",
        null=True,
    )
    replay_of: UUID | None = column(
        UUID_TYPE, "The job that this one retries; it may be gone.", null=True
    )
    deleted_at: datetime | None = column(
        INSTANT, "When its content was erased and it was hidden.", null=True
    )
    secret_data: bool = column(
        Boolean, "Whether only admins may read its data.", default="false"
    )
    secret_result: bool = column(
        Boolean, "Whether only admins may read its output.", default="false"
    )
    leased_by: str | None = column(Text, "The worker that runs it.", null=True)
    leased_until: datetime | None = column(
        INSTANT, "Until when that worker is believed; in no index.", null=True
    )
    fence: int = column(
        BigInteger,
        "Rises with every claim and rescue, never resets; a finish must name it.",
        default="0",
    )
    cancel_requested_at: datetime | None = column(
        INSTANT, "When a cancel was first asked for.", null=True
    )
    cancel_requested_by: str | None = column(Text, "Who asked for it.", null=True)
    cancel_reason: str | None = column(Text, "Why, in their words.", null=True)
    cancel_mode: str | None = column(Text, "How insistent it is.", null=True)
    cancel_grace_until: datetime | None = column(
        INSTANT,
        "When a pending cancel is overdue, and a forced one settles the job.",
        null=True,
    )
    cancel_acknowledged_at: datetime | None = column(
        INSTANT, "When the running code was told.", null=True
    )
    cancel_outcome: str | None = column(Text, "What became of it.", null=True)
    cancel_confirmed_at: datetime | None = column(
        INSTANT, "When the outcome was known.", null=True
    )
    trigger_task_id: str | None = column(
        Text, "The Trigger.dev task to run.", null=True
    )
    trigger_run_id: str | None = column(Text, "Its run, run_….", null=True)
    trigger_status: str | None = column(
        Text, "Trigger.dev's own word, as last heard.", null=True
    )
    trigger_environment: str | None = column(
        Text, "API origin and environment id, stamped at dispatch.", null=True
    )
    trigger_batch_id: str | None = column(
        Text, "The batch that its dispatch went in.", null=True
    )
    dispatch_state: str = column(
        Text, "How far its dispatch has come.", default="'none'"
    )
    dispatch_number: int = column(
        Integer, "Rises with each dispatch after a proved non-start.", default="0"
    )
    dispatched_at: datetime | None = column(
        INSTANT, "When the dispatch was last sent.", null=True
    )
    trigger_observed_at: datetime | None = column(
        INSTANT, "When Trigger.dev last said something of it.", null=True
    )


_TABLE = WorkerJob.metadata.tables["worker_jobs"]
make_with(_TABLE, JOB_ID, KEEP_JOB_ID, ON_INSERT, REMOVE, ON_DELETE, ON_TRUNCATE)
keep(_TABLE, "a_job_keeps_its_rules", _RULES)
