"""A stretch of network between a worker and PostgreSQL that a test can cut."""

import asyncio
from contextlib import suppress

from jobwire.models.database_url import DatabaseUrl


class Proxy:
    """Passes bytes to a database until it is cut, and again once it is mended."""

    def __init__(self, target: DatabaseUrl) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._port = 0

    @property
    def url(self) -> DatabaseUrl:
        """The database as seen through the proxy."""
        there = self._target
        return DatabaseUrl(
            "127.0.0.1", self._port, there.user, there.password, there.database
        )

    async def mend(self) -> None:
        """Accept connections, always on the same port."""
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, reuse_address=True
        )
        self._port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break every connection and refuse new ones."""
        if self._server is not None:
            self._server.close()
        for writer in tuple(self._writers):
            writer.transport.abort()
        self._writers.clear()

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._writers.add(writer)
        try:
            there_reader, there_writer = await asyncio.open_connection(
                self._target.host, self._target.port
            )
        except OSError:
            writer.transport.abort()
            return
        self._writers.add(there_writer)
        await asyncio.wait(
            [
                asyncio.ensure_future(_pump(reader, there_writer)),
                asyncio.ensure_future(_pump(there_reader, writer)),
            ],
            return_when=asyncio.FIRST_COMPLETED,
        )
        for one in (writer, there_writer):
            self._writers.discard(one)
            one.transport.abort()


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
