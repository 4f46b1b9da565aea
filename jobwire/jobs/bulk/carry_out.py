"""Carry out: one chunk of a bulk operation in one short transaction.

The row of the operation is locked for as long as that takes: nobody else works on it
meanwhile, and a worker that dies lets go of it with its connection. With the chunk, its
jobs are counted and it is forgotten, or none of it happened.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

import asyncpg

from jobwire.jobs import identifiers
from jobwire.jobs.bulk.operation import COLUMNS, BulkOperation, Refusal
from jobwire.jobs.errors import JobError, NotFoundError
from jobwire.jobs.lifecycle import CANCEL_GRACE
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.retry import retry_locked
from jobwire.jobs.transitions.cancel import cancel_all
from jobwire.jobs.transitions.lock_free import lock_free
from jobwire.models.database import Connection
from jobwire.models.vocabulary import BulkAction, CancelMode

#: How many refusals of an operation are kept; all are counted.
MAX_REFUSALS = 1000
#: How long an operation rests when others hold the jobs of its chunk.
_BUSY = timedelta(seconds=1)
#: How long it rests after something that nobody expected.
_TROUBLED = timedelta(seconds=5)
#: How long PostgreSQL waits for the next statement of a chunk, in milliseconds: the
#: machine of a worker can vanish without a word, and must not keep its locks.
_SILENCE = 10_000

# New operations first, then by turns.
_TAKE = f"""
SELECT {COLUMNS},
       set_config('idle_in_transaction_session_timeout', '{_SILENCE}', true)
  FROM bulk_operations WHERE due_at <= $1
 ORDER BY due_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"""
_NEXT_CHUNK = """
SELECT number, job_ids FROM bulk_operation_chunks
 WHERE operation_id = $1 ORDER BY number LIMIT 1"""
_PRESENT = """
SELECT id FROM worker_jobs WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL"""
_COUNT = f"""
WITH done AS (
  DELETE FROM bulk_operation_chunks WHERE operation_id = $1 AND number = $2),
later AS (
  INSERT INTO bulk_operation_chunks (operation_id, number, job_ids)
  SELECT $1, max(number) + 1, $3::uuid[] FROM bulk_operation_chunks
   WHERE operation_id = $1 HAVING cardinality($3::uuid[]) > 0),
told AS (
  INSERT INTO bulk_operation_refusals (operation_id, job_id, code, message)
  SELECT $1, * FROM unnest($4::uuid[], $5::text[], $6::text[])),
ends AS (
  SELECT cardinality($3::uuid[]) = 0 AND NOT EXISTS (
           SELECT FROM bulk_operation_chunks
            WHERE operation_id = $1 AND number <> $2) AS now)
UPDATE bulk_operations
   SET succeeded_count = succeeded_count + $7, skipped_count = skipped_count + $8,
       failed_count = failed_count + $9,
       status = CASE WHEN ends.now THEN 'COMPLETED' ELSE 'RUNNING' END,
       finished_at = CASE WHEN ends.now THEN $10::timestamptz END,
       due_at = CASE WHEN NOT ends.now THEN $11::timestamptz END
  FROM ends WHERE id = $1
RETURNING {COLUMNS}"""
_POSTPONE = "UPDATE bulk_operations SET due_at = $2 WHERE id = $1 AND due_at <= $2"

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Outcome:
    """What became of the jobs of a chunk; those in none of these were not free."""

    succeeded: set[UUID] = field(default_factory=set)
    skipped: set[UUID] = field(default_factory=set)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, job_id: UUID, code: str, message: str) -> None:
        self.refused.append(Refusal(job_id, code, message))

    def others(self, ids: Sequence[UUID]) -> list[UUID]:
        told = {refusal.job_id for refusal in self.refused}
        return [id for id in ids if id not in self.succeeded | self.skipped | told]


async def carry_out_chunk(
    connection: Connection,
    *,
    registry: Registry,
    policy: PlacementPolicy,
    now: datetime,
) -> BulkOperation | None:
    """Handle the next chunk of the operation whose turn it is.

    One transaction. Jobs that another transaction holds are put off to the end of the
    operation, which rests when that is all that is left. An operation whose chunk
    fails rests as well, so that it does not keep the others from theirs.

    Args:
        connection: A connection outside of any transaction.
        registry: The types that retries are held to.
        policy: What may run on Trigger.dev.
        now: When.

    Returns:
        The operation after it; None: none is due, or others are at it.
    """
    operation = None
    try:
        async with connection.transaction():
            record = await connection.fetchrow(_TAKE, now)
            if record is None:
                return None
            operation = BulkOperation.from_record(record)
            return await _handle(connection, operation, registry, policy, now)
    except Exception:
        if operation is not None and not connection.is_closed():
            await connection.execute(_POSTPONE, operation.id, now + _TROUBLED)
        raise


async def _handle(
    connection: Connection,
    operation: BulkOperation,
    registry: Registry,
    policy: PlacementPolicy,
    now: datetime,
) -> BulkOperation:
    chunk = await connection.fetchrow(_NEXT_CHUNK, operation.id)
    ids: list[UUID] = chunk["job_ids"]
    if operation.action == BulkAction.CANCEL:
        outcome = await _cancel(connection, operation, ids, now)
    else:
        outcome = await _retry(connection, operation, ids, registry, policy, now)
    busy = await _refuse_absent(connection, outcome, outcome.others(ids))
    kept = outcome.refused[: max(MAX_REFUSALS - operation.failed_count, 0)]
    record = await connection.fetchrow(
        _COUNT,
        operation.id,
        chunk["number"],
        busy,
        [refusal.job_id for refusal in kept],
        [refusal.code for refusal in kept],
        [refusal.message for refusal in kept],
        len(outcome.succeeded),
        len(outcome.skipped),
        len(outcome.refused),
        now,
        now + _BUSY if busy == ids else now,
    )
    return BulkOperation.from_record(record)


async def _refuse_absent(
    connection: Connection, outcome: _Outcome, ids: list[UUID]
) -> list[UUID]:
    """Refuse the jobs that are gone; return the others, which somebody else holds."""
    if not ids:
        return []
    present = {one["id"] for one in await connection.fetch(_PRESENT, ids)}
    for id in ids:
        if id not in present:
            gone = NotFoundError(identifiers.job_id_text(id))
            outcome.refuse(id, gone.code, gone.message)
    return [id for id in ids if id in present]


async def _cancel(
    connection: Connection,
    operation: BulkOperation,
    ids: Sequence[UUID],
    now: datetime,
) -> _Outcome:
    changed = await cancel_all(
        connection,
        ids,
        actor=operation.user_id,
        mode=CancelMode(operation.mode or CancelMode.GRACEFUL),
        grace_until=now + (operation.grace_period or CANCEL_GRACE),
        reason=operation.reason,
        now=now,
    )
    return _Outcome(
        succeeded={id for id, is_changed in changed.items() if is_changed},
        skipped={id for id, is_changed in changed.items() if not is_changed},
    )


async def _retry(
    connection: Connection,
    operation: BulkOperation,
    ids: Sequence[UUID],
    registry: Registry,
    policy: PlacementPolicy,
    now: datetime,
) -> _Outcome:
    outcome = _Outcome()
    for job in await lock_free(connection, ids):
        try:
            await retry_locked(
                connection,
                job,
                registry=registry,
                viewer=operation.viewer,
                now=now,
                policy=policy,
            )
        except JobError as refused:
            outcome.refuse(job.id, refused.code, refused.message)
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            raise
        # A validator of the job's type can raise anything; it comes before the write,
        # and must not keep the operation from its end.
        except Exception:  # noqa: BLE001 - see above
            _log.exception(
                "job %s cannot be retried",
                job.id,
                extra={
                    "action": "bulk-retry-failed",
                    "job_id": identifiers.job_id_text(job.id),
                },
            )
            outcome.refuse(
                job.id,
                "INTERNAL_ERROR",
                "Something went wrong here; the log of the workers tells more.",
            )
        else:
            outcome.succeeded.add(job.id)
    return outcome
