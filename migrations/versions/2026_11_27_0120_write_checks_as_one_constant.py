"""Write the CHECKs of what every job writes to so that they are read faster.

They hold rows to what they did before. PostgreSQL reads the constraints of a table anew
for each statement that writes to it, and one constant is read several times as fast as
a list of them. Attempts get room on their pages for their ends.

Each of the three tables is read once, to hold its rows to the new constraints, and
whoever uses it waits for that. Code of before works as it did.
"""

import re
from collections.abc import Callable

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None
locks = {
    "job_attempts": "ACCESS EXCLUSIVE for a scan",
    "job_events": "ACCESS EXCLUSIVE for a scan",
    "worker_jobs": "ACCESS EXCLUSIVE for a scan",
}

_STATUSES = (
    "[SCHEDULED QUEUED RUNNING WAITING RETRYING SUCCEEDED FAILED CANCELED EXPIRED]"
)
_FAILURE_KINDS = (
    "[TASK_ERROR TIMEOUT CRASHED OUT_OF_MEMORY DISPATCH_REJECTED ORPHANED PLATFORM"
    " EXPIRED]"
)
#: For each table its constraints, with lists of words in brackets.
_CHECKS = {
    "worker_jobs": {
        "executor_is_known": "executor IN [internal trigger]",
        "status_is_known": f"status IN {_STATUSES}",
        "failure_kind_is_known": f"failure_kind IN {_FAILURE_KINDS}",
        "dispatch_state_is_known": (
            "dispatch_state IN [none sending unknown accepted linked]"
        ),
        "cancel_mode_is_known": "cancel_mode IN [GRACEFUL FORCE]",
        "cancel_outcome_is_known": (
            "cancel_outcome IN [PENDING STOPPED NEVER_STARTED FINISHED_FIRST"
            " FORCED_UNCONFIRMED]"
        ),
        "finished_is_set_exactly_when_terminal": (
            "(finished IS NOT NULL) = (status IN [SUCCEEDED FAILED CANCELED EXPIRED])"
        ),
        "a_job_that_waits_for_an_attempt_is_due_at_some_time": (
            "NOT (status IN [SCHEDULED QUEUED RETRYING]) OR next_attempt_at IS NOT NULL"
        ),
        "a_canceled_job_has_its_outcome": (
            "status <> 'CANCELED'"
            " OR cancel_outcome IN [STOPPED NEVER_STARTED FORCED_UNCONFIRMED]"
        ),
    },
    "job_events": {
        "kind_is_known": (
            "kind IN [CREATED QUEUED DISPATCHED STARTED WAITING RESUMED PROGRESS"
            " ATTEMPT_FAILED CANCEL_REQUESTED CANCEL_ACKNOWLEDGED SUCCEEDED FAILED"
            " CANCELED EXPIRED RESCHEDULED METADATA_CHANGED ATTENTION_CHANGED"
            " DRIFT_CORRECTED ORPHAN_ADOPTED DELETED]"
        ),
        "from_status_is_known": f"from_status IN {_STATUSES}",
        "to_status_is_known": f"to_status IN {_STATUSES}",
        "source_is_known": (
            "source IN [API DISPATCH WORKER WEBHOOK ALERT REALTIME RECONCILER]"
        ),
    },
    "job_attempts": {
        "status_is_known": "status IN [RUNNING SUCCEEDED FAILED CANCELED LOST]",
        "failure_kind_is_known": f"failure_kind IN {_FAILURE_KINDS}",
    },
}
_WORDS = re.compile(r"IN \[([\w ]+)\]")


def upgrade() -> None:
    _write(lambda words: f"= ANY ('{{{','.join(words)}}}'::text[])")
    op.execute("ALTER TABLE job_attempts SET (fillfactor = 70)")


def downgrade() -> None:
    op.execute("ALTER TABLE job_attempts RESET (fillfactor)")
    _write(lambda words: f"IN ({', '.join(map(repr, words))})")


def _write(among: Callable[[list[str]], str]) -> None:
    for table, checks in _CHECKS.items():
        changes = [f"DROP CONSTRAINT {name}" for name in checks]
        for name, check in checks.items():
            condition = _WORDS.sub(lambda found: among(found[1].split()), check)
            changes.append(f"ADD CONSTRAINT {name} CHECK ({condition})")
        op.execute(f"ALTER TABLE {table} {', '.join(changes)}")
