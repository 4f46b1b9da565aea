"""Tell beside the changes of an event what else is known of it.

Adds a column without a default: the lock on job_events lasts for a moment, and code of
before writes and reads the table as it did.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None
locks = {
    "job_events": "ACCESS EXCLUSIVE for a moment",
}


def upgrade() -> None:
    op.add_column(
        "job_events",
        sa.Column(
            "detail",
            postgresql.JSONB(astext_type=sa.Text()),
            nullable=True,
            comment="What else is known of it, such as what was missed.",
        ),
    )


def downgrade() -> None:
    op.drop_column("job_events", "detail")
