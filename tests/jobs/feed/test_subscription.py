"""What waits for readers, when much waits for all of them."""

from uuid import uuid4

import pytest

from jobwire.jobs.feed import subscription as feed_subscription
from jobwire.jobs.feed.audience import Told, alone
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.messages import CaughtUp
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.feed.subscription import Backlog, Delivery, Subscription
from tests.clock import FakeClock

POSITION = Position(uuid4(), Snapshot(1, 1, ()))


def _delivery(size: int) -> Delivery[None]:
    told = Told(CaughtUp("cursor"), None)
    return Delivery(told, POSITION, size, FakeClock().now())


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[Subscription[None]]:
    """Two readers for whom 100 bytes may wait together, or 10 for each."""
    monkeypatch.setattr(feed_subscription, "MAX_BACKLOG_BYTES", 100)
    monkeypatch.setattr(feed_subscription, "MAX_SHARE_BYTES", 10)
    backlog = Backlog()
    return [Subscription(Interest(uuid4()), alone(), backlog=backlog) for _ in range(2)]


async def _taken(reader: Subscription[None]) -> int:
    """Take what waits, until the reader is to go on from the log."""
    count = 0
    reader.cut_off()
    while await reader.take() is not None:
        count += 1
    return count


async def test_beyond_what_may_wait_for_all_each_reader_keeps_its_share(
    readers: list[Subscription[None]],
) -> None:
    greedy, modest = readers
    for _ in range(9):
        greedy.put(_delivery(11))
    assert greedy.is_drained is False
    # 99 wait: the last one for which there is room, and none behind it.
    greedy.put(_delivery(11))
    greedy.put(_delivery(11))
    modest.put(_delivery(9))
    modest.put(_delivery(9))
    modest.put(_delivery(9))

    assert await _taken(greedy) == 10
    assert await _taken(modest) == 2


async def test_whoever_takes_or_leaves_makes_room_for_others(
    readers: list[Subscription[None]],
) -> None:
    greedy, modest = readers
    for _ in range(2):
        for _ in range(10):
            greedy.put(_delivery(11))
        await _taken(greedy)
        greedy.clear()
    for _ in range(10):
        greedy.put(_delivery(11))
    greedy.clear()
    for _ in range(5):
        modest.put(_delivery(11))

    assert await _taken(modest) == 5
