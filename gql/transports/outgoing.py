"""What goes out over one socket, to which many write at once."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Generator
from types import CoroutineType
from typing import Any

from starlette.types import Message, Send
from starlette.websockets import WebSocketDisconnect

#: The close code of a socket that was lost without one.
ABNORMAL = 1006


class Outgoing:
    """The sending side of a socket.

    As long as the client keeps up, a message is handed to the server inline: no task
    is woken for it. What the server cannot take at once is left to a task of its own,
    and until that is done nothing else is offered to it.

    Args:
        send: The server's ASGI function.
        stall: How long the client may take nothing, in seconds.
        give_up: Called when it has taken nothing for longer.
    """

    def __init__(
        self, send: Send, *, stall: float, give_up: Callable[[], None]
    ) -> None:
        self._send = send
        self._stall = stall
        self._give_up = give_up
        self._sending: asyncio.Task[None] | None = None
        self._is_closed = False
        #: Whether the client has taken nothing for too long.
        self.has_stalled = False

    def offer(self, text: str) -> bool:
        """Send a message if that needs no waiting; false: nothing was sent.

        What is offered to a socket that is closed counts as sent.
        """
        if self._sending is not None:
            return False
        if not self._is_closed:
            self._begin({"type": "websocket.send", "text": text})
        return True

    async def send(self, text: str) -> None:
        """Send a message, and wait until the server has taken it.

        Raises:
            WebSocketDisconnect: The socket is closed.
        """
        while not self.offer(text):
            await self._wait()
        await self._wait()
        if self._is_closed:
            raise WebSocketDisconnect(ABNORMAL)

    async def close(self, code: int, reason: str) -> None:
        """Close the socket, behind what is under way; not one that is closed."""
        await self._wait()
        if not self._is_closed:
            self._begin({"type": "websocket.close", "code": code, "reason": reason})
            self._is_closed = True
            await self._wait()

    def abandon(self) -> None:
        """Send nothing more, not even what is under way."""
        self._is_closed = True
        if self._sending is not None:
            self._sending.cancel()

    async def _wait(self) -> None:
        while self._sending is not None:
            await asyncio.wait({self._sending})

    def _begin(self, message: Message) -> None:
        sending = self._send(message)
        # ASGI promises an awaitable; nearly all give a coroutine.
        if not isinstance(sending, CoroutineType):
            sending = _awaited(sending)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - servers have many words for a lost socket
            # It troubles nobody else who is told the same; where one receives, the
            # server says it again.
            self._is_closed = True
            return
        self._sending = asyncio.create_task(self._finish(_Begun(sending, waits_for)))
        # Not at the end of the task: one that is cancelled early never comes there.
        self._sending.add_done_callback(self._take_next)

    async def _finish(self, begun: "_Begun") -> None:
        try:
            async with asyncio.timeout(self._stall):
                await begun
        except TimeoutError:
            self._is_closed = True
            self.has_stalled = True
            self._give_up()
        except Exception:  # noqa: BLE001 - as above
            self._is_closed = True

    def _take_next(self, _: asyncio.Task[None]) -> None:
        self._sending = None


async def _awaited(sending: Awaitable[None]) -> None:
    await sending


class _Begun:
    """A coroutine that has run up to its first wait, to be awaited to its end."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], waits_for: Any) -> None:
        self._coroutine = coroutine
        self._waits_for = waits_for

    def __await__(self) -> Generator[Any, Any, None]:
        coroutine, waits_for = self._coroutine, self._waits_for
        try:
            while True:
                try:
                    sent = yield waits_for
                except BaseException as error:  # noqa: BLE001 - it is the coroutine's
                    waits_for = coroutine.throw(error)
                else:
                    waits_for = coroutine.send(sent)
        except StopIteration:
            return
        finally:
            coroutine.close()
