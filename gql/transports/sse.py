"""Server-Sent Events: the results of one operation as they come.

It follows GraphQL over Server-Sent Events in its distinct connections mode
(github.com/enisdenjo/graphql-sse/blob/master/PROTOCOL.md): one answer per operation,
whose errors come as results, too, because an EventSource cannot read a refusal.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.requests import ClientDisconnect
from starlette.types import Message, Receive, Scope, Send

from jobwire.gql.errors import masked_error
from jobwire.gql.execution import RequestError, Response
from jobwire.gql.transports import json_codec, negotiation

#: How often a stream says that it lives, in seconds; proxies close what has been silent
#: for a minute, some sooner.
HEARTBEAT = 12.0

_HEADERS = {
    "Content-Type": f"{negotiation.EVENT_STREAM}; charset=utf-8",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    # nginx would hold events back until it has a buffer full of them.
    "X-Accel-Buffering": "no",
}
_COMMENT = ":\n\n"
# An EventSource drops an event without data.
_COMPLETE = "event: complete\ndata:\n\n"


class EventStream:
    """The answer to one operation; an ASGI application.

    A result waits until the client has room for it, and the next one is not asked for
    before that. A client that goes away ends the operation at once.

    Args:
        results: The results; closed at the end, whoever ends it.
        heartbeat: How often to send a comment, in seconds.
    """

    def __init__(
        self, results: AsyncGenerator[Response, None], *, heartbeat: float
    ) -> None:
        self._results = results
        self._heartbeat = heartbeat

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
        try:
            while True:
                done, _ = await asyncio.wait(
                    tasks,
                    timeout=self._heartbeat,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                if telling in done:
                    await telling
                    return True
                if done:
                    return False
                await client.write(_COMMENT)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _tell(self, client: "_Client") -> None:
        try:
            async with aclosing(self._results) as results:
                async for result in results:
                    await client.write(_next(result))
                    # Servers may drop what is sent to a client that has left without
                    # waiting for anything; then nobody else would get a turn.
                    await asyncio.sleep(0)
        except ClientDisconnect:
            raise
        except RequestError as refused:
            await client.write(_next({"errors": refused.errors}))
        except Exception as error:  # noqa: BLE001 - the last door: logged and masked
            await client.write(_next({"errors": [masked_error(error)]}))


class _Client:
    """Whoever reads the stream."""

    def __init__(self, receive: Receive, send: Send) -> None:
        self._receive = receive
        self._send = send

    async def start(self) -> None:
        headers = [(name.encode(), value.encode()) for name, value in _HEADERS.items()]
        await self._pass(
            {"type": "http.response.start", "status": 200, "headers": headers}
        )

    async def write(self, text: str, *, more: bool = True) -> None:
        await self._pass(
            {"type": "http.response.body", "body": text.encode(), "more_body": more}
        )

    async def left(self) -> None:
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def _pass(self, message: Message) -> None:
        try:
            await self._send(message)
        except OSError:
            # Some servers say so here, others only where one receives.
            raise ClientDisconnect from None


async def only(result: Response) -> AsyncGenerator[Response, None]:
    """Give one result."""
    yield result


def _next(result: Response) -> str:
    # JSON text has no line breaks of its own.
    return f"event: next\ndata: {json_codec.encode(result)}\n\n"
