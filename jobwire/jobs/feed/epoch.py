"""Epochs: for how long a cursor can be trusted.

PostgreSQL writes a transaction's id nowhere before the transaction does something
durable, so after a crash it can give the same id to another one, and a cursor that had
seen it would skip what it writes. `feed_witness` is UNLOGGED: a crash or a failover
empties it. An empty witness, or one of another cluster, database or epoch, starts a new
epoch, and cursors of before are answered with a reset.
"""

from dataclasses import dataclass
from uuid import UUID, uuid4

from jobwire.jobs.queries import AsOf
from jobwire.models.database import Connection

_HERE = """
SELECT (SELECT system_identifier::text FROM pg_control_system()) AS system_identifier,
       (SELECT oid::bigint FROM pg_database WHERE datname = current_database())
         AS database_oid"""


@dataclass(frozen=True, slots=True)
class Epoch:
    """The log's epoch, as it stands in the database that we are connected to.

    Attributes:
        id: The epoch.
        cursor_key: Signs cursors.
        floor: Events of older transactions may be gone.
        system_identifier: The cluster.
        database_oid: The database within it.
    """

    id: UUID
    cursor_key: bytes
    floor: int
    system_identifier: str
    database_oid: int

    def is_witnessed(self, as_of: AsOf) -> bool:
        """Whether a read found the witness of this epoch."""
        return (
            as_of.epoch == self.id
            and as_of.system_identifier == self.system_identifier
            and as_of.database_oid == self.database_oid
        )


async def current_epoch(connection: Connection) -> Epoch:
    """Read the epoch, starting a new one if its witness is missing or foreign.

    Its own transaction. Of several processes that find the witness missing, one starts
    the epoch and the others find it.
    """
    async with connection.transaction():
        here = await connection.fetchrow(_HERE)
        place = (here["system_identifier"], here["database_oid"])
        state = await connection.fetchrow(
            "SELECT epoch, cursor_key, floor::text AS floor FROM feed_state FOR UPDATE"
        )
        witness = await connection.fetchrow(
            "SELECT epoch, system_identifier, database_oid FROM feed_witness"
        )
        epoch: UUID = state["epoch"]
        if witness is None or tuple(witness) != (epoch, *place):
            epoch = uuid4()
            await connection.execute("UPDATE feed_state SET epoch = $1", epoch)
            await connection.execute("DELETE FROM feed_witness")
            await connection.execute(
                "INSERT INTO feed_witness (epoch, system_identifier, database_oid)"
                " VALUES ($1, $2, $3)",
                epoch,
                *place,
            )
    return Epoch(epoch, state["cursor_key"], int(state["floor"]), *place)
