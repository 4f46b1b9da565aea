"""Handing things from any thread to one event loop, many at a time."""

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Mailbox(Generic[Item]):
    """Delivers items to a callback on an event loop, in batches, in order.

    Waking another thread's loop costs far more than an item, so however many items
    come before it wakes are delivered at once.

    Args:
        loop: The loop to deliver on.
        deliver: Called there with what has come.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[list[Item]], None],
    ) -> None:
        self._loop = loop
        self._deliver = deliver
        self._items: deque[Item] = deque()
        self._is_called = False

    def put(self, item: Item) -> None:
        """Hand over an item; from any thread, never waits.

        After the loop has closed the item is dropped: nobody is there to take it.
        """
        self._items.append(item)
        if not self._is_called:
            self._is_called = True
            call_soon(self._loop, self._empty)

    def _empty(self) -> None:
        # Lowered first: an item that comes from now on calls again, and one that came
        # before is in the deque already.
        self._is_called = False
        items = []
        while self._items:
            items.append(self._items.popleft())
        if items:
            self._deliver(items)


def call_soon(loop: asyncio.AbstractEventLoop, callback: Callable[[], object]) -> bool:
    """Call something on another thread's loop; False when that loop has closed."""
    try:
        loop.call_soon_threadsafe(callback)
    except RuntimeError:
        if loop.is_closed():
            return False
        raise
    return True
