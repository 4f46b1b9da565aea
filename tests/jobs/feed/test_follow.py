"""What a follower is told, in which order, and what it never sees."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.errors import (
    ForbiddenError,
    InvalidCursorError,
    NotFoundError,
    UnauthenticatedError,
)
from jobwire.jobs.feed import (
    CaughtUp,
    Changed,
    Closing,
    Feed,
    FollowJob,
    FollowStatus,
    Reset,
    Snapshotted,
    follow_job,
    follow_list,
)
from jobwire.jobs.feed import log as feed_log
from jobwire.jobs.feed import subscription as feed_subscription
from jobwire.jobs.feed.audience import alone
from jobwire.jobs.feed.interest import Interest
from jobwire.jobs.feed.stream import Stream
from jobwire.jobs.feed.subscription import Subscription
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.queries import read_job
from jobwire.jobs.transitions import row
from jobwire.models.database import Database
from jobwire.models.vocabulary import (
    AttentionKind,
    EventKind,
    JobStatus,
    SignalSource,
)
from tests.clock import FakeClock
from tests.jobs.feed.steps import (
    ADMIN,
    STRANGER,
    USER,
    move,
    opened,
    report,
    reports,
    versions,
)

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")

MakeJob = Callable[..., Awaitable[Job]]
RUNNING = JobFilter(statuses=(JobStatus.RUNNING,))

_FEED_WAITS = """SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
  WHERE NOT granted AND application_name = 'jobwire feed'
    AND datname = current_database()"""


async def _as_of(database: Database, feed: Feed, job_id: UUID) -> str:
    async with database.connection() as connection:
        _, as_of = await read_job(connection, ADMIN, job_id)
    return await feed.as_of(as_of)


async def test_a_job_is_told_from_its_snapshot_to_its_end(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED")

    async with opened(follow_job(feed, USER, job.id)) as reader:
        assert (await reader.expect(Snapshotted)).job.status == "QUEUED"
        await reader.expect(CaughtUp)
        async with database.connection() as connection:
            for status in ("RUNNING", "SUCCEEDED"):
                await move(connection, job, status)
                doorbell.ring(Topic.CHANGE)
        told = await reader.rest()

    assert [(m.event.kind, m.event.version) for m in told] == [
        ("STARTED", 2),
        ("SUCCEEDED", 3),
    ]
    assert feed.subscribers == 0


async def test_a_job_that_has_ended_is_told_and_over(
    feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="SUCCEEDED")

    async with opened(follow_job(feed, USER, job.id)) as reader:
        told = await reader.rest()

    assert [type(message) for message in told] == [Snapshotted, CaughtUp]


async def test_following_from_a_read_misses_and_repeats_nothing(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    await reports(database, job, 2)
    after = await _as_of(database, feed, job.id)
    await reports(database, job, 3)
    async with database.connection() as connection:
        await move(connection, job, "SUCCEEDED")

    async with opened(
        follow_job(feed, USER, job.id, after=after, snapshot=False)
    ) as reader:
        told = await reader.rest()

    assert versions(told) == [4, 5, 6, 7]
    assert isinstance(told[-1], CaughtUp)


async def test_every_cursor_is_exact_in_the_middle_of_a_read_too(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    first, second = await make_job(status="RUNNING"), await make_job(status="RUNNING")
    after = await _as_of(database, feed, first.id)
    async with database.connection() as connection:
        for number in range(4):
            async with connection.transaction():
                await report(connection, first.id, current=number)
                await report(connection, second.id, current=number)

    async def told_after(cursor: str) -> list[Changed]:
        async with opened(
            follow_list(feed, ADMIN, JobFilter(), after=cursor)
        ) as reader:
            return (await reader.until(CaughtUp))[:-1]

    everything = await told_after(after)
    keys = [(one.job.id, one.event.version) for one in everything]
    assert len(set(keys)) == len(keys) == 8
    for place, change in enumerate(everything, start=1):
        rest = await told_after(change.cursor)
        assert [(one.job.id, one.event.version) for one in rest] == keys[place:]


async def test_live_cursors_are_exact_too(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    async with opened(follow_job(feed, USER, job.id)) as reader:
        await reader.until(CaughtUp)
        async with database.transaction() as connection:
            for number in range(5):
                await report(connection, job.id, current=number)
        doorbell.ring(Topic.CHANGE)
        live = [await reader.expect(Changed) for _ in range(5)]

    for place, change in enumerate(live, start=1):
        async with opened(
            follow_job(feed, USER, job.id, after=change.cursor, snapshot=False)
        ) as reader:
            assert versions(await reader.until(CaughtUp)) == versions(live[place:])


async def test_the_cursor_of_a_snapshot_does_not_skip_what_is_still_to_come(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    after = await _as_of(database, feed, job.id)
    await reports(database, job, 3)
    async with opened(follow_job(feed, USER, job.id, after=after)) as reader:
        snapshot = await reader.expect(Snapshotted)

    async with opened(
        follow_job(feed, USER, job.id, after=snapshot.cursor, snapshot=False)
    ) as reader:
        assert versions(await reader.until(CaughtUp)) == [2, 3, 4]


async def test_longer_gaps_than_a_page_are_read_whole(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    after = await _as_of(database, feed, job.id)
    count = 2 * feed_log.PAGE + 7
    async with database.transaction() as connection:
        for number in range(count):
            await report(connection, job.id, current=number)

    for stream in (
        follow_job(feed, USER, job.id, after=after, snapshot=False),
        follow_list(feed, USER, JobFilter(types=("no-op",)), after=after),
    ):
        async with opened(stream) as reader:
            assert versions(await reader.until(CaughtUp)) == list(range(2, count + 2))


async def test_a_slow_reader_goes_on_from_the_log(
    database: Database,
    feed: Feed,
    doorbell: Doorbell,
    make_job: MakeJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_subscription, "MAX_WAITING", 10)
    job = await make_job(status="RUNNING")
    other = await make_job(status="RUNNING")
    async with (
        opened(follow_job(feed, USER, job.id)) as slow,
        opened(follow_job(feed, USER, other.id)) as witness,
    ):
        await slow.until(CaughtUp)
        await witness.until(CaughtUp)
        for _ in range(4):
            await reports(database, job, 25)
            await reports(database, other, 1)
            doorbell.ring(Topic.CHANGE)
            await witness.expect(Changed)
        async with database.connection() as connection:
            await move(connection, job, "SUCCEEDED")
        doorbell.ring(Topic.CHANGE)

        told = await slow.rest()

    assert versions(told) == list(range(2, 103))


async def test_what_waits_for_a_slow_reader_is_bounded_in_bytes(
    database: Database,
    feed: Feed,
    doorbell: Doorbell,
    make_job: MakeJob,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(feed_subscription, "MAX_WAITING_BYTES", 3000)
    job = await make_job(status="RUNNING", data={"text": "x" * 1000})
    async with opened(follow_job(feed, USER, job.id)) as reader:
        await reader.until(CaughtUp)
        await reports(database, job, 20)
        async with database.connection() as connection:
            await move(connection, job, "SUCCEEDED")
        doorbell.ring(Topic.CHANGE)

        assert versions(await reader.rest()) == list(range(2, 23))


async def test_a_job_that_leaves_the_filter_is_told_once_more(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED")
    async with opened(follow_list(feed, USER, RUNNING)) as live:
        before = await live.expect(CaughtUp)
        async with database.connection() as connection:
            for status in ("RUNNING", "SUCCEEDED"):
                await move(connection, job, status)
        doorbell.ring(Topic.CHANGE)
        told = [await live.expect(Changed), await live.expect(Changed)]
    async with opened(follow_list(feed, USER, RUNNING, after=before.cursor)) as later:
        again = (await later.until(CaughtUp))[:-1]

    for changes in (told, again):
        assert [(m.event.to_status, m.left_filter) for m in changes] == [
            ("RUNNING", False),
            ("SUCCEEDED", True),
        ]


async def _attend(
    database: Database, job: Job, *now: str, was: tuple[str, ...] = ()
) -> None:
    async with database.transaction() as connection:
        found = await row.lock(connection, job.id, viewer=None)
        assert found is not None
        await row.write(
            connection,
            found,
            {"attention": list(now)},
            kind=EventKind.ATTENTION_CHANGED,
            source=SignalSource.WORKER,
            actor=None,
            now=found.updated_at,
            detail={"was": list(was)},
        )


LATE_IN_QUEUE = JobFilter(
    statuses=(JobStatus.QUEUED,), attention=(AttentionKind.START_OVERDUE,)
)


async def test_a_list_of_jobs_that_need_attention_lets_them_come_and_go(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED")
    needy = JobFilter(attention=(AttentionKind.START_OVERDUE,))
    async with opened(follow_list(feed, USER, needy)) as live:
        await live.expect(CaughtUp)
        told = []
        for step in (
            lambda: _attend(database, job, "DRIFTED"),
            lambda: _attend(database, job, "START_OVERDUE", was=("DRIFTED",)),
            lambda: reports(database, job, 1),
            lambda: _attend(database, job, was=("START_OVERDUE",)),
            lambda: reports(database, job, 1),
            lambda: _attend(database, job, "START_OVERDUE"),
            lambda: _end(database, job),
        ):
            await step()
            # Each is read by itself, so that no row is ahead of its event.
            doorbell.ring(Topic.CHANGE)
            await feed.next_read()
        for _ in range(5):
            change = await live.expect(Changed)
            told.append((change.event.version, change.left_filter))

    assert told == [(3, False), (4, False), (5, True), (7, False), (8, True)]


async def _end(database: Database, job: Job) -> None:
    async with database.connection() as connection:
        await move(connection, job, "SUCCEEDED")


async def test_a_job_that_leaves_by_its_attention_is_told_though_its_row_is_ahead(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED", attention=["START_OVERDUE"])
    async with opened(follow_list(feed, USER, LATE_IN_QUEUE, snapshot=True)) as live:
        assert (await live.expect(Snapshotted)).job.id == job.id
        before = await live.expect(CaughtUp)
        async with database.connection() as connection:
            await move(connection, job, "RUNNING")
        await _attend(database, job, was=("START_OVERDUE",))

    async with opened(
        follow_list(feed, USER, LATE_IN_QUEUE, after=before.cursor)
    ) as later:
        changes = (await later.until(CaughtUp))[:-1]

    assert [one.left_filter for one in changes] == [True]


async def _run(database: Database, job: Job, now: str | None, lost: str | None) -> None:
    async with database.transaction() as connection:
        found = await row.lock(connection, job.id, viewer=None)
        assert found is not None
        await row.write(
            connection,
            found,
            {"trigger_run_id": now},
            kind=EventKind.DISPATCHED if now else EventKind.QUEUED,
            source=SignalSource.DISPATCH,
            actor=None,
            now=found.updated_at,
            detail={"lostRun": lost} if lost else None,
        )


OF_RUN = JobFilter(trigger_run_ids=("run_1", "run_2"))


async def test_a_list_of_runs_is_told_when_a_job_gets_its_run_and_when_it_loses_it(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED", executor="trigger")
    async with opened(follow_list(feed, USER, OF_RUN)) as live:
        await live.expect(CaughtUp)
        for step in (
            lambda: reports(database, job, 1),
            lambda: _run(database, job, "run_1", None),
            lambda: reports(database, job, 1),
            lambda: _run(database, job, None, "run_1"),
            lambda: reports(database, job, 1),
            lambda: _run(database, job, "run_3", None),
            lambda: _run(database, job, None, "run_3"),
            lambda: _run(database, job, "run_2", None),
        ):
            await step()
            # Each is read by itself, so that no row is ahead of its event.
            doorbell.ring(Topic.CHANGE)
            await feed.next_read()
        told = [await live.expect(Changed) for _ in range(4)]

    assert [(one.event.version, one.left_filter) for one in told] == [
        (3, False),
        (4, False),
        (5, True),
        (9, False),
    ]


async def test_a_job_that_loses_its_run_is_told_though_its_row_is_ahead(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED", executor="trigger", trigger_run_id="run_1")
    queued = JobFilter(trigger_run_ids=("run_1",), statuses=(JobStatus.QUEUED,))
    async with opened(follow_list(feed, USER, queued, snapshot=True)) as live:
        assert (await live.expect(Snapshotted)).job.id == job.id
        before = await live.expect(CaughtUp)
        async with database.connection() as connection:
            await move(connection, job, "RUNNING")
        await _run(database, job, None, "run_1")

    async with opened(follow_list(feed, USER, queued, after=before.cursor)) as later:
        changes = (await later.until(CaughtUp))[:-1]

    assert [one.left_filter for one in changes] == [True]


async def test_a_list_begins_with_its_newest_jobs(
    feed: Feed, make_job: MakeJob
) -> None:
    old, new = await make_job(tag="a"), await make_job(tag="a")
    await make_job(tag="b")

    async with opened(
        follow_list(feed, USER, JobFilter(tags=("a",)), snapshot=True)
    ) as reader:
        told = await reader.until(CaughtUp)

    assert {one.job.id for one in told[:-1]} == {old.id, new.id}


async def test_another_users_job_does_not_exist(feed: Feed, make_job: MakeJob) -> None:
    job = await make_job(user_id="user-1")

    for follow in (FollowJob, FollowStatus):
        for job_id in (job.id, uuid4()):
            with pytest.raises(NotFoundError):
                await anext(follow(feed, STRANGER, job_id).messages())


async def test_a_list_stays_behind_its_wall_live_and_from_the_log(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    mine = await make_job(user_id="user-2", status="RUNNING")
    theirs = await make_job(user_id="user-1", status="RUNNING")
    async with (
        opened(follow_list(feed, STRANGER, JobFilter())) as walled,
        opened(follow_list(feed, ADMIN, JobFilter())) as free,
    ):
        start = (await walled.expect(CaughtUp)).cursor
        await free.expect(CaughtUp)
        await reports(database, theirs, 2)
        await reports(database, mine, 1)
        doorbell.ring(Topic.CHANGE)
        assert (await walled.expect(Changed)).job.id == mine.id
        assert len([await free.expect(Changed) for _ in range(3)]) == 3
    async with opened(follow_list(feed, STRANGER, JobFilter(), after=start)) as walled:
        told = (await walled.until(CaughtUp))[:-1]

    assert [one.job.id for one in told] == [mine.id]


async def test_naming_other_users_needs_an_admin(feed: Feed) -> None:
    with pytest.raises(ForbiddenError):
        await anext(follow_list(feed, STRANGER, JobFilter(user_ids=("user-1",))))


async def test_a_cursor_of_one_user_opens_no_wall(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(user_id="user-1", status="RUNNING")
    after = await _as_of(database, feed, job.id)
    await reports(database, job, 1)

    async with opened(follow_list(feed, STRANGER, JobFilter(), after=after)) as reader:
        await reader.expect(CaughtUp)


async def test_a_garbled_cursor_is_refused(feed: Feed, make_job: MakeJob) -> None:
    job = await make_job()

    with pytest.raises(InvalidCursorError):
        await anext(follow_job(feed, USER, job.id, after="garbled"))
    with pytest.raises(InvalidCursorError):
        await anext(follow_list(feed, USER, JobFilter(), after="garbled"))


async def test_jobs_whose_rows_are_gone_are_passed_over(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    kept, gone = await make_job(status="RUNNING"), await make_job(status="RUNNING")
    after = await _as_of(database, feed, kept.id)
    for job in (gone, kept):
        await reports(database, job, 1)
    async with database.connection() as connection:
        await connection.execute("DELETE FROM worker_jobs WHERE id = $1", gone.id)

    async with opened(follow_list(feed, ADMIN, JobFilter(), after=after)) as reader:
        told = (await reader.until(CaughtUp))[:-1]

    assert [one.job.id for one in told] == [kept.id]


async def test_a_cursor_below_the_floor_is_reset(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    after = await _as_of(database, feed, job.id)
    await reports(database, job, 3)
    async with database.connection() as connection:
        await connection.execute(
            "UPDATE feed_state SET floor = pg_snapshot_xmax(pg_current_snapshot())"
        )
        # The floor never passes what still runs; here that can be an autovacuum.
        passed = """SELECT pg_snapshot_xmin(pg_current_snapshot()) >= floor
                      FROM feed_state"""
        async with asyncio.timeout(30):
            while not await connection.fetchval(passed):  # noqa: ASYNC110 - PostgreSQL signals no such thing
                await asyncio.sleep(0)
    try:
        async with opened(follow_job(feed, USER, job.id, after=after)) as reader:
            reset = await reader.expect(Reset)
            assert "older than the events" in reset.reason
            assert (await reader.expect(Snapshotted)).job.version == 4
            await reader.expect(CaughtUp)
        async with opened(
            follow_job(feed, USER, job.id, after=reset.cursor, snapshot=False)
        ) as reader:
            await reader.expect(CaughtUp)
    finally:
        async with database.connection() as connection:
            await connection.execute("UPDATE feed_state SET floor = '0'")
    assert feed.resets == 1


async def test_the_status_is_told_at_each_change_and_not_for_progress(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED")
    async with opened(FollowStatus(feed, USER, job.id).messages()) as reader:
        told = [(await anext(reader)).job.status]
        async with database.connection() as connection:
            await move(connection, job, "RUNNING")
            doorbell.ring(Topic.CHANGE)
            told.append((await anext(reader)).job.status)
            await report(connection, job.id, fraction=0.5)
            doorbell.ring(Topic.CHANGE)
            await move(connection, job, "SUCCEEDED")
            doorbell.ring(Topic.CHANGE)
        told += [message.job.status for message in await reader.rest()]

    assert told == ["QUEUED", "RUNNING", "SUCCEEDED"]


async def test_changes_read_together_are_one_status(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="QUEUED")
    async with opened(FollowStatus(feed, USER, job.id).messages()) as reader:
        await anext(reader)
        async with database.transaction() as connection:
            await move(connection, job, "RUNNING")
            await move(connection, job, "SUCCEEDED")
        doorbell.ring(Topic.CHANGE)

        assert [message.job.status for message in await reader.rest()] == ["SUCCEEDED"]


async def test_an_expired_viewer_is_told_nothing_more(
    database: Database,
    feed: Feed,
    doorbell: Doorbell,
    clock: FakeClock,
    make_job: MakeJob,
) -> None:
    job = await make_job(status="RUNNING")
    viewer = replace(USER, expires_at=clock.now() + timedelta(hours=1))
    async with (
        opened(follow_job(feed, viewer, job.id)) as reader,
        opened(FollowStatus(feed, viewer, job.id).messages()) as status,
    ):
        await reader.until(CaughtUp)
        await anext(status)
        clock.advance(timedelta(hours=2))
        async with database.connection() as connection:
            await move(connection, job, "SUCCEEDED")
        doorbell.ring(Topic.CHANGE)

        closing = await reader.expect(Closing)
        assert "expired" in closing.reason
        assert await reader.rest() == []
        with pytest.raises(UnauthenticatedError):
            await anext(status)
    async with opened(
        follow_job(feed, USER, job.id, after=closing.cursor, snapshot=False)
    ) as reader:
        assert versions(await reader.rest()) == [2]


async def test_a_silent_stream_ends_with_its_token(
    database: Database, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    async with Feed(database, doorbell) as feed:
        soon = feed.clock.now() + timedelta(milliseconds=100)
        stream = follow_job(feed, replace(USER, expires_at=soon), job.id)
        async with opened(stream) as reader:
            assert isinstance((await reader.rest())[-1], Closing)


async def test_a_drain_closes_every_stream_and_those_to_come(
    feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    async with opened(follow_job(feed, USER, job.id)) as reader:
        await reader.until(CaughtUp)
        feed.begin_closing("The server is restarting.", timedelta(seconds=3))

        closing = await reader.expect(Closing)
        assert await reader.rest() == []
    async with opened(follow_job(feed, USER, job.id)) as late:
        assert isinstance((await late.rest())[-1], Closing)

    assert closing.reason == "The server is restarting."
    assert closing.reconnect_after == timedelta(seconds=3)
    assert feed.subscribers == 0


async def test_without_a_doorbell_the_feed_polls(
    database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    async with (
        Doorbell(database, enabled=False) as silent,
        Feed(
            database, silent, clock=clock, poll_interval=timedelta(milliseconds=50)
        ) as feed,
        opened(follow_job(feed, USER, job.id)) as reader,
    ):
        await reader.until(CaughtUp)
        async with database.connection() as connection:
            await move(connection, job, "SUCCEEDED")

        assert versions(await reader.rest()) == [2]


async def test_what_rang_while_nobody_followed_is_told_to_the_first_who_does(
    database: Database, clock: FakeClock, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    async with (
        Doorbell(database) as doorbell,
        Feed(database, doorbell, clock=clock, poll_interval=timedelta(hours=1)) as feed,
    ):
        read = feed.position(await _as_of(database, feed, job.id))
        async with database.connection() as connection:
            await move(connection, job, "SUCCEEDED")
        doorbell.ring(Topic.CHANGE)

        all_told = Stream(feed, USER, Interest(job.id), alone()).tell(read, read)

        async with opened(told.message async for told in all_told) as reader:
            assert versions(await reader.until(Changed)) == [2]


async def test_an_open_transaction_delays_nobody_elses_events(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    held, free = await make_job(status="RUNNING"), await make_job(status="RUNNING")
    async with opened(follow_list(feed, USER, JobFilter())) as reader:
        await reader.expect(CaughtUp)
        async with database.transaction() as long_lived:
            await report(long_lived, held.id, current=1)
            for _ in range(3):
                await reports(database, free, 1)
                doorbell.ring(Topic.CHANGE)
                assert (await reader.expect(Changed)).job.id == free.id
        doorbell.ring(Topic.CHANGE)

        assert (await reader.expect(Changed)).job.id == held.id


async def test_the_follower_survives_the_loss_of_its_connections(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    async with opened(follow_job(feed, USER, job.id)) as reader:
        await reader.until(CaughtUp)
        for _ in range(3):
            async with database.connection() as connection:
                await connection.execute(
                    """SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                        WHERE application_name IN ('jobwire feed', 'jobwire doorbell')
                          AND datname = current_database()"""
                )
                await report(connection, job.id, current=1)
            doorbell.ring(Topic.CHANGE)
            await reader.expect(Changed)


async def test_abandoning_a_stream_in_the_middle_disturbs_no_other(
    database: Database, feed: Feed, doorbell: Doorbell, make_job: MakeJob
) -> None:
    job = await make_job(status="RUNNING")
    async with opened(follow_job(feed, USER, job.id)) as steady:
        await steady.until(CaughtUp)

        async def abandon() -> None:
            stream = follow_job(feed, USER, job.id)
            task = asyncio.ensure_future(anext(stream))
            await asyncio.sleep(0)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            await stream.aclose()

        for _ in range(20):
            await reports(database, job, 1)
            doorbell.ring(Topic.CHANGE)
            await abandon()
        told = [await steady.expect(Changed) for _ in range(20)]

    assert versions(told) == list(range(2, 22))
    assert feed.subscribers == 0


async def test_a_feed_that_is_woken_while_it_stops_ends(
    database: Database, doorbell: Doorbell, clock: FakeClock
) -> None:
    async def ring_and_leave() -> None:
        async with Feed(database, doorbell, clock=clock) as feed:
            await feed.next_read()
            doorbell.ring(Topic.CHANGE)

    left = asyncio.create_task(ring_and_leave())
    # A timeout around it would cancel the follower a second time.
    assert (await asyncio.wait({left}, timeout=10))[0] == {left}


async def test_a_reader_that_joins_during_a_read_goes_on_from_the_log(
    database: Database, feed: Feed, make_job: MakeJob
) -> None:
    job = await make_job()
    given = feed.position(await _as_of(database, feed, job.id))
    for _ in range(2):
        # The first may have begun before the job was there.
        await feed.next_read()
    reader = Subscription(Interest(job.id), alone())
    async with database.transaction() as blocking:
        await blocking.execute("LOCK TABLE feed_state")
        reading = asyncio.create_task(feed.next_read())
        async with database.connection() as looking, asyncio.timeout(30):
            while not await looking.fetchval(_FEED_WAITS):
                pass
        await feed.join(reader, given)
        async with database.connection() as other:
            await move(other, job, "RUNNING")

    await reading
    async with asyncio.timeout(10):
        assert await reader.take() is None
