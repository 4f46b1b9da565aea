"""One socket: its handshake, its messages and its end."""

import asyncio
from contextlib import ExitStack
from math import inf
from typing import Any, assert_never

from starlette.types import Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from structlog.contextvars import bound_contextvars

from jobwire.gql import json_codec
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import masked_error, outage
from jobwire.gql.proof import ensure_valid
from jobwire.gql.transports.admission import TooManyError
from jobwire.gql.transports.lifetime import Due, Lifetime
from jobwire.gql.transports.operations import Operations
from jobwire.gql.transports.outgoing import Outgoing
from jobwire.gql.transports.protocol import (
    ClientMessage,
    CloseCode,
    Complete,
    ConnectionInit,
    Ping,
    Pong,
    ProtocolError,
    Subscribe,
    read_message,
)
from jobwire.gql.transports.session import Host, UnavailableError
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.feed import RECONNECT_AFTER
from jobwire.jobs.viewer import Viewer

_ENDS = {
    Due.SILENT: "The client gave no sign of life",
    Due.IDLE: "No operation has run for long",
    Due.OLD: "The socket has reached its greatest age",
}


class Connection:
    """An accepted socket.

    Args:
        socket: The socket, accepted.
        send: Its sending side.
        host: The process that it belongs to.
    """

    def __init__(self, socket: WebSocket, send: Send, host: Host) -> None:
        self._socket = socket
        self._host = host
        self._outgoing = Outgoing(send, stall=host.terms.stall, give_up=self._give_up)
        self._viewer: Viewer | None = None
        self._operations = Operations(self._outgoing, host.admission, host.policy)
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve the client until one side closes; then every operation is over."""
        with ExitStack() as admitted:
            try:
                await self._serve(admitted)
            except ProtocolError as error:
                await self._outgoing.close(error.code, error.reason)
            except WebSocketDisconnect:
                pass
            except asyncio.CancelledError:
                # A server has no word for a client that takes nothing.
                if not self._outgoing.has_stalled:
                    raise
            except Exception as error:  # noqa: BLE001 - the last door: logged and masked
                if outage(error) is not None:
                    end = CloseCode.TRY_AGAIN_LATER, "Try again later"
                else:
                    masked_error(error)
                    end = CloseCode.INTERNAL_ERROR, "Internal error"
                await self._outgoing.close(*end)
            finally:
                self._outgoing.abandon()
                await self._operations.cancel()

    async def _serve(self, admitted: ExitStack) -> None:
        self._task = asyncio.current_task()
        try:
            lifetime = await self._initialise(admitted)
            while True:
                await self._answer(await self._next_message(lifetime))
        finally:
            # What is left to do ends by itself.
            self._task = None

    async def _initialise(self, admitted: ExitStack) -> Lifetime:
        try:
            async with self._host.admission.initialising():
                message = await self._receive()
                while not isinstance(message, ConnectionInit):
                    await self._answer(message)
                    message = await self._receive()
        except TimeoutError:
            raise ProtocolError(
                CloseCode.INITIALISATION_TIMEOUT, "Connection initialisation timeout"
            ) from None
        try:
            self._host.engine()
            viewer = await self._host.identify(self._socket, message.payload)
            admitted.enter_context(self._host.admission.connection(viewer.user_id))
        except UnauthenticatedError:
            raise ProtocolError(CloseCode.FORBIDDEN, "Forbidden") from None
        except TooManyError as refused:
            raise ProtocolError(CloseCode.TRY_AGAIN_LATER, refused.message) from None
        except UnavailableError:
            raise ProtocolError(CloseCode.TRY_AGAIN_LATER, "Try again later") from None
        self._viewer = viewer
        admitted.enter_context(bound_contextvars(user_id=viewer.user_id))
        await self._send({"type": "connection_ack"})
        return Lifetime(self._host.terms, asyncio.get_running_loop().time())

    async def _next_message(self, lifetime: Lifetime) -> ClientMessage:
        """Wait for a message, and do what is due meanwhile.

        Raises:
            ProtocolError: The time of the socket, or of the client's token, is over.
        """
        now = asyncio.get_running_loop().time
        while True:
            left, _ = lifetime.next(now(), is_busy=self._operations.is_busy)
            try:
                async with asyncio.timeout(min(left, self._token_left())):
                    message = await self._receive()
            except TimeoutError:
                await self._attend(lifetime)
            else:
                lifetime.hear(now())
                return message

    async def _attend(self, lifetime: Lifetime) -> None:
        if self._token_left() <= 0:
            await self._operations.finish("The token has expired.", RECONNECT_AFTER)
            raise ProtocolError(
                CloseCode.FORBIDDEN, "Forbidden: The token has expired."
            )
        now = asyncio.get_running_loop().time()
        left, due = lifetime.next(now, is_busy=self._operations.is_busy)
        if left > 0:
            return
        if due is Due.PING:
            lifetime.ping()
            await self._send({"type": "ping"})
            return
        await self._operations.finish(f"{_ENDS[due]}.", RECONNECT_AFTER)
        raise ProtocolError(CloseCode.GOING_AWAY, _ENDS[due])

    def _token_left(self) -> float:
        """Return for how long the client's token is still good, in seconds."""
        if self._viewer is None or self._viewer.expires_at is None:
            return inf
        try:
            now = self._host.engine().clock.now()
        except UnavailableError:
            return inf
        return (self._viewer.expires_at - now).total_seconds()

    async def _receive(self) -> ClientMessage:
        # A server that has more messages gives them without waiting: others come first.
        await asyncio.sleep(0)
        event = await self._socket.receive()
        if event["type"] == "websocket.disconnect":
            raise WebSocketDisconnect(event.get("code", 1005))
        text = event.get("text")
        if text is None:
            raise ProtocolError(
                CloseCode.INVALID_MESSAGE, "Messages must be text, not binary"
            )
        return read_message(text)

    async def _answer(self, message: ClientMessage) -> None:
        match message:
            case ConnectionInit():
                raise ProtocolError(
                    CloseCode.TOO_MANY_INITIALISATIONS,
                    "Too many initialisation requests",
                )
            case Ping():
                pong: dict[str, Any] = {"type": "pong"}
                if message.payload is not None:
                    pong["payload"] = message.payload
                await self._send(pong)
            case Pong():
                pass
            case Subscribe():
                await self._start(message)
            case Complete():
                self._operations.stop(message.id)
            case _:
                assert_never(message)

    async def _start(self, message: Subscribe) -> None:
        if self._viewer is None:
            raise ProtocolError(CloseCode.UNAUTHORIZED, "Unauthorized")
        if not await self._operations.admit(message.id):
            return
        try:
            engine = self._host.engine()
        except UnavailableError:
            await self._operations.refuse(
                message.id, ErrorCode.UNAVAILABLE, "The server is starting or stopping."
            )
            return
        try:
            await ensure_valid(engine, self._viewer)
        except UnauthenticatedError as error:
            raise ProtocolError(
                CloseCode.FORBIDDEN, f"Forbidden: {error.reason}"
            ) from None
        context = self._host.context(engine, self._viewer)
        self._operations.start(message.id, message.request, context)

    async def _send(self, message: dict[str, Any]) -> None:
        await self._outgoing.send(json_codec.encode(message))

    def _give_up(self) -> None:
        """End a socket whose client takes nothing."""
        if self._task is not None:
            self._task.cancel()
