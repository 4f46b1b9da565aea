"""One socket: its handshake and its operations."""

import asyncio
from contextlib import ExitStack, aclosing
from datetime import timedelta
from math import inf
from typing import Any, assert_never

from graphql import GraphQLFormattedError
from starlette.types import Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from jobwire.gql import json_codec
from jobwire.gql.context import Context
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import masked_error
from jobwire.gql.execution import Operation, Running
from jobwire.gql.proof import ensure_valid
from jobwire.gql.result import RequestError, Result
from jobwire.gql.transports.admission import TooManyError
from jobwire.gql.transports.lifetime import Due, Lifetime
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
from jobwire.gql.transports.terms import RECONNECT_AFTER
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Viewer

#: How long a client may take to send `connection_init`, in seconds.
INIT_TIMEOUT = 10.0
#: How many operations may run on one socket at a time.
MAX_OPERATIONS = 100
#: How long streams may take to say goodbye before their socket closes, in seconds.
FAREWELL = 1.0


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
        #: What each id stands for; an id is free again when its operation has ended.
        self._operations: dict[str, asyncio.Task[None]] = {}
        #: All that still runs, also behind a freed id.
        self._tasks: dict[asyncio.Task[None], Running | None] = {}
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Serve the client until one side closes; then every operation is over."""
        self._task = asyncio.current_task()
        with ExitStack() as admitted:
            try:
                lifetime = await self._initialise(admitted)
                while True:
                    await self._answer(await self._next_message(lifetime))
            except ProtocolError as error:
                self._task = None
                await self._outgoing.close(error.code, error.reason)
            except WebSocketDisconnect:
                pass
            except asyncio.CancelledError:
                # A server has no word for a client that takes nothing.
                if not self._outgoing.has_stalled:
                    raise
            except Exception as error:  # noqa: BLE001 - the last door: logged and masked
                self._task = None
                masked_error(error)
                await self._outgoing.close(CloseCode.INTERNAL_ERROR, "Internal error")
            finally:
                self._task = None
                self._outgoing.abandon()
                for task in self._tasks:
                    task.cancel()
                await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _initialise(self, admitted: ExitStack) -> Lifetime:
        try:
            async with asyncio.timeout(INIT_TIMEOUT):
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
        await self._send({"type": "connection_ack"})
        return Lifetime(self._host.terms, asyncio.get_running_loop().time())

    async def _next_message(self, lifetime: Lifetime) -> ClientMessage:
        """Wait for a message, and do what is due meanwhile.

        Raises:
            ProtocolError: The time of the socket, or of the client's token, is over.
        """
        now = asyncio.get_running_loop().time
        while True:
            left, _ = lifetime.next(now(), is_busy=bool(self._operations))
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
            await self._say_goodbye("The token has expired.", timedelta())
            raise ProtocolError(
                CloseCode.FORBIDDEN, "Forbidden: The token has expired."
            )
        now = asyncio.get_running_loop().time()
        left, due = lifetime.next(now, is_busy=bool(self._operations))
        if left > 0:
            return
        if due is Due.PING:
            lifetime.ping()
            await self._send({"type": "ping"})
            return
        await self._say_goodbye(f"{_ENDS[due]}.", RECONNECT_AFTER)
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

    async def _say_goodbye(self, reason: str, reconnect_after: timedelta) -> None:
        """Let streams tell their clients where to go on, before the socket closes."""
        for running in self._tasks.values():
            if running is not None:
                running.finish(reason, reconnect_after)
        if self._tasks:
            await asyncio.wait(tuple(self._tasks), timeout=FAREWELL)

    async def _receive(self) -> ClientMessage:
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
                task = self._operations.pop(message.id, None)
                if task is not None:
                    task.cancel()
            case _:
                assert_never(message)

    async def _start(self, message: Subscribe) -> None:
        if self._viewer is None:
            raise ProtocolError(CloseCode.UNAUTHORIZED, "Unauthorized")
        if message.id in self._operations:
            raise ProtocolError(
                CloseCode.SUBSCRIBER_EXISTS,
                f"Subscriber for {message.id} already exists",
            )
        if len(self._operations) >= MAX_OPERATIONS:
            await self._refuse(
                message.id,
                ErrorCode.LIMIT_EXCEEDED,
                f"At most {MAX_OPERATIONS} operations may run on one socket.",
            )
            return
        try:
            engine = self._host.engine()
        except UnavailableError:
            await self._refuse(
                message.id, ErrorCode.UNAVAILABLE, "The server is starting or stopping."
            )
            return
        try:
            await ensure_valid(engine, self._viewer)
        except UnauthenticatedError as error:
            raise ProtocolError(
                CloseCode.FORBIDDEN, f"Forbidden: {error.reason}"
            ) from None
        context = Context(engine, self._viewer)
        task = asyncio.create_task(self._operate(message, context))
        self._operations[message.id] = task
        self._tasks[task] = None
        task.add_done_callback(self._tasks.pop)

    async def _operate(self, message: Subscribe, context: Context) -> None:
        """Send the results of an operation, then the message that ends it."""
        end: dict[str, Any] = {"id": message.id, "type": "complete"}
        try:
            operation = Operation.choose(message.request)
            with ExitStack() as counted:
                if operation.is_subscription:
                    user_id = context.viewer.user_id
                    counted.enter_context(self._host.admission.stream(user_id))
                await self._send_results(message.id, Running(operation, context))
        except WebSocketDisconnect:
            return
        except TooManyError as refused:
            end = _refusal(message.id, ErrorCode.LIMIT_EXCEEDED, refused.message)
        except RequestError as refused:
            end = _error(message.id, *refused.errors)
        except Exception as error:  # noqa: BLE001 - the last door: logged and masked
            end = _error(message.id, masked_error(error))
        # The client may use the id again as soon as it reads the end.
        if self._operations.get(message.id) is asyncio.current_task():
            del self._operations[message.id]
        try:
            await self._send(end)
        except WebSocketDisconnect:
            return

    async def _send_results(self, id: str, running: Running) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - it is the operation's
        self._tasks[task] = running
        # All that differs between the messages of those who are told the same.
        head = f'{{"id":{json_codec.encode(id)},"type":"next","payload":'

        def offer(result: Result) -> bool:
            # The id may stand for another operation by now.
            if self._operations.get(id) is not task:
                return True
            return self._outgoing.offer(f"{head}{result.text}}}")

        async with aclosing(running.results(offer)) as results:
            async for result in results:
                await self._outgoing.send(f"{head}{result.text}}}")

    async def _refuse(self, id: str, code: ErrorCode, reason: str) -> None:
        await self._send(_refusal(id, code, reason))

    async def _send(self, message: dict[str, Any]) -> None:
        await self._outgoing.send(json_codec.encode(message))

    def _give_up(self) -> None:
        """End a socket whose client takes nothing."""
        if self._task is not None:
            self._task.cancel()


def _refusal(id: str, code: ErrorCode, reason: str) -> dict[str, Any]:
    return _error(id, {"message": reason, "extensions": {"code": code.value}})


def _error(id: str, *errors: GraphQLFormattedError) -> dict[str, Any]:
    return {"id": id, "type": "error", "payload": list(errors)}
