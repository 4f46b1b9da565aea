"""Create the tables of Jobwire.

The first version: it only creates, so it waits for no lock of anybody's.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import UserDefinedType

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None
locks: dict[str, str] = {}


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.UUID(), nullable=False, comment="A UUIDv7."),
        sa.Column("name", sa.Text(), nullable=False, comment="What it is for."),
        sa.Column("user_id", sa.Text(), nullable=False, comment="Whom it speaks for."),
        sa.Column(
            "scopes",
            sa.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="What it may do.",
        ),
        sa.Column(
            "hash", sa.LargeBinary(), nullable=False, comment="SHA-256 of the key."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was made.",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ends.",
        ),
        sa.Column(
            "last_used_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it last came.",
        ),
        sa.Column(
            "revoked_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was revoked.",
        ),
        sa.CheckConstraint("octet_length(hash) = 32", name=op.f("hash_is_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
        sa.UniqueConstraint("hash", name=op.f("uq_api_keys_hash")),
        comment="Long-lived keys of programs, by their hash.",
    )
    op.create_table(
        "bulk_operations",
        sa.Column("id", sa.UUID(), nullable=False, comment="A UUIDv7."),
        sa.Column(
            "user_id", sa.Text(), nullable=False, comment="Who asked for it; its wall."
        ),
        sa.Column(
            "action", sa.Text(), nullable=False, comment="What is done to each job."
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="How it stands."),
        sa.Column(
            "selection",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="The ids or the filter.",
        ),
        sa.Column(
            "reason", sa.Text(), nullable=True, comment="Why, in the caller's words."
        ),
        sa.Column(
            "position", sa.UUID(), nullable=True, comment="The last job handled."
        ),
        sa.Column(
            "matched_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Jobs selected.",
        ),
        sa.Column(
            "succeeded_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Jobs acted on.",
        ),
        sa.Column(
            "skipped_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Jobs that needed nothing.",
        ),
        sa.Column(
            "failed_count",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Jobs that refused.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was asked for.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ended.",
        ),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (status = 'RUNNING')",
            name=op.f("finished_at_is_set_exactly_when_ended"),
        ),
        sa.CheckConstraint(
            "action IN ('CANCEL', 'RETRY')", name=op.f("action_is_known")
        ),
        sa.CheckConstraint(
            "status IN ('RUNNING', 'COMPLETED', 'ABORTED')",
            name=op.f("status_is_known"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_operations")),
        comment="One action over many jobs, carried out in the background.",
    )
    op.create_index(
        "ix_bulk_operations_running",
        "bulk_operations",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'RUNNING'"),
    )
    op.create_table(
        "duties",
        sa.Column("name", sa.Text(), nullable=False, comment="The loop."),
        sa.Column(
            "holder", sa.Text(), nullable=False, comment="The process that holds it."
        ),
        sa.Column(
            "term",
            sa.BigInteger(),
            nullable=False,
            comment="Rises with every change of holder.",
        ),
        sa.Column(
            "until",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="Until when the holder is believed.",
        ),
        sa.CheckConstraint("term > 0", name=op.f("term_is_positive")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_duties")),
        comment="Loops that one process at a time holds.",
    )
    op.create_table(
        "feed_state",
        sa.Column(
            "only_row",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Always true.",
        ),
        sa.Column(
            "epoch",
            sa.UUID(),
            nullable=False,
            comment="Cursors of another epoch are reset.",
        ),
        sa.Column(
            "floor",
            Xid8(),
            server_default=sa.text("'0'"),
            nullable=False,
            comment="Events of older transactions may be deleted.",
        ),
        sa.Column(
            "cursor_key",
            sa.LargeBinary(),
            nullable=False,
            comment="Signs cursors; 32 bytes.",
        ),
        sa.CheckConstraint("only_row", name=op.f("there_is_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_feed_state")),
        comment="The epoch, the floor and the key of cursors; one row.",
    )
    op.create_table(
        "feed_witness",
        sa.Column(
            "only_row",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Always true.",
        ),
        sa.Column(
            "epoch",
            sa.UUID(),
            nullable=False,
            comment="The epoch that it is the witness of.",
        ),
        sa.Column(
            "system_identifier",
            sa.Text(),
            nullable=False,
            comment="The cluster, by pg_control_system().",
        ),
        sa.Column(
            "database_oid",
            sa.BigInteger(),
            nullable=False,
            comment="The database within it.",
        ),
        sa.CheckConstraint("only_row", name=op.f("there_is_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_feed_witness")),
        comment="UNLOGGED: emptied by a crash, which then starts a new epoch.",
        prefixes=["UNLOGGED"],
    )
    op.create_table(
        "installation",
        sa.Column(
            "only_row",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Always true.",
        ),
        sa.Column(
            "id",
            sa.UUID(),
            nullable=False,
            comment="Random; part of the tag on every run.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was first migrated.",
        ),
        sa.CheckConstraint("only_row", name=op.f("there_is_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_installation")),
        comment="The name of this installation; one row.",
    )
    op.create_table(
        "job_schedules",
        sa.Column("id", sa.UUID(), nullable=False, comment="A UUIDv7."),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="The caller's stable name, unique per user.",
        ),
        sa.Column(
            "tag",
            sa.Text(collation="C"),
            nullable=False,
            comment="The tag of its jobs.",
        ),
        sa.Column("type", sa.Text(), nullable=False, comment="The type of its jobs."),
        sa.Column(
            "user_id", sa.Text(), nullable=False, comment="Whose schedule it is."
        ),
        sa.Column("executor", sa.Text(), nullable=False, comment="Where its jobs run."),
        sa.Column(
            "owner",
            sa.Text(),
            server_default=sa.text("'JOBWIRE'"),
            nullable=False,
            comment="Whose clock fires it.",
        ),
        sa.Column(
            "cron",
            sa.Text(),
            nullable=False,
            comment="Five fields: minute hour day month weekday.",
        ),
        sa.Column(
            "timezone",
            sa.Text(),
            server_default=sa.text("'UTC'"),
            nullable=False,
            comment="An IANA time zone.",
        ),
        sa.Column(
            "data",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="The input of its jobs.",
        ),
        sa.Column(
            "retry_config",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="The retry configuration of its jobs; null: the type's.",
        ),
        sa.Column(
            "overlap_policy",
            sa.Text(),
            server_default=sa.text("'SKIP'"),
            nullable=False,
            comment="What a tick does while an earlier job is open.",
        ),
        sa.Column(
            "misfire_policy",
            sa.Text(),
            server_default=sa.text("'RUN_ONCE'"),
            nullable=False,
            comment="What becomes of missed ticks.",
        ),
        sa.Column(
            "misfire_window",
            sa.Interval(),
            server_default=sa.text("'1 day'"),
            nullable=False,
            comment="How far back RUN_ALL reaches.",
        ),
        sa.Column(
            "is_paused",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether ticks pass unused.",
        ),
        sa.Column(
            "next_tick_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The next tick.",
        ),
        sa.Column(
            "last_tick_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The last tick used.",
        ),
        sa.Column(
            "trigger_task_id",
            sa.Text(),
            nullable=True,
            comment="The Trigger.dev task of its jobs.",
        ),
        sa.Column(
            "trigger_schedule_id",
            sa.Text(),
            nullable=True,
            comment="Trigger.dev's schedule, sched_….",
        ),
        sa.Column(
            "trigger_environment",
            sa.Text(),
            nullable=True,
            comment="The environment that holds that schedule.",
        ),
        sa.Column(
            "sync_state",
            sa.Text(),
            nullable=True,
            comment="Whether Trigger.dev's schedule follows; null for JOBWIRE.",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Rises with every change.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was made.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it last changed.",
        ),
        sa.Column(
            "deleted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was deleted.",
        ),
        sa.CheckConstraint(
            "executor <> 'trigger' OR trigger_task_id IS NOT NULL",
            name=op.f("a_trigger_schedule_names_its_task"),
        ),
        sa.CheckConstraint(
            "executor IN ('internal', 'trigger')", name=op.f("executor_is_known")
        ),
        sa.CheckConstraint(
            "misfire_policy IN ('SKIP', 'RUN_ONCE', 'RUN_ALL')",
            name=op.f("misfire_policy_is_known"),
        ),
        sa.CheckConstraint(
            "overlap_policy IN ('ALLOW', 'SKIP', 'QUEUE_ONE', 'CANCEL_RUNNING')",
            name=op.f("overlap_policy_is_known"),
        ),
        sa.CheckConstraint(
            "owner = 'JOBWIRE' OR executor = 'trigger'",
            name=op.f("only_trigger_schedules_are_owned_by_trigger_dev"),
        ),
        sa.CheckConstraint(
            "owner IN ('JOBWIRE', 'TRIGGER_DEV')", name=op.f("owner_is_known")
        ),
        sa.CheckConstraint(
            "sync_state IN ('PENDING', 'SYNCED', 'FAILED')",
            name=op.f("sync_state_is_known"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("version_is_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_schedules")),
        comment="Crons: which job to make, and when.",
    )
    op.create_index(
        "ix_job_schedules_due",
        "job_schedules",
        ["next_tick_at"],
        unique=False,
        postgresql_where=sa.text(
            "deleted_at IS NULL AND NOT is_paused AND owner = 'JOBWIRE'"
        ),
    )
    op.create_index(
        "uq_job_schedules_trigger_schedule_id",
        "job_schedules",
        ["trigger_schedule_id"],
        unique=True,
        postgresql_where=sa.text("trigger_schedule_id IS NOT NULL"),
    )
    op.create_index(
        "uq_job_schedules_user_id_key",
        "job_schedules",
        ["user_id", "key"],
        unique=True,
        postgresql_where=sa.text("deleted_at IS NULL"),
    )
    op.create_table(
        "realtime_cursors",
        sa.Column(
            "trigger_environment", sa.Text(), nullable=False, comment="The environment."
        ),
        sa.Column("shape", sa.Text(), nullable=False, comment="The shape's query."),
        sa.Column(
            "handle",
            sa.Text(),
            nullable=False,
            comment="The server's handle of the shape.",
        ),
        sa.Column(
            "offset", sa.Text(), nullable=False, comment="The last offset folded in."
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was last moved.",
        ),
        sa.PrimaryKeyConstraint(
            "trigger_environment", "shape", name=op.f("pk_realtime_cursors")
        ),
        comment="How far each Realtime shape of Trigger.dev was read.",
    )
    op.create_table(
        "reconciliations",
        sa.Column("id", sa.UUID(), nullable=False, comment="A UUIDv7."),
        sa.Column(
            "trigger_environment",
            sa.Text(),
            nullable=False,
            comment="The environment that was judged.",
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it began.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ended.",
        ),
        sa.Column(
            "checked",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Jobs compared.",
        ),
        sa.Column(
            "corrected",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Jobs that drifted and were put right.",
        ),
        sa.Column(
            "orphaned_jobs",
            sa.ARRAY(sa.UUID()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Jobs adopted or settled as orphans.",
        ),
        sa.Column(
            "lost_jobs",
            sa.ARRAY(sa.UUID()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Jobs whose run is gone.",
        ),
        sa.Column(
            "orphaned_runs",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="Runs without a job here.",
        ),
        sa.Column(
            "api_requests",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Requests that it cost.",
        ),
        sa.Column(
            "withheld",
            sa.Text(),
            nullable=True,
            comment="Why losses were not settled in this pass.",
        ),
        sa.Column("error", sa.Text(), nullable=True, comment="Why it stopped early."),
        sa.CheckConstraint(
            "checked >= 0 AND corrected >= 0", name=op.f("counts_are_not_negative")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reconciliations")),
        comment="The reports of reconciliation, one per pass.",
    )
    op.create_index(
        "ix_reconciliations_started_at", "reconciliations", ["started_at"], unique=False
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.UUID(), nullable=False, comment="A UUIDv7."),
        sa.Column("source", sa.Text(), nullable=False, comment="Who posted it."),
        sa.Column(
            "event_id",
            sa.Text(),
            nullable=False,
            comment="The poster's id of the event.",
        ),
        sa.Column(
            "body",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="The event as posted.",
        ),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it first came.",
        ),
        sa.Column(
            "handled_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was folded in; null: not yet.",
        ),
        sa.Column(
            "deliveries",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="How often it came.",
        ),
        sa.Column(
            "error", sa.Text(), nullable=True, comment="Why folding it in last failed."
        ),
        sa.CheckConstraint("deliveries > 0", name=op.f("deliveries_are_positive")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint(
            "source", "event_id", name=op.f("uq_webhook_deliveries_source_event_id")
        ),
        comment="The inbox: each posted event once, kept at least 30 days.",
    )
    op.create_index(
        "ix_webhook_deliveries_received_at",
        "webhook_deliveries",
        ["received_at"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_deliveries_unhandled",
        "webhook_deliveries",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("handled_at IS NULL"),
    )
    op.create_table(
        "worker_jobs",
        sa.Column(
            "id",
            sa.UUID(),
            nullable=False,
            comment="A UUIDv7 of the millisecond `created_at`.",
        ),
        sa.Column(
            "tag",
            sa.Text(collation="C"),
            nullable=False,
            comment="What this job is about: 1-120 characters, no comma, no control character.",
        ),
        sa.Column(
            "type",
            sa.Text(),
            nullable=False,
            comment="The name of the code to run, as registered.",
        ),
        sa.Column(
            "user_id",
            sa.Text(),
            nullable=False,
            comment="Whose job it is; the wall between users.",
        ),
        sa.Column(
            "executor",
            sa.Text(),
            nullable=False,
            comment="Where it runs: internal or trigger.",
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="Where it stands."),
        sa.Column(
            "data",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Its input: JSON, at most 512 KiB.",
        ),
        sa.Column(
            "result",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="Its end: the output, or {error: {kind, name, message, code, stack}}; at most 1 MiB.",
        ),
        sa.Column(
            "success",
            sa.Boolean(),
            nullable=True,
            comment="true SUCCEEDED, false FAILED and EXPIRED, null while open and for CANCELED.",
        ),
        sa.Column(
            "failure_kind",
            sa.Text(),
            nullable=True,
            comment="Why it failed; never null when success is false.",
        ),
        sa.Column(
            "retry_config",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text(
                '\'{"maxAttempts": 3, "minTimeoutInMs": 1000, "maxTimeoutInMs": 10000, "factor": 2}\''
            ),
            nullable=False,
            comment="{maxAttempts, minTimeoutInMs, maxTimeoutInMs, factor}.",
        ),
        sa.Column(
            "priority",
            sa.SmallInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="0-9, higher first.",
        ),
        sa.Column(
            "queue",
            sa.Text(),
            server_default=sa.text("'default'"),
            nullable=False,
            comment="The queue that it waits in.",
        ),
        sa.Column(
            "concurrency_key",
            sa.Text(),
            nullable=True,
            comment="Jobs of one key share the queue's limit per key.",
        ),
        sa.Column(
            "run_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was asked to run.",
        ),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its next attempt is due; null while running and when ended.",
        ),
        sa.Column(
            "expires_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it expires, if it has not started by then.",
        ),
        sa.Column(
            "max_duration",
            sa.Interval(),
            nullable=True,
            comment="How long one attempt may run; null: without limit.",
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was accepted; to the millisecond.",
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When `version` last rose.",
        ),
        sa.Column(
            "started",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When its first attempt started.",
        ),
        sa.Column(
            "finished",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ended.",
        ),
        sa.Column(
            "version",
            sa.Integer(),
            server_default=sa.text("1"),
            nullable=False,
            comment="Rises by one with every visible change.",
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="How many attempts have started and count.",
        ),
        sa.Column(
            "progress",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="{fraction, message, current, total, updatedAt}.",
        ),
        sa.Column(
            "metadata",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="The caller's own notes: a JSON object, at most 64 KiB.",
        ),
        sa.Column(
            "attention",
            sa.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Why an operator should look at it.",
        ),
        sa.Column(
            "idempotency_key",
            sa.Text(),
            nullable=True,
            comment="Unique per user and type, for the life of the row.",
        ),
        sa.Column(
            "idempotency_input",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="What was asked with that key, to tell a repeat.",
        ),
        sa.Column(
            "schedule_id",
            sa.UUID(),
            nullable=True,
            comment="The job schedule whose tick made it.",
        ),
        sa.Column(
            "replay_of",
            sa.UUID(),
            nullable=True,
            comment="The job that this one retries.",
        ),
        sa.Column(
            "deleted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was deleted for its user.",
        ),
        sa.Column(
            "leased_by", sa.Text(), nullable=True, comment="The worker that runs it."
        ),
        sa.Column(
            "leased_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Until when that worker is believed; in no index.",
        ),
        sa.Column(
            "fence",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Rises with every claim and rescue, never resets; a finish must name it.",
        ),
        sa.Column(
            "cancel_requested_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a cancel was first asked for.",
        ),
        sa.Column(
            "cancel_requested_by", sa.Text(), nullable=True, comment="Who asked for it."
        ),
        sa.Column(
            "cancel_reason", sa.Text(), nullable=True, comment="Why, in their words."
        ),
        sa.Column(
            "cancel_mode", sa.Text(), nullable=True, comment="How insistent it is."
        ),
        sa.Column(
            "cancel_grace_until",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When a forced cancel settles the job.",
        ),
        sa.Column(
            "cancel_acknowledged_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the running code was told.",
        ),
        sa.Column(
            "cancel_outcome", sa.Text(), nullable=True, comment="What became of it."
        ),
        sa.Column(
            "cancel_confirmed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the outcome was known.",
        ),
        sa.Column(
            "trigger_task_id",
            sa.Text(),
            nullable=True,
            comment="The Trigger.dev task to run.",
        ),
        sa.Column(
            "trigger_run_id", sa.Text(), nullable=True, comment="Its run, run_…."
        ),
        sa.Column(
            "trigger_status",
            sa.Text(),
            nullable=True,
            comment="Trigger.dev's own word, as last heard.",
        ),
        sa.Column(
            "trigger_environment",
            sa.Text(),
            nullable=True,
            comment="API origin and environment id, stamped at dispatch.",
        ),
        sa.Column(
            "trigger_batch_id",
            sa.Text(),
            nullable=True,
            comment="The batch that its dispatch went in.",
        ),
        sa.Column(
            "dispatch_state",
            sa.Text(),
            server_default=sa.text("'none'"),
            nullable=False,
            comment="How far its dispatch has come.",
        ),
        sa.Column(
            "dispatch_number",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Rises with each dispatch after a proved non-start.",
        ),
        sa.Column(
            "dispatched_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the dispatch was last sent.",
        ),
        sa.Column(
            "trigger_observed_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When Trigger.dev last said something of it.",
        ),
        sa.CheckConstraint(
            "(finished IS NOT NULL) = (status IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED'))",
            name=op.f("finished_is_set_exactly_when_terminal"),
        ),
        sa.CheckConstraint(
            "NOT (status IN ('SCHEDULED', 'QUEUED', 'RETRYING')) OR next_attempt_at IS NOT NULL",
            name=op.f("a_job_that_waits_for_an_attempt_is_due_at_some_time"),
        ),
        sa.CheckConstraint(
            "cancel_mode IN ('GRACEFUL', 'FORCE')", name=op.f("cancel_mode_is_known")
        ),
        sa.CheckConstraint(
            "cancel_outcome <> 'PENDING' OR (finished IS NULL AND cancel_requested_at IS NOT NULL)",
            name=op.f("a_pending_cancel_belongs_to_an_open_job"),
        ),
        sa.CheckConstraint(
            "cancel_outcome IN ('PENDING', 'STOPPED', 'NEVER_STARTED', 'FINISHED_FIRST', 'FORCED_UNCONFIRMED')",
            name=op.f("cancel_outcome_is_known"),
        ),
        sa.CheckConstraint(
            "dispatch_state <> 'linked' OR trigger_run_id IS NOT NULL",
            name=op.f("a_linked_job_has_its_run"),
        ),
        sa.CheckConstraint(
            "dispatch_state IN ('none', 'sending', 'unknown', 'accepted', 'linked')",
            name=op.f("dispatch_state_is_known"),
        ),
        sa.CheckConstraint(
            "executor <> 'internal' OR (status = 'RUNNING') = (leased_by IS NOT NULL AND leased_until IS NOT NULL)",
            name=op.f("an_internal_job_is_leased_exactly_when_running"),
        ),
        sa.CheckConstraint(
            "executor <> 'trigger' OR trigger_task_id IS NOT NULL",
            name=op.f("a_trigger_job_names_its_task"),
        ),
        sa.CheckConstraint(
            "executor = 'trigger' OR dispatch_state = 'none'",
            name=op.f("only_trigger_jobs_are_dispatched"),
        ),
        sa.CheckConstraint(
            "executor IN ('internal', 'trigger')", name=op.f("executor_is_known")
        ),
        sa.CheckConstraint(
            "failure_kind IN ('TASK_ERROR', 'TIMEOUT', 'CRASHED', 'OUT_OF_MEMORY', 'DISPATCH_REJECTED', 'ORPHANED', 'PLATFORM', 'EXPIRED')",
            name=op.f("failure_kind_is_known"),
        ),
        sa.CheckConstraint(
            "jsonb_typeof(metadata) = 'object'", name=op.f("metadata_is_an_object")
        ),
        sa.CheckConstraint(
            "status <> 'CANCELED' OR cancel_outcome IN ('STOPPED', 'NEVER_STARTED', 'FORCED_UNCONFIRMED')",
            name=op.f("a_canceled_job_has_its_outcome"),
        ),
        sa.CheckConstraint(
            "status <> 'RETRYING' OR executor = 'internal'",
            name=op.f("only_internal_jobs_are_retrying"),
        ),
        sa.CheckConstraint(
            "status <> 'RUNNING' OR started IS NOT NULL",
            name=op.f("a_running_job_has_started"),
        ),
        sa.CheckConstraint(
            "status <> 'WAITING' OR executor = 'trigger'",
            name=op.f("only_trigger_jobs_are_waiting"),
        ),
        sa.CheckConstraint(
            "status IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')",
            name=op.f("status_is_known"),
        ),
        sa.CheckConstraint(
            "success IS NOT DISTINCT FROM CASE status WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN false WHEN 'EXPIRED' THEN false END",
            name=op.f("success_follows_status"),
        ),
        sa.CheckConstraint(
            "tag !~ '[,\\x01-\\x1f\\x7f]'",
            name=op.f("tag_has_no_comma_and_no_control_character"),
        ),
        sa.CheckConstraint(
            "(idempotency_key IS NULL) = (idempotency_input IS NULL)",
            name=op.f("an_idempotency_key_comes_with_its_input"),
        ),
        sa.CheckConstraint("attempts >= 0", name=op.f("attempts_are_not_negative")),
        sa.CheckConstraint(
            "char_length(tag) BETWEEN 1 AND 120",
            name=op.f("tag_has_1_to_120_characters"),
        ),
        sa.CheckConstraint(
            "char_length(type) BETWEEN 1 AND 120",
            name=op.f("type_has_1_to_120_characters"),
        ),
        sa.CheckConstraint(
            "char_length(user_id) BETWEEN 1 AND 255",
            name=op.f("user_id_has_1_to_255_characters"),
        ),
        sa.CheckConstraint("fence >= 0", name=op.f("fence_is_not_negative")),
        sa.CheckConstraint("priority BETWEEN 0 AND 9", name=op.f("priority_is_0_to_9")),
        sa.CheckConstraint(
            "success IS DISTINCT FROM false OR failure_kind IS NOT NULL",
            name=op.f("a_job_without_success_names_its_failure_kind"),
        ),
        sa.CheckConstraint("version > 0", name=op.f("version_is_positive")),
        sa.ForeignKeyConstraint(
            ["replay_of"],
            ["worker_jobs.id"],
            name=op.f("fk_worker_jobs_replay_of"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["schedule_id"],
            ["job_schedules.id"],
            name=op.f("fk_worker_jobs_schedule_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_worker_jobs")),
        comment="One row per job: what was asked, where it stands, its end.",
        postgresql_with={
            "fillfactor": 70,
            "autovacuum_vacuum_scale_factor": 0.01,
            "autovacuum_vacuum_threshold": 2000,
            "autovacuum_vacuum_cost_delay": 0,
        },
    )
    op.create_index(
        "ix_worker_jobs_due",
        "worker_jobs",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("status IN ('SCHEDULED', 'RETRYING')"),
    )
    op.create_index(
        "ix_worker_jobs_expiring",
        "worker_jobs",
        ["expires_at"],
        unique=False,
        postgresql_where=sa.text(
            "expires_at IS NOT NULL AND status IN ('SCHEDULED', 'QUEUED')"
        ),
    )
    op.create_index(
        "ix_worker_jobs_open_trigger",
        "worker_jobs",
        ["id"],
        unique=False,
        postgresql_where=sa.text("executor = 'trigger' AND finished IS NULL"),
    )
    op.create_index(
        "ix_worker_jobs_ready",
        "worker_jobs",
        [
            "executor",
            "queue",
            sa.literal_column("priority DESC"),
            "next_attempt_at",
            "id",
        ],
        unique=False,
        postgresql_where=sa.text("status = 'QUEUED' AND dispatch_state = 'none'"),
    )
    op.create_index(
        "ix_worker_jobs_replay_of",
        "worker_jobs",
        ["replay_of"],
        unique=False,
        postgresql_where=sa.text("replay_of IS NOT NULL"),
    )
    op.create_index(
        "ix_worker_jobs_running",
        "worker_jobs",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'RUNNING'"),
    )
    op.create_index(
        "ix_worker_jobs_schedule_id_id",
        "worker_jobs",
        ["schedule_id", "id"],
        unique=False,
        postgresql_where=sa.text("schedule_id IS NOT NULL"),
    )
    op.create_index(
        "ix_worker_jobs_status_id", "worker_jobs", ["status", "id"], unique=False
    )
    op.create_index("ix_worker_jobs_tag_id", "worker_jobs", ["tag", "id"], unique=False)
    op.create_index(
        "ix_worker_jobs_type_id", "worker_jobs", ["type", "id"], unique=False
    )
    op.create_index(
        "ix_worker_jobs_user_id_id", "worker_jobs", ["user_id", "id"], unique=False
    )
    op.create_index(
        "ix_worker_jobs_user_id_status_id",
        "worker_jobs",
        ["user_id", "status", "id"],
        unique=False,
    )
    op.create_index(
        "uq_worker_jobs_idempotency_key",
        "worker_jobs",
        ["user_id", "type", "idempotency_key"],
        unique=True,
        postgresql_where=sa.text("idempotency_key IS NOT NULL"),
    )
    op.create_index(
        "uq_worker_jobs_trigger_run_id",
        "worker_jobs",
        ["trigger_run_id"],
        unique=True,
        postgresql_where=sa.text("trigger_run_id IS NOT NULL"),
    )
    op.create_table(
        "job_attempts",
        sa.Column("job_id", sa.UUID(), nullable=False, comment="The job."),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="1 for the first try."
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="How it stands."),
        sa.Column(
            "fence",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The job's fence while this try ran.",
        ),
        sa.Column(
            "worker_id", sa.Text(), nullable=True, comment="The worker that ran it."
        ),
        sa.Column(
            "trigger_run_id", sa.Text(), nullable=True, comment="The Trigger.dev run."
        ),
        sa.Column(
            "started_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When its code started.",
        ),
        sa.Column(
            "finished_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it ended.",
        ),
        sa.Column("failure_kind", sa.Text(), nullable=True, comment="Why it failed."),
        sa.Column(
            "failure",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="{kind, name, message, code, stack} of a failed try.",
        ),
        sa.CheckConstraint(
            "(finished_at IS NULL) = (status = 'RUNNING')",
            name=op.f("finished_at_is_set_exactly_when_ended"),
        ),
        sa.CheckConstraint(
            "failure_kind IN ('TASK_ERROR', 'TIMEOUT', 'CRASHED', 'OUT_OF_MEMORY', 'DISPATCH_REJECTED', 'ORPHANED', 'PLATFORM', 'EXPIRED')",
            name=op.f("failure_kind_is_known"),
        ),
        sa.CheckConstraint(
            "status IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'LOST')",
            name=op.f("status_is_known"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("number_is_positive")),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["worker_jobs.id"],
            name=op.f("fk_job_attempts_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("job_id", "number", name=op.f("pk_job_attempts")),
        comment="One row per try at a job.",
    )
    op.create_table(
        "job_events",
        sa.Column(
            "xid",
            Xid8(),
            server_default=sa.text("pg_current_xact_id()"),
            nullable=False,
            comment="The transaction that wrote it; the feed reads by it.",
        ),
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=True, cache=1),
            nullable=False,
            comment="Rises within a job in the order of its versions.",
        ),
        sa.Column("job_id", sa.UUID(), nullable=False, comment="The job."),
        sa.Column("user_id", sa.Text(), nullable=False, comment="Whose job it is."),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="The version of the job that this event made.",
        ),
        sa.Column("kind", sa.Text(), nullable=False, comment="What happened."),
        sa.Column(
            "from_status", sa.Text(), nullable=True, comment="The status before."
        ),
        sa.Column("to_status", sa.Text(), nullable=False, comment="The status after."),
        sa.Column(
            "attempt",
            sa.Integer(),
            nullable=True,
            comment="The attempt that it tells of.",
        ),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="Which path brought it."
        ),
        sa.Column(
            "actor", sa.Text(), nullable=True, comment="Who did it: a user or a worker."
        ),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it happened, by the clock of its source.",
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
            comment="When it was recorded here.",
        ),
        sa.Column(
            "changes",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=False,
            comment="Each visible column that this version set, with its new value.",
        ),
        sa.CheckConstraint(
            "from_status IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')",
            name=op.f("from_status_is_known"),
        ),
        sa.CheckConstraint(
            "kind IN ('CREATED', 'QUEUED', 'DISPATCHED', 'STARTED', 'WAITING', 'RESUMED', 'PROGRESS', 'ATTEMPT_FAILED', 'CANCEL_REQUESTED', 'CANCEL_ACKNOWLEDGED', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED', 'RESCHEDULED', 'METADATA_CHANGED', 'ATTENTION_CHANGED', 'DRIFT_CORRECTED', 'ORPHAN_ADOPTED', 'DELETED')",
            name=op.f("kind_is_known"),
        ),
        sa.CheckConstraint(
            "source IN ('API', 'DISPATCH', 'WORKER', 'WEBHOOK', 'ALERT', 'REALTIME', 'RECONCILER')",
            name=op.f("source_is_known"),
        ),
        sa.CheckConstraint(
            "to_status IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')",
            name=op.f("to_status_is_known"),
        ),
        sa.CheckConstraint(
            "(from_status IS NULL) = (version = 1)",
            name=op.f("only_the_first_event_comes_from_nowhere"),
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["worker_jobs.id"],
            name=op.f("fk_job_events_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("xid", "id", name=op.f("pk_job_events")),
        sa.UniqueConstraint(
            "job_id", "version", name=op.f("uq_job_events_job_id_version")
        ),
        comment="Facts about jobs, in commit order by (xid, id) snapshots.",
        postgresql_with={"autovacuum_vacuum_insert_scale_factor": 0.05},
    )
    op.create_table(
        "job_logs",
        sa.Column("job_id", sa.UUID(), nullable=False, comment="The job."),
        sa.Column(
            "id",
            sa.BigInteger(),
            sa.Identity(always=True, cache=1),
            nullable=False,
            comment="Rises.",
        ),
        sa.Column(
            "attempt", sa.Integer(), nullable=True, comment="The attempt that wrote it."
        ),
        sa.Column("level", sa.Text(), nullable=False, comment="How grave it is."),
        sa.Column(
            "at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was written, by the writer's clock.",
        ),
        sa.Column("message", sa.Text(), nullable=False, comment="The line."),
        sa.Column(
            "fields",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="Named values beside it.",
        ),
        sa.CheckConstraint(
            "level IN ('DEBUG', 'INFO', 'WARN', 'ERROR')", name=op.f("level_is_known")
        ),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["worker_jobs.id"],
            name=op.f("fk_job_logs_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("job_id", "id", name=op.f("pk_job_logs")),
        comment="Lines that the code of a job wrote.",
    )
    op.create_table(
        "job_observations",
        sa.Column("job_id", sa.UUID(), nullable=False, comment="The job."),
        sa.Column(
            "source", sa.Text(), nullable=False, comment="Which path brought it."
        ),
        sa.Column(
            "dispatch_number",
            sa.Integer(),
            nullable=False,
            comment="Of which dispatch.",
        ),
        sa.Column(
            "attempt",
            sa.Integer(),
            nullable=False,
            comment="Of which attempt; 0: of none.",
        ),
        sa.Column(
            "word",
            sa.Text(),
            nullable=False,
            comment="The status, in the word of its source.",
        ),
        sa.Column(
            "count",
            sa.BigInteger(),
            server_default=sa.text("1"),
            nullable=False,
            comment="How often it was said.",
        ),
        sa.Column(
            "applied",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether it ever moved the job.",
        ),
        sa.Column(
            "first_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was first said.",
        ),
        sa.Column(
            "last_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was last said.",
        ),
        sa.Column(
            "detail",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment="What came with it, as last said.",
        ),
        sa.CheckConstraint(
            "source IN ('API', 'DISPATCH', 'WORKER', 'WEBHOOK', 'ALERT', 'REALTIME', 'RECONCILER')",
            name=op.f("source_is_known"),
        ),
        sa.CheckConstraint("count > 0", name=op.f("count_is_positive")),
        sa.ForeignKeyConstraint(
            ["job_id"],
            ["worker_jobs.id"],
            name=op.f("fk_job_observations_job_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "job_id",
            "source",
            "dispatch_number",
            "attempt",
            "word",
            name=op.f("pk_job_observations"),
        ),
        comment="What was said of jobs, counted; late words are kept only here.",
    )
    # The key comes from two UUIDs of PostgreSQL's strong random source, because the
    # pgcrypto extension may be absent.
    op.execute(
        """INSERT INTO feed_state (epoch, cursor_key)
           VALUES (gen_random_uuid(),
                   sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))"""
    )
    op.execute(
        "INSERT INTO installation (id, created_at) VALUES (gen_random_uuid(), now())"
    )


def downgrade() -> None:
    op.drop_table("job_observations")
    op.drop_table("job_logs")
    op.drop_table("job_events")
    op.drop_table("job_attempts")
    op.drop_table("worker_jobs")
    op.drop_table("webhook_deliveries")
    op.drop_table("reconciliations")
    op.drop_table("realtime_cursors")
    op.drop_table("job_schedules")
    op.drop_table("installation")
    op.drop_table("feed_witness")
    op.drop_table("feed_state")
    op.drop_table("duties")
    op.drop_table("bulk_operations")
    op.drop_table("api_keys")
