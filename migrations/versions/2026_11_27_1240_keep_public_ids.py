"""Keep the public id of a job in its row, so that PostgreSQL writes whole answers.

Rows of before have none, and theirs is written when they are read. Code of before
leaves it out, and a trigger fills it in. Nothing is scanned or written anew.
"""

import sqlalchemy as sa
from alembic import op

from jobwire.models.public_id import JOB_ID, KEEP_JOB_ID, ON_INSERT

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None
locks = {
    "worker_jobs": "ACCESS EXCLUSIVE for a moment",
}


def upgrade() -> None:
    op.add_column(
        "worker_jobs",
        sa.Column(
            "public_id",
            sa.Text(),
            nullable=True,
            comment=(
                "The id as the API writes it: job_ and 26 characters of Crockford's"
                " base32; null in rows older than this column."
            ),
        ),
    )
    for statement in (JOB_ID, KEEP_JOB_ID, ON_INSERT):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER keep_job_id ON worker_jobs")
    op.execute("DROP FUNCTION jobwire_keep_job_id()")
    op.execute("DROP FUNCTION jobwire_job_id(uuid)")
    op.drop_column("worker_jobs", "public_id")
