"""Find pending cancels by the end of their grace, and forced ones whose run is untold.

Two partial indexes over few rows. Building them reads worker_jobs once and lets nobody
write to it meanwhile; code of before works on as it did.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None
locks = {
    "worker_jobs": "SHARE for a scan",
}

_BEFORE = "When a forced cancel settles the job."
_AFTER = "When a pending cancel is overdue, and a forced one settles the job."


def upgrade() -> None:
    _comment(_AFTER, existing=_BEFORE)
    op.create_index(
        "ix_worker_jobs_canceling",
        "worker_jobs",
        ["cancel_grace_until"],
        unique=False,
        postgresql_where=sa.text("cancel_outcome = 'PENDING'"),
    )
    op.create_index(
        "ix_worker_jobs_forced_untold",
        "worker_jobs",
        ["cancel_confirmed_at"],
        unique=False,
        postgresql_where=sa.text(
            "cancel_outcome = 'FORCED_UNCONFIRMED' AND executor = 'trigger'"
            " AND cancel_acknowledged_at IS NULL"
        ),
    )


def downgrade() -> None:
    op.drop_index("ix_worker_jobs_forced_untold", table_name="worker_jobs")
    op.drop_index("ix_worker_jobs_canceling", table_name="worker_jobs")
    _comment(_BEFORE, existing=_AFTER)


def _comment(comment: str, *, existing: str) -> None:
    op.alter_column(
        "worker_jobs",
        "cancel_grace_until",
        existing_type=postgresql.TIMESTAMP(timezone=True),
        existing_nullable=True,
        comment=comment,
        existing_comment=existing,
    )
