"""The place in the Realtime feed up to which everything is folded in, and its reach."""

import heapq
from datetime import datetime, timedelta

from jobwire.models.database import Connection
from jobwire.triggerdev.realtime.cursor import Place, read_cursor

#: How many rows the feed shows at most, the newest, and how old they may be: 24 hours,
#: less an hour for clocks that differ. Source: `env.server.ts` of
#: triggerdotdev/trigger.dev, read 2026-11-23.
MOST_ROWS = 1_000
LONGEST_LIFE = timedelta(hours=23)

_READ = """
SELECT handle, "offset" FROM realtime_cursors
 WHERE trigger_environment = $1 AND shape = $2"""
_NOTE = """
INSERT INTO realtime_cursors
  (trigger_environment, shape, handle, "offset", covers_from, updated_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (trigger_environment, shape) DO UPDATE
   SET handle = excluded.handle, "offset" = excluded."offset",
       covers_from = excluded.covers_from, updated_at = excluded.updated_at"""


class Reach:
    """Which runs the feed shows: the newest ones, of those made since an instant.

    Attributes:
        begins: Runs that were made before are not counted on.
    """

    def __init__(self, begins: datetime) -> None:
        self.begins = begins
        self._newest: list[tuple[datetime, str]] = []
        self._ids: set[str] = set()

    def saw(self, run_id: str, created_at: datetime) -> None:
        """Count a run that the feed has shown."""
        if run_id in self._ids:
            return
        heapq.heappush(self._newest, (created_at, run_id))
        self._ids.add(run_id)
        if len(self._newest) > MOST_ROWS:
            self._ids.discard(heapq.heappop(self._newest)[1])

    def covers_from(self, now: datetime) -> datetime:
        """Return since when a run must have been made to be shown."""
        since = max(self.begins, now - LONGEST_LIFE)
        if len(self._newest) < MOST_ROWS:
            return since
        return max(since, self._newest[0][0])


async def read_place(
    connection: Connection, environment: str, shape: str
) -> str | None:
    """Read where to go on, as a cursor of the client; None: at the beginning."""
    record = await connection.fetchrow(_READ, environment, shape)
    if record is None:
        return None
    # What was told before is not passed over: telling it again costs little, and a
    # state that was late to the log would be lost.
    return Place(record["handle"], record["offset"], None).encode()


async def note_place(
    connection: Connection,
    environment: str,
    shape: str,
    cursor: str,
    *,
    covers_from: datetime | None,
    now: datetime,
) -> None:
    """Note that everything up to a place is folded in.

    Two processes that follow at once do no harm: either place has nothing unread
    before it.

    Args:
        connection: Any connection.
        environment: The environment.
        shape: What is followed.
        cursor: The place, as a cursor of the client.
        covers_from: Since when a run must have been made for its news to come by the
            feed; None: it has not caught up yet.
        now: When the server answered.
    """
    place = read_cursor(cursor)
    await connection.execute(
        _NOTE, environment, shape, place.handle, place.offset, covers_from, now
    )
