"""The Realtime loop: one process follows, the others stand by, and nothing is lost."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from jobwire.jobs.job import Job
from jobwire.jobs.realtime import Told
from jobwire.models.vocabulary import JobStatus
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.realtime import RealtimeLoop
from jobwire.worker.sync import SyncLoop
from tests.jobs.rig import Rig
from tests.worker.conftest import until
from tests.worker.shared import share

#: A pass waits half of it for an answer of the feed.
DUTY = timedelta(milliseconds=100)


def follower(rig: Rig, holder: str = "w1", **given: Any) -> RealtimeLoop:
    return RealtimeLoop(share(rig, holder, **{"duty": DUTY, **given}))


async def passes_until(loop: RealtimeLoop, polls: int, rig: Rig) -> None:
    """Do passes until a number of polls have waited at the server."""
    async with asyncio.timeout(10):
        while rig.stage.emulator.live_polls_waiting < polls:
            await loop.run_once()


async def passes_until_ended(loop: RealtimeLoop, job: Job, rig: Rig) -> None:
    """Do passes until a job has ended."""
    async with asyncio.timeout(10):
        while (await rig.job(job.id)).finished is None:
            await loop.run_once()
    await loop.lay_down()


async def polls(rig: Rig, number: int) -> None:
    """Wait until so many polls wait at the server."""

    async def look() -> bool:
        return rig.stage.emulator.live_polls_waiting == number

    await until(look, f"{number} polls")


async def test_one_of_two_processes_follows_and_the_other_stands_by(rig: Rig) -> None:
    job = await rig.linked("fails")
    one, two = follower(rig, "w1"), follower(rig, "w2")
    await passes_until(one, 1, rig)
    sent = rig.wire.sent["feed"]

    assert await two.run_once() == DUTY.total_seconds() / 2

    assert rig.wire.sent["feed"] == sent
    await rig.stage.advance(5)
    await passes_until_ended(one, job, rig)


async def test_who_lays_the_duty_down_breaks_off_and_the_next_one_goes_on_from_there(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    one, two = follower(rig, "w1"), follower(rig, "w2")
    await passes_until(one, 1, rig)

    await one.lay_down()

    await polls(rig, 0)
    await one.run_once()
    await rig.stage.advance(5)
    await two.run_once()
    [row] = await rig.fetch("SELECT holder, term FROM duties")
    assert tuple(row) == ("w2", 2)
    await passes_until_ended(two, job, rig)


async def test_who_has_lost_the_duty_breaks_off_its_poll(rig: Rig) -> None:
    await rig.linked()
    one, two = follower(rig, "w1"), follower(rig, "w2")
    await passes_until(one, 1, rig)
    rig.clock.advance(DUTY)
    await passes_until(two, 2, rig)

    assert await one.run_once() == DUTY.total_seconds() / 2

    await polls(rig, 1)
    await two.lay_down()


async def test_the_duty_is_kept_while_the_server_holds_the_poll(rig: Rig) -> None:
    await rig.linked()
    loop = follower(rig)
    await passes_until(loop, 1, rig)
    sent = rig.wire.sent["feed"]

    for _ in range(3):
        rig.clock.advance(DUTY / 2)
        assert await loop.run_once() == 0
        [row] = await rig.fetch("SELECT until FROM duties")
        assert row["until"] == rig.clock.now() + DUTY

    assert rig.wire.sent["feed"] == sent
    await loop.lay_down()


async def test_a_loop_that_is_cancelled_leaves_no_poll_behind(rig: Rig) -> None:
    await rig.linked()
    loop = follower(rig)
    running = asyncio.create_task(loop.run())
    await polls(rig, 1)

    running.cancel()
    await asyncio.wait({running})

    await polls(rig, 0)


async def test_an_outage_is_met_with_a_growing_patience_and_then_made_up_for(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    loop = follower(rig, first_backoff=timedelta(seconds=1), duty=timedelta(minutes=1))
    await loop.run_once()
    rig.wire.fail("feed", 503)
    await rig.stage.advance(5)

    waits = [await loop.run_once() for _ in range(6)]

    for wait, span in zip(waits, [1, 2, 4, 8, 16, 30], strict=True):
        assert span / 2 <= wait <= span

    rig.wire.heal()
    await loop.run_once()
    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_an_answer_without_news_is_not_asked_for_again_at_once(rig: Rig) -> None:
    loop = follower(rig, duty=timedelta(minutes=1))
    pauses = [await loop.do_duty()]
    await rig.linked()
    pauses.append(await loop.do_duty())

    assert 0 < pauses[0] <= 1
    assert pauses[1] == 0


async def test_a_feed_that_hangs_does_not_keep_a_job_from_its_end(rig: Rig) -> None:
    job = await rig.linked("fails")
    loop, sync = follower(rig), SyncLoop(share(rig))
    await passes_until(loop, 1, rig)
    gate = rig.wire.hold("feed")
    # The poll that waits is answered, and the next one is not.
    await rig.linked("nobody-deployed-it")
    async with asyncio.timeout(10):
        while not gate.arrived.is_set():
            await loop.run_once()
    await rig.stage.advance(5)
    await sync.do_duty()
    assert (await rig.job(job.id)).status == JobStatus.QUEUED

    rig.clock.advance(25)
    await sync.do_duty()

    assert (await rig.job(job.id)).status == JobStatus.FAILED
    await loop.lay_down()


async def test_a_feed_that_keeps_silent_about_a_run_does_not_keep_its_job_from_its_end(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    loop = follower(rig, duty=timedelta(minutes=1))
    sync = SyncLoop(share(rig))
    await loop.run_once()
    rig.wire.answer(
        "feed",
        b'[{"headers": {"control": "up-to-date"}}]',
        "application/json",
        **{"electric-handle": "h", "electric-offset": "1_1", "electric-schema": "{}"},
    )
    await rig.stage.advance(5)
    for _ in range(5):
        rig.clock.advance(25)
        await loop.run_once()
        await sync.do_duty()

    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_it_is_counted_what_became_of_what_the_feed_told(rig: Rig) -> None:
    counts: Counter[Told] = Counter()

    class Counting(WorkerHooks):
        def followed(self, told: Mapping[Told, int]) -> None:
            counts.update(told)

    await rig.linked("fails")
    await rig.stage.triggered("work", None, tags=[rig.executor.marks.tag])
    loop = follower(rig, hooks=Counting(), duty=timedelta(minutes=1))
    await loop.run_once()
    await rig.stage.advance(5)
    await loop.run_once()

    assert counts == {Told.LATE: 1, Told.APPLIED: 1, Told.IGNORED: 2}
