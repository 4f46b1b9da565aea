"""Keep the rules of job_events by one function, and let it do without its foreign key.

Events go with their jobs since 0018 by what that version made. To drop a foreign key
locks both of its tables, for a moment. Code of before works as it did.
"""

from alembic import op

from jobwire.models.rules import Rule, to_checks, to_function

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None
locks = {
    "job_events": "ACCESS EXCLUSIVE for a moment",
    "worker_jobs": "ACCESS EXCLUSIVE for a moment",
}

_CHECK = "an_event_keeps_its_rules"
_COLUMNS = {
    "version": "INTEGER",
    "kind": "TEXT",
    "from_status": "TEXT",
    "to_status": "TEXT",
    "source": "TEXT",
}
_RULES = (
    Rule(
        "kind_is_known",
        "kind IN ('CREATED', 'QUEUED', 'DISPATCHED', 'STARTED', 'WAITING', 'RESUMED', 'PROGRESS', 'ATTEMPT_FAILED', 'CANCEL_REQUESTED', 'CANCEL_ACKNOWLEDGED', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED', 'RESCHEDULED', 'METADATA_CHANGED', 'ATTENTION_CHANGED', 'DRIFT_CORRECTED', 'ORPHAN_ADOPTED', 'DELETED')",
    ),
    Rule(
        "from_status_is_known",
        "from_status IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')",
    ),
    Rule(
        "to_status_is_known",
        "to_status IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')",
    ),
    Rule(
        "source_is_known",
        "source IN ('API', 'DISPATCH', 'WORKER', 'WEBHOOK', 'ALERT', 'REALTIME', 'RECONCILER')",
    ),
    Rule(
        "only_the_first_event_comes_from_nowhere",
        "(from_status IS NULL) = (version = 1)",
    ),
)


def upgrade() -> None:
    # In the order of most statements.
    op.execute("LOCK TABLE worker_jobs, job_events IN ACCESS EXCLUSIVE MODE")
    op.drop_constraint("fk_job_events_job_id", "job_events", type_="foreignkey")
    for statement in to_function("job_events", _CHECK, _COLUMNS, _RULES):
        op.execute(statement)


def downgrade() -> None:
    for statement in to_checks("job_events", _CHECK, _RULES):
        op.execute(statement)
    op.create_foreign_key(
        "fk_job_events_job_id",
        "job_events",
        "worker_jobs",
        ["job_id"],
        ["id"],
        ondelete="CASCADE",
    )
