"""Find whatever one user asks for among their own jobs.

Jobs of a user and a tag, a type or a schedule, those that need attention and those on
Trigger.dev get an index, so that no list of a user passes by jobs of others. That of a
type alone goes: those of a type and each status do as well. Building each reads
worker_jobs once and lets nobody write to it meanwhile, nor read it at the end. Code of
before then lists the jobs of a type by the index of all jobs, which is slower.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None
locks = {
    "worker_jobs": "ACCESS EXCLUSIVE for a scan",
}

_POSIX = 'COLLATE "POSIX"'
_C = 'COLLATE "C"'
#: Of each index: its columns, the collation of the first one, and which jobs it holds.
_INDEXES = {
    "ix_worker_jobs_tag_user_id_id": (("tag", "user_id", "id"), _POSIX, None),
    "ix_worker_jobs_type_user_id_id": (("type", "user_id", "id"), _POSIX, None),
    "ix_worker_jobs_user_id_schedule_id_id": (
        ("user_id", "schedule_id", "id"),
        _POSIX,
        "schedule_id IS NOT NULL",
    ),
    "ix_worker_jobs_attention_of_user": (
        ("executor", "user_id", "id"),
        _C,
        "finished IS NULL AND attention <> '{}'",
    ),
    "ix_worker_jobs_trigger_status_user_id_id": (
        ("status", "user_id", "id"),
        _POSIX,
        "executor = 'trigger'",
    ),
}


def upgrade() -> None:
    for name, (columns, collation, condition) in _INDEXES.items():
        op.create_index(
            name,
            "worker_jobs",
            list(columns),
            unique=False,
            postgresql_ops={columns[0]: collation},
            postgresql_where=None if condition is None else sa.text(condition),
        )
    op.drop_index("ix_worker_jobs_type_id", table_name="worker_jobs")


def downgrade() -> None:
    op.create_index("ix_worker_jobs_type_id", "worker_jobs", ["type", "id"])
    for name in reversed(_INDEXES):
        op.drop_index(name, table_name="worker_jobs")
