"""The live edge: shown once for all who stand there, and none is told twice."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.feed import (
    Audience,
    CaughtUp,
    Changed,
    Feed,
    FollowJob,
    FollowList,
    StreamMessage,
    Told,
)
from jobwire.jobs.feed import edge as feed_edge
from jobwire.jobs.feed import subscription as feed_subscription
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.edge import Edge
from jobwire.jobs.feed.interest import Entry, Interest
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.feed.subscription import Delivery, Subscription
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Event, Job
from jobwire.models.database import Database
from tests.clock import FakeClock
from tests.jobs.feed.steps import (
    ADMIN,
    PATIENCE,
    USER,
    Reader,
    move,
    opened,
    reports,
    versions,
)

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")

MakeJob = Callable[..., Awaitable[Job]]


class Shown:
    """Makes what an audience is shown, and keeps count of it."""

    def __init__(self) -> None:
        self.changes: list[int] = []
        #: Closed, it holds up whatever would be shown.
        self.gate = asyncio.Event()
        self.gate.set()

    async def show(self, message: StreamMessage) -> str:
        if isinstance(message, Changed):
            self.changes.append(message.event.version)
            await self.gate.wait()
        return type(message).__name__

    def audience(self, key: str = "all") -> Audience[str]:
        return Audience(self.show, key)


class Inline:
    """Takes what it is given at once, as long as it has room."""

    def __init__(self, room: int = 1000) -> None:
        self.given: list[int] = []
        self.room = room

    def __call__(self, told: Told[str]) -> bool:
        if len(self.given) >= self.room:
            return False
        assert isinstance(told.message, Changed)
        self.given.append(told.message.event.version)
        return True


async def _caught_up(reader: Reader[Told[str]]) -> None:
    while not isinstance((await anext(reader)).message, CaughtUp):
        pass


async def test_a_change_is_shown_once_for_all_who_are_shown_the_same(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    shown = Shown()
    readers = [FollowJob(feed, USER, job.id).tell(shown.audience()) for _ in range(3)]
    async with (
        opened(readers[0]) as first,
        opened(readers[1]) as second,
        opened(readers[2]) as third,
    ):
        for reader in (first, second, third):
            await _caught_up(reader)
        assert (feed.subscribers, feed.edges) == (3, 1)
        await reports(database, job, 2)
        doorbell.ring(Topic.CHANGE)
        told = [[await anext(reader) for _ in range(2)] for reader in (first, third)]

        assert shown.changes == [2, 3]
        assert told[0] == told[1]
        assert told[0][0] is told[1][0]


async def test_others_are_shown_the_same_change_in_their_own_way(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    ours, theirs = Shown(), Shown()
    async with (
        opened(FollowJob(feed, USER, job.id).tell(ours.audience("a"))) as one,
        opened(FollowJob(feed, USER, job.id).tell(theirs.audience("b"))) as other,
    ):
        for reader in (one, other):
            await _caught_up(reader)
        await reports(database, job, 1)
        doorbell.ring(Topic.CHANGE)
        await anext(one)
        await anext(other)

    assert (ours.changes, theirs.changes) == ([2], [2])


async def test_whoever_joins_while_changes_are_told_gets_later_ones_live_and_each_once(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    shown = Shown()
    async with opened(FollowJob(feed, USER, job.id).tell(shown.audience())) as early:
        await _caught_up(early)
        shown.gate.clear()
        await reports(database, job, 2)
        await feed.next_read()
        await feed.next_read()
        late_shown = Shown()
        late_follow = FollowJob(feed, USER, job.id, snapshot=False)
        late_audience = Audience(late_shown.show, "all")
        async with opened(late_follow.tell(late_audience)) as late:
            assert isinstance((await anext(late)).message, CaughtUp)
            await reports(database, job, 2)
            doorbell.ring(Topic.CHANGE)
            waiting = asyncio.ensure_future(anext(late))
            await feed.next_read()
            shown.gate.set()
            told = [await waiting, await anext(late)]
            before = [await anext(early) for _ in range(4)]

    assert versions([one.message for one in told]) == [4, 5]
    assert versions([one.message for one in before]) == [2, 3, 4, 5]
    assert shown.changes == [2, 3, 4, 5]
    assert late_shown.changes == []


async def test_readers_of_an_edge_that_falls_behind_go_on_from_the_log(
    database: Database,
    feed: Feed,
    doorbell: Doorbell,
    make_job: MakeJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_edge, "MAX_WAITING", 3)
    job = await make_job(status="RUNNING")
    shown = Shown()
    async with (
        opened(FollowJob(feed, USER, job.id).tell(shown.audience())) as one,
        opened(FollowJob(feed, USER, job.id).tell(shown.audience())) as other,
    ):
        for reader in (one, other):
            await _caught_up(reader)
        shown.gate.clear()
        await reports(database, job, 10)
        for _ in range(2):
            await feed.next_read()
        shown.gate.set()
        async with database.connection() as connection:
            await move(connection, job, "SUCCEEDED")
        doorbell.ring(Topic.CHANGE)

        for reader in (one, other):
            told = await reader.rest()
            assert versions([one.message for one in told]) == list(range(2, 13))


async def test_an_error_of_the_showing_is_met_by_all_whom_it_was_for(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")

    async def broken(message: StreamMessage) -> str:
        if isinstance(message, Changed):
            raise LookupError("broken")  # noqa: TRY004 - a defect, whatever it is
        return ""

    whole = Shown()
    async with (
        opened(FollowJob(feed, USER, job.id).tell(Audience(broken, "b"))) as one,
        opened(FollowJob(feed, USER, job.id).tell(Audience(broken, "b"))) as other,
        opened(FollowJob(feed, USER, job.id).tell(whole.audience())) as bystander,
    ):
        for reader in (one, other, bystander):
            await _caught_up(reader)
        await reports(database, job, 1)
        doorbell.ring(Topic.CHANGE)

        for reader in (one, other):
            with pytest.raises(LookupError):
                await anext(reader)
        assert versions([(await anext(bystander)).message]) == [2]


async def test_a_reader_that_waits_is_given_changes_without_its_task(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    inline = Inline()
    stream = FollowJob(feed, USER, job.id).tell(Shown().audience(), inline)
    async with opened(stream) as reader:
        await _caught_up(reader)
        # The last one is left to the task, which then ends.
        waiting = asyncio.ensure_future(anext(reader))
        await asyncio.sleep(0)
        await reports(database, job, 3)
        async with database.connection() as connection:
            await move(connection, job, "SUCCEEDED")
        doorbell.ring(Topic.CHANGE)
        told = await waiting

        assert inline.given == [2, 3, 4]
        assert versions([told.message]) == [5]
        assert await reader.rest() == []


async def test_where_a_reader_stands_counts_what_it_was_given_without_its_task(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    inline = Inline(room=2)
    follow = FollowList(feed, USER, JobFilter())
    async with opened(follow.tell(Shown().audience(), inline)) as reader:
        await _caught_up(reader)
        waiting = asyncio.ensure_future(anext(reader))
        await asyncio.sleep(0)
        await reports(database, job, 2)
        doorbell.ring(Topic.CHANGE)
        async with asyncio.timeout(PATIENCE):
            while len(inline.given) < 2:
                await feed.next_read()
        follow.finish("enough", timedelta(seconds=1))
        closing = (await waiting).message
        await reports(database, job, 2)

    again = FollowList(feed, USER, JobFilter(), after=closing.cursor)
    async with opened(again.messages()) as reader:
        assert versions(await reader.until(CaughtUp)) == [4, 5]


@pytest.mark.parametrize("most", [1000, 0], ids=["from its queue", "from the log"])
async def test_a_reader_that_cannot_take_more_gets_the_rest_by_its_task_in_order(
    database: Database,
    feed: Feed,
    doorbell: Doorbell,
    make_job: MakeJob,
    monkeypatch: pytest.MonkeyPatch,
    most: int,
) -> None:
    monkeypatch.setattr(feed_subscription, "MAX_WAITING", most)
    job = await make_job(status="RUNNING")
    inline = Inline(room=2)
    stream = FollowList(feed, ADMIN, JobFilter()).tell(Shown().audience(), inline)
    async with opened(stream) as reader:
        await _caught_up(reader)
        waiting = asyncio.ensure_future(anext(reader))
        await asyncio.sleep(0)
        await reports(database, job, 5)
        doorbell.ring(Topic.CHANGE)
        told = [await waiting, await anext(reader), await anext(reader)]

    assert inline.given == [2, 3]
    assert versions([one.message for one in told]) == [4, 5, 6]


async def test_a_viewer_whose_token_has_expired_is_given_nothing_inline(
    database: Database,
    feed: Feed,
    doorbell: Doorbell,
    clock: FakeClock,
    make_job: MakeJob,
) -> None:
    job = await make_job(status="RUNNING")
    viewer = replace(USER, expires_at=clock.now() + timedelta(hours=1))
    expired, valid = Inline(), Inline()
    shown = Shown()
    streams = [
        FollowList(feed, viewer, JobFilter()).tell(shown.audience(), expired),
        FollowList(feed, USER, JobFilter()).tell(shown.audience(), valid),
    ]
    async with opened(streams[0]) as one, opened(streams[1]) as other:
        for reader in (one, other):
            await _caught_up(reader)
        ending, waiting = (asyncio.ensure_future(anext(one)) for one in (one, other))
        await asyncio.sleep(0)
        clock.advance(timedelta(hours=2))
        await reports(database, job, 1)
        doorbell.ring(Topic.CHANGE)

        assert "expired" in (await ending).message.reason
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)

    assert expired.given == []
    assert valid.given == [2]


async def test_whoever_comes_back_while_a_change_is_told_waits_behind_it(
    clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job()
    audience = Shown().audience()
    edge = Edge(Interest(job.id), audience, clock)
    back: Subscription[str] = Subscription(Interest(job.id), audience)

    def leave_and_come_back(_: object) -> bool:
        edge.leave(back)
        edge.join(back)
        return True

    first = Subscription(Interest(job.id), audience, give=leave_and_come_back)
    edge.join(first)
    edge.join(back)
    waiting = asyncio.ensure_future(first.take())
    await asyncio.sleep(0)
    position = Position(UUID(int=1), Snapshot(1, 1))
    edge.offer(_entry(job, 2), position, "cursor")
    await asyncio.sleep(0)
    edge.leave(first)
    waiting.cancel()
    edge.offer(_entry(job, 3), position, "cursor")

    async with asyncio.timeout(PATIENCE):
        taken = await back.take()
    assert isinstance(taken, Delivery)
    assert versions([taken.told.message]) == [3]


def _entry(job: Job, version: int) -> Entry:
    at = job.created_at
    event = Event(
        job.id, job.user_id, version, "PROGRESS", "QUEUED", "QUEUED", None, "WORKER",
        None, at, at, "{}", None,
    )  # fmt: skip
    return Entry(version, event, job)
