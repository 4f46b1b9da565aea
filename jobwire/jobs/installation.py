"""The installation: who we are, on every run that we start."""

from uuid import UUID

from jobwire.models.database import Connection

_READ = "SELECT id FROM installation"


async def read_installation(connection: Connection) -> UUID:
    """Return the id of this installation; made by the first migration."""
    id: UUID = await connection.fetchval(_READ)
    return id
