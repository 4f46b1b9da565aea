"""Erase: take out of every table what somebody wrote into a job that has ended."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.transitions.events import append_events

#: What stands in the place of an erased tag.
ERASED_TAG = "deleted"

# One statement, behind the lock of the row: whatever was written under that lock before
# is seen by it. What names a job without its content stays: its type, user, status,
# times, run, and the kinds of its events.
_ERASE = f"""
WITH u AS (
  UPDATE worker_jobs
     SET version = version + 1, updated_at = $3, deleted_at = $3,
         tag = '{ERASED_TAG}', data = '{{}}', result = NULL, progress = NULL,
         metadata = '{{}}', concurrency_key = NULL, cancel_reason = NULL,
         idempotency_key = NULL, idempotency_input = NULL
   WHERE id = $1 RETURNING *),
events AS (
  UPDATE job_events SET changes = '{{}}', detail = NULL WHERE job_id = $1),
attempts AS (
  UPDATE job_attempts SET failure = NULL WHERE job_id = $1),
logs AS (
  DELETE FROM job_logs WHERE job_id = $1),
notifications AS (
  DELETE FROM notifications WHERE job_id = $1),
observations AS (
  UPDATE job_observations SET detail = NULL WHERE job_id = $1),
deliveries AS (
  UPDATE webhook_deliveries
     SET body = '{{}}', handled_at = COALESCE(handled_at, $3),
         error = 'Its job was deleted.'
   WHERE job_id = $1),
e AS ({
    append_events(
        "u",
        kind="'DELETED'",
        from_status="status",
        changes="'{}'::jsonb",
        source="'API'",
        actor="$2::text",
        now="updated_at",
        attempt="NULL",
        detail="$4::text::jsonb",
    )
})
SELECT id FROM u"""


async def erase(
    connection: SqlConnection,
    job_id: UUID,
    *,
    actor: str,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """Erase what a job holds and hide it; its status stays.

    Must run inside the transaction that holds the lock of the row. The events of before
    keep their versions and lose what they tell; the last one says DELETED.

    Args:
        connection: The connection that holds the lock.
        job_id: A job that has ended.
        actor: Who deletes it.
        now: When.
        detail: What else is known of it, as JSON; None: nothing.
    """
    known = None if detail is None else json.dumps(detail)
    await connection.fetch(_ERASE, job_id, actor, now, known)
