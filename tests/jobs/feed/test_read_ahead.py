"""What is read ahead for readers whose clients take nothing is little for all."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest

from jobwire.jobs.feed import Audience, CaughtUp, Feed, FollowJob, follow_job
from jobwire.jobs.feed import read_ahead as feed_read_ahead
from jobwire.jobs.feed.cursor import Position
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.log import read_missed, read_state
from jobwire.jobs.feed.messages import Changed, StreamMessage
from jobwire.jobs.feed.snapshot import Snapshot
from jobwire.jobs.job import Job
from jobwire.jobs.long_json import LEFT_OUT
from jobwire.models.database import Database
from tests.jobs.feed.steps import USER, opened, reports, versions

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")

MakeJob = Callable[..., Awaitable[Job]]
LONG = "x" * 100_000


def _start(feed: Feed) -> str:
    """Return a cursor from before everything."""
    return feed.cursor(Position(feed.epoch, Snapshot(3, 3)))


async def test_pages_of_readers_that_stand_still_are_taken_away_and_read_once_more(
    database: Database,
    feed: Feed,
    make_job: MakeJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    most = 100 * feed_read_ahead.ENTRY_BYTES
    monkeypatch.setattr(feed_read_ahead, "MAX_AHEAD_BYTES", most)
    job = await make_job(status="RUNNING")
    await reports(database, job, 40)
    async with AsyncExitStack() as stack:
        readers = [
            await stack.enter_async_context(
                opened(
                    follow_job(feed, USER, job.id, after=_start(feed), snapshot=False)
                )
            )
            for _ in range(8)
        ]
        begun = [[await anext(reader), await anext(reader)] for reader in readers]
        assert 0 < feed.read_ahead.size <= most

        for reader, first in zip(readers, begun, strict=True):
            rest = await reader.until(CaughtUp)
            assert versions([*first, *rest]) == list(range(1, 42))

    assert feed.read_ahead.size == 0


async def test_long_json_is_not_read_ahead_for_those_who_read_it_themselves(
    feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(data=LONG, metadata={"note": LONG})

    async def show(message: StreamMessage) -> StreamMessage:
        return message

    for reads_long, data in ((True, LEFT_OUT), (False, f'"{LONG}"')):
        follow = FollowJob(feed, USER, job.id, after=_start(feed), snapshot=False)
        telling = follow.tell(Audience(show, reads_long=reads_long))
        async with opened(telling) as reader:
            told = (await anext(reader)).message
        assert isinstance(told, Changed)
        assert told.job.data == data
        assert (told.event.changes == LEFT_OUT) is reads_long


async def test_filters_are_told_what_they_ask_for_of_changes_that_are_left_out(
    database: Database, make_job: MakeJob
) -> None:
    job = await make_job(metadata={"note": LONG})
    async with database.connection() as connection:
        state = await read_state(connection)
        assert state.epoch is not None
        [whole], [lean] = [
            (
                await read_missed(
                    connection,
                    Position(state.epoch, Snapshot(3, 3), state.snapshot),
                    Interest(job.id),
                    lean=lean,
                )
            ).entries
            for lean in (False, True)
        ]

    assert lean.event.changes == LEFT_OUT
    assert lean.attention() == whole.attention()
    assert lean.run_ids() == whole.run_ids()
