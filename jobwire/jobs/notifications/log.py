"""The log of notifications: what was sent, what waits, what was given up."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.identifiers import NOTIFICATION_PREFIX, parse_type_id, type_id
from jobwire.jobs.job import Row
from jobwire.jobs.queries import Page, Window
from jobwire.models.database import Connection
from jobwire.models.vocabulary import NotificationStatus

#: How long those that ended are kept.
KEPT = timedelta(days=7)
#: How long one may be overdue whose target no worker knows.
ABANDONED = timedelta(days=1)
#: Rows removed at once.
_BATCH = 1000

_SMALLEST = UUID(int=0)
_LARGEST = UUID(int=(1 << 128) - 1)
_NOBODY = (
    "No worker has this target any more, by its settings or its types of job; it was"
    " never taken."
)

_OLDEST = """
SELECT created_at FROM notifications WHERE status = 'PENDING' ORDER BY id LIMIT 1"""
_RESEND = """
UPDATE notifications
   SET status = 'PENDING', next_attempt_at = $2, ended_at = NULL,
       attempts = CASE WHEN status = 'PENDING' THEN attempts ELSE 0 END
 WHERE id = $1
RETURNING """
_RESEND_FAILED = """
UPDATE notifications
   SET status = 'PENDING', next_attempt_at = $1, ended_at = NULL, attempts = 0
 WHERE status = 'FAILED'
RETURNING id"""
_REMOVE = """
DELETE FROM notifications WHERE id = ANY (ARRAY(
  SELECT id FROM notifications
   WHERE ended_at < $1 ORDER BY ended_at LIMIT $2 FOR UPDATE SKIP LOCKED))"""
_ABANDON = """
UPDATE notifications
   SET status = 'FAILED', next_attempt_at = NULL, ended_at = $1, error = $4
 WHERE id = ANY (ARRAY(
   SELECT id FROM notifications
    WHERE status = 'PENDING' AND next_attempt_at < $2 AND target <> ALL ($3::text[])
    LIMIT $5 FOR UPDATE SKIP LOCKED))"""


@dataclass(frozen=True)
class Notification(Row):
    """A row of `notifications`; see `jobwire.models.Notification` for each column."""

    id: UUID
    job_id: UUID
    job_version: int
    type: str
    target: str
    body: str
    status: str
    attempts: int
    next_attempt_at: datetime | None
    status_code: int | None
    error: str | None
    created_at: datetime
    ended_at: datetime | None

    @property
    def public_id(self) -> str:
        """Its `webhook-id`."""
        return type_id(NOTIFICATION_PREFIX, self.id)


_COLUMNS = Notification.columns()


async def read_page(
    connection: Connection,
    window: Window[UUID],
    *,
    status: NotificationStatus | None = None,
    job_id: UUID | None = None,
) -> Page[Notification]:
    """Read a page of notifications, the newest first.

    Args:
        connection: Any connection.
        window: Which part; only `first` and `after`.
        status: Only those; None: all.
        job_id: Only those of this job; None: of all.
    """
    values: list[Any] = [_LARGEST if window.after is None else window.after]
    if job_id is not None:
        # A job has few, which are sorted.
        values.append(job_id)
        place = "(SELECT * FROM notifications WHERE job_id = $2 OFFSET 0) AS of_job"
        within, order = "id < $1", "id DESC"
        if status is not None:
            values.append(status)
            within += " AND status = $3"
    elif status is not None:
        values.append(status)
        place, order = "notifications", "status DESC, id DESC"
        within = f"(status, id) >= ($2, '{_SMALLEST}') AND (status, id) < ($2, $1)"
    else:
        place, within, order = "notifications", "id < $1", "id DESC"
    records = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM {place} WHERE {within}
             ORDER BY {order} LIMIT {window.size + 1}""",
        *values,
    )
    return window.page([Notification.from_record(record) for record in records])


async def read_oldest(connection: Connection) -> datetime | None:
    """Return since when the oldest notification waits; None: none does."""
    oldest: datetime | None = await connection.fetchval(_OLDEST)
    return oldest


async def resend(
    connection: SqlConnection, public_id: str, *, now: datetime
) -> Notification:
    """Have one sent again, or now: any → PENDING.

    It has the same id and the same body as before. One that had ended gets as many
    attempts as a new one.

    Raises:
        NotFoundError: There is none of that id, or no more.
    """
    try:
        id = parse_type_id(NOTIFICATION_PREFIX, public_id)
    except ValueError:
        raise NotFoundError(public_id, what="notification") from None
    records = await connection.fetch(_RESEND + _COLUMNS, id, now)
    if not records:
        raise NotFoundError(public_id, what="notification")
    return Notification.from_record(records[0])


async def resend_failed(connection: Connection, *, now: datetime) -> int:
    """Have all sent again that were given up: FAILED → PENDING.

    Returns:
        How many those are.
    """
    return len(await connection.fetch(_RESEND_FAILED, now))


async def clean(connection: Connection, targets: list[str], *, now: datetime) -> None:
    """Remove what ended long ago, and give up what nobody will ever send.

    Args:
        connection: Any connection.
        targets: The names of those that workers have.
        now: When.
    """
    await connection.execute(_ABANDON, now, now - ABANDONED, targets, _NOBODY, _BATCH)
    await connection.execute(_REMOVE, now - KEPT, _BATCH)
