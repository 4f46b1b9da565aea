"""Keep the public id of a job in its row, so that PostgreSQL writes whole answers.

It is computed from the id, for whoever writes the row. To add it writes worker_jobs and
its indexes anew, and nobody can read or write jobs meanwhile: about 15 seconds for each
million of them. Code of before works as it did.
"""

import sqlalchemy as sa
from alembic import op

from jobwire.models.public_id import JOB_ID

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(JOB_ID)
    op.add_column(
        "worker_jobs",
        sa.Column(
            "public_id",
            sa.Text(),
            sa.Computed("jobwire_job_id(id)", persisted=True),
            nullable=False,
            comment=(
                "The id as the API writes it: job_ and 26 characters of Crockford's"
                " base32."
            ),
        ),
    )


def downgrade() -> None:
    op.drop_column("worker_jobs", "public_id")
    op.execute("DROP FUNCTION jobwire_job_id(uuid)")
