"""The web server: uvicorn, which others tell when to end."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from socket import socket
from typing import TYPE_CHECKING

import uvicorn
from starlette.types import ASGIApp

from jobwire.app.connection_terms import ConnectionTerms, TermsConfig
from jobwire.app.http_protocol import HttpProtocol
from jobwire.app.websocket_protocol import WebSocketProtocol

if TYPE_CHECKING:
    # The emulator, which uses this too, has to do without.
    from jobwire.app.jobwire import Jobwire

MAX_FRAME_BYTES = 256 * 1024
_GRACE_SECONDS = 10
#: How long readers may take to hear that the process drains, in seconds.
FAREWELL_SECONDS = 0.75
#: How long clients may then take to read what they were sent, in seconds.
FLUSH_SECONDS = 0.5
_LOOK_SECONDS = 0.02


class AppServer(uvicorn.Server):
    """A server that leaves signals alone: whoever runs it decides when it ends.

    Args:
        app: What it serves.
        terms: How it holds connections; None: those of `ConnectionTerms`.
    """

    def __init__(self, app: ASGIApp, terms: ConnectionTerms | None = None) -> None:
        terms = terms or ConnectionTerms()
        self._config = TermsConfig(
            app,
            terms,
            lifespan="off",
            log_config=None,
            # Requests are counted; a line for each is for the proxy to write.
            access_log=False,
            server_header=False,
            # Whoever runs it behind a proxy must not thereby become local.
            proxy_headers=False,
            # On httptools, whose parser is written in C, unlike that of h11.
            http=HttpProtocol,
            timeout_keep_alive=terms.keep_alive,
            # On websockets without its own input and output: of those that were
            # measured it takes the least CPU per delivery.
            ws=WebSocketProtocol,
            ws_ping_interval=terms.ping,
            ws_ping_timeout=terms.ping,
            ws_max_size=MAX_FRAME_BYTES,
            # Compressing each frame would double the CPU per delivery.
            ws_per_message_deflate=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
            # A request that waited behind another would begin with what that has bound
            # to its log lines.
            reset_contextvars=True,
        )
        super().__init__(self._config)
        self._asked = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def run_on(self, sockets: Sequence[socket]) -> None:
        """Serve on open sockets until `stop`, or until this is cancelled.

        Being cancelled is taken as `stop`: it ends in order and returns.
        """
        self._loop = asyncio.get_running_loop()
        serving = asyncio.create_task(self.serve(list(sockets)), name="uvicorn")
        asked = asyncio.create_task(self._asked.wait())
        try:
            await asyncio.wait({serving, asked}, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None:
                task.uncancel()
        asked.cancel()
        await self.say_goodbye()
        self.should_exit = True
        await asyncio.wait({serving}, timeout=FLUSH_SECONDS)
        while not serving.done():
            self._abandon_stalled()
            await asyncio.wait({serving}, timeout=_LOOK_SECONDS)
        await serving

    def stop(self) -> None:
        """End in order, also one that has not begun to serve; from any thread."""
        if self._loop is None:
            self._asked.set()
        else:
            self._loop.call_soon_threadsafe(self._asked.set)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def say_goodbye(self) -> None:
        """Do what comes before the sockets close: here, nothing."""

    def end_connections(self) -> None:
        """Have each connection end with its next answer."""
        self._config.is_leaving = True

    def _abandon_stalled(self) -> None:
        """Cut off clients that do not read; they would hold up the end of all."""
        for connection in tuple(self.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None and transport.get_write_buffer_size():
                transport.abort()


class Server(AppServer):
    """A server that, when asked to end, first has everybody go elsewhere.

    Proxies are to notice that it is not ready any more, as long as the settings say;
    then every stream is told.

    Args:
        app: What it serves.
        jobwire: Whose streams, and whose settings.
        terms: How it holds connections; None: as the settings say.
    """

    def __init__(
        self,
        app: ASGIApp,
        jobwire: "Jobwire",
        terms: ConnectionTerms | None = None,
    ) -> None:
        super().__init__(
            app,
            terms or ConnectionTerms(connections=jobwire.settings.max_connections),
        )
        self._jobwire = jobwire

    async def say_goodbye(self) -> None:
        """Let streams end by themselves: a socket that is closed tells them nothing."""
        if delay := self._jobwire.settings.shutdown_delay_seconds:
            self._jobwire.begin_leaving()
            self.end_connections()
            await asyncio.sleep(delay)
        self._jobwire.begin_closing()
        feed = self._jobwire.engine.feed
        patience = FAREWELL_SECONDS
        while feed.subscribers and patience > 0:
            await asyncio.sleep(_LOOK_SECONDS)
            patience -= _LOOK_SECONDS
