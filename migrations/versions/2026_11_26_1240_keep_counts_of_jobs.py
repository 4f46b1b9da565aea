"""Keep how many jobs stand where.

Three new tables, which code of before neither reads nor writes. They are filled when
somebody first needs them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None
locks: dict[str, str] = {}

_IN_PLACE = {
    "fillfactor": 50,
    "autovacuum_vacuum_scale_factor": 0.05,
    "autovacuum_vacuum_cost_delay": 0,
}
_STATUSES = (
    "status IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING', 'RETRYING', 'SUCCEEDED',"
    " 'FAILED', 'CANCELED', 'EXPIRED')"
)


class _Xid8(sa.types.UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: object) -> str:
        return "xid8"


def upgrade() -> None:
    _create(
        "job_counts",
        "How many jobs stand where, as of job_counts_state.",
        "How many; deleted ones are not counted.",
    )
    _create(
        "job_recounts",
        "What job_counts is compared with while jobs are counted anew.",
        "How many of the jobs up to recounted_to.",
    )
    op.create_table(
        "job_counts_state",
        sa.Column(
            "only_row",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="Always true.",
        ),
        sa.Column(
            "system_identifier",
            sa.Text(),
            nullable=True,
            comment="The cluster whose transactions snapshot names.",
        ),
        sa.Column(
            "database_oid",
            sa.BigInteger(),
            nullable=True,
            comment="The database within it.",
        ),
        sa.Column(
            "snapshot",
            sa.Text(),
            nullable=True,
            comment="A pg_snapshot: the events that it sees are counted.",
        ),
        sa.Column(
            "partial_xid",
            _Xid8(),
            server_default=sa.text("'0'"),
            nullable=False,
            comment=(
                "The one transaction that snapshot does not see and that is counted in"
                " part."
            ),
        ),
        sa.Column(
            "partial_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="Its last event that is counted.",
        ),
        sa.Column(
            "foreign_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment=(
                "Events up to it that snapshot did not see at first are of another"
                " cluster."
            ),
        ),
        sa.Column(
            "is_complete",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether every job has been counted once.",
        ),
        sa.Column(
            "recounted_to",
            sa.UUID(),
            nullable=True,
            comment="Jobs up to it are in job_recounts; null: no recount.",
        ),
        sa.Column(
            "recounted_at",
            sa.DateTime(timezone=True),
            nullable=True,
            comment="When all jobs were last counted anew.",
        ),
        sa.Column(
            "epoch",
            sa.UUID(),
            nullable=True,
            comment="The epoch of the log in which that began.",
        ),
        sa.CheckConstraint("only_row", name=op.f("there_is_one_row")),
        sa.PrimaryKeyConstraint("only_row", name=op.f("pk_job_counts_state")),
        comment="Which events are in job_counts; one row.",
        postgresql_with=_IN_PLACE,
    )
    op.execute("INSERT INTO job_counts_state DEFAULT VALUES")


def downgrade() -> None:
    for table in ("job_counts_state", "job_recounts", "job_counts"):
        op.drop_table(table)


def _create(name: str, comment: str, count: str) -> None:
    op.create_table(
        name,
        sa.Column(
            "user_id",
            sa.Text(),
            nullable=False,
            comment="Whose jobs; empty: those of all users together.",
        ),
        sa.Column("type", sa.Text(), nullable=False, comment="The name of their code."),
        sa.Column("executor", sa.Text(), nullable=False, comment="Where they run."),
        sa.Column(
            "queue", sa.Text(), nullable=False, comment="The queue that they wait in."
        ),
        sa.Column("status", sa.Text(), nullable=False, comment="Where they stand."),
        sa.Column("count", sa.BigInteger(), nullable=False, comment=count),
        sa.CheckConstraint(
            "executor IN ('internal', 'trigger')", name=op.f("executor_is_known")
        ),
        sa.CheckConstraint(_STATUSES, name=op.f("status_is_known")),
        sa.PrimaryKeyConstraint(
            "user_id", "type", "executor", "queue", "status", name=op.f(f"pk_{name}")
        ),
        comment=comment,
        postgresql_with=_IN_PLACE,
    )
