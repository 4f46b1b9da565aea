"""What becomes of a job by what its code returns or raises."""

import asyncio
import json
import logging
import signal
import subprocess
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from pydantic import BaseModel

from jobwire.jobs.context import JobContext, NonRetryable, RetryAfter
from jobwire.jobs.decorator import job
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.trigger_job import trigger_job
from jobwire.models.vocabulary import JobStatus
from tests.worker.conftest import Workbench, until

#: What a job without a registry is scheduled with has three attempts, seconds apart.
ONCE = {"maxAttempts": 1}
SOON = {"maxAttempts": 3, "minTimeoutInMs": 10, "maxTimeoutInMs": 20}


class Greeting(BaseModel):
    name: str


@job("greet")
async def greet(context: JobContext, data: Greeting) -> dict[str, Any]:
    """Say who runs what."""
    return {
        "hello": data.name,
        "id": context.job_id,
        "key": context.idempotency_key,
        "type": context.type,
        "tag": context.tag,
        "user": context.user_id,
        "attempt": context.attempt,
        "of": context.max_attempts,
        "thread": threading.current_thread().name,
    }


@job("greet-sync")
def greet_sync(data: Greeting, context: JobContext) -> dict[str, Any]:
    """Say it from a thread."""
    return {
        "hello": data.name,
        "attempt": context.attempt,
        "thread": threading.current_thread().name,
    }


async def test_async_job_runs_with_its_context_and_data(bench: Workbench) -> None:
    await bench.start(greet)

    job_id = await bench.schedule("greet", {"name": "Ada"})
    ended = await bench.ended(job_id)

    result = json.loads(ended.result or "null")
    assert result.pop("id") == result.pop("key")
    assert result == {
        "hello": "Ada",
        "type": "greet",
        "tag": "test",
        "user": "user-1",
        "attempt": 1,
        "of": 3,
        "thread": "jobwire-jobs",
    }
    assert ended.status == JobStatus.SUCCEEDED
    assert await bench.events(job_id) == ["CREATED", "STARTED", "SUCCEEDED"]
    assert await bench.attempts(job_id) == ["SUCCEEDED"]


async def test_sync_job_runs_in_a_thread_of_its_own(bench: Workbench) -> None:
    await bench.start(greet_sync)

    ended = await bench.ended(await bench.schedule("greet-sync", {"name": "Ada"}))

    result = json.loads(ended.result or "null")
    assert result == {"hello": "Ada", "attempt": 1, "thread": "jobwire-job-1"}


class OrderError(Exception):
    code = "NO_SUCH_ORDER"


_orders: dict[str, int] = {}


@job("fail")
async def fail() -> None:
    """Fail as an application would."""
    try:
        _orders["missing"]
    except KeyError as error:
        raise OrderError("there is no order 7\0") from error


async def failure_of(bench: Workbench, name: str, data: Any = None) -> dict[str, Any]:
    ended = await bench.ended(await bench.schedule(name, data, retry_config=ONCE))
    assert ended.status == JobStatus.FAILED
    failure: dict[str, Any] = json.loads(ended.result or "{}")["error"]
    return failure


async def test_failure_tells_name_message_code_and_the_authors_stack(
    bench: Workbench,
) -> None:
    await bench.start(fail)

    failure = await failure_of(bench, "fail")
    stack = failure.pop("stack")

    assert failure == {
        "kind": "TASK_ERROR",
        "name": "OrderError",
        "message": "there is no order 7\ufffd",
        "code": "NO_SUCH_ORDER",
    }
    assert '_orders["missing"]' in stack
    assert "direct cause" in stack
    assert "jobwire/worker" not in stack


@job("fail-twice", retry_config=RetryConfig(3, 10, 20))
def fail_twice(context: JobContext) -> int:
    """Succeed on the third attempt."""
    if context.attempt < 3:
        raise OSError(context.attempt)
    return context.attempt


async def test_failed_attempt_is_followed_by_another(bench: Workbench) -> None:
    await bench.start(fail_twice)

    job_id = await bench.schedule("fail-twice", retry_config=SOON)
    ended = await bench.ended(job_id)

    assert (ended.status, ended.result, ended.attempts) == ("SUCCEEDED", "3", 3)
    assert await bench.attempts(job_id) == ["FAILED", "FAILED", "SUCCEEDED"]
    assert await bench.events(job_id) == [
        "CREATED",
        *["STARTED", "ATTEMPT_FAILED", "QUEUED"] * 2,
        "STARTED",
        "SUCCEEDED",
    ]


async def test_job_fails_when_no_attempt_is_left(bench: Workbench) -> None:
    await bench.start(fail)

    job_id = await bench.schedule("fail", retry_config={**SOON, "maxAttempts": 2})
    ended = await bench.ended(job_id)

    assert (ended.status, ended.attempts) == ("FAILED", 2)


@job("hopeless")
async def hopeless() -> None:
    """Fail for good."""
    raise NonRetryable("there is no use")


async def test_non_retryable_ends_the_job_at_once(bench: Workbench) -> None:
    await bench.start(hopeless)

    ended = await bench.ended(await bench.schedule("hopeless"))

    assert (ended.status, ended.attempts) == ("FAILED", 1)


@job("later")
async def later(context: JobContext) -> None:
    """Ask for another attempt in half a minute, or at once."""
    if context.attempt == 1:
        raise RetryAfter(timedelta(seconds=0), "busy")
    raise RetryAfter(30)


async def test_retry_after_chooses_when_the_next_attempt_is_due(
    bench: Workbench,
) -> None:
    await bench.start(later)

    job_id = await bench.schedule("later")

    async def second() -> Any:
        job = await bench.job(job_id)
        return job if (job.status, job.attempts) == ("RETRYING", 2) else None

    waiting = await until(second)
    delay = waiting.next_attempt_at - waiting.updated_at
    assert timedelta(seconds=29) < delay < timedelta(seconds=31)


@job("exit")
async def leave_async() -> None:
    """Try to end the process."""
    raise SystemExit(3)


@job("exit-sync")
def leave_sync() -> None:
    """Try to end the process from a thread."""
    raise KeyboardInterrupt


@job("exit-child")
async def leave_in_child() -> str:
    """Try to end the process from a task of the job's own."""

    async def child() -> None:
        raise SystemExit(4)

    task = asyncio.create_task(child())
    await asyncio.wait({task})
    return type(task.exception()).__name__


@job("cancel-self")
async def cancel_self() -> None:
    """Raise what only the worker should."""
    raise asyncio.CancelledError


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("exit", "SystemExit"),
        ("exit-sync", "KeyboardInterrupt"),
        ("cancel-self", "CancelledError"),
    ],
)
async def test_job_code_cannot_end_the_worker(
    bench: Workbench, name: str, error: str
) -> None:
    await bench.start(leave_async, leave_sync, cancel_self, greet)

    failure = await failure_of(bench, name)

    assert (failure["kind"], failure["name"]) == ("TASK_ERROR", error)
    await bench.ended(await bench.schedule("greet", {"name": "Ada"}))


async def test_task_of_job_code_cannot_end_the_loop_of_the_others(
    bench: Workbench, caplog: pytest.LogCaptureFixture
) -> None:
    await bench.start(leave_in_child, greet)

    with caplog.at_level(logging.CRITICAL + 1, logger="jobwire.worker.jobs_thread"):
        ended = await bench.ended(await bench.schedule("exit-child"))

    assert ended.result == '"SystemExit"'
    greeted = await bench.ended(await bench.schedule("greet", {"name": "Ada"}))
    assert greeted.status == JobStatus.SUCCEEDED


async def test_data_that_fit_no_more_fail_the_job_for_good(bench: Workbench) -> None:
    await bench.start(greet, greet_sync)

    for name in ("greet", "greet-sync"):
        failure = await failure_of(bench, name, {"nome": "Ada"})

        assert failure["name"] == "InvalidData"
        assert "name" in failure["message"]


@job("bad-result")
async def bad_result(data: str) -> Any:
    """Return what is no JSON."""
    return {
        "nan": float("nan"),
        "nul": "\0",
        "surrogate": "\ud800",
        "object": object(),
        "large": "x" * 1_048_576,
    }[data]


@pytest.mark.parametrize("kind", ["nan", "nul", "surrogate", "object", "large"])
async def test_result_that_cannot_be_stored_fails_the_job_for_good(
    bench: Workbench, kind: str
) -> None:
    await bench.start(bad_result)

    ended = await bench.ended(await bench.schedule("bad-result", kind))

    failure = json.loads(ended.result or "{}")["error"]
    assert (ended.status, ended.attempts) == ("FAILED", 1)
    assert failure["name"] == "InvalidResult"
    assert failure["message"].startswith("Its result was refused. ")


@job("large")
async def large() -> str:
    """Return the largest result."""
    return "x" * (1_048_576 - 2)


async def test_result_may_take_one_mebibyte(bench: Workbench) -> None:
    await bench.start(large)

    ended = await bench.ended(await bench.schedule("large"))

    assert ended.status == JobStatus.SUCCEEDED


@job("shared")
async def shared(context: JobContext) -> str:
    """Use what the lifespan yields."""
    return f"{context.resources} {asyncio.get_running_loop() is _loops[0]}"


_loops: list[asyncio.AbstractEventLoop] = []


async def test_open_jobs_of_a_type_that_moved_away_end_where_they_are(
    bench: Workbench,
) -> None:
    moved = trigger_job("greet", moved_from=greet)
    await bench.start(greet, moved)

    job_id = await bench.schedule("greet", {"name": "Ada"})

    job = await bench.ended(job_id)
    assert (job.executor, job.status) == ("internal", "SUCCEEDED")


async def test_lifespan_surrounds_all_jobs_on_their_loop(bench: Workbench) -> None:
    steps: list[str] = []

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[str]:
        _loops[:] = [asyncio.get_running_loop()]
        steps.append("entered")
        yield "a pool"
        steps.append("left")

    worker = await bench.start(shared, lifespan=lifespan)
    ended = await bench.ended(await bench.schedule("shared"))
    assert (ended.result, steps) == ('"a pool True"', ["entered"])
    await worker.drain()

    assert steps == ["entered", "left"]


@job("subprocess")
async def run_subprocess() -> int | None:
    """Start a process from the loop of jobs."""
    process = await asyncio.create_subprocess_exec("true", stdout=subprocess.DEVNULL)
    await process.wait()
    return process.returncode


async def test_worker_leaves_its_host_as_it_was(bench: Workbench) -> None:
    def state() -> Any:
        return (
            [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)],
            list(logging.getLogger().handlers),
            logging.getLogger().level,
            type(asyncio.get_event_loop_policy()),
            threading.excepthook,
        )

    before = state()
    worker = await bench.start(run_subprocess)
    ended = await bench.ended(await bench.schedule("subprocess"))
    during = state()
    await worker.drain()

    assert ended.result == "0"
    assert before == during == state()
