"""Keep the limits of queues, the places that running jobs take, and ready jobs by key.

The index is built by reading worker_jobs once, and writes to it wait for that. TRIGGER
jobs that name no queue now say so by the name that Trigger.dev has for the task's own
queue, in their rows and in their first events: what `default` said before was not sent.
Code of before works as it did.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None
locks = {
    "job_events": "ROW EXCLUSIVE for its rows",
    "worker_jobs": "SHARE for a scan",
}

_RENAME = """
UPDATE job_events e
   SET changes = jsonb_set(e.changes, '{queue}', to_jsonb('task/' || j.trigger_task_id))
  FROM worker_jobs j
 WHERE j.executor = 'trigger' AND j.queue = 'default'
   AND e.job_id = j.id AND e.kind = 'CREATED'"""
_RENAME_ROWS = """
UPDATE worker_jobs SET queue = 'task/' || trigger_task_id
 WHERE executor = 'trigger' AND queue = 'default'"""


def upgrade() -> None:
    op.create_table(
        "queues",
        sa.Column(
            "name",
            sa.Text(),
            nullable=False,
            comment="The queue, as in worker_jobs.queue.",
        ),
        sa.Column(
            "is_paused",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="No attempt of its jobs begins.",
        ),
        sa.Column(
            "max_running",
            sa.Integer(),
            nullable=True,
            comment="How many of its jobs may run at once; null: no limit.",
        ),
        sa.Column(
            "max_running_per_key",
            sa.Integer(),
            nullable=True,
            comment="The same for each concurrency key; null: no limit.",
        ),
        sa.Column(
            "declared",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            nullable=True,
            comment=(
                "{limit, limitPerKey} as code last declared them; null: it never did."
            ),
        ),
        sa.Column(
            "updated_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it was last set or declared.",
        ),
        sa.CheckConstraint(
            "char_length(name) BETWEEN 1 AND 120", name="name_has_1_to_120_characters"
        ),
        sa.CheckConstraint("max_running > 0", name="max_running_is_positive"),
        sa.CheckConstraint(
            "max_running_per_key > 0", name="max_running_per_key_is_positive"
        ),
        sa.PrimaryKeyConstraint("name", name="pk_queues"),
        comment="Queues of internal jobs that have limits or are paused.",
    )
    op.create_table(
        "queue_slots",
        sa.Column("queue", sa.Text(), nullable=False, comment="The queue."),
        sa.Column(
            "key",
            sa.Text(),
            nullable=False,
            comment="The concurrency key that is limited; empty: the whole queue.",
        ),
        sa.Column(
            "number",
            sa.Integer(),
            autoincrement=False,
            nullable=False,
            comment="The place, from 1; above the limit after that was lowered.",
        ),
        sa.Column(
            "job_id", sa.UUID(), nullable=False, comment="The job that runs there."
        ),
        sa.CheckConstraint("number > 0", name="number_is_positive"),
        sa.PrimaryKeyConstraint("queue", "key", "number", name="pk_queue_slots"),
        comment="The places of queues with limits that running jobs take.",
        postgresql_with={
            "autovacuum_vacuum_scale_factor": 0,
            "autovacuum_vacuum_threshold": 1000,
        },
    )
    op.create_index("ix_queue_slots_job_id", "queue_slots", ["job_id"])
    op.create_index(
        "ix_worker_jobs_ready_by_key",
        "worker_jobs",
        [
            "queue",
            "concurrency_key",
            sa.literal_column("priority DESC"),
            "next_attempt_at",
            "id",
        ],
        postgresql_where=sa.text(
            "status = 'QUEUED' AND dispatch_state = 'none' AND executor = 'internal'"
            " AND priority >= 0"
        ),
    )
    op.execute(_RENAME)
    op.execute(_RENAME_ROWS)


def downgrade() -> None:
    op.drop_index("ix_worker_jobs_ready_by_key", "worker_jobs")
    op.drop_table("queue_slots")
    op.drop_table("queues")
