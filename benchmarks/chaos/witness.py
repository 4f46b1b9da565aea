"""The witness: how sealed rows looked when they were first seen, and at the end."""

import asyncio
from contextlib import suppress

import asyncpg

#: An operator may be called to a job that has ended; nothing else of it changes.
_FREE = "'{attention,version,updated_at}'::text[]"
_SEALED = f"""
SELECT id::text, md5((to_jsonb(j) - {_FREE})::text) AS row FROM worker_jobs j
 WHERE finished IS NOT NULL"""
PAUSE = 0.5


class Witness:
    """Looks at the database now and then, whenever it is there."""

    def __init__(self) -> None:
        self._seen: dict[str, str] = {}

    async def run(self, url: str) -> None:
        """Look until canceled."""
        while True:
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                connection = await asyncpg.connect(url, timeout=5)
                try:
                    while True:
                        await self._look(connection)
                        await asyncio.sleep(PAUSE)
                finally:
                    connection.terminate()
            await asyncio.sleep(PAUSE)

    async def changed(self, connection: asyncpg.Connection) -> list[str]:
        """Return the jobs that no longer look as when they were first seen."""
        rows = {row["id"]: row["row"] for row in await connection.fetch(_SEALED)}
        return [id for id, row in self._seen.items() if rows.get(id) != row]

    async def _look(self, connection: asyncpg.Connection) -> None:
        for row in await connection.fetch(_SEALED):
            self._seen.setdefault(row["id"], row["row"])
