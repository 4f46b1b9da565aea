"""Following the cursors of a list from page to page."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from jobwire.triggerdev.errors import MalformedResponseError

_Item = TypeVar("_Item")


async def follow(
    page: Callable[[str | None], Awaitable[tuple[Sequence[_Item], str | None]]],
) -> AsyncIterator[_Item]:
    """Iterate over all items of a list; a page is asked for when its first item is.

    Pages may be short or empty although there are more: only the cursor tells the end.

    Args:
        page: Returns the items after a cursor (None: from the beginning), and the next
            cursor (None: there are no more).

    Raises:
        MalformedResponseError: A cursor comes twice in a row.
    """
    cursor: str | None = None
    while True:
        items, next_cursor = await page(cursor)
        for item in items:
            yield item
        if next_cursor is None:
            return
        if next_cursor == cursor:
            raise MalformedResponseError(
                "The list gave the same cursor twice, and would never end."
            )
        cursor = next_cursor
