"""Queues as workers serve them: limits, turns, and who waits for whom."""

import threading
from collections import Counter
from datetime import timedelta

from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.queue import Queue
from jobwire.jobs.schedule import schedule_all
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.set_queue import read_queues, set_queue
from jobwire.jobs.viewer import trusted
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.factories import insert_job
from tests.worker.conftest import VIEWER, Workbench, signaled

SELDOM = timedelta(seconds=30)


@job("quick", queue="mail")
def quick() -> None: ...


async def test_any_queue_is_served_without_being_declared(bench: Workbench) -> None:
    await bench.start(quick, poll_interval=SELDOM)

    ended = [
        await bench.ended(await bench.schedule("quick", queue=queue))
        for queue in (None, "default", "never-heard-of")
    ]

    assert {one.status for one in ended} == {JobStatus.SUCCEEDED}


async def test_a_worker_may_be_told_to_serve_some(bench: Workbench) -> None:
    await bench.start(quick, queues=("mail",))

    left = await bench.schedule("quick", queue="other")
    await bench.ended(await bench.schedule("quick", queue="mail"))

    assert (await bench.job(left)).status == JobStatus.QUEUED


async def test_declared_limits_hold_and_others_start_as_soon_as_one_ends(
    bench: Workbench,
) -> None:
    running: Counter[str] = Counter()
    most: Counter[str] = Counter()
    # Jobs of two workers run on the loops of two threads.
    both = threading.Event()

    @job("send", queue=Queue("mail", limit=2, limit_per_key=1))
    async def send(context: JobContext) -> None:
        running.update(["all", context.tag])
        for name in ("all", context.tag):
            most[name] = max(most[name], running[name])
        if running["all"] == 2:
            both.set()
        await signaled(both)
        running.subtract(["all", context.tag])

    workers = [await bench.start(send, poll_interval=SELDOM) for _ in range(2)]
    assert len(workers) == 2

    # The places change hands between two workers that do not poll.
    jobs = [
        await bench.schedule("send", queue="mail", concurrency_key=f"k{number % 3}")
        for number in range(12)
    ]
    for one in jobs:
        assert (await bench.ended(one)).status == JobStatus.SUCCEEDED

    assert most["all"] == 2


async def test_one_urgent_job_overtakes_a_thousand_that_wait(bench: Workbench) -> None:
    order: list[str] = []

    @job("note")
    async def note(context: JobContext) -> None:
        order.append(context.tag)

    asked = [ScheduleRequest(type="note", tag=f"low-{n}") for n in range(1000)]
    async with bench.database.transaction() as connection:
        now = FakeClock().now()
        await schedule_all(connection, asked, registry=None, viewer=VIEWER, now=now)
        high = await insert_job(
            connection, now=now, type="note", tag="high", priority=1
        )
    await bench.start(note, concurrency=1, claim_batch=1)

    await bench.ended(high.id)

    assert order.index("high") == 0


async def test_a_queue_that_is_full_of_jobs_leaves_others_their_turn(
    bench: Workbench,
) -> None:
    order: list[str] = []

    @job("note")
    async def note(context: JobContext) -> None:
        order.append(context.tag)

    now = FakeClock().now()
    async with bench.database.connection() as connection:
        for number in range(300):
            await insert_job(
                connection, now=now, type="note", tag=f"a-{number}", queue="a"
            )
        late = await insert_job(connection, now=now, type="note", tag="b", queue="b")
    await bench.start(note, concurrency=1, claim_batch=1)

    await bench.ended(late.id)

    assert order.index("b") < 10


async def test_a_queue_is_paused_and_resumed_while_workers_serve_it(
    bench: Workbench,
) -> None:
    await bench.start(quick, poll_interval=SELDOM)

    async def pause(*, is_paused: bool) -> None:
        async with bench.database.transaction() as connection:
            now = FakeClock().now()
            await set_queue(
                connection, "mail", viewer=VIEWER, now=now, is_paused=is_paused
            )

    await pause(is_paused=True)
    held = await bench.schedule("quick", queue="mail")
    await bench.ended(await bench.schedule("quick", queue="other"))
    assert (await bench.job(held)).status == JobStatus.QUEUED

    await pause(is_paused=False)
    bench.ring(Topic.WORK)

    assert (await bench.ended(held)).status == JobStatus.SUCCEEDED


async def test_one_ring_starts_jobs_of_queues_old_and_new(bench: Workbench) -> None:
    await bench.start(quick, poll_interval=timedelta(hours=1))
    await bench.ended(await bench.schedule("quick", queue="old"))

    jobs = [
        await bench.schedule("quick", queue=queue, rings=False)
        for queue in ("old", "new")
    ]
    bench.ring(Topic.WORK)

    assert {(await bench.ended(one)).status for one in jobs} == {JobStatus.SUCCEEDED}


async def test_limits_of_code_count_again_only_when_the_code_changes(
    bench: Workbench,
) -> None:
    def declaring(limit: int):
        @job("send", queue=Queue("mail", limit=limit))
        def send() -> None: ...

        return send

    async def limit_after(declared: int) -> int | None:
        worker = await bench.start(declaring(declared))
        async with bench.database.connection() as connection:
            [_, mail] = await read_queues(connection, trusted("operator"))
        await worker.drain()
        return mail.limit

    first = await limit_after(5)
    async with bench.database.transaction() as connection:
        await set_queue(
            connection, "mail", viewer=VIEWER, now=FakeClock().now(), limit=9
        )
    same_code = await limit_after(5)
    new_code = await limit_after(6)

    assert (first, same_code, new_code) == (5, 9, 6)
