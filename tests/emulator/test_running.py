"""What the clock does to runs."""

from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import Retry, Step, Task, TaskError
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened


async def seen_over(stage: Stage, run: str, seconds: float) -> list[str]:
    """Return the statuses that a run goes through, looking every 50 ms."""
    seen = [await stage.status(run)]
    for _ in range(round(seconds / 0.05)):
        await stage.advance(0.05)
        status = await stage.status(run)
        if status != seen[-1]:
            seen.append(status)
    return seen


async def test_a_run_is_dequeued_executed_and_completed(stage: Stage) -> None:
    run = await stage.triggered("my-task", {"name": "ann"})

    await stage.emulator.settle()
    assert await seen_over(stage, run, 1) == ["DEQUEUED", "EXECUTING", "COMPLETED"]
    assert (await stage.retrieve(run))["output"] == {
        "message": "Hello, ann!",
        "payload": {"name": "ann"},
    }


async def test_a_completed_run_looks_as_on_the_real_server(stage: Stage) -> None:
    run = await stage.triggered("my-task", {"name": "ann"}, tags=["b", "a"])
    await stage.advance(1)

    assert await stage.retrieve(run) == {
        "id": run,
        "taskIdentifier": "my-task",
        "version": "20260102.1",
        "status": "COMPLETED",
        "createdAt": "2026-01-02T03:04:05.000Z",
        "startedAt": "2026-01-02T03:04:05.100Z",
        "updatedAt": "2026-01-02T03:04:05.600Z",
        "finishedAt": "2026-01-02T03:04:05.600Z",
        "ttl": "10m",
        "costInCents": 0,
        "baseCostInCents": 0,
        "durationMs": 500,
        "isTest": False,
        "depth": 0,
        "tags": ["a", "b"],
        "isQueued": False,
        "isExecuting": False,
        "isCompleted": True,
        "isFailed": False,
        "isSuccess": True,
        "isCancelled": False,
        "isWaiting": False,
        "triggerFunction": "trigger",
        "region": stage.emulator.environment_id,
        "payload": {"name": "ann"},
        "output": {"message": "Hello, ann!", "payload": {"name": "ann"}},
        "attemptCount": 1,
        "attempts": [],
        "relatedRuns": {"children": []},
    }


async def test_a_large_dataset_tells_every_second_how_far_it_is(stage: Stage) -> None:
    run = await stage.triggered("process-large-dataset", {"seconds": 4})
    told = []
    for _ in range(5):
        await stage.advance(1)
        told.append((await stage.retrieve(run)).get("metadata"))

    reports = [(one or {}).get("progress", {}) for one in told[:3]]
    assert [(one.get("fraction"), one.get("message")) for one in reports] == [
        (None, None),
        (0.25, "1000 of 4000 rows"),
        (0.5, "2000 of 4000 rows"),
    ]
    assert reports[1]["updatedAt"] < reports[2]["updatedAt"]
    assert (await stage.retrieve(run))["output"] == {"rows": 4000}


async def test_a_large_dataset_takes_twenty_seconds(stage: Stage) -> None:
    run = await stage.triggered("process-large-dataset", metadata={"mine": 1})

    await stage.advance(20)
    assert await stage.status(run) == "EXECUTING"
    await stage.advance(0.1)

    finished = await stage.retrieve(run)
    assert finished["status"] == "COMPLETED"
    assert finished["output"] == {"rows": 20_000}
    assert finished["durationMs"] == 20_000
    assert finished["metadata"]["mine"] == 1


async def test_a_report_is_made(stage: Stage) -> None:
    run = await stage.triggered("daily-report-generation", {"timestamp": "2026-01-01"})
    await stage.advance(4)

    report = (await stage.retrieve(run))["output"]

    assert report["title"] == "Daily report of 2026-01-01"


async def test_a_failing_task_is_tried_again_with_growing_pauses(
    stage: Stage,
) -> None:
    run = await stage.triggered("always-fails")
    attempts = []
    for _ in range(50):
        await stage.advance(0.1)
        attempts.append((await stage.retrieve(run))["attemptCount"])

    failed = await stage.retrieve(run)
    # 0.1 s, then 0.5 s, a pause of 1 s, 0.5 s, a pause of 2 s and 0.5 s again.
    assert [attempts.index(number) for number in (1, 2, 3)] == [0, 15, 40]
    assert failed["status"] == "FAILED"
    assert failed["attemptCount"] == 3
    assert failed["durationMs"] == 1500
    assert failed["error"]["name"] == "Error"
    assert failed["error"]["message"] == "This task always fails (try 3)"
    assert failed["error"]["stackTrace"].startswith("Error: This task always fails")


async def test_between_two_attempts_a_run_executes_in_the_current_words(
    stage: Stage,
) -> None:
    run = await stage.triggered("always-fails")
    await stage.advance(1)

    old = await stage.retrieve(run, **{"x-trigger-api-version": ""})

    assert await stage.status(run) == "EXECUTING"
    assert old["status"] == "REATTEMPTING"
    assert old["isExecuting"] is True


async def test_the_old_vocabulary_does_not_know_dequeued(stage: Stage) -> None:
    run = await stage.triggered("my-task")
    await stage.emulator.settle()

    old = await stage.retrieve(run, **{"x-trigger-api-version": ""})

    assert await stage.status(run) == "DEQUEUED"
    assert old["status"] == "EXECUTING"


@pytest.mark.parametrize(("asked", "attempts"), [(1, 1), (2, 2), (0, 1), (5, 5)])
async def test_a_trigger_may_say_how_often_a_run_is_tried(
    stage: Stage, asked: int, attempts: int
) -> None:
    run = await stage.triggered("always-fails", maxAttempts=asked)
    await stage.advance(60)

    assert (await stage.retrieve(run))["attemptCount"] == attempts


async def test_a_task_without_retries_is_never_tried_again(
    tmp_path: Path, clock: FakeClock
) -> None:
    once = Task("once", error=TaskError("no", name="TypeError"), retry=None)
    async with opened(tmp_path, clock, tasks=[once]) as stage:
        run = await stage.triggered("once", maxAttempts=5)
        await stage.advance(60)

        failed = await stage.retrieve(run)

    assert failed["attemptCount"] == 1
    assert failed["error"]["name"] == "TypeError"


async def test_a_run_may_succeed_at_a_later_attempt(
    tmp_path: Path, clock: FakeClock
) -> None:
    flaky = Task(
        "flaky",
        duration=lambda payload, attempt: payload / attempt,
        error=lambda _, attempt: TaskError("again") if attempt < 3 else None,
        output=lambda payload, attempt: {"payload": payload, "attempt": attempt},
        retry=Retry(max_attempts=5, min_seconds=1, max_seconds=1.5),
    )
    async with opened(tmp_path, clock, tasks=[flaky]) as stage:
        run = await stage.triggered("flaky", 6)
        await stage.advance(0.1 + 6 + 1 + 3 + 1.5 + 2)

        done = await stage.retrieve(run)

    assert done["status"] == "COMPLETED"
    assert done["output"] == {"payload": 6, "attempt": 3}
    assert done["durationMs"] == 11_000
    assert "error" not in done


async def test_what_a_described_task_raises_fails_its_attempt(stage: Stage) -> None:
    run = await stage.triggered(
        "process-large-dataset", {"seconds": "ten"}, maxAttempts=1
    )
    await stage.advance(1)

    failed = await stage.retrieve(run)

    assert failed["status"] == "FAILED"
    assert failed["error"]["name"] == "ValueError"
    assert "'ten'" in failed["error"]["message"]


@pytest.mark.parametrize(
    "wrong",
    [
        Task("wrong", output=lambda *_: object(), retry=None),
        Task("wrong", duration=lambda *_: "10", retry=None),
        Task("wrong", progress=lambda *_: [0.5], retry=None),
        Task("wrong", duration=float("inf"), retry=None),
    ],
    ids=["output", "duration", "progress", "infinite"],
)
async def test_a_description_that_makes_no_sense_fails_the_attempt(
    tmp_path: Path, clock: FakeClock, wrong: Task
) -> None:
    async with opened(tmp_path, clock, tasks=[wrong]) as stage:
        run = await stage.triggered("wrong")
        await stage.advance(1)

        assert (await stage.retrieve(run))["status"] == "FAILED"


async def test_ten_runs_execute_at_once_and_the_others_are_queued(
    stage: Stage,
) -> None:
    runs = [await stage.triggered("process-large-dataset") for _ in range(12)]
    await stage.advance(1)
    first = [await stage.status(run) for run in runs]
    await stage.advance(20)
    second = [await stage.status(run) for run in runs]

    assert first == ["EXECUTING"] * 10 + ["QUEUED"] * 2
    assert second == ["COMPLETED"] * 10 + ["EXECUTING"] * 2


async def test_a_higher_priority_leaves_the_queue_first(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, concurrency=1) as stage:
        await stage.triggered("my-task")
        await stage.emulator.settle()
        late = await stage.triggered("my-task")
        first = await stage.triggered("my-task", priority=5)
        await stage.advance(0.65)

        assert await stage.status(first) == "DEQUEUED"
        assert await stage.status(late) == "QUEUED"


@pytest.mark.parametrize("queue", [None, "task/no-such-task", "nope-queue"])
async def test_a_run_without_its_task_or_queue_waits_for_a_version(
    stage: Stage, queue: str | None
) -> None:
    options: dict[str, Any] = {} if queue is None else {"queue": {"name": queue}}
    task = "no-such-task" if queue is None else "my-task"
    run = await stage.triggered(task, **options)
    await stage.advance(1)

    waiting = await stage.retrieve(run)

    assert waiting["status"] == "PENDING_VERSION"
    assert waiting["isQueued"] is True
    assert "version" not in waiting


async def test_a_new_version_with_the_task_runs_what_waited(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock) as stage:
        run = await stage.triggered("new-task")
        await stage.advance(1)
        assert await stage.status(run) == "PENDING_VERSION"
    async with opened(tmp_path, clock, tasks=[Task("new-task", 1.0)]) as stage:
        await stage.advance(2)

        assert await stage.status(run) == "COMPLETED"


@pytest.mark.parametrize("delay", ["10s", "2026-01-02T03:04:15.000Z"])
async def test_a_delayed_run_waits(stage: Stage, delay: str) -> None:
    run = await stage.triggered("my-task", delay=delay)

    await stage.advance(9.999)
    waiting = await stage.retrieve(run)
    await stage.advance(0.001)

    assert waiting["status"] == "DELAYED"
    assert waiting["delayedUntil"] == "2026-01-02T03:04:15.000Z"
    assert await seen_over(stage, run, 1) == ["DEQUEUED", "EXECUTING", "COMPLETED"]


@pytest.mark.parametrize("delay", ["soonish", "2020-01-01", "-5s", "10 min", 0])
async def test_a_delay_that_is_none_or_past_is_ignored(
    stage: Stage, delay: Any
) -> None:
    run = await stage.triggered("my-task", delay=delay)
    await stage.advance(1)

    done = await stage.retrieve(run)

    assert done["status"] == "COMPLETED"
    assert "delayedUntil" not in done


async def test_a_run_that_nobody_starts_in_time_expires(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, concurrency=1) as stage:
        await stage.triggered("process-large-dataset")
        run = await stage.triggered("my-task", ttl="5s")
        await stage.advance(6)

        expired = await stage.retrieve(run)

    assert expired["status"] == "EXPIRED"
    assert expired["expiredAt"] == expired["finishedAt"] == "2026-01-02T03:04:10.000Z"
    assert expired["error"] == {
        "message": "Run expired because the TTL (5s) was reached"
    }
    assert expired["isCompleted"] is False
    assert expired["isFailed"] is False


async def test_a_ttl_counts_from_the_queue_not_from_the_trigger(stage: Stage) -> None:
    run = await stage.triggered("no-such-task", delay="10s", ttl="5s")

    await stage.advance(14)
    assert await stage.status(run) == "PENDING_VERSION"
    await stage.advance(1)

    assert await stage.status(run) == "EXPIRED"


@pytest.mark.parametrize(
    ("ttl", "shown"),
    [(4200, "1h10m"), (0, None), ("later", "later"), ("1s", "1s")],
)
async def test_a_ttl_is_shown_as_a_duration(
    stage: Stage, ttl: Any, shown: str | None
) -> None:
    run = await stage.triggered("my-task", ttl=ttl)
    await stage.advance(1)

    done = await stage.retrieve(run)

    assert done["status"] == "COMPLETED"
    assert done.get("ttl") == shown


async def test_a_run_that_takes_longer_than_it_may_times_out(stage: Stage) -> None:
    run = await stage.triggered("process-large-dataset", maxDuration=1)

    await stage.advance(5)
    # Nobody may ask for less than five seconds.
    assert await stage.status(run) == "EXECUTING"
    await stage.advance(1)

    late = await stage.retrieve(run)
    assert late["status"] == "TIMED_OUT"
    assert late["attemptCount"] == 1
    assert late["error"] == {
        "message": "trigger.dev internal error (MAX_DURATION_EXCEEDED)"
    }
    assert late["isCompleted"] is late["isFailed"] is False


async def test_steps_after_the_end_are_never_taken(
    tmp_path: Path, clock: FakeClock
) -> None:
    steps = [Step(1, 0.5), Step(9, 1.0)]
    short = Task("short", duration=2, progress=steps)
    async with opened(tmp_path, clock, tasks=[short]) as stage:
        run = await stage.triggered("short")
        await stage.advance(20)

        done = await stage.retrieve(run)

    assert done["status"] == "COMPLETED"
    assert done["metadata"]["progress"]["fraction"] == 0.5
