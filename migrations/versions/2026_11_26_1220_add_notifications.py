"""Add what other back ends are told of events, by whose wish, and up to where.

Three new tables, which code of before does not know.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None
locks: dict[str, str] = {}


def upgrade() -> None:
    op.create_table(
        "notification_cursor",
        sa.Column(
            "only_row",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Always true.",
        ),
        sa.Column("epoch", sa.UUID(), nullable=False, comment="The epoch of the log."),
        sa.Column(
            "base",
            sa.Text(),
            nullable=False,
            comment="The pg_snapshot up to which every event was read.",
        ),
        sa.Column(
            "target",
            sa.Text(),
            nullable=True,
            comment="The pg_snapshot of a read that goes on; null: none does.",
        ),
        sa.Column(
            "last_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The last event of that read.",
        ),
        sa.Column(
            "moved_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When it last moved.",
        ),
        sa.CheckConstraint("only_row", name=op.f("there_is_at_most_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_notification_cursor")),
        comment="Up to where the log was turned into notifications.",
    )
    op.create_table(
        "notification_rules",
        sa.Column("type", sa.Text(), nullable=False, comment="The type of job."),
        sa.Column(
            "target", sa.Text(), nullable=False, comment="The URL without its query."
        ),
        sa.Column(
            "events",
            sa.ARRAY(sa.Text()),
            nullable=False,
            comment="The types of messages.",
        ),
        sa.PrimaryKeyConstraint("type", "target", name=op.f("pk_notification_rules")),
        comment="Whom types of job notify, as the workers that have them say.",
    )
    op.create_table(
        "notifications",
        sa.Column(
            "id",
            sa.UUID(),
            nullable=False,
            comment="A UUIDv7; webhook-id is its TypeID.",
        ),
        sa.Column(
            "job_id", sa.UUID(), nullable=False, comment="The job, which may be gone."
        ),
        sa.Column(
            "job_version",
            sa.Integer(),
            nullable=False,
            comment="The version that the event made.",
        ),
        sa.Column(
            "type",
            sa.Text(),
            nullable=False,
            comment="The type of the message, such as job.succeeded.",
        ),
        sa.Column(
            "target",
            sa.Text(),
            nullable=False,
            comment="Whom it is for: the URL without its query.",
        ),
        sa.Column(
            "body",
            sa.Text(),
            nullable=False,
            comment="The message, byte for byte as it is sent.",
        ),
        sa.Column(
            "status",
            sa.Text(),
            server_default=sa.text("'PENDING'"),
            nullable=False,
            comment="How it stands.",
        ),
        sa.Column(
            "attempts",
            sa.Integer(),
            server_default=sa.text("0"),
            nullable=False,
            comment="How often it was sent, in the last series.",
        ),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it is due, or due again; null: it has ended.",
        ),
        sa.Column(
            "status_code",
            sa.Integer(),
            nullable=True,
            comment="What the target last answered; null: nothing.",
        ),
        sa.Column(
            "error", sa.Text(), nullable=True, comment="Why it was last not taken."
        ),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            nullable=False,
            comment="When the event was found in the log.",
        ),
        sa.Column(
            "ended_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When it was delivered or given up.",
        ),
        sa.CheckConstraint(
            "(status = 'PENDING') = (ended_at IS NULL)",
            name=op.f("one_that_is_not_pending_has_ended"),
        ),
        sa.CheckConstraint(
            "(status = 'PENDING') = (next_attempt_at IS NOT NULL)",
            name=op.f("only_a_pending_one_has_a_next_attempt"),
        ),
        sa.CheckConstraint(
            "status IN ('PENDING', 'DELIVERED', 'FAILED')", name=op.f("status_is_known")
        ),
        sa.CheckConstraint(
            "attempts >= 0", name=op.f("attempts_are_counted_from_zero")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint(
            "job_id",
            "job_version",
            "target",
            name=op.f("uq_notifications_job_id_job_version_target"),
        ),
        comment="What other back ends are told of events, and how that went.",
        postgresql_with={"fillfactor": 80},
    )
    op.create_index(
        "ix_notifications_due",
        "notifications",
        ["target", "next_attempt_at", "id"],
        unique=False,
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index(
        "ix_notifications_ended_at",
        "notifications",
        ["ended_at"],
        unique=False,
        postgresql_where=sa.text("ended_at IS NOT NULL"),
    )
    op.create_index(
        "ix_notifications_status", "notifications", ["status", "id"], unique=False
    )


def downgrade() -> None:
    op.drop_table("notifications")
    op.drop_table("notification_rules")
    op.drop_table("notification_cursor")
