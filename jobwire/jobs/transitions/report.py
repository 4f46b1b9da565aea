"""Report: what runs tell of their progress is written, each with its delivery."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.given import arrays, given_rows
from jobwire.jobs.inbox import DeliverySource
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.transitions.observe import count
from jobwire.models.vocabulary import EventKind, SignalSource

#: The type of the events that report progress.
WORD = "RUN_PROGRESS"
_HOOK = f"'{DeliverySource.HOOK}'"
_WEBHOOK = f"'{SignalSource.WEBHOOK}'"

# Nobody has locked the rows since they were read. One that has another version by now,
# or of which something later was seen, is left as it is, and so is one whose delivery
# came before: what is written is written of those that were updated, and of no others.
_REPORT = f"""
WITH u AS (
  UPDATE worker_jobs j
     SET progress = g.progress::jsonb, version = j.version + 1, updated_at = $1,
         trigger_observed_at = $1
    FROM {
    given_rows(
        {
            "id": "uuid",
            "version": "int",
            "progress": "text",
            "occurred_at": "timestamptz",
            "attempt": "int",
            "delivery_id": "uuid",
            "event_id": "text",
            "body": "text",
        },
        after=1,
    )
}
   WHERE j.id = g.id AND j.version = g.version
     AND (j.trigger_observed_at IS NULL OR j.trigger_observed_at <= $1)
     AND NOT EXISTS (SELECT FROM webhook_deliveries d
                      WHERE d.source = {_HOOK} AND d.event_id = g.event_id)
  RETURNING j.id, j.user_id, j.version, j.status, j.attempts, j.updated_at, j.progress,
            j.dispatch_number, g.occurred_at, g.attempt, g.delivery_id, g.event_id,
            g.body),
e AS ({
    append_events(
        "u",
        kind=f"'{EventKind.PROGRESS}'",
        from_status="status",
        changes=changed(("progress",)),
        source=_WEBHOOK,
        actor="NULL",
        now="updated_at",
        occurred_at="occurred_at",
    )
}),
d AS (
  INSERT INTO webhook_deliveries (id, source, event_id, body, received_at, job_id,
                                  handled_at)
  SELECT delivery_id, {_HOOK}, event_id, body::jsonb, updated_at, id, updated_at
    FROM u ORDER BY event_id),
c AS ({
    count(
        f"(SELECT id AS job_id, {_WEBHOOK} AS source, dispatch_number, attempt,"
        f" '{WORD}' AS word, true AS applied, NULL AS detail FROM u) AS told",
        now="$1",
    )
})
SELECT id FROM u"""


class Report(NamedTuple):
    """What a run tells of its progress.

    Attributes:
        job_id: Its job.
        version: That of the job as it was read.
        progress: What the job's becomes, as JSON text.
        occurred_at: When it was told, by the clock of the run.
        attempt: The attempt that tells it.
        delivery_id: The new id of the delivery.
        event_id: The poster's id.
        body: The event, as JSON text.
    """

    job_id: UUID
    version: int
    progress: str
    occurred_at: datetime
    attempt: int
    delivery_id: UUID
    event_id: str
    body: str


async def report_each(
    connection: SqlConnection, reports: Sequence[Report], *, now: datetime
) -> set[UUID]:
    """Write reports of live runs: rows, events, deliveries and counts; statuses stay.

    One statement, its own transaction unless the caller holds one.

    Args:
        connection: Any connection.
        reports: At least one, at most one of each job, in the order of their jobs.
        now: When.

    Returns:
        The jobs whose reports are written. Nothing is written of the others: their
        rows have changed since they were read, or their deliveries came before.
    """
    records = await connection.fetch(_REPORT, now, *arrays(reports))
    return {record["id"] for record in records}
