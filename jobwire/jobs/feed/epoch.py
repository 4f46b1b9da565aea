"""Epochs: for how long a cursor can be trusted.

PostgreSQL writes a transaction's id nowhere before the transaction does something
durable, so after a crash it can give the same id to another one, and a cursor that had
seen it would skip what the other one writes. `feed_witness` is UNLOGGED: a crash or a
failover empties it. An empty witness, or one of another cluster, database or epoch,
starts a new epoch, and cursors of before are answered with a reset.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from jobwire.models.database import Connection

#: SQL: the cluster that is asked.
SYSTEM_IDENTIFIER = "(SELECT system_identifier::text FROM pg_control_system())"
#: SQL: the database within it.
DATABASE_OID = (
    "(SELECT oid::bigint FROM pg_database WHERE datname = current_database())"
)

#: SQL: the epoch that holds here and now; null: none does, a new one must begin.
WITNESSED_EPOCH = f"""(SELECT w.epoch FROM feed_witness w
    JOIN feed_state f ON f.epoch = w.epoch
   WHERE w.system_identifier = {SYSTEM_IDENTIFIER}
     AND w.database_oid = {DATABASE_OID})"""

_READ = f"""
SELECT {WITNESSED_EPOCH} AS epoch, cursor_key, {SYSTEM_IDENTIFIER} AS system_identifier,
       {DATABASE_OID} AS database_oid
  FROM feed_state"""


@dataclass(frozen=True, slots=True)
class Epoch:
    """An epoch of the log, in the database that it was read from.

    Attributes:
        id: The epoch.
        cursor_key: Signs cursors.
        system_identifier: The cluster.
        database_oid: The database within it.
    """

    id: UUID
    cursor_key: bytes
    system_identifier: str
    database_oid: int


async def read_epoch(connection: Connection) -> Epoch:
    """Read the epoch, beginning a new one if none holds here.

    Its own transactions. Of several processes that find no witness, one begins the
    epoch and the others find it.
    """
    record = await connection.fetchrow(_READ)
    while record["epoch"] is None:
        await _begin_epoch(connection)
        record = await connection.fetchrow(_READ)
    return Epoch(
        record["epoch"],
        record["cursor_key"],
        record["system_identifier"],
        record["database_oid"],
    )


async def _begin_epoch(connection: Connection) -> None:
    async with connection.transaction():
        await connection.execute("SELECT FROM feed_state FOR UPDATE")
        # A statement of its own, so that it sees what the lock was waiting for.
        if await connection.fetchval(f"SELECT {WITNESSED_EPOCH}") is not None:
            return
        epoch = uuid4()
        await connection.execute("UPDATE feed_state SET epoch = $1", epoch)
        await connection.execute("DELETE FROM feed_witness")
        await connection.execute(
            f"""INSERT INTO feed_witness (epoch, system_identifier, database_oid)
                VALUES ($1, {SYSTEM_IDENTIFIER}, {DATABASE_OID})""",
            epoch,
        )
