"""Following a list from page to page by their numbers."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TypeVar

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.listing import MAX_PAGE_SIZE

_Item = TypeVar("_Item")


def numbered_page(page: int, page_size: int) -> dict[str, str]:
    """Write which page is asked for.

    Raises:
        InvalidOptionError: There is no such page: numbers are from 1 on, sizes 1 to
            100, and the server would cut a larger one without a word.
    """
    if page < 1:
        raise InvalidOptionError("page", f"be from 1 on, not {page}")
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        must = f"be from 1 to {MAX_PAGE_SIZE}, not {page_size}"
        raise InvalidOptionError("page_size", must)
    return {"page": str(page), "perPage": str(page_size)}


async def follow_numbers(
    page: Callable[[int], Awaitable[tuple[Sequence[_Item], int]]],
) -> AsyncIterator[_Item]:
    """Iterate over all items of a list; a page is asked for when its first item is.

    Args:
        page: Returns the items of a page by its number, and how many pages there are.
    """
    number, last = 1, 1
    while number <= last:
        items, last = await page(number)
        for item in items:
            yield item
        number += 1
