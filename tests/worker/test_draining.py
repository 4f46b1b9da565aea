"""How a worker ends."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import asyncpg
import pytest

from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.models.database_url import DatabaseUrl
from jobwire.models.vocabulary import JobStatus
from jobwire.worker.worker import WorkerStartedTwiceError
from tests.worker.conftest import PATIENCE, Workbench, signaled

AT_ONCE = timedelta()


@job("quick")
async def quick() -> None: ...


async def test_drain_lets_running_jobs_end(bench: Workbench) -> None:
    started, go = threading.Event(), threading.Event()

    @job("work")
    def work() -> str:
        started.set()
        go.wait(PATIENCE)
        return "done"

    worker = await bench.start(work)
    job_id = await bench.schedule("work")
    await signaled(started)

    draining = asyncio.ensure_future(worker.drain())
    await asyncio.sleep(0)
    waiting = await bench.schedule("work")
    go.set()
    await draining

    assert (await bench.job(job_id)).result == '"done"'
    assert (await bench.job(waiting)).status == JobStatus.QUEUED
    assert not worker.is_running


@pytest.mark.parametrize("is_async", [True, False])
async def test_drain_hands_back_what_takes_too_long_without_burning_an_attempt(
    bench: Workbench, *, is_async: bool
) -> None:
    started = threading.Event()

    @job("work")
    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    @job("work")
    def work_sync(context: JobContext) -> None:
        started.set()
        while not context.cancelled:
            threading.Event().wait(0.01)

    worker = await bench.start(work if is_async else work_sync, drain_timeout=AT_ONCE)
    job_id = await bench.schedule("work")
    await signaled(started)

    await worker.drain()

    handed_back = await bench.job(job_id)
    assert (handed_back.status, handed_back.attempts) == ("QUEUED", 0)
    assert await bench.attempts(job_id) == []
    assert await bench.events(job_id) == ["CREATED", "STARTED", "QUEUED"]


async def test_handed_back_job_runs_on_another_worker(bench: Workbench) -> None:
    started = threading.Event()

    @job("work")
    async def work() -> None:
        if not started.is_set():
            started.set()
            await asyncio.Event().wait()

    first = await bench.start(work, drain_timeout=AT_ONCE)
    await bench.start(quick)
    job_id = await bench.schedule("work")
    await signaled(started)
    await bench.start(work)

    await first.drain()
    ended = await bench.ended(job_id)

    assert (ended.status, ended.attempts) == ("SUCCEEDED", 1)


async def test_drain_leaves_behind_code_that_ignores_it(bench: Workbench) -> None:
    started, go = threading.Event(), threading.Event()

    @job("work")
    def work() -> str:
        started.set()
        go.wait(PATIENCE)
        return "too late"

    worker = await bench.start(
        work, drain_timeout=AT_ONCE, stop_grace=timedelta(milliseconds=100)
    )
    job_id = await bench.schedule("work")
    await signaled(started)

    await worker.drain()
    left = await bench.job(job_id)
    go.set()

    assert left.status == JobStatus.RUNNING


async def test_drain_ends_although_an_async_job_blocks_its_loop(
    bench: Workbench,
) -> None:
    started, go = threading.Event(), threading.Event()

    @job("block")
    async def block() -> None:
        started.set()
        go.wait(PATIENCE)

    worker = await bench.start(
        block, drain_timeout=AT_ONCE, stop_grace=timedelta(milliseconds=100)
    )
    await bench.schedule("block")
    await signaled(started)

    async with asyncio.timeout(PATIENCE / 2):
        await worker.drain()
    go.set()


async def test_drain_may_be_called_again_and_by_several(bench: Workbench) -> None:
    worker = await bench.start(quick)

    await asyncio.gather(worker.drain(), worker.drain())
    await worker.drain()


async def test_drain_before_the_start_leaves_nothing_to_start(
    bench: Workbench,
) -> None:
    worker = bench.worker(quick)

    await worker.drain()

    with pytest.raises(WorkerStartedTwiceError):
        await worker.start()


async def test_drain_during_the_start_gives_up_the_start(bench: Workbench) -> None:
    entering = threading.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[None]:
        entering.set()
        await asyncio.Event().wait()
        yield

    worker = bench.worker(quick, lifespan=slow)
    starting = asyncio.ensure_future(worker.start())
    await signaled(entering)

    await worker.drain()
    await starting

    assert not worker.is_running


async def test_canceled_start_drains_by_itself(bench: Workbench) -> None:
    entering, left = threading.Event(), threading.Event()

    @asynccontextmanager
    async def slow() -> AsyncIterator[None]:
        entering.set()
        try:
            await asyncio.Event().wait()
            yield
        finally:
            left.set()

    worker = bench.worker(quick, lifespan=slow)
    starting = asyncio.ensure_future(worker.start())
    await signaled(entering)

    starting.cancel()

    await signaled(left)
    await worker.drain()


async def test_worker_starts_only_once(bench: Workbench) -> None:
    worker = await bench.start(quick)

    with pytest.raises(WorkerStartedTwiceError):
        await worker.start()


async def test_error_of_the_lifespan_fails_the_start(bench: Workbench) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[None]:
        raise LookupError("no such service")
        yield

    worker = bench.worker(quick, lifespan=broken)

    with pytest.raises(LookupError, match="no such service"):
        await worker.start()
    await worker.drain()


async def test_start_tells_that_the_database_cannot_be_used(bench: Workbench) -> None:
    url = bench.database.url
    wrong = DatabaseUrl(url.host, url.port, url.user, url.password, "no_such_database")
    worker = bench.worker(quick, url=wrong)

    with pytest.raises(asyncpg.InvalidCatalogNameError):
        await worker.start()
    await worker.drain()


async def test_lifespan_is_left_after_the_last_job(bench: Workbench) -> None:
    steps: list[str] = []
    started = threading.Event()

    @job("work")
    async def work() -> None:
        started.set()
        try:
            await asyncio.Event().wait()
        finally:
            steps.append("job")

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        yield
        steps.append("lifespan")

    worker = await bench.start(work, lifespan=lifespan, drain_timeout=AT_ONCE)
    await bench.schedule("work")
    await signaled(started)
    await worker.drain()

    assert steps == ["job", "lifespan"]


async def test_async_context_manager_starts_and_drains(bench: Workbench) -> None:
    async with bench.worker(quick) as worker:
        assert worker.is_running
        await bench.ended(await bench.schedule("quick"))

    assert not worker.is_running
