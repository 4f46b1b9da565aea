"""Which jobs a worker takes, when, and how many at once."""

import asyncio
import threading
from collections import Counter
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.clock import SystemClock
from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.transitions.finish import Outcome
from jobwire.models.vocabulary import JobStatus
from jobwire.worker.hooks import WorkerHooks
from tests.factories import insert_job
from tests.worker.conftest import PATIENCE, Workbench, until


@job("quick")
async def quick() -> None: ...


@job("quick-sync")
def quick_sync() -> None: ...


async def test_worker_takes_only_types_that_it_knows(bench: Workbench) -> None:
    await bench.start(quick)
    unknown = await bench.schedule("unknown")

    await bench.ended(await bench.schedule("quick"))

    assert (await bench.job(unknown)).status == JobStatus.QUEUED


async def test_worker_takes_new_types_once_they_are_registered(
    bench: Workbench,
) -> None:
    registry = Registry()
    await bench.start(registry=registry)
    job_id = await bench.schedule("quick")

    registry.replace(collect(quick))

    assert (await bench.ended(job_id)).status == JobStatus.SUCCEEDED


async def test_commit_without_any_ring_starts_within_a_second(
    bench: Workbench,
) -> None:
    await bench.start(quick)

    job_id = await bench.schedule("quick", rings=False)
    ended = await bench.ended(job_id)

    assert ended.started is not None
    assert ended.started - ended.created_at < timedelta(seconds=1)


async def test_ring_starts_a_job_long_before_the_next_poll(bench: Workbench) -> None:
    await bench.start(quick, poll_interval=timedelta(seconds=30))

    ended = await bench.ended(await bench.schedule("quick"))

    assert ended.started is not None
    assert ended.started - ended.created_at < timedelta(seconds=1)


async def test_due_job_starts_when_it_is_due_and_not_at_the_next_look(
    bench: Workbench,
) -> None:
    seldom = timedelta(seconds=30)
    await bench.start(quick, poll_interval=seldom, promote_interval=seldom)
    ahead = [timedelta(milliseconds=300 + 150 * number) for number in range(5)]

    job_ids = [await bench.schedule("quick", delay=delay) for delay in ahead]
    ended = [await bench.ended(job_id) for job_id in job_ids]

    # The best of them: a busy machine may hold up the others.
    late = min(one.started - one.run_at for one in ended if one.started)
    # The worker's clock follows PostgreSQL's, the test's is the machine's.
    assert timedelta(milliseconds=-50) < late < timedelta(milliseconds=100)


async def test_due_job_that_nobody_rang_for_starts_at_the_next_look(
    bench: Workbench,
) -> None:
    await bench.start(quick, doorbell_enabled=False)

    job_id = await bench.schedule("quick", delay=timedelta(milliseconds=50))

    assert (await bench.ended(job_id)).status == JobStatus.SUCCEEDED


async def test_urgent_jobs_go_first(bench: Workbench) -> None:
    order: list[str] = []

    @job("note")
    def note(context: JobContext) -> None:
        order.append(context.tag)

    now = SystemClock().now()
    async with bench.database.connection() as connection:
        jobs = [
            await insert_job(
                connection, now=now, type="note", tag=str(priority), priority=priority
            )
            for priority in (3, 0, 9, 5)
        ]
    await bench.start(note, threads=1)
    for one in jobs:
        await bench.ended(one.id)

    assert order == ["9", "5", "3", "0"]


class Crowd:
    """Counts how many are inside at once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self.most = 0

    def enter(self) -> None:
        with self._lock:
            self._inside += 1
            self.most = max(self.most, self._inside)

    def leave(self) -> None:
        with self._lock:
            self._inside -= 1


async def test_no_more_jobs_run_at_once_than_there_are_slots(
    bench: Workbench,
) -> None:
    crowd, crowd_sync = Crowd(), Crowd()

    @job("crowd")
    async def one() -> None:
        crowd.enter()
        await asyncio.sleep(0.01)
        crowd.leave()

    @job("crowd-sync")
    def one_sync() -> None:
        crowd_sync.enter()
        threading.Event().wait(0.01)
        crowd_sync.leave()

    job_ids = [
        await bench.schedule(name, rings=False)
        for name in ("crowd", "crowd-sync")
        for _ in range(30)
    ]
    await bench.start(one, one_sync, concurrency=4, threads=3)
    for job_id in job_ids:
        await bench.ended(job_id)

    assert (crowd.most, crowd_sync.most) == (4, 3)


async def test_sync_job_is_left_to_others_when_no_thread_is_free(
    bench: Workbench,
) -> None:
    go = threading.Event()

    @job("wait")
    def wait() -> None:
        go.wait(PATIENCE)

    await bench.start(wait, quick, threads=1)
    first = await bench.schedule("wait")
    await bench.reaches(first, JobStatus.RUNNING)

    second = await bench.schedule("wait")
    await bench.ended(await bench.schedule("quick"))

    assert (await bench.job(second)).status == JobStatus.QUEUED
    go.set()
    await bench.ended(second)


async def test_every_job_of_a_backlog_runs_once_with_several_workers(
    bench: Workbench,
) -> None:
    runs: Counter[str] = Counter()

    @job("count")
    async def count(context: JobContext) -> None:
        runs[context.job_id] += 1

    await insert_many(bench, "count", 1000)
    for _ in range(3):
        await bench.start(count, concurrency=20)

    async def all_ended() -> bool:
        rows = await bench.fetch(
            "SELECT count(*) AS open FROM worker_jobs WHERE status <> 'SUCCEEDED'"
        )
        return bool(rows[0]["open"] == 0)

    await until(all_ended, "the backlog")
    assert (len(runs), set(runs.values())) == (1000, {1})


async def insert_many(bench: Workbench, name: str, count: int) -> None:
    now = SystemClock().now()
    async with bench.database.transaction() as connection:
        for _ in range(count):
            await insert_job(connection, now=now, type=name)


async def test_unstarted_job_expires_when_its_time_to_live_has_passed(
    bench: Workbench,
) -> None:
    await bench.start(quick)

    job_id = await bench.schedule("unknown", ttl=timedelta(milliseconds=100))

    assert (await bench.ended(job_id)).status == JobStatus.EXPIRED


async def test_job_of_a_dead_worker_is_rescued_and_runs_again(
    bench: Workbench,
) -> None:
    now = SystemClock().now()
    async with bench.database.connection() as connection:
        lost = await insert_job(
            connection,
            now=now,
            status="RUNNING",
            type="quick",
            leased_until=now + timedelta(milliseconds=300),
        )

    await bench.start(quick)
    ended = await bench.ended(lost.id)

    assert (ended.status, ended.attempts) == ("SUCCEEDED", 2)
    assert await bench.attempts(lost.id) == ["LOST", "SUCCEEDED"]


async def progress_of(bench: Workbench, job_id: UUID) -> list[Any]:
    rows = await bench.fetch(
        "SELECT changes #>> '{progress,message}' AS message FROM job_events"
        " WHERE job_id = $1 AND kind = 'PROGRESS' ORDER BY version",
        job_id,
    )
    return [row["message"] for row in rows]


@pytest.mark.parametrize("is_async", [True, False])
async def test_progress_is_written_at_once_then_seldom_and_always_at_last(
    bench: Workbench, *, is_async: bool
) -> None:
    def report(context: JobContext) -> None:
        for number in range(5000):
            context.progress(current=number, total=5000, message=f"step {number}")

    @job("report")
    async def report_async(context: JobContext) -> None:
        report(context)
        await asyncio.sleep(0.1)
        report(context)

    @job("report")
    def report_sync(context: JobContext) -> None:
        report(context)
        threading.Event().wait(0.1)
        report(context)

    await bench.start(report_async if is_async else report_sync)
    job_id = await bench.schedule("report")
    ended = await bench.ended(job_id)

    messages = await progress_of(bench, job_id)
    assert messages[-1] == "step 4999"
    assert 1 <= len(messages) <= 5
    assert ended.progress is not None
    assert '"updatedAt"' in ended.progress
    assert (await bench.events(job_id))[-2:] == ["PROGRESS", "SUCCEEDED"]


async def test_progress_can_be_seen_while_the_job_runs(bench: Workbench) -> None:
    go = threading.Event()

    @job("report")
    def report(context: JobContext) -> None:
        context.progress(0.5, "half")
        go.wait(PATIENCE)

    await bench.start(report)
    job_id = await bench.schedule("report")

    async def seen() -> bool:
        return await progress_of(bench, job_id) == ["half"]

    await until(seen, "the progress")
    go.set()


class Counting(WorkerHooks):
    """Writes down what it hears."""

    def __init__(self) -> None:
        self.heard: list[tuple[Any, ...]] = []
        self.spans: list[timedelta] = []

    def started(self, type: str, latency: timedelta) -> None:
        self.heard.append(("started", type))
        self.spans.append(latency)

    def finished(self, type: str, outcome: Outcome, duration: timedelta) -> None:
        self.heard.append(("finished", type, outcome))
        self.spans.append(duration)

    def occupied(self, running: int, slots: int) -> None:
        self.heard.append(("occupied", running, slots))


async def test_hooks_hear_what_the_worker_does(bench: Workbench) -> None:
    hooks = Counting()
    worker = await bench.start(quick, hooks=hooks, concurrency=5, threads=2)

    await bench.ended(await bench.schedule("quick"))
    await worker.drain()

    assert hooks.heard == [
        ("started", "quick"),
        ("occupied", 1, 7),
        ("occupied", 0, 7),
        ("finished", "quick", Outcome.SUCCEEDED),
    ]
    assert all(timedelta() <= span < timedelta(seconds=5) for span in hooks.spans)
