"""Progress and metadata: what running code says of itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from jobwire.jobs.transitions.events import append_events, changed
from jobwire.models.database import Connection
from jobwire.models.vocabulary import EventKind


def _record(column: str, kind: EventKind) -> str:
    return f"""
WITH u AS (
  UPDATE worker_jobs j
     SET {column} = d.value::jsonb, version = version + 1, updated_at = $5
    FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS d (id, fence, value)
   WHERE j.id = d.id AND j.fence = d.fence AND j.leased_by = $4
  RETURNING j.*),
e AS ({
        append_events(
            "u",
            kind=f"'{kind}'",
            from_status="status",
            changes=changed((column,)),
            source="'WORKER'",
            actor="leased_by",
            now="updated_at",
        )
    })
SELECT id FROM u"""


_RECORD_PROGRESS = _record("progress", EventKind.PROGRESS)
_RECORD_METADATA = _record("metadata", EventKind.METADATA_CHANGED)


@dataclass(frozen=True, slots=True)
class Report:
    """The latest that one running attempt says of itself.

    Attributes:
        id: The job.
        fence: The fence under which it runs.
        value: JSON as text: of progress, {fraction, message, current, total,
            updatedAt}; of metadata, an object of at most 64 KiB.
    """

    id: UUID
    fence: int
    value: str


async def record_progress(
    connection: Connection, reports: Sequence[Report], *, worker: str, now: datetime
) -> None:
    """Write the progress of running jobs; RUNNING stays.

    One statement. Reports of jobs that the worker no longer holds change nothing.
    """
    await _write(_RECORD_PROGRESS, connection, reports, worker, now)


async def record_metadata(
    connection: Connection, reports: Sequence[Report], *, worker: str, now: datetime
) -> None:
    """Write the metadata of running jobs, as `record_progress` does their progress."""
    await _write(_RECORD_METADATA, connection, reports, worker, now)


async def _write(
    statement: str,
    connection: Connection,
    reports: Sequence[Report],
    worker: str,
    now: datetime,
) -> None:
    ordered = sorted(reports, key=lambda report: report.id)
    await connection.fetch(
        statement,
        [report.id for report in ordered],
        [report.fence for report in ordered],
        [report.value for report in ordered],
        worker,
        now,
    )
