"""Recording: each event once per target, from the first one on, whatever happens."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from jobwire.jobs import duties
from jobwire.jobs.feed.log import PAGE
from jobwire.jobs.job import Job
from jobwire.jobs.notifications.record import DUTY, STAND_STILL, forget
from jobwire.jobs.notifications.targets import Targets
from jobwire.jobs.notify import EVERY_TYPE, Notify
from tests.jobs.feed.steps import move, report
from tests.jobs.notifications.conftest import SHOP, TARGETS, Notifying
from tests.receiver import SECRET

MakeJob = Callable[..., Awaitable[Job]]
OTHER = "https://other.example/"
EVERYTHING = Targets(everywhere=[Notify(SHOP, EVERY_TYPE)], secrets=(SECRET,))

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")


async def test_it_begins_from_now(notifying: Notifying, make_job: MakeJob) -> None:
    job = await make_job()

    await notifying.record_all()
    await move(notifying.connection, job, "RUNNING")
    await notifying.record_all()

    assert await notifying.told() == [(SHOP, 2)]


async def test_each_event_is_told_to_each_target_once_in_order(
    notifying: Notifying, make_job: MakeJob
) -> None:
    both = Targets(everywhere=[Notify(SHOP), Notify(OTHER)], secrets=(SECRET,))
    await notifying.record_all(both)
    job = await make_job()
    await move(notifying.connection, job, "RUNNING")

    assert await notifying.record_all(both) == 4
    assert await notifying.record_all(both) == 0

    told = await notifying.told()
    assert [one for one in told if one[0] == SHOP] == [(SHOP, 1), (SHOP, 2)]
    assert [one for one in told if one[0] == OTHER] == [(OTHER, 1), (OTHER, 2)]


async def test_what_nobody_asked_for_is_not_told(
    notifying: Notifying, make_job: MakeJob
) -> None:
    await notifying.record_all()
    job = await make_job(status="RUNNING")
    await report(notifying.connection, job.id, fraction=0.5)

    assert await notifying.record_all() == 1
    await report(notifying.connection, job.id, fraction=0.6)
    assert await notifying.record_all(EVERYTHING) == 1


async def test_a_type_tells_its_own_targets_of_its_own_jobs(
    notifying: Notifying, make_job: MakeJob
) -> None:
    targets = Targets(types={"report": [Notify(OTHER)]}, secrets=(SECRET,))
    await notifying.record_all(targets)
    await make_job(type="report")
    await make_job(type="other")

    assert await notifying.record_all(targets) == 1


async def test_more_than_a_page_is_told_as_well(
    notifying: Notifying, make_job: MakeJob
) -> None:
    await notifying.record_all(EVERYTHING)
    job = await make_job(status="RUNNING")
    async with notifying.connection.transaction():
        for number in range(PAGE + 10):
            await report(notifying.connection, job.id, current=number)

    first = await notifying.record(EVERYTHING)
    rest = await notifying.record_all(EVERYTHING)

    assert (first.notifications, first.is_last) == (PAGE, False)
    assert rest == 11
    told = sorted(version for _, version in await notifying.told())
    assert told == list(range(1, PAGE + 12))


async def test_what_commits_late_is_told_in_its_turn(
    notifying: Notifying, make_job: MakeJob
) -> None:
    early, late = await make_job(), await make_job()
    await notifying.record_all()

    async with notifying.database.transaction() as slow:
        await move(slow, late, "RUNNING")
        await move(notifying.connection, early, "RUNNING")
        assert await notifying.record_all() == 1

    assert await notifying.record_all() == 1


async def test_many_recorders_do_the_work_of_one(
    notifying: Notifying, make_job: MakeJob
) -> None:
    await notifying.record_all()
    for _ in range(20):
        await make_job()

    async def alone() -> int:
        async with notifying.database.connection() as connection:
            another = Notifying(notifying.database, connection, notifying.clock)
            return await another.record_all()

    assert sum(await asyncio.gather(*[alone() for _ in range(4)])) == 20


async def test_after_a_crash_of_postgresql_none_is_missed_and_none_made_twice(
    notifying: Notifying, make_job: MakeJob, caplog: pytest.LogCaptureFixture
) -> None:
    await notifying.record_all()
    job = await make_job()
    await notifying.record_all()
    await move(notifying.connection, job, "RUNNING")
    await notifying.connection.execute("DELETE FROM feed_witness")

    with caplog.at_level(logging.WARNING):
        assert await notifying.record_all() == 1

    assert [version for _, version in await notifying.told()] == [1, 2]
    assert "read a part of the log again" in caplog.text


async def test_a_cursor_older_than_the_log_goes_on_from_what_is_kept_and_says_so(
    notifying: Notifying, make_job: MakeJob, caplog: pytest.LogCaptureFixture
) -> None:
    await notifying.record_all()
    await make_job()
    floor = await notifying.connection.fetchval(
        "UPDATE feed_state SET floor = pg_current_xact_id() RETURNING floor::text"
    )
    try:
        await make_job()
        assert await notifying.record_all() == 1
    finally:
        await notifying.connection.execute("UPDATE feed_state SET floor = '0'")

    assert floor
    assert "notifications of events are lost" in caplog.text


async def test_an_idle_cursor_moves_only_now_and_then(notifying: Notifying) -> None:
    async def moved_at() -> object:
        return await notifying.connection.fetchval(
            "SELECT moved_at FROM notification_cursor"
        )

    await notifying.record_all()
    began = await moved_at()
    notifying.clock.advance(STAND_STILL - timedelta(seconds=1))
    await notifying.record_all()
    assert await moved_at() == began

    notifying.clock.advance(1)
    await notifying.record_all()
    assert await moved_at() == notifying.clock.now()


async def test_it_is_forgotten_unless_somebody_else_still_notifies(
    notifying: Notifying,
) -> None:
    async def is_kept() -> bool:
        await forget(notifying.connection, holder="me", now=notifying.clock.now())
        rows = await notifying.connection.fetch("SELECT FROM notification_cursor")
        return bool(rows)

    span = timedelta(seconds=5)
    await notifying.record_all(TARGETS)
    await duties.take(
        notifying.connection,
        DUTY,
        holder="other",
        span=span,
        now=notifying.clock.now(),
    )

    assert await is_kept()
    notifying.clock.advance(span)
    assert not await is_kept()
