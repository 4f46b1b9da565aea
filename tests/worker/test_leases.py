"""Leases that are lost, locked, or cannot be confirmed; finishes that must wait."""

import asyncio
import logging
import threading
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.cancel import cancel
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.models.vocabulary import JobStatus
from jobwire.worker.execution import Execution, StopReason
from jobwire.worker.heartbeat import LeaseWatch
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.roster import Roster
from jobwire.worker.settings import WorkerSettings
from tests.worker.conftest import PATIENCE, VIEWER, Workbench, signaled, until
from tests.worker.proxy import Proxy

LEASE = timedelta(seconds=2)


class Losses(WorkerHooks):
    def __init__(self) -> None:
        self.lost_types: list[str] = []

    def lost(self, type: str) -> None:
        self.lost_types.append(type)


@pytest.fixture
async def proxy(bench: Workbench) -> AsyncIterator[Proxy]:
    proxy = Proxy(bench.database.url)
    await proxy.mend()
    yield proxy
    await bench.close()
    await proxy.cut()


async def steal(bench: Workbench, job_id: UUID) -> None:
    """Do to a job what a rescue by another worker does."""
    await bench.fetch(
        """WITH u AS (UPDATE worker_jobs
             SET status = 'QUEUED', version = version + 1, fence = fence + 1,
                 leased_by = NULL, leased_until = NULL, next_attempt_at = now()
           WHERE id = $1 RETURNING *)
           INSERT INTO job_events (job_id, user_id, version, kind, from_status,
             to_status, source, occurred_at, recorded_at, changes)
           SELECT id, user_id, version, 'ATTEMPT_FAILED', 'RUNNING', status, 'WORKER',
             now(), now(), '{}' FROM u""",
        job_id,
    )


@pytest.mark.rows_by_hand("takes a job from its worker")
async def test_lost_lease_stops_the_code_and_discards_what_it_did(
    bench: Workbench,
) -> None:
    started, stopped = threading.Event(), threading.Event()
    hooks = Losses()

    @job("work")
    async def work(context: JobContext) -> int:
        if context.attempt == 1:
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()
        return context.attempt

    await bench.start(work, hooks=hooks, lease=LEASE)
    job_id = await bench.schedule("work")
    await signaled(started)

    await steal(bench, job_id)
    await signaled(stopped)
    ended = await bench.ended(job_id)

    assert (ended.status, ended.result) == ("SUCCEEDED", "2")
    await until(_true_when(lambda: hooks.lost_types == ["work"]), "the count")


def _true_when(condition: Any) -> Any:
    async def look() -> bool:
        return bool(condition())

    return look


@pytest.mark.rows_by_hand("takes a job from its worker")
async def test_end_under_a_lost_lease_is_fenced_out(bench: Workbench) -> None:
    started, go = threading.Event(), threading.Event()
    hooks = Losses()

    @job("work")
    def work(context: JobContext) -> str:
        if context.attempt == 1:
            started.set()
            go.wait(PATIENCE)
            return "of the lost attempt"
        return "of the next attempt"

    # No heartbeat comes before the end: only the fence can tell.
    await bench.start(work, hooks=hooks, threads=2, lease=timedelta(seconds=60))
    job_id = await bench.schedule("work")
    await signaled(started)

    await steal(bench, job_id)
    go.set()
    ended = await bench.ended(job_id)

    assert ended.result == '"of the next attempt"'
    assert await bench.events(job_id) == [
        "CREATED",
        "STARTED",
        "ATTEMPT_FAILED",
        "STARTED",
        "SUCCEEDED",
    ]
    await until(_true_when(lambda: hooks.lost_types == ["work"]), "the count")


async def test_row_locked_by_a_stranger_costs_no_other_job_its_lease(
    bench: Workbench,
) -> None:
    go = threading.Event()

    @job("work")
    def work() -> None:
        go.wait(PATIENCE)

    await bench.start(work, lease=LEASE, threads=8)
    job_ids = [await bench.schedule("work") for _ in range(8)]
    for job_id in job_ids:
        await bench.reaches(job_id, JobStatus.RUNNING)

    async with bench.database.transaction() as connection:
        await cancel(connection, job_ids[3], viewer=VIEWER, now=SystemClock().now())
        others = [job_id for job_id in job_ids if job_id != job_ids[3]]
        await outlives(bench, others, 2 * LEASE)
        # Nor is the end of another job held up by it.
        go.set()
        for job_id in others:
            assert (await bench.ended(job_id)).attempts == 1
        assert (await bench.job(job_ids[3])).status == JobStatus.RUNNING

    assert (await bench.ended(job_ids[3])).finished is not None


async def outlives(bench: Workbench, job_ids: list[UUID], span: timedelta) -> None:
    """Wait until every lease reaches beyond a span from now."""
    beyond = SystemClock().now() + span

    async def look() -> bool:
        rows = await bench.fetch(
            "SELECT min(leased_until) AS until FROM worker_jobs"
            " WHERE id = ANY($1) AND status = 'RUNNING'",
            job_ids,
        )
        return bool(rows[0]["until"] is not None and rows[0]["until"] > beyond)

    await until(look, "the leases")


async def test_short_outage_costs_nothing(
    bench: Workbench, proxy: Proxy, caplog: pytest.LogCaptureFixture
) -> None:
    started, go = threading.Event(), threading.Event()

    @job("work")
    def work(context: JobContext) -> int:
        started.set()
        go.wait(PATIENCE)
        return context.attempt

    with caplog.at_level(logging.INFO, logger="jobwire.worker"):
        await bench.start(work, url=proxy.url, lease=timedelta(seconds=30))
        job_id = await bench.schedule("work")
        await signaled(started)

        await proxy.cut()
        go.set()
        await until(_true_when(lambda: "is away" in caplog.text), "the outage")
        await proxy.mend()
        ended = await bench.ended(job_id)
        # Its end may be read before the worker has said so.
        await until(_true_when(lambda: "is back" in caplog.text), "the way back")

    assert (ended.status, ended.result) == ("SUCCEEDED", "1")
    assert await bench.attempts(job_id) == ["SUCCEEDED"]
    said = [record.action for record in caplog.records if hasattr(record, "action")]
    assert said.count("database-away") == 1
    assert said.count("database-back") == 1
    assert "loop-failed" not in said


async def test_worker_goes_on_after_an_outage(bench: Workbench, proxy: Proxy) -> None:
    @job("work")
    async def work() -> None: ...

    await bench.start(work, url=proxy.url)
    await bench.ended(await bench.schedule("work"))

    await proxy.cut()
    await proxy.mend()

    await bench.ended(await bench.schedule("work"))
    later = await bench.schedule("work", delay=timedelta(milliseconds=200))
    await bench.ended(later)


async def test_code_is_stopped_when_its_lease_can_no_longer_be_confirmed(
    bench: Workbench, proxy: Proxy
) -> None:
    started, stopped = threading.Event(), threading.Event()
    stopped_at: list[float] = []

    @job("work")
    async def work(context: JobContext) -> int:
        if not started.is_set():
            started.set()
            try:
                await asyncio.Event().wait()
            finally:
                stopped_at.append(time.monotonic())
                stopped.set()
        return context.attempt

    await bench.start(work, url=proxy.url, lease=LEASE)
    job_id = await bench.schedule("work")
    await signaled(started)

    await proxy.cut()
    cut_at = time.monotonic()
    await signaled(stopped)
    await proxy.mend()
    ended = await bench.ended(job_id)

    assert stopped_at[0] - cut_at < 1.5 * LEASE.total_seconds()
    assert ended.status == JobStatus.SUCCEEDED
    assert (await bench.attempts(job_id))[-1] == "SUCCEEDED"


@pytest.mark.parametrize("is_async", [True, False])
async def test_claim_whose_answer_comes_after_its_lease_starts_nothing(
    bench: Workbench, proxy: Proxy, *, is_async: bool
) -> None:
    started: list[int] = []

    def begin(context: JobContext, data: str) -> str:
        started.append(context.attempt)
        return data

    @job("work")
    async def work(context: JobContext, data: str) -> str:
        return begin(context, data)

    await bench.start(
        work if is_async else job("work")(begin),
        url=proxy.url,
        lease=timedelta(milliseconds=500),
    )
    proxy.hold(b"on its way")
    job_id = await bench.schedule("work", "on its way")

    await bench.reaches(job_id, JobStatus.RUNNING)
    # The worker's other connections work: it rescues the job from itself.
    await bench.reaches(job_id, JobStatus.QUEUED)
    proxy.release()
    await bench.ended(job_id)

    assert started == [2]
    assert await bench.attempts(job_id) == ["LOST", "SUCCEEDED"]


async def test_code_is_stopped_before_its_lease_is_over(execution: Execution) -> None:
    settings, roster = WorkerSettings(lease=timedelta(hours=1)), Roster()
    roster.add(execution)
    stopped: list[tuple[Execution, StopReason]] = []
    watch = LeaseWatch(
        settings, roster=roster, stop=lambda *asked: stopped.append(asked)
    )

    execution.confirmed_at = time.monotonic() - timedelta(minutes=53).total_seconds()
    await watch.run_once()
    early = list(stopped)
    execution.confirmed_at = time.monotonic() - timedelta(minutes=55).total_seconds()
    pause = await watch.run_once()

    assert early == []
    assert stopped == [(execution, StopReason.UNCONFIRMED)]
    assert timedelta(seconds=pause) < settings.lease - settings.reliance


async def test_drain_ends_although_the_database_is_away(
    bench: Workbench, proxy: Proxy
) -> None:
    started = threading.Event()

    @job("work")
    async def work() -> None:
        started.set()
        await asyncio.Event().wait()

    worker = await bench.start(
        work,
        url=proxy.url,
        drain_timeout=timedelta(),
        flush_timeout=timedelta(milliseconds=200),
    )
    await bench.schedule("work")
    await signaled(started)

    await proxy.cut()
    async with asyncio.timeout(PATIENCE):
        await worker.drain()
