"""Waiting until sessions of PostgreSQL wait for locks."""

from jobwire.models.database import Connection

_WAITING = """
SELECT count(DISTINCT pid) FROM pg_locks JOIN pg_stat_activity USING (pid)
 WHERE NOT granted AND datname = current_database()"""


async def blocked(connection: Connection, sessions: int = 1) -> None:
    """Wait until so many sessions of the connection's database wait for a lock."""
    while await connection.fetchval(_WAITING) < sessions:
        pass
