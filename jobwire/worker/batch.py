"""Writing a batch although the database minds some of its items."""

from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar
from uuid import UUID

import asyncpg

from jobwire.worker.link import Link, is_away

Item = TypeVar("Item")

# Locks and lets go again at once: it only asks who could be locked.
_UNLOCKED = """
SELECT id FROM worker_jobs WHERE id = ANY($1::uuid[])
 ORDER BY id FOR NO KEY UPDATE SKIP LOCKED"""


async def write_batch(
    link: Link,
    items: Sequence[Item],
    write: Callable[[Sequence[Item]], Awaitable[None]],
    *,
    job_of: Callable[[Item], UUID],
) -> list[tuple[Item, Exception]]:
    """Write a batch; what the database refuses does not hold up the rest.

    When a row is locked by somebody's open transaction, the rows that are not are
    written without it. When a value is refused, the batch is halved until the refused
    items stand alone.

    Args:
        link: Where to.
        items: What to write.
        write: Writes a batch in one statement.
        job_of: The job whose row an item changes.

    Returns:
        The items that were refused, each with its error: LockNotAvailableError for
        those that can be written later.

    Raises:
        OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.PostgresError: The
            database is away. Some items may have been written.
    """
    if not items:
        return []
    try:
        await write(items)
    except asyncpg.LockNotAvailableError as error:
        async with link.connection() as connection:
            rows = await connection.fetch(_UNLOCKED, [job_of(item) for item in items])
        unlocked = {row["id"] for row in rows}
        free = [item for item in items if job_of(item) in unlocked]
        refused = [(item, error) for item in items if job_of(item) not in unlocked]
        if not refused:
            # Unlocked meanwhile: the next pass will do, and cannot loop here.
            return [(item, error) for item in items]
        return refused + await write_batch(link, free, write, job_of=job_of)
    except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        if is_away(error):
            raise
        if len(items) == 1:
            return [(items[0], error)]
        middle = len(items) // 2
        first = await write_batch(link, items[:middle], write, job_of=job_of)
        return first + await write_batch(link, items[middle:], write, job_of=job_of)
    return []
