"""Know where an installation lives, and tell more of each pass of reconciliation.

Adds columns that code of before neither reads nor writes, and two partial indexes. They
are built under a lock that holds up writes to worker_jobs and job_events for one scan
of each; both hold next to nothing.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None
locks = {
    "installation": "ACCESS EXCLUSIVE for a scan",
    "job_events": "SHARE for a scan",
    "reconciliations": "ACCESS EXCLUSIVE for a scan",
    "worker_jobs": "SHARE for a scan",
}


def upgrade() -> None:
    op.add_column(
        "installation",
        sa.Column(
            "system_identifier",
            sa.Text(),
            nullable=True,
            comment=(
                "The cluster that it lives in, by pg_control_system();"
                " null: not seen yet."
            ),
        ),
    )
    op.add_column(
        "installation",
        sa.Column(
            "database_oid",
            sa.BigInteger(),
            nullable=True,
            comment="The database within it; null: not seen yet.",
        ),
    )
    op.create_check_constraint(
        "a_place_is_a_cluster_and_a_database",
        "installation",
        "(system_identifier IS NULL) = (database_oid IS NULL)",
    )
    op.add_column(
        "reconciliations",
        sa.Column(
            "listed",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Those of the compared that lists answered for.",
        ),
    )
    op.create_check_constraint(
        "listed_is_not_negative", "reconciliations", "listed >= 0"
    )
    op.add_column(
        "reconciliations",
        sa.Column(
            "suspects",
            postgresql.ARRAY(postgresql.UUID()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="Jobs whose run was not known, and that were not settled.",
        ),
    )
    op.add_column(
        "reconciliations",
        sa.Column(
            "disagreements",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
            comment="Ended jobs whose run ended otherwise.",
        ),
    )
    op.create_index(
        "ix_worker_jobs_unconfirmed",
        "worker_jobs",
        ["finished"],
        postgresql_where=sa.text(
            "finished IS NOT NULL AND trigger_run_id IS NOT NULL"
            " AND (trigger_status IS NULL OR trigger_status NOT IN"
            " ('COMPLETED', 'FAILED', 'CANCELED', 'CRASHED', 'SYSTEM_FAILURE',"
            " 'TIMED_OUT', 'EXPIRED'))"
        ),
    )
    op.create_index(
        "ix_job_events_drift",
        "job_events",
        ["xid", "id"],
        postgresql_where=sa.text("kind = 'DRIFT_CORRECTED'"),
    )


def downgrade() -> None:
    op.drop_index("ix_job_events_drift", table_name="job_events")
    op.drop_index("ix_worker_jobs_unconfirmed", table_name="worker_jobs")
    for column in ("disagreements", "suspects", "listed"):
        op.drop_column("reconciliations", column)
    for column in ("database_oid", "system_identifier"):
        op.drop_column("installation", column)
