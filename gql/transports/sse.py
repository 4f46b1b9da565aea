"""Server-Sent Events: the results of one operation as they come.

It follows GraphQL over Server-Sent Events in its distinct connections mode
(github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): one answer per operation,
whose errors come as results, too, because an EventSource cannot read a refusal. A
result that a stream can be resumed behind has its cursor as `id:`, which an EventSource
sends back by itself, as Last-Event-ID, when it connects again.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from typing import Protocol

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from jobwire.asgi.pieces import in_pieces
from jobwire.gql.errors import foreign_error
from jobwire.gql.result import RequestError, Result
from jobwire.gql.transports import negotiation
from jobwire.gql.transports.admission import Admission, TooManyError
from jobwire.gql.transports.terms import Terms
from jobwire.jobs.feed import RECONNECT_AFTER

_HEADERS = {
    "Content-Type": f"{negotiation.EVENT_STREAM}; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Vary": "Accept",
    # nginx would hold events back until it has a buffer full of them.
    "X-Accel-Buffering": "no",
}
_COMMENT = ":\n\n"
# An EventSource drops an event without data.
_COMPLETE = "event: complete\ndata:\n\n"


class Answering(Protocol):
    """What is told, one result after the other."""

    def results(self) -> AsyncGenerator[Result, None]:
        """Give the results; closed at the end, whoever ends it."""
        ...

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Have the results end soon, and the client go on elsewhere."""


class EventStream:
    """The answer to one operation; an ASGI application.

    A result waits until the client has room for it, and the next one is not asked for
    before that. A client that goes away ends the operation at once.

    Args:
        answering: What is told.
        terms: How often to send a comment, and how long it may last.
    """

    def __init__(self, answering: Answering, terms: Terms) -> None:
        self._answering = answering
        self._terms = terms

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Send all results and the end, or as many as the client stays for."""
        client = _Client(receive, send)
        try:
            await client.start()
            if await self._tell_all(client):
                await client.write(_COMPLETE, more=False)
        except ClientDisconnect:
            return

    async def _tell_all(self, client: "_Client") -> bool:
        """Send all results; false: the client left before that."""
        telling = asyncio.create_task(self._tell(client))
        leaving = asyncio.create_task(client.left())
        tasks = {telling, leaving}
        loop = asyncio.get_running_loop()
        old_at = loop.time() + self._terms.max_age
        try:
            while True:
                done, _ = await asyncio.wait(
                    tasks,
                    timeout=self._terms.heartbeat,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if telling in done:
                    await telling
                    return True
                if done:
                    return False
                await client.write(_COMMENT)
                if loop.time() >= old_at:
                    self._answering.finish(
                        "The stream has reached its greatest age.", RECONNECT_AFTER
                    )
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, client: "_Client") -> None:
        try:
            async with aclosing(self._answering.results()) as results:
                async for result in results:
                    await client.write(_next(result))
                    # Servers may drop what is sent to a client that has left without
                    # waiting for anything; then nobody else would get a turn.
                    await asyncio.sleep(0)
        except ClientDisconnect:
            raise
        except RequestError as refused:
            await client.write(_next(Result.of({"errors": refused.errors})))
        except Exception as error:  # noqa: BLE001 - the last door: logged and masked
            await client.write(_next(Result.of({"errors": [foreign_error(error)]})))


class _Client:
    """Whoever reads the stream."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send
        self._writing = asyncio.Lock()

    async def start(self) -> None:
        headers = [
            (name.lower().encode(), value.encode()) for name, value in _HEADERS.items()
        ]
        await self._pass(
            {"type": "http.response.start", "status": 200, "headers": headers}
        )

    async def write(self, text: str, *, more: bool = True) -> None:
        # A comment must not come between the pieces of an event.
        async with self._writing:
            for message in in_pieces(text.encode(), more=more):
                await self._pass(message)

    async def left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _pass(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError:
            # Some servers say so here, others only where one receives.
            raise ClientDisconnect from None


class Counted:
    """An operation whose results count until its client has taken them.

    Args:
        answering: What is told.
        admission: Counts it.
        user_id: For whom.
        beyond: Shorter results do not count, in characters.
    """

    def __init__(
        self, answering: Answering, admission: Admission, user_id: str, *, beyond: int
    ) -> None:
        self._answering = answering
        self._admission = admission
        self._user_id = user_id
        self._beyond = beyond

    async def results(self) -> AsyncGenerator[Result, None]:
        """Give the results.

        Raises:
            RequestError: The client leaves too much unread, or as what is told does.
        """
        async with aclosing(self._answering.results()) as results:
            async for result in results:
                length = len(result.text)
                if length <= self._beyond:
                    yield result
                    continue
                try:
                    with self._admission.unread(self._user_id, length):
                        yield result
                except TooManyError as refused:
                    raise RequestError([refused.formatted()]) from None

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Have the results end soon."""
        self._answering.finish(reason, reconnect_after)


class Refused:
    """An operation that does not run, told as its only result."""

    def __init__(self, error: RequestError) -> None:
        self._error = error

    async def results(self) -> AsyncGenerator[Result, None]:
        """Give the refusal."""
        yield Result.of({"errors": self._error.errors})

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Do nothing: it ends at once."""


def _next(result: Result) -> str:
    place = "" if result.cursor is None else f"id: {result.cursor}\n"
    # JSON text has no line breaks of its own.
    return f"{place}event: next\ndata: {result.text}\n\n"
