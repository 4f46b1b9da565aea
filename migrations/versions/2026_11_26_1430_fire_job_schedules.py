"""Let job schedules fire: what their ticks need, and what they need on Trigger.dev.

Building the two indexes of worker_jobs reads it twice, and whoever uses it waits.
Columns with a constant default rewrite nothing. Nothing wrote to job_schedules before,
so its indexes are built at once; code of before works as it did.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None
locks = {
    "job_schedules": "ACCESS EXCLUSIVE for a scan",
    "worker_jobs": "ACCESS EXCLUSIVE for a scan",
}

_DUE_BEFORE = "deleted_at IS NULL AND NOT is_paused AND owner = 'JOBWIRE'"
_DUE = "deleted_at IS NULL AND NOT is_paused AND NOT is_waiting AND owner = 'JOBWIRE'"
#: Each comment with what it was before.
_COMMENTS = (
    (
        "next_tick_at",
        sa.DateTime(timezone=True),
        "The next tick.",
        "The next tick; null: never again, paused, or Trigger.dev's is yet to go.",
    ),
    (
        "last_tick_at",
        sa.DateTime(timezone=True),
        "The last tick used.",
        "The last tick that made a job.",
    ),
    (
        "sync_state",
        sa.Text(),
        "Whether Trigger.dev's schedule follows; null for JOBWIRE.",
        "Whether Trigger.dev's schedule follows; null: there is none to follow.",
    ),
)
_CHECKS = (
    (
        "skip_reason_is_known",
        "last_skip_reason IN ('OVERLAP', 'MISFIRE', 'REFUSED')",
    ),
    ("misfire_window_is_positive", "misfire_window > interval '0'"),
)
_INDEXES: tuple[tuple[str, list[str], str | None], ...] = (
    ("ix_job_schedules_waiting", ["id"], "is_waiting"),
    (
        "ix_job_schedules_fired_by_trigger_dev",
        ["next_tick_at"],
        "owner = 'TRIGGER_DEV'",
    ),
    ("ix_job_schedules_sync_due", ["sync_due_at"], "sync_due_at IS NOT NULL"),
    (
        "ix_job_schedules_trigger_task_id",
        ["trigger_task_id"],
        "trigger_schedule_id IS NOT NULL",
    ),
    ("ix_job_schedules_user_id_id", ["user_id", "id"], None),
    ("ix_job_schedules_deleted", ["deleted_at"], "deleted_at IS NOT NULL"),
)


def upgrade() -> None:
    for column in _added():
        op.add_column("job_schedules", column)
    for name, condition in _CHECKS:
        op.create_check_constraint(op.f(name), "job_schedules", condition)
    for name, kind, before, now in _COMMENTS:
        _comment(name, kind, existing=before, comment=now)
    op.drop_index("ix_job_schedules_due", "job_schedules")
    _index("ix_job_schedules_due", ["next_tick_at"], _DUE)
    for name, columns, where in _INDEXES:
        _index(name, columns, where)
    op.add_column(
        "worker_jobs",
        sa.Column(
            "tick_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=(
                "The tick that made it; null: none did, or another job of it was first."
            ),
        ),
    )
    op.create_index(
        "ix_worker_jobs_open_of_schedule",
        "worker_jobs",
        ["schedule_id"],
        postgresql_where=sa.text("schedule_id IS NOT NULL AND finished IS NULL"),
    )
    op.create_index(
        "uq_worker_jobs_schedule_id_tick_at",
        "worker_jobs",
        ["schedule_id", "tick_at"],
        unique=True,
        postgresql_where=sa.text("schedule_id IS NOT NULL AND tick_at IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("uq_worker_jobs_schedule_id_tick_at", "worker_jobs")
    op.drop_index("ix_worker_jobs_open_of_schedule", "worker_jobs")
    op.drop_column("worker_jobs", "tick_at")
    for name, _, _ in reversed(_INDEXES):
        op.drop_index(name, "job_schedules")
    op.drop_index("ix_job_schedules_due", "job_schedules")
    for name, kind, before, now in _COMMENTS:
        _comment(name, kind, existing=now, comment=before)
    for name, _ in reversed(_CHECKS):
        op.drop_constraint(op.f(name), "job_schedules", type_="check")
    for column in reversed(_added()):
        op.drop_column("job_schedules", column.name)
    _index("ix_job_schedules_due", ["next_tick_at"], _DUE_BEFORE)


def _index(name: str, columns: list[str], condition: str | None) -> None:
    where = None if condition is None else sa.text(condition)
    op.create_index(name, "job_schedules", columns, postgresql_where=where)


def _comment(name: str, kind: Any, *, existing: str, comment: str) -> None:
    op.alter_column(
        "job_schedules",
        name,
        existing_type=kind,
        existing_nullable=True,
        existing_comment=existing,
        comment=comment,
    )


def _added() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column(
            "is_waiting",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether its next tick waits for the end of the job before.",
        ),
        sa.Column(
            "reckoned_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="What time it was when the next tick was reckoned.",
        ),
        sa.Column(
            "last_skipped_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="The last tick that made none.",
        ),
        sa.Column(
            "last_skip_reason",
            sa.Text(),
            nullable=True,
            comment="Why it made none.",
        ),
        sa.Column(
            "last_skip_message",
            sa.Text(),
            nullable=True,
            comment="The same as a sentence, for people.",
        ),
        sa.Column(
            "sync_error",
            sa.Text(),
            nullable=True,
            comment="Why it does not follow yet, for people.",
        ),
        sa.Column(
            "sync_due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When Trigger.dev is told or asked again.",
        ),
        sa.Column(
            "sync_failures",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="How often in a row that did not work.",
        ),
        sa.Column(
            "secret_data",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether only admins may read its data.",
        ),
    )
