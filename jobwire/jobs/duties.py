"""Duties: work that one process at a time does, and another takes over.

No duty is needed for anything to be right: two holders only do the same work twice. It
keeps any number of processes from asking Trigger.dev the same questions.
"""

from datetime import datetime, timedelta

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
_LAY_DOWN = (
    "UPDATE duties SET until = $3 WHERE name = $1 AND holder = $2 AND until > $3"
)


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
