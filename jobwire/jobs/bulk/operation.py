"""Bulk operations as they are read, behind the wall of who asked for them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.job import Row
from jobwire.jobs.queries import Page
from jobwire.jobs.viewer import Scope, Viewer, known_scopes
from jobwire.jobs.wall import wall_of_others
from jobwire.models.database import Connection
from jobwire.models.vocabulary import BulkStatus


@dataclass(frozen=True)
class BulkOperation(Row):
    """A row of `bulk_operations`; see `jobwire.models.BulkOperation`."""

    id: UUID
    user_id: str
    scopes: list[str]
    action: str
    status: str
    reason: str | None
    mode: str | None
    grace_period: timedelta | None
    matched_count: int
    succeeded_count: int
    skipped_count: int
    failed_count: int
    created_at: datetime
    finished_at: datetime | None

    @property
    def has_ended(self) -> bool:
        """Whether no further job will be handled."""
        return self.status != BulkStatus.RUNNING

    @property
    def viewer(self) -> Viewer:
        """Who asked for it, with what they were allowed then."""
        return Viewer(self.user_id, known_scopes(self.scopes))


@dataclass(frozen=True)
class Refusal(Row):
    """A job that refused, and why."""

    job_id: UUID
    code: str
    message: str


COLUMNS = BulkOperation.columns()
#: The condition on operations, of a wall as `$2` and `$3`. What somebody asked for as
#: an admin may tell of anybody's jobs, and their other tokens do not see it.
WALL = f"""{wall_of_others("$2", "$3")}
   AND ($2::text IS NULL OR '{Scope.ADMIN.value}' <> ALL (scopes))"""

_READ = f"""
SELECT {COLUMNS} FROM bulk_operations
 WHERE id = $1 AND {WALL}"""
_READ_REFUSALS = f"""
SELECT {Refusal.columns()} FROM bulk_operation_refusals
 WHERE operation_id = $1 AND job_id > $2 ORDER BY job_id LIMIT $3"""


async def read_operation(
    connection: Connection, viewer: Viewer, operation_id: UUID
) -> BulkOperation | None:
    """Read an operation; None: there is none that the viewer or an admin asked for."""
    record = await connection.fetchrow(_READ, operation_id, *viewer.wall)
    return None if record is None else BulkOperation.from_record(record)


async def read_refusals(
    connection: Connection, operation_id: UUID, *, first: int, after: UUID | None
) -> Page[Refusal]:
    """Read one page of refusals by job; the caller has passed the operation's wall.

    Args:
        connection: Any connection.
        operation_id: The operation.
        first: How many at most.
        after: The job that the page starts behind; None: with the first.
    """
    records = await connection.fetch(
        _READ_REFUSALS, operation_id, after or UUID(int=0), first + 1
    )
    refusals = [Refusal.from_record(record) for record in records[:first]]
    return Page(refusals, len(records) > first, after is not None)
