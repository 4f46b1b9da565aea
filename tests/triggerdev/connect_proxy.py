"""A proxy on loopback that leads to any host by CONNECT, if it likes the asker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class ConnectProxy:
    """Opens tunnels to a server on loopback, whatever host is asked for."""

    def __init__(self, *, port: int, authorization: str | None = None) -> None:
        self.heads: list[str] = []
        self.port = 0
        self._target = port
        self._authorization = authorization
        self._tunnels: set[asyncio.Task[None]] = set()

    @asynccontextmanager
    async def listening(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            yield
            for tunnel in self._tunnels:
                tunnel.cancel()
            await asyncio.gather(*self._tunnels, return_exceptions=True)

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
        except asyncio.IncompleteReadError:
            writer.close()
            return
        self.heads.append(head)
        told = f"proxy-authorization: {self._authorization}\r\n".lower()
        if self._authorization is not None and told not in head.lower():
            writer.write(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n")
            writer.close()
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        for source, target in ((reader, back), (there, writer)):
            self._tunnels.add(asyncio.create_task(_pipe(source, target)))


async def _pipe(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        try:
            while chunk := await source.read(65_536):
                target.write(chunk)
                await target.drain()
        finally:
            target.close()
