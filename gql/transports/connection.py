"""One socket: its handshake and its operations."""

import asyncio
from contextlib import aclosing
from typing import Any, assert_never

from graphql import GraphQLFormattedError
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from jobwire.gql.context import Context
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import masked_error
from jobwire.gql.execution import Operation, RequestError
from jobwire.gql.proof import ensure_valid
from jobwire.gql.transports import json_codec
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
from jobwire.gql.transports.session import (
    Authenticate,
    EngineOf,
    UnavailableError,
    identify,
    open_engine,
)
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Viewer

#: How long a client may take to send `connection_init`, in seconds.
INIT_TIMEOUT = 10.0
#: How many operations may run on one socket at a time.
MAX_OPERATIONS = 100


class Connection:
    """An accepted socket.

    Args:
        socket: The socket, accepted.
        engine_of: Returns the open engine, asked for each operation anew.
        authenticate: Tells who is calling, when the client initialises.
    """

    def __init__(
        self, socket: WebSocket, engine_of: EngineOf, authenticate: Authenticate
    ) -> None:
        self._socket = socket
        self._engine_of = engine_of
        self._authenticate = authenticate
        self._viewer: Viewer | None = None
        #: What each id stands for; an id is free again when its operation has ended.
        self._operations: dict[str, asyncio.Task[None]] = {}
        #: All that still runs, also behind a freed id.
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        """Serve the client until one side closes; then every operation is over."""
        try:
            await self._initialise()
            while True:
                await self._answer(await self._receive())
        except ProtocolError as error:
            await self._close(error.code, error.reason)
        except WebSocketDisconnect:
            pass
        except Exception as error:  # noqa: BLE001 - the last door: logged and masked
            masked_error(error)
            await self._close(CloseCode.INTERNAL_ERROR, "Internal error")
        finally:
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _initialise(self) -> None:
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
            open_engine(self._engine_of)
            self._viewer = await identify(
                self._authenticate, self._socket, message.payload
            )
        except UnauthenticatedError:
            raise ProtocolError(CloseCode.FORBIDDEN, "Forbidden") from None
        except UnavailableError:
            raise ProtocolError(CloseCode.TRY_AGAIN_LATER, "Try again later") from None
        await self._send({"type": "connection_ack"})

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
            engine = open_engine(self._engine_of)
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
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _operate(self, message: Subscribe, context: Context) -> None:
        """Send the results of an operation, then the message that ends it."""
        end: dict[str, Any] = {"id": message.id, "type": "complete"}
        try:
            operation = Operation.choose(message.request)
            async with aclosing(operation.results(context)) as results:
                async for result in results:
                    await self._send(
                        {"id": message.id, "type": "next", "payload": result}
                    )
        except WebSocketDisconnect:
            return
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

    async def _refuse(self, id: str, code: ErrorCode, reason: str) -> None:
        await self._send(
            _error(id, {"message": reason, "extensions": {"code": code.value}})
        )

    async def _send(self, message: dict[str, Any]) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            await self._socket.send_text(json_codec.encode(message))

    async def _close(self, code: CloseCode, reason: str) -> None:
        if self._socket.application_state is WebSocketState.CONNECTED:
            try:
                await self._socket.close(code, reason)
            except WebSocketDisconnect:
                return


def _error(id: str, *errors: GraphQLFormattedError) -> dict[str, Any]:
    return {"id": id, "type": "error", "payload": list(errors)}
