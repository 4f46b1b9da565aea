"""Hold the rows that are there to the rules of 0018, 0019 and 0020.

Each of the three tables is read once. Nobody waits for that but VACUUM.
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None
locks = {
    "job_attempts": "SHARE UPDATE EXCLUSIVE for a scan",
    "job_events": "SHARE UPDATE EXCLUSIVE for a scan",
    "worker_jobs": "SHARE UPDATE EXCLUSIVE for a scan",
}

_RULES = {
    "worker_jobs": "a_job_keeps_its_rules",
    "job_events": "an_event_keeps_its_rules",
    "job_attempts": "an_attempt_keeps_its_rules",
}


def upgrade() -> None:
    for table, rules in _RULES.items():
        op.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {rules}")


def downgrade() -> None:
    """Leave the rows held to their rules: 0020 makes nothing of it."""
