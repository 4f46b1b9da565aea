"""Read every list of jobs by an index that no other one can stand in for.

Jobs of a type and status, and those on Trigger.dev, get an index; that of a user and
status is made anew, in the collation "C". Building them reads worker_jobs once for each
and lets nobody write to it meanwhile, nor read it while the last one is built. Code of before then lists the jobs of a user and
status by the index of the user alone, which is slower.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None
locks = {
    "worker_jobs": "ACCESS EXCLUSIVE for a scan",
}

# SQLAlchemy writes these behind the columns, where a collation has its place, too.
_C = 'COLLATE "C"'


def upgrade() -> None:
    op.create_index(
        "ix_worker_jobs_trigger_status_id",
        "worker_jobs",
        ["status", "id"],
        unique=False,
        postgresql_ops={"status": _C},
        postgresql_where=sa.text("executor = 'trigger'"),
    )
    op.create_index(
        "ix_worker_jobs_type_status_id",
        "worker_jobs",
        ["type", "status", "id"],
        unique=False,
        postgresql_ops={"type": _C, "status": _C},
    )
    _replace({"user_id": _C, "status": _C})


def downgrade() -> None:
    _replace({})
    op.drop_index("ix_worker_jobs_type_status_id", table_name="worker_jobs")
    op.drop_index("ix_worker_jobs_trigger_status_id", table_name="worker_jobs")


def _replace(collations: dict[str, str]) -> None:
    name, columns = "ix_worker_jobs_user_id_status_id", ["user_id", "status", "id"]
    op.drop_index(name, table_name="worker_jobs")
    op.create_index(
        name, "worker_jobs", columns, unique=False, postgresql_ops=collations
    )
