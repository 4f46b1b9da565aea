"""A stretch of network between a worker and PostgreSQL that a test can cut or hold."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from jobwire.models.database_url import DatabaseUrl


class Proxy:
    """Passes bytes to a database until it is cut, and again once it is mended."""

    def __init__(self, target: DatabaseUrl) -> None:
        self._target = target
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._port = 0
        self._held: bytes | None = None
        self._released = asyncio.Event()

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

    def hold(self, part: bytes) -> None:
        """From now on hold back each answer with some bytes in it, and what follows."""
        self._held = part

    def release(self) -> None:
        """Let everything through again."""
        self._held = None
        self._released.set()

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
                asyncio.ensure_future(self._pump(reader, there_writer)),
                asyncio.ensure_future(self._pump(there_reader, writer, self._holds)),
            ],
            return_when=asyncio.FIRST_COMPLETED,
        )
        for one in (writer, there_writer):
            self._writers.discard(one)
            one.transport.abort()

    def _holds(self, data: bytes) -> bool:
        return self._held is not None and self._held in data

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        holds: Callable[[bytes], bool] = lambda _: False,
    ) -> None:
        with suppress(OSError):
            while data := await reader.read(65536):
                if holds(data):
                    await self._released.wait()
                writer.write(data)
                await writer.drain()
