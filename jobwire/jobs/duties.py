"""Duties: work that one process at a time does, and another takes over.

Facts need no duty: two who bring one only do the same work twice. What is judged needs
one, and its term is the fence: who was taken over judges nothing more.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobwire.jobs.connections import SqlConnection
from jobwire.models.database import Connection

# The holder's own term goes on; a new holder, who finds it passed, begins the next.
_TAKE = """
INSERT INTO duties AS d (name, holder, term, until)
VALUES ($1, $2, 1, $3::timestamptz + $4::interval)
ON CONFLICT (name) DO UPDATE
   SET holder = excluded.holder, until = excluded.until,
       term = d.term + (d.holder <> excluded.holder)::int
 WHERE d.holder = excluded.holder OR d.until <= $3
RETURNING term"""
_HOLDER = "SELECT holder FROM duties WHERE name = $1 AND until > $2"
# Shared, so that nobody takes it over before what it fences is committed.
_CHECK = """
SELECT FROM duties WHERE name = $1 AND holder = $2 AND term = $3 FOR SHARE"""
_LAY_DOWN = (
    "UPDATE duties SET until = $3 WHERE name = $1 AND holder = $2 AND until > $3"
)


class DutyLostError(Exception):
    """Somebody else has taken a duty over."""

    def __init__(self, name: str) -> None:
        super().__init__(f"Another process has taken over the duty {name!r}.")


@dataclass(frozen=True, slots=True)
class Term:
    """A duty as somebody took it.

    Attributes:
        name: The duty.
        holder: Who took it.
        number: Rises with every change of holder.
    """

    name: str
    holder: str
    number: int

    async def check(self, connection: SqlConnection) -> None:
        """Hold the duty until the end of the caller's transaction.

        Must run inside a transaction, before whatever it fences.

        Raises:
            DutyLostError: Somebody has taken it over.
        """
        if not await connection.fetch(_CHECK, self.name, self.holder, self.number):
            raise DutyLostError(self.name)


async def read_holder(
    connection: Connection, name: str, *, now: datetime
) -> str | None:
    """Return who holds a duty; None: nobody."""
    holder: str | None = await connection.fetchval(_HOLDER, name, now)
    return holder


async def take(
    connection: Connection, name: str, *, holder: str, span: timedelta, now: datetime
) -> int | None:
    """Take a duty or go on holding it, for a span.

    Returns:
        The term, which rises with every change of holder; None: somebody else has it.
    """
    term: int | None = await connection.fetchval(_TAKE, name, holder, now, span)
    return term


async def lay_down(
    connection: Connection, name: str, *, holder: str, now: datetime
) -> None:
    """Let somebody else take a duty at once."""
    await connection.execute(_LAY_DOWN, name, holder, now)
