"""Keep which open jobs need attention, and when an attempt is followed by another.

The column has no default, so the lock on job_attempts lasts for a moment. Each index
holds few rows but is built by reading worker_jobs once, and writes to it wait for that.
Code of before works as it did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None
locks = {
    "job_attempts": "ACCESS EXCLUSIVE for a moment",
    "worker_jobs": "SHARE for a scan",
}


def upgrade() -> None:
    op.add_column(
        "job_attempts",
        sa.Column(
            "retry_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When the next try was to follow; null: none.",
        ),
    )
    op.create_index(
        "ix_worker_jobs_attention",
        "worker_jobs",
        ["executor", "id"],
        postgresql_where=sa.text("finished IS NULL AND attention <> '{}'"),
    )
    op.create_index(
        "ix_worker_jobs_cancel_pending",
        "worker_jobs",
        ["id"],
        postgresql_where=sa.text("cancel_outcome = 'PENDING'"),
    )


def downgrade() -> None:
    op.drop_index("ix_worker_jobs_cancel_pending", "worker_jobs")
    op.drop_index("ix_worker_jobs_attention", "worker_jobs")
    op.drop_column("job_attempts", "retry_at")
