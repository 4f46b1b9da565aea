"""Keep the rules of job_attempts by one function, and let it do without its foreign key.

Attempts go with their jobs since 0018 by what that version made. To drop a foreign key
locks both of its tables, for a moment. Code of before works as it did.
"""

from alembic import op

from jobwire.models.rules import Rule, to_checks, to_function

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None
locks = {
    "job_attempts": "ACCESS EXCLUSIVE for a moment",
    "worker_jobs": "ACCESS EXCLUSIVE for a moment",
}

_CHECK = "an_attempt_keeps_its_rules"
_COLUMNS = {
    "number": "INTEGER",
    "status": "TEXT",
    "finished_at": "TIMESTAMP WITH TIME ZONE",
    "failure_kind": "TEXT",
}
_RULES = (
    Rule(
        "status_is_known",
        "status IN ('RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'LOST')",
    ),
    Rule(
        "failure_kind_is_known",
        "failure_kind IN ('TASK_ERROR', 'TIMEOUT', 'CRASHED', 'OUT_OF_MEMORY', 'DISPATCH_REJECTED', 'ORPHANED', 'PLATFORM', 'EXPIRED')",
    ),
    Rule("number_is_positive", "number > 0"),
    Rule(
        "finished_at_is_set_exactly_when_ended",
        "(finished_at IS NULL) = (status = 'RUNNING')",
    ),
)


def upgrade() -> None:
    # In the order of most statements.
    op.execute("LOCK TABLE worker_jobs, job_attempts IN ACCESS EXCLUSIVE MODE")
    op.drop_constraint("fk_job_attempts_job_id", "job_attempts", type_="foreignkey")
    for statement in to_function("job_attempts", _CHECK, _COLUMNS, _RULES):
        op.execute(statement)


def downgrade() -> None:
    for statement in to_checks("job_attempts", _CHECK, _RULES):
        op.execute(statement)
    op.create_foreign_key(
        "fk_job_attempts_job_id",
        "job_attempts",
        "worker_jobs",
        ["job_id"],
        ["id"],
        ondelete="CASCADE",
    )
