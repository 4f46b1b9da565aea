"""How running code is stopped: by a cancel, and by the end of its time."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.context import JobContext
from jobwire.jobs.decorator import job
from jobwire.models.vocabulary import JobStatus
from tests.worker.conftest import PATIENCE, Workbench, signaled, until

SHORT = timedelta(milliseconds=200)


class Signals:
    """What job code and its test tell each other."""

    def __init__(self) -> None:
        self.started = threading.Event()
        self.stopped = threading.Event()
        self.go = threading.Event()


@pytest.fixture
def signals() -> Signals:
    return Signals()


def endless(signals: Signals) -> Callable[..., Any]:
    @job("work")
    async def work() -> None:
        signals.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            signals.stopped.set()

    return work


def stubborn(signals: Signals) -> Callable[..., Any]:
    @job("work")
    async def work() -> str:
        signals.started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            signals.stopped.set()
        return "finished anyway"

    return work


def cooperative(signals: Signals) -> Callable[..., Any]:
    @job("work")
    def work(context: JobContext) -> None:
        signals.started.set()
        while not context.cancelled:
            signals.go.wait(0.01)
        signals.stopped.set()

    return work


def raising(signals: Signals) -> Callable[..., Any]:
    @job("work")
    def work(context: JobContext) -> None:
        signals.started.set()
        while True:
            signals.go.wait(0.01)
            context.raise_if_cancelled()

    return work


def oblivious(signals: Signals) -> Callable[..., Any]:
    @job("work")
    def work() -> str:
        signals.started.set()
        signals.go.wait(PATIENCE)
        return "finished anyway"

    return work


@pytest.mark.parametrize("code", [endless, cooperative, raising])
async def test_cancel_stops_running_code(
    bench: Workbench, signals: Signals, code: Callable[..., Any]
) -> None:
    await bench.start(code(signals))
    job_id = await bench.schedule("work")
    await signaled(signals.started)

    await bench.cancel(job_id)
    ended = await bench.ended(job_id)

    assert (ended.status, ended.cancel_outcome) == ("CANCELED", "STOPPED")
    assert ended.cancel_acknowledged_at is not None
    assert await bench.attempts(job_id) == ["CANCELED"]
    assert await bench.events(job_id) == [
        "CREATED",
        "STARTED",
        "CANCEL_REQUESTED",
        "CANCEL_ACKNOWLEDGED",
        "CANCELED",
    ]


async def test_cancel_is_heard_without_a_doorbell(
    bench: Workbench, signals: Signals
) -> None:
    await bench.start(endless(signals), doorbell_enabled=False)
    job_id = await bench.schedule("work")
    await signaled(signals.started)

    await bench.cancel(job_id)
    ended = await bench.ended(job_id)

    assert ended.status == JobStatus.CANCELED
    assert ended.cancel_requested_at is not None
    assert ended.finished is not None
    assert ended.finished - ended.cancel_requested_at < timedelta(seconds=2)


async def test_async_code_that_swallows_its_cancel_finished_first(
    bench: Workbench, signals: Signals
) -> None:
    await bench.start(stubborn(signals))
    job_id = await bench.schedule("work")
    await signaled(signals.started)

    await bench.cancel(job_id)
    ended = await bench.ended(job_id)

    assert (ended.status, ended.cancel_outcome) == ("SUCCEEDED", "FINISHED_FIRST")
    assert ended.result == '"finished anyway"'


async def test_sync_code_that_never_looked_finished_first(
    bench: Workbench, signals: Signals
) -> None:
    await bench.start(oblivious(signals))
    job_id = await bench.schedule("work")
    await signaled(signals.started)

    await bench.cancel(job_id)
    await acknowledged(bench, job_id)
    signals.go.set()
    ended = await bench.ended(job_id)

    assert (ended.status, ended.cancel_outcome) == ("SUCCEEDED", "FINISHED_FIRST")


async def acknowledged(bench: Workbench, job_id: Any) -> None:
    async def look() -> bool:
        return (await bench.job(job_id)).cancel_acknowledged_at is not None

    await until(look, "the acknowledgement")


async def test_failure_after_a_cancel_is_not_tried_again(
    bench: Workbench, signals: Signals
) -> None:
    @job("work")
    async def work() -> None:
        signals.started.set()
        try:
            await asyncio.Event().wait()
        finally:
            raise ValueError("while cleaning up")

    await bench.start(work)
    job_id = await bench.schedule("work")
    await signaled(signals.started)

    await bench.cancel(job_id)
    ended = await bench.ended(job_id)

    assert (ended.status, ended.cancel_outcome) == ("CANCELED", "STOPPED")


@pytest.mark.parametrize("code", [endless, stubborn, cooperative, raising])
async def test_code_that_runs_too_long_fails_with_timeout(
    bench: Workbench, signals: Signals, code: Callable[..., Any]
) -> None:
    await bench.start(code(signals))

    job_id = await bench.schedule(
        "work", max_duration=SHORT, retry_config={"maxAttempts": 1}
    )
    ended = await bench.ended(job_id)

    failure = json.loads(ended.result or "{}")["error"]
    assert (ended.status, ended.failure_kind) == ("FAILED", "TIMEOUT")
    assert failure["message"] == (
        "The attempt ran longer than its max_duration of 0:00:00.200000."
    )


async def test_sync_code_that_does_not_look_times_out_when_it_returns(
    bench: Workbench, signals: Signals
) -> None:
    await bench.start(oblivious(signals))
    job_id = await bench.schedule(
        "work", max_duration=SHORT, retry_config={"maxAttempts": 1}
    )
    await signaled(signals.started)
    await asyncio.to_thread(signals.stopped.wait, 2 * SHORT.total_seconds())
    assert (await bench.job(job_id)).status == JobStatus.RUNNING

    signals.go.set()
    ended = await bench.ended(job_id)

    assert (ended.status, ended.failure_kind) == ("FAILED", "TIMEOUT")


async def test_timeout_is_tried_again_by_the_retry_config(bench: Workbench) -> None:
    @job("work")
    async def work(context: JobContext) -> int:
        if context.attempt == 1:
            await asyncio.Event().wait()
        return context.attempt

    await bench.start(work)

    ended = await bench.ended(
        await bench.schedule(
            "work",
            max_duration=SHORT,
            retry_config={"minTimeoutInMs": 10, "maxTimeoutInMs": 20},
        )
    )

    assert (ended.status, ended.result) == ("SUCCEEDED", "2")


async def test_blocking_async_job_loses_no_lease(bench: Workbench) -> None:
    lease = timedelta(seconds=1)

    @job("block")
    async def block() -> None:
        time.sleep(2 * lease.total_seconds())  # noqa: TID251, ASYNC251 - the subject

    await bench.start(block, lease=lease)
    first, second = [await bench.schedule("block") for _ in range(2)]

    for job_id in (first, second):
        ended = await bench.ended(job_id)
        assert (ended.status, ended.attempts) == ("SUCCEEDED", 1)
        assert await bench.attempts(job_id) == ["SUCCEEDED"]


async def test_blocking_job_holds_up_neither_its_host_nor_sync_jobs(
    bench: Workbench, signals: Signals
) -> None:
    @job("block")
    async def block() -> None:
        signals.started.set()
        signals.go.wait(PATIENCE)

    @job("other")
    def other() -> str:
        return "done"

    await bench.start(block, other)
    blocked = await bench.schedule("block")
    await signaled(signals.started)

    ended = await bench.ended(await bench.schedule("other"))

    assert ended.result == '"done"'
    assert (await bench.job(blocked)).status == JobStatus.RUNNING
    signals.go.set()
    await bench.ended(blocked)
