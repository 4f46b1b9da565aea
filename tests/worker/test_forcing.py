"""Code that ignores a cancel: what becomes of its job, its thread and its place."""

import asyncio
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.decorator import job
from jobwire.models.vocabulary import CancelMode, JobStatus
from tests.worker.conftest import PATIENCE, Workbench, signaled, until

AT_ONCE = timedelta()
SHORT = timedelta(milliseconds=200)
FORCE = {"mode": CancelMode.FORCE, "grace_period": AT_ONCE}


class Stuck:
    """Sync code that ignores every request to stop until its test lets it go."""

    def __init__(self) -> None:
        self.started = threading.Semaphore(0)
        self.go = threading.Event()
        self.ended = threading.Semaphore(0)

    async def has_started(self, count: int = 1) -> None:
        await _acquired(self.started, count)

    async def has_ended(self, count: int = 1) -> None:
        await _acquired(self.ended, count)

    def code(self) -> Callable[..., Any]:
        @job("stuck")
        def stuck() -> str:
            self.started.release()
            self.go.wait(PATIENCE)
            self.ended.release()
            return "finished anyway"

        return stuck


async def _acquired(semaphore: threading.Semaphore, count: int) -> None:
    for _ in range(count):
        assert await asyncio.to_thread(semaphore.acquire, timeout=PATIENCE)


@pytest.fixture
def stuck() -> Any:
    stuck = Stuck()
    yield stuck
    stuck.go.set()


@job("quick")
def quick() -> str:
    return "done"


async def overdue(bench: Workbench, job_id: UUID) -> bool:
    rows = await bench.fetch(
        "SELECT cancel_grace_until < clock_timestamp() AS is_over FROM worker_jobs"
        " WHERE id = $1 AND cancel_outcome = 'PENDING'",
        job_id,
    )
    return bool(rows and rows[0]["is_over"])


@pytest.mark.parametrize("doorbell_enabled", [True, False])
async def test_force_settles_a_job_whose_code_ignores_it(
    bench: Workbench, stuck: Stuck, *, doorbell_enabled: bool
) -> None:
    await bench.start(stuck.code(), doorbell_enabled=doorbell_enabled)
    job_id = await bench.schedule("stuck")
    await stuck.has_started()

    await bench.cancel(job_id, **FORCE)
    ended = await bench.ended(job_id)

    assert (ended.status, ended.cancel_outcome) == ("CANCELED", "FORCED_UNCONFIRMED")
    assert await bench.attempts(job_id) == ["LOST"]
    assert ended.cancel_confirmed_at is not None
    assert ended.cancel_grace_until is not None
    late = ended.cancel_confirmed_at - ended.cancel_grace_until
    assert late < timedelta(seconds=2.5)


async def test_what_forced_code_reports_when_it_ends_at_last_is_discarded(
    bench: Workbench, stuck: Stuck
) -> None:
    worker = await bench.start(stuck.code())
    job_id = await bench.schedule("stuck")
    await stuck.has_started()
    await bench.cancel(job_id, **FORCE)
    sealed = await bench.ended(job_id)

    stuck.go.set()
    await stuck.has_ended()
    await worker.drain()

    assert await bench.job(job_id) == sealed


async def test_forced_async_code_is_stopped_again_when_its_lease_is_lost(
    bench: Workbench,
) -> None:
    started, stopped = threading.Event(), threading.Event()

    @job("stubborn")
    async def stubborn() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()

    await bench.start(stubborn, lease=timedelta(seconds=2))
    job_id = await bench.schedule("stubborn")
    await signaled(started)

    await bench.cancel(job_id, **FORCE)

    assert (await bench.ended(job_id)).cancel_outcome == "FORCED_UNCONFIRMED"
    await signaled(stopped)


async def test_code_that_stops_within_the_grace_of_a_force_has_stopped(
    bench: Workbench,
) -> None:
    started = threading.Event()

    @job("work")
    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    await bench.start(work)
    job_id = await bench.schedule("work")
    await signaled(started)

    await bench.cancel(
        job_id, mode=CancelMode.FORCE, grace_period=timedelta(seconds=PATIENCE)
    )

    ended = await bench.ended(job_id)
    assert (ended.status, ended.cancel_outcome) == ("CANCELED", "STOPPED")
    [told] = await bench.fetch(
        "SELECT detail::text FROM job_events WHERE kind = 'CANCELED'"
    )
    assert told["detail"] == '{"settledBy": "CODE"}'


async def test_an_overdue_job_keeps_running_and_another_thread_takes_its_place(
    bench: Workbench, stuck: Stuck
) -> None:
    await bench.start(stuck.code(), quick, threads=1)
    job_id = await bench.schedule("stuck")
    await stuck.has_started()
    waiting = await bench.schedule("quick")

    await bench.cancel(job_id, grace_period=SHORT)

    assert (await bench.ended(waiting)).status == JobStatus.SUCCEEDED
    assert await overdue(bench, job_id)
    after = await bench.job(job_id)
    assert (after.status, after.cancel_outcome) == ("RUNNING", "PENDING")


async def test_until_the_grace_is_over_stuck_code_keeps_its_place(
    bench: Workbench, stuck: Stuck
) -> None:
    await bench.start(stuck.code(), quick, threads=1)
    job_id = await bench.schedule("stuck")
    await stuck.has_started()
    waiting = await bench.schedule("quick")

    await bench.cancel(job_id)

    async def told() -> bool:
        return (await bench.job(job_id)).cancel_acknowledged_at is not None

    await until(told, "the acknowledgement")
    assert (await bench.job(waiting)).status == JobStatus.QUEUED
    stuck.go.set()
    await bench.ended(waiting)


async def test_code_that_ignores_its_max_duration_gives_its_place_away(
    bench: Workbench, stuck: Stuck
) -> None:
    await bench.start(stuck.code(), quick, threads=1, stop_grace=SHORT)
    job_id = await bench.schedule("stuck", max_duration=SHORT)
    await stuck.has_started()

    waiting = await bench.schedule("quick")

    assert (await bench.ended(waiting)).status == JobStatus.SUCCEEDED
    assert (await bench.job(job_id)).status == JobStatus.RUNNING


async def test_at_most_as_many_places_are_given_away_as_there_are_threads(
    bench: Workbench, stuck: Stuck
) -> None:
    await bench.start(stuck.code(), threads=2)
    first = [await bench.schedule("stuck") for _ in range(2)]
    await stuck.has_started(2)
    second = [await bench.schedule("stuck") for _ in range(2)]
    for job_id in first:
        await bench.cancel(job_id, grace_period=AT_ONCE)
    await stuck.has_started(2)
    last = await bench.schedule("stuck")

    for job_id in second:
        await bench.cancel(job_id, **FORCE)
        await bench.ended(job_id)

    assert (await bench.job(last)).status == JobStatus.QUEUED
    stuck.go.set()
    assert (await bench.ended(last)).status == JobStatus.SUCCEEDED


async def test_code_that_ends_at_last_leaves_no_place_too_many_behind(
    bench: Workbench, stuck: Stuck
) -> None:
    await bench.start(stuck.code(), threads=1)
    first = await bench.schedule("stuck")
    await stuck.has_started()
    await bench.cancel(first, grace_period=AT_ONCE)
    second = await bench.schedule("stuck")
    await stuck.has_started()
    stuck.go.set()
    assert (await bench.ended(first)).cancel_outcome == "FINISHED_FIRST"
    await bench.ended(second)
    stuck.go.clear()

    third, fourth = [await bench.schedule("stuck") for _ in range(2)]
    await stuck.has_started()

    statuses = {(await bench.job(one)).status for one in (third, fourth)}
    assert statuses == {"RUNNING", "QUEUED"}
    assert not stuck.started.acquire(blocking=False)
    stuck.go.set()
    for job_id in (third, fourth):
        await bench.ended(job_id)


async def test_a_cancel_is_heard_while_the_worker_shuts_down(bench: Workbench) -> None:
    started = threading.Event()

    @job("work")
    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    worker = await bench.start(work)
    job_id = await bench.schedule("work")
    await signaled(started)
    draining = asyncio.create_task(worker.drain())
    await until(lambda: _is_draining(worker), "the drain")

    await bench.cancel(job_id)

    ended = await bench.ended(job_id)
    await draining
    assert (ended.status, ended.cancel_outcome) == ("CANCELED", "STOPPED")


async def test_a_job_is_forced_while_its_worker_shuts_down(
    bench: Workbench, stuck: Stuck
) -> None:
    worker = await bench.start(stuck.code())
    job_id = await bench.schedule("stuck")
    await stuck.has_started()
    draining = asyncio.create_task(worker.drain())
    await until(lambda: _is_draining(worker), "the drain")

    await bench.cancel(job_id, **FORCE)

    ended = await bench.ended(job_id)
    stuck.go.set()
    await draining
    assert ended.cancel_outcome == "FORCED_UNCONFIRMED"
    assert await bench.job(job_id) == ended


@pytest.mark.rows_by_hand("lets the grace of a cancel pass")
async def test_a_worker_that_is_gone_has_its_job_forced_by_another(
    bench: Workbench, stuck: Stuck
) -> None:
    worker = await bench.start(
        stuck.code(),
        drain_timeout=AT_ONCE,
        stop_grace=SHORT,
        lease=timedelta(minutes=5),
    )
    job_id = await bench.schedule("stuck")
    await stuck.has_started()
    await bench.cancel(job_id, mode=CancelMode.FORCE, grace_period=timedelta(hours=1))
    await worker.drain()
    assert (await bench.job(job_id)).status == JobStatus.RUNNING
    await bench.fetch("UPDATE worker_jobs SET cancel_grace_until = now()")

    await bench.start(quick)

    assert (await bench.ended(job_id)).cancel_outcome == "FORCED_UNCONFIRMED"


async def _is_draining(worker: Any) -> bool:
    return not worker.is_running
