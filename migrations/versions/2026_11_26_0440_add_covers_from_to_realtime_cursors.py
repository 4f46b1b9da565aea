"""Tell since when the Realtime feed shows runs, beside the place that was read.

Adds a column without a default and changes comments: the locks last for a moment, and
code of before, which used neither, works as it did.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None
locks = {
    "job_observations": "SHARE UPDATE EXCLUSIVE for a moment",
    "realtime_cursors": "ACCESS EXCLUSIVE for a moment",
}

_UPDATED_AT = "When the feed last answered, and all of it was folded in."
_UPDATED_AT_BEFORE = "When it was last moved."
_ATTEMPT = "Of which attempt; 0: of none, or not told."
_ATTEMPT_BEFORE = "Of which attempt; 0: of none."


def upgrade() -> None:
    op.add_column(
        "realtime_cursors",
        sa.Column(
            "covers_from",
            sa.DateTime(timezone=True),
            nullable=True,
            comment=(
                "The feed tells of runs made since then; null: it has not caught up."
            ),
        ),
    )
    _comment(_UPDATED_AT, _UPDATED_AT_BEFORE, _ATTEMPT, _ATTEMPT_BEFORE)


def downgrade() -> None:
    op.drop_column("realtime_cursors", "covers_from")
    _comment(_UPDATED_AT_BEFORE, _UPDATED_AT, _ATTEMPT_BEFORE, _ATTEMPT)


def _comment(
    updated_at: str, updated_at_before: str, attempt: str, attempt_before: str
) -> None:
    op.alter_column(
        "realtime_cursors",
        "updated_at",
        existing_type=sa.DateTime(timezone=True),
        existing_nullable=False,
        existing_comment=updated_at_before,
        comment=updated_at,
    )
    op.alter_column(
        "job_observations",
        "attempt",
        existing_type=sa.Integer(),
        existing_nullable=False,
        existing_comment=attempt_before,
        comment=attempt,
    )
