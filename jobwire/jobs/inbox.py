"""The inbox: posted events that wait until their run is known for sure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Self
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import is_terminal
from jobwire.models.database import Connection
from jobwire.models.vocabulary import DispatchState, JobStatus

_UNHANDLED = """
SELECT id, source, body::text AS body, received_at FROM webhook_deliveries
 WHERE handled_at IS NULL AND id <> ALL ($2::uuid[]) ORDER BY received_at LIMIT $1"""
# Nothing that comes late brings back what was erased. Whoever erases it holds the lock
# of the row meanwhile: this waits for that, or that finds what this has stored. It is
# taken before that of the delivery, as by all who take both.
_IS_ERASED = """(SELECT j.deleted_at FROM worker_jobs j
                   WHERE j.id = d.job_id FOR KEY SHARE) IS NOT NULL"""
_HANDLED = f"""
UPDATE webhook_deliveries d
   SET handled_at = $2, error = $3,
       body = CASE WHEN {_IS_ERASED} THEN '{{}}' ELSE body END
 WHERE id = $1 AND handled_at IS NULL RETURNING id"""
_FORGET = """
WITH gone AS (
  DELETE FROM webhook_deliveries WHERE id = ANY (ARRAY(
    SELECT id FROM webhook_deliveries
     WHERE received_at < $1 AND handled_at IS NOT NULL
     ORDER BY received_at LIMIT $2))
  RETURNING id)
SELECT count(*) FROM gone"""
# By its run if one has it, else the job that its tags name.
_SUBJECT = """
SELECT id, status, trigger_task_id, trigger_run_id, dispatch_state, dispatch_number
  FROM worker_jobs
 WHERE (trigger_run_id = $1 OR id = $2) AND executor = 'trigger' AND deleted_at IS NULL
 ORDER BY trigger_run_id = $1 DESC NULLS LAST LIMIT 1"""

_UNDECIDED = (DispatchState.SENDING, DispatchState.UNKNOWN, DispatchState.ACCEPTED)


class DeliverySource(StrEnum):
    """Who posted an event."""

    #: The lifecycle hooks of `trigger/jobwire.ts`.
    HOOK = "hook"
    #: Trigger.dev's own alert channel.
    ALERT = "alert"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event in the inbox.

    Attributes:
        id: Ours.
        source: Who posted it.
        body: The event, as JSON.
        received_at: When it first came.
    """

    id: UUID
    source: DeliverySource
    body: Mapping[str, Any]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """The job that an event is about, or may be.

    Attributes:
        id: The job.
        status: Where it stands.
        task: The id of its task.
        dispatch_state: How far its dispatch has come.
        dispatch_number: Which dispatch that is.
        has_run: Whether the event's run is its own.
    """

    id: UUID
    status: JobStatus
    task: str
    dispatch_state: DispatchState
    dispatch_number: int
    has_run: bool

    @property
    def is_terminal(self) -> bool:
        """Whether it has ended."""
        return is_terminal(self.status)

    @property
    def may_have_run(self) -> bool:
        """Whether the run is its own, or may turn out to be.

        One that was canceled while it was handed over may get a run yet: to stop it.
        """
        is_open = not self.is_terminal or self.status is JobStatus.CANCELED
        return self.has_run or (is_open and self.dispatch_state in _UNDECIDED)

    @classmethod
    def of(cls, job: Job, run_id: str) -> Self:
        """Return what a job is to the event of a run."""
        return cls(
            job.id,
            job.job_status,
            job.trigger_task_id or "",
            DispatchState(job.dispatch_state),
            job.dispatch_number,
            job.trigger_run_id == run_id,
        )

    @classmethod
    def from_record(cls, record: Mapping[str, Any], run_id: str) -> Self:
        """Read a row of `worker_jobs`."""
        return cls(
            record["id"],
            JobStatus(record["status"]),
            record["trigger_task_id"],
            DispatchState(record["dispatch_state"]),
            record["dispatch_number"],
            record["trigger_run_id"] == run_id,
        )


async def find_subject(
    connection: SqlConnection, run_id: str, job_id: UUID | None
) -> Subject | None:
    """Find the job of a run, or the one that the run's tags name; None: neither."""
    records = await connection.fetch(_SUBJECT, run_id, job_id)
    return Subject.from_record(records[0], run_id) if records else None


async def mark_handled(
    connection: SqlConnection,
    delivery: UUID,
    *,
    now: datetime,
    error: str | None = None,
) -> bool:
    """Take a delivery out of the inbox; the row stays.

    Of a deleted job the body is erased.

    Args:
        connection: Any connection.
        delivery: Which one.
        now: When.
        error: Why it changed nothing; None: it did, or came late.

    Returns:
        Whether nobody else had done so before.
    """
    return bool(await connection.fetch(_HANDLED, delivery, now, error))


async def read_unhandled(
    connection: Connection, *, limit: int, skip: Collection[UUID] = ()
) -> list[Delivery]:
    """Read what waits in the inbox, the oldest first.

    Args:
        connection: Any connection.
        limit: How many at most.
        skip: Those that are to wait longer.
    """
    return [
        Delivery(
            record["id"],
            DeliverySource(record["source"]),
            json_text.decode(record["body"]),
            record["received_at"],
        )
        for record in await connection.fetch(_UNHANDLED, limit, list(skip))
    ]


async def forget_handled(
    connection: Connection, *, before: datetime, limit: int
) -> int:
    """Take away what was handled, the oldest first.

    Args:
        connection: Any connection.
        before: What came before that.
        limit: How many at most.

    Returns:
        How many; `limit` means that there may be more.
    """
    count: int = await connection.fetchval(_FORGET, before, limit)
    return count
