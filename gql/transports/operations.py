"""The operations of one socket, each under the id that its client gave it."""

import asyncio
from contextlib import ExitStack, aclosing
from datetime import timedelta
from typing import Any

from graphql import GraphQLFormattedError
from starlette.websockets import WebSocketDisconnect

from jobwire.asgi.pieces import PIECE
from jobwire.gql import json_codec
from jobwire.gql.context import Context
from jobwire.gql.documents import DocumentPolicy
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.errors import foreign_error, refusal
from jobwire.gql.execution import Operation, Running
from jobwire.gql.request import Request
from jobwire.gql.result import RequestError, Result
from jobwire.gql.transports.admission import Admission, TooManyError
from jobwire.gql.transports.outgoing import Outgoing
from jobwire.gql.transports.protocol import CloseCode, ProtocolError
from jobwire.jobs.errors import RateLimitedError

#: How many operations may run on one socket at a time.
MAX_OPERATIONS = 100
#: How long streams may take to say goodbye before their socket closes, in seconds.
FAREWELL = 1.0


class Operations:
    """What runs on one socket.

    Args:
        outgoing: The socket's sending side.
        admission: Counts the operations of each user.
        policy: Which documents may run.
    """

    def __init__(
        self, outgoing: Outgoing, admission: Admission, policy: DocumentPolicy
    ) -> None:
        self._outgoing = outgoing
        self._admission = admission
        self._policy = policy
        #: What each id stands for; an id is free again when its operation has ended.
        self._by_id: dict[str, asyncio.Task[None]] = {}
        #: All that still runs, also behind a freed id; None: it was not accepted yet.
        self._running: dict[asyncio.Task[None], Running | None] = {}

    @property
    def is_busy(self) -> bool:
        """Whether any runs."""
        return bool(self._by_id)

    async def admit(self, id: str) -> bool:
        """Whether one more may run; one that may not is refused to the client.

        Raises:
            ProtocolError: Its id stands for another one.
        """
        if id in self._by_id:
            raise ProtocolError(
                CloseCode.SUBSCRIBER_EXISTS, f"Subscriber for {id} already exists"
            )
        if len(self._by_id) < MAX_OPERATIONS:
            # Those that were stopped may still be ending.
            while len(self._running) >= 2 * MAX_OPERATIONS:
                await asyncio.wait(
                    tuple(self._running), return_when=asyncio.FIRST_COMPLETED
                )
            return True
        reason = f"At most {MAX_OPERATIONS} operations may run on one socket."
        await self.refuse(id, ErrorCode.LIMIT_EXCEEDED, reason)
        return False

    def start(self, id: str, request: Request, context: Context) -> None:
        """Run one that was admitted."""
        task = asyncio.create_task(self._operate(id, request, context))
        self._by_id[id] = task
        self._running[task] = None
        task.add_done_callback(self._running.pop)

    async def refuse(self, id: str, code: ErrorCode, reason: str) -> None:
        """Tell the client that one does not run."""
        await self._send(_refusal(id, code, reason))

    def stop(self, id: str) -> None:
        """End one, if it runs, and tell nothing more of it."""
        task = self._by_id.pop(id, None)
        if task is not None:
            task.cancel()

    async def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Let streams tell their clients where to go on, and give them time for it."""
        for running in self._running.values():
            if running is not None:
                running.finish(reason, reconnect_after)
        if self._running:
            await asyncio.wait(tuple(self._running), timeout=FAREWELL)

    async def cancel(self) -> None:
        """End all, and wait until they have ended."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _operate(self, id: str, request: Request, context: Context) -> None:
        """Send the results of an operation, then the message that ends it."""
        # The end is sent when the client has taken what came before.
        with ExitStack() as unread:
            try:
                end = await self._send_results(id, request, context, unread)
            except WebSocketDisconnect:
                return
            except TooManyError as refused:
                end = _error(id, refused.formatted())
            except RateLimitedError as refused:
                end = _error(id, refusal(refused))
            except RequestError as refused:
                end = _error(id, *refused.errors)
            except Exception as error:  # noqa: BLE001 - the last door: logged and masked
                end = _error(id, foreign_error(error))
            # The client may use the id again as soon as it reads the end.
            if self._by_id.get(id) is asyncio.current_task():
                del self._by_id[id]
            try:
                await self._send(end)
            except WebSocketDisconnect:
                return

    async def _send_results(
        self, id: str, request: Request, context: Context, unread: ExitStack
    ) -> dict[str, Any]:
        """Send the results of an operation; return the message that ends it."""
        await context.turn()
        operation = Operation.choose(request, self._policy, context.viewer)
        running = Running(operation, context)
        user_id = context.viewer.user_id
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - it is the operation's
        # All that differs between the messages of those who are told the same.
        head = f'{{"id":{json_codec.encode(id)},"type":"next","payload":'

        def offer(result: Result) -> bool:
            # The id may stand for another operation by now.
            if self._by_id.get(id) is not task:
                return True
            # A long one is counted while it waits to be read.
            if len(result.text) > PIECE:
                return False
            return self._outgoing.offer(f"{head}{result.text}}}")

        with self._admission.operation(operation, context):
            self._running[task] = running
            async with aclosing(running.results(offer)) as results:
                async for result in results:
                    length = len(result.text)
                    with ExitStack() as taken:
                        if not operation.is_subscription or length > PIECE:
                            counted = self._admission.unread(user_id, length)
                            until = taken if operation.is_subscription else unread
                            until.enter_context(counted)
                        await self._outgoing.send(f"{head}{result.text}}}")
        return {"id": id, "type": "complete"}

    async def _send(self, message: dict[str, Any]) -> None:
        await self._outgoing.send(json_codec.encode(message))


def _refusal(id: str, code: ErrorCode, reason: str) -> dict[str, Any]:
    return _error(id, {"message": reason, "extensions": {"code": code.value}})


def _error(id: str, *errors: GraphQLFormattedError) -> dict[str, Any]:
    return {"id": id, "type": "error", "payload": list(errors)}
