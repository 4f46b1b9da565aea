"""Keep the rules of worker_jobs by one function, and take what belongs to a job with it.

A statement that writes one job takes a fifth less time. New rows are held to the rules
at once; those that are there kept them already, and 0021 looks at them without making
anybody wait. Code of before works as it did.
"""

from alembic import op

from jobwire.models.removal import ON_DELETE, ON_TRUNCATE, REMOVE
from jobwire.models.rules import Rule, to_checks, to_function

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None
locks = {
    "worker_jobs": "ACCESS EXCLUSIVE for a moment",
}

_CHECK = "a_job_keeps_its_rules"
_COLUMNS = {
    "tag": "TEXT",
    "type": "TEXT",
    "user_id": "TEXT",
    "executor": "TEXT",
    "status": "TEXT",
    "success": "BOOLEAN",
    "failure_kind": "TEXT",
    "priority": "SMALLINT",
    "next_attempt_at": "TIMESTAMP WITH TIME ZONE",
    "started": "TIMESTAMP WITH TIME ZONE",
    "finished": "TIMESTAMP WITH TIME ZONE",
    "version": "INTEGER",
    "attempts": "INTEGER",
    "metadata": "JSONB",
    "idempotency_key": "TEXT",
    "idempotency_input": "JSONB",
    "leased_by": "TEXT",
    "leased_until": "TIMESTAMP WITH TIME ZONE",
    "fence": "BIGINT",
    "cancel_requested_at": "TIMESTAMP WITH TIME ZONE",
    "cancel_mode": "TEXT",
    "cancel_outcome": "TEXT",
    "trigger_task_id": "TEXT",
    "trigger_run_id": "TEXT",
    "dispatch_state": "TEXT",
}
_RULES = (
    Rule("tag_has_1_to_120_characters", "char_length(tag) BETWEEN 1 AND 120"),
    Rule(
        "tag_has_no_comma_and_no_control_character",
        "tag COLLATE \"C\" !~ '[,\\x01-\\x1f\\x7f]'",
    ),
    Rule("type_has_1_to_120_characters", "char_length(type) BETWEEN 1 AND 120"),
    Rule("user_id_has_1_to_255_characters", "char_length(user_id) BETWEEN 1 AND 255"),
    Rule("executor_is_known", "executor IN ('internal', 'trigger')"),
    Rule(
        "status_is_known",
        "status IN ('SCHEDULED', 'QUEUED', 'RUNNING', 'WAITING', 'RETRYING', 'SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')",
    ),
    Rule(
        "failure_kind_is_known",
        "failure_kind IN ('TASK_ERROR', 'TIMEOUT', 'CRASHED', 'OUT_OF_MEMORY', 'DISPATCH_REJECTED', 'ORPHANED', 'PLATFORM', 'EXPIRED')",
    ),
    Rule(
        "dispatch_state_is_known",
        "dispatch_state IN ('none', 'sending', 'unknown', 'accepted', 'linked')",
    ),
    Rule("cancel_mode_is_known", "cancel_mode IN ('GRACEFUL', 'FORCE')"),
    Rule(
        "cancel_outcome_is_known",
        "cancel_outcome IN ('PENDING', 'STOPPED', 'NEVER_STARTED', 'FINISHED_FIRST', 'FORCED_UNCONFIRMED')",
    ),
    Rule("metadata_is_an_object", "jsonb_typeof(metadata) = 'object'"),
    Rule("priority_is_0_to_9", "priority BETWEEN 0 AND 9"),
    Rule("version_is_positive", "version > 0"),
    Rule("attempts_are_not_negative", "attempts >= 0"),
    Rule("fence_is_not_negative", "fence >= 0"),
    Rule(
        "finished_is_set_exactly_when_terminal",
        "(finished IS NOT NULL) = (status IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED'))",
    ),
    Rule(
        "success_follows_status",
        "success IS NOT DISTINCT FROM CASE status WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN false WHEN 'EXPIRED' THEN false END",
    ),
    Rule(
        "a_job_without_success_names_its_failure_kind",
        "success IS DISTINCT FROM false OR failure_kind IS NOT NULL",
    ),
    Rule(
        "a_job_that_waits_for_an_attempt_is_due_at_some_time",
        "NOT (status IN ('SCHEDULED', 'QUEUED', 'RETRYING')) OR next_attempt_at IS NOT NULL",
    ),
    Rule(
        "an_internal_job_is_leased_exactly_when_running",
        "executor <> 'internal' OR (status = 'RUNNING') = (leased_by IS NOT NULL AND leased_until IS NOT NULL)",
    ),
    Rule("a_running_job_has_started", "status <> 'RUNNING' OR started IS NOT NULL"),
    Rule(
        "only_internal_jobs_are_retrying",
        "status <> 'RETRYING' OR executor = 'internal'",
    ),
    Rule(
        "only_trigger_jobs_are_waiting", "status <> 'WAITING' OR executor = 'trigger'"
    ),
    Rule(
        "only_trigger_jobs_are_dispatched",
        "executor = 'trigger' OR dispatch_state = 'none'",
    ),
    Rule(
        "a_trigger_job_names_its_task",
        "executor <> 'trigger' OR trigger_task_id IS NOT NULL",
    ),
    Rule(
        "a_linked_job_has_its_run",
        "dispatch_state <> 'linked' OR trigger_run_id IS NOT NULL",
    ),
    Rule(
        "a_canceled_job_has_its_outcome",
        "status <> 'CANCELED' OR cancel_outcome IN ('STOPPED', 'NEVER_STARTED', 'FORCED_UNCONFIRMED')",
    ),
    Rule(
        "a_pending_cancel_belongs_to_an_open_job",
        "cancel_outcome <> 'PENDING' OR (finished IS NULL AND cancel_requested_at IS NOT NULL)",
    ),
    Rule(
        "an_idempotency_key_comes_with_its_input",
        "(idempotency_key IS NULL) = (idempotency_input IS NULL)",
    ),
)


def upgrade() -> None:
    for statement in to_function("worker_jobs", _CHECK, _COLUMNS, _RULES):
        op.execute(statement)
    for statement in (REMOVE, ON_DELETE, ON_TRUNCATE):
        op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TRIGGER remove_with_jobs ON worker_jobs")
    op.execute("DROP TRIGGER truncate_with_jobs ON worker_jobs")
    op.execute("DROP FUNCTION jobwire_remove_with_jobs()")
    for statement in to_checks("worker_jobs", _CHECK, _RULES):
        op.execute(statement)
