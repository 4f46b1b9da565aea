"""Number the lines of a job's log by their commits, and note what was dropped.

Nothing has written to the table before, so that its locks last for a moment.
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None
locks = {
    "job_logs": "ACCESS EXCLUSIVE for a scan",
}

_BEFORE = "Rises."
_AFTER = "The number of the line in its job, in the order of the commits."


def upgrade() -> None:
    op.alter_column(
        "job_logs",
        "id",
        server_default=None,
        existing_server_default=sa.Identity(always=True, cache=1),
        existing_type=sa.BigInteger(),
        existing_nullable=False,
        comment=_AFTER,
        existing_comment=_BEFORE,
    )
    op.add_column(
        "job_logs",
        sa.Column(
            "dropped",
            sa.BigInteger(),
            nullable=True,
            comment="How many lines were dropped here, which it stands for; null: it is"
            " a line.",
        ),
    )
    op.create_check_constraint("dropped_is_positive", "job_logs", "dropped > 0")


def downgrade() -> None:
    op.drop_constraint("dropped_is_positive", "job_logs", type_="check")
    op.drop_column("job_logs", "dropped")
    # The numbers were given by job: a new sequence could meet them.
    op.execute("DELETE FROM job_logs")
    op.alter_column(
        "job_logs",
        "id",
        server_default=sa.Identity(always=True, cache=1),
        existing_server_default=None,
        existing_type=sa.BigInteger(),
        existing_nullable=False,
        comment=_BEFORE,
        existing_comment=_AFTER,
    )
