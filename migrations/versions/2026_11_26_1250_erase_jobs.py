"""Find ended jobs by their age and what was posted of a job, and know what is secret.

A job keeps naming its schedule and the job that it retries when those rows go: their
foreign keys would set a visible column to null without a version. Building the indexes
reads worker_jobs twice and the inbox once, and whoever uses them waits for that, as
they do while the inbox learns which job each of its events tells of. Columns with a constant default rewrite nothing. Code of before
works as it did.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None
locks = {
    "job_schedules": "ACCESS EXCLUSIVE for a moment",
    "webhook_deliveries": "ACCESS EXCLUSIVE for a scan",
    "worker_jobs": "ACCESS EXCLUSIVE for a scan",
}

#: Each column with its comment of before and its comment now.
_COMMENTS = (
    (
        "worker_jobs",
        "schedule_id",
        sa.UUID(),
        True,
        "The job schedule whose tick made it.",
        "The job schedule whose tick made it; it may be gone.",
    ),
    (
        "worker_jobs",
        "replay_of",
        sa.UUID(),
        True,
        "The job that this one retries.",
        "The job that this one retries; it may be gone.",
    ),
    (
        "worker_jobs",
        "deleted_at",
        sa.DateTime(timezone=True),
        True,
        "When it was deleted for its user.",
        "When its content was erased and it was hidden.",
    ),
    (
        "worker_jobs",
        "idempotency_key",
        sa.Text(),
        True,
        "Unique per user and type, for the life of the row.",
        "Unique per user and type, until the job is deleted.",
    ),
    (
        "webhook_deliveries",
        "body",
        postgresql.JSONB(astext_type=sa.Text()),
        False,
        "The event as posted.",
        "The event as posted; {} once its job was deleted.",
    ),
)


def upgrade() -> None:
    op.drop_constraint("fk_worker_jobs_replay_of", "worker_jobs", type_="foreignkey")
    op.drop_constraint("fk_worker_jobs_schedule_id", "worker_jobs", type_="foreignkey")
    op.create_index(
        "ix_worker_jobs_ended",
        "worker_jobs",
        ["status", "finished"],
        unique=False,
        postgresql_where=sa.text("finished IS NOT NULL AND deleted_at IS NULL"),
    )
    op.create_index(
        "ix_worker_jobs_deleted",
        "worker_jobs",
        ["deleted_at"],
        unique=False,
        postgresql_where=sa.text("deleted_at IS NOT NULL"),
    )
    for name, what in (("secret_data", "data"), ("secret_result", "output")):
        op.add_column(
            "worker_jobs",
            sa.Column(
                name,
                sa.Boolean(),
                server_default=sa.text("false"),
                nullable=False,
                comment=f"Whether only admins may read its {what}.",
            ),
        )
    op.add_column(
        "webhook_deliveries",
        sa.Column(
            "job_id",
            sa.UUID(),
            nullable=True,
            comment="The job that it tells of, as far as it was known when it came.",
        ),
    )
    op.execute(
        """UPDATE webhook_deliveries d SET job_id = j.id FROM worker_jobs j
            WHERE j.trigger_run_id
                  = COALESCE(d.body #>> '{run,id}', d.body #>> '{object,run,id}')"""
    )
    op.create_index(
        "ix_webhook_deliveries_job_id",
        "webhook_deliveries",
        ["job_id"],
        unique=False,
        postgresql_where=sa.text("job_id IS NOT NULL"),
    )
    for table, name, kind, null, before, now in _COMMENTS:
        _comment(table, name, kind, null=null, existing=before, comment=now)


def downgrade() -> None:
    for table, name, kind, null, before, now in _COMMENTS:
        _comment(table, name, kind, null=null, existing=now, comment=before)
    op.drop_index("ix_webhook_deliveries_job_id", "webhook_deliveries")
    op.drop_column("webhook_deliveries", "job_id")
    op.drop_column("worker_jobs", "secret_result")
    op.drop_column("worker_jobs", "secret_data")
    op.drop_index("ix_worker_jobs_deleted", "worker_jobs")
    op.drop_index("ix_worker_jobs_ended", "worker_jobs")
    # Not held against what is there: what that names may be gone.
    op.create_foreign_key(
        "fk_worker_jobs_schedule_id",
        "worker_jobs",
        "job_schedules",
        ["schedule_id"],
        ["id"],
        ondelete="SET NULL",
        postgresql_not_valid=True,
    )
    op.create_foreign_key(
        "fk_worker_jobs_replay_of",
        "worker_jobs",
        "worker_jobs",
        ["replay_of"],
        ["id"],
        ondelete="SET NULL",
        postgresql_not_valid=True,
    )


def _comment(
    table: str,
    name: str,
    kind: Any,
    *,
    null: bool,
    existing: str,
    comment: str,
) -> None:
    op.alter_column(
        table,
        name,
        existing_type=kind,
        existing_nullable=null,
        existing_comment=existing,
        comment=comment,
    )
