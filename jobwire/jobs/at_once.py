"""Doing several things at once, but not all of them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

Item = TypeVar("Item")


async def at_once(
    limit: int, work: Callable[[Item], Awaitable[object]], items: Iterable[Item]
) -> None:
    """Work on items, at most so many at a time; every one is worked on to its end.

    Raises:
        Exception: The first that any of them raised, when all have ended.
    """
    turn = asyncio.Semaphore(limit)

    async def take_turn(item: Item) -> None:
        async with turn:
            await work(item)

    ended = await asyncio.gather(*map(take_turn, items), return_exceptions=True)
    for error in ended:
        if error is not None:
            raise error
