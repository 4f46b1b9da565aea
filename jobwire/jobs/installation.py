"""The installation: who we are, on every run that we start, and where we live.

A database that was restored elsewhere, or copied, still says who its original is. Two
that both say so would answer for the same runs: so work on Trigger.dev pauses until
somebody says which of the two it is.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.feed.epoch import DATABASE_OID, SYSTEM_IDENTIFIER
from jobwire.jobs.transitions.leave import leave_all
from jobwire.jobs.transitions.leave_schedules import leave_schedules
from jobwire.models.database import Connection

_HERE = f"{SYSTEM_IDENTIFIER} AS here_system, {DATABASE_OID} AS here_database"
_READ = f"SELECT id, system_identifier, database_oid, {_HERE} FROM installation"
_LOCK = f"{_READ} FOR UPDATE"
_SETTLE = f"""
UPDATE installation SET system_identifier = {SYSTEM_IDENTIFIER},
       database_oid = {DATABASE_OID}
 WHERE system_identifier IS NULL"""
_MOVE = f"""
UPDATE installation SET system_identifier = {SYSTEM_IDENTIFIER},
       database_oid = {DATABASE_OID}, id = $1"""


class NothingToAnswerError(Exception):
    """Somebody answers what nobody asks: the installation lives where it always did."""

    def __init__(self, installation: UUID) -> None:
        super().__init__(
            f"The installation {installation} lives in this database, and nothing is"
            " paused: there is nothing to answer."
        )


@dataclass(frozen=True, slots=True)
class Place:
    """A database among all that there are.

    Attributes:
        system_identifier: The cluster, by `pg_control_system()`.
        database_oid: The database within it.
    """

    system_identifier: str
    database_oid: int

    def __str__(self) -> str:
        """Write it for people."""
        return f"cluster {self.system_identifier}, database {self.database_oid}"


@dataclass(frozen=True, slots=True)
class Installation:
    """Who we are, and where.

    Attributes:
        id: Part of the tag on every run.
        home: Where it was first seen; None: it was not yet.
        here: Where it is.
    """

    id: UUID
    home: Place | None
    here: Place

    @property
    def trouble(self) -> str | None:
        """Why nothing may be asked of Trigger.dev, or told to it; None: it may."""
        if self.home is None or self.home == self.here:
            return None
        return (
            f"The database of the installation {self.id} was restored elsewhere or"
            f" copied: it lived in {self.home}, and this is {self.here}. Nothing is"
            " sent to Trigger.dev until you say which it is: `jobwire installation"
            " keep` if it has moved here, `jobwire installation new` if this is a"
            " copy."
        )


@dataclass(frozen=True, slots=True)
class Begun:
    """A copy that has become an installation of its own.

    Attributes:
        installation: Who it is now.
        jobs: How many open TRIGGER jobs were left to the original.
        schedules: How many schedules of such jobs were paused.
    """

    installation: Installation
    jobs: int
    schedules: int


async def read_installation(connection: SqlConnection) -> Installation:
    """Read who we are; the first migration has made it."""
    [record] = await connection.fetch(_READ)
    return _read(record)


async def settle_in(connection: Connection) -> Installation:
    """Read who we are, before any work on Trigger.dev; note where, the first time.

    Not earlier: a copy of a database that never asked anything of Trigger.dev is an
    installation of its own as much as its original.
    """
    await connection.execute(_SETTLE)
    return await read_installation(connection)


async def keep(connection: SqlConnection) -> Installation:
    """Say that the installation has moved here, and goes on.

    Must run inside a transaction.

    Raises:
        NothingToAnswerError: It lives here already.
    """
    found = await _lock(connection)
    await connection.fetch(_MOVE, found.id)
    return await read_installation(connection)


async def begin_anew(connection: SqlConnection, *, actor: str, now: datetime) -> Begun:
    """Say that this is a copy: it becomes an installation of its own.

    Its open TRIGGER jobs are those of the original, which goes on with them: here they
    end, and nothing is told to their runs. Its schedules of such jobs are paused, for
    the original fires them. Must run inside a transaction.

    Raises:
        NothingToAnswerError: It is where it always was.
    """
    found = await _lock(connection)
    await connection.fetch(_MOVE, uuid4())
    jobs = await leave_all(connection, found.id, actor=actor, now=now)
    schedules = await leave_schedules(connection, now=now)
    return Begun(await read_installation(connection), jobs, schedules)


async def _lock(connection: SqlConnection) -> Installation:
    [record] = await connection.fetch(_LOCK)
    found = _read(record)
    if found.trouble is None:
        raise NothingToAnswerError(found.id)
    return found


def _read(record: Any) -> Installation:
    home = record["system_identifier"]
    return Installation(
        record["id"],
        None if home is None else Place(home, record["database_oid"]),
        Place(record["here_system"], record["here_database"]),
    )
