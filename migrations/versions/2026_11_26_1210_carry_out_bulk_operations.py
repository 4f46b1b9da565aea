"""Carry out bulk operations: their turn, their chunks, their refusals.

Nothing has written or read bulk_operations so far, so it is empty, and code of before
does not miss the column and the index that go.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None
locks = {
    "bulk_operations": "ACCESS EXCLUSIVE for a scan",
}


def upgrade() -> None:
    op.drop_index("ix_bulk_operations_running", "bulk_operations")
    op.drop_column("bulk_operations", "position")
    op.alter_column(
        "bulk_operations",
        "selection",
        existing_type=postgresql.JSONB(),
        existing_nullable=False,
        comment="The ids or the filter, as asked.",
        existing_comment="The ids or the filter.",
    )
    op.add_column(
        "bulk_operations",
        sa.Column(
            "scopes",
            sa.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
            comment="What they were allowed when they asked.",
        ),
    )
    op.add_column(
        "bulk_operations",
        sa.Column(
            "mode", sa.Text(), nullable=True, comment="How insistent its cancels are."
        ),
    )
    op.add_column(
        "bulk_operations",
        sa.Column(
            "grace_period",
            sa.Interval(),
            nullable=True,
            comment="How long the code of a canceled job may take to stop.",
        ),
    )
    op.add_column(
        "bulk_operations",
        sa.Column(
            "due_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="Its turn: when its next chunk is due, -infinity before the first one.",
        ),
    )
    op.create_check_constraint(
        op.f("mode_is_known"), "bulk_operations", "mode IN ('GRACEFUL', 'FORCE')"
    )
    op.create_check_constraint(
        op.f("an_operation_is_due_exactly_while_running"),
        "bulk_operations",
        "(due_at IS NOT NULL) = (status = 'RUNNING')",
    )
    op.create_index(
        "ix_bulk_operations_due",
        "bulk_operations",
        ["due_at", "id"],
        unique=False,
        postgresql_where=sa.text("due_at IS NOT NULL"),
    )
    op.create_table(
        "bulk_operation_chunks",
        sa.Column("operation_id", sa.UUID(), nullable=False, comment="The operation."),
        sa.Column("number", sa.Integer(), nullable=False, comment="Their order."),
        sa.Column(
            "job_ids",
            sa.ARRAY(sa.UUID()),
            nullable=False,
            comment="The jobs, in the order of ids.",
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["bulk_operations.id"],
            name=op.f("fk_bulk_operation_chunks_operation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "operation_id", "number", name=op.f("pk_bulk_operation_chunks")
        ),
        comment="Jobs of a bulk operation that were not handled yet.",
    )
    op.create_table(
        "bulk_operation_refusals",
        sa.Column("operation_id", sa.UUID(), nullable=False, comment="The operation."),
        sa.Column(
            "job_id", sa.UUID(), nullable=False, comment="The job, which may be gone."
        ),
        sa.Column(
            "code", sa.Text(), nullable=False, comment="A stable, upper-case word."
        ),
        sa.Column(
            "message",
            sa.Text(),
            nullable=False,
            comment="What was expected, what was found, what to do.",
        ),
        sa.ForeignKeyConstraint(
            ["operation_id"],
            ["bulk_operations.id"],
            name=op.f("fk_bulk_operation_refusals_operation_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "operation_id", "job_id", name=op.f("pk_bulk_operation_refusals")
        ),
        comment="Jobs that refused a bulk operation: the first ones, with why.",
    )


def downgrade() -> None:
    op.drop_table("bulk_operation_refusals")
    op.drop_table("bulk_operation_chunks")
    op.drop_index("ix_bulk_operations_due", "bulk_operations")
    op.drop_constraint(
        op.f("an_operation_is_due_exactly_while_running"), "bulk_operations"
    )
    op.drop_constraint(op.f("mode_is_known"), "bulk_operations")
    for column in ("due_at", "grace_period", "mode", "scopes"):
        op.drop_column("bulk_operations", column)
    op.alter_column(
        "bulk_operations",
        "selection",
        existing_type=postgresql.JSONB(),
        existing_nullable=False,
        comment="The ids or the filter.",
        existing_comment="The ids or the filter, as asked.",
    )
    op.add_column(
        "bulk_operations",
        sa.Column(
            "position", sa.UUID(), nullable=True, comment="The last job handled."
        ),
    )
    op.create_index(
        "ix_bulk_operations_running",
        "bulk_operations",
        ["id"],
        unique=False,
        postgresql_where=sa.text("status = 'RUNNING'"),
    )
