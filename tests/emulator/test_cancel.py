from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened


@pytest.mark.parametrize(
    ("task", "options"),
    [
        pytest.param("my-task", {"delay": "1h"}, id="delayed"),
        pytest.param("no-such-task", {}, id="pending version"),
    ],
)
async def test_a_run_that_never_started_is_canceled_and_never_finished(
    stage: Stage, task: str, options: dict[str, str]
) -> None:
    run = await stage.triggered(task, **options)
    await stage.advance(1)

    answer = await stage.cancel(run)

    assert (answer.status_code, answer.json()) == (200, {"id": run})
    await stage.advance(7200)
    canceled = await stage.retrieve(run)
    assert canceled["status"] == "CANCELED"
    assert canceled["error"] == {"message": "Canceled by user"}
    assert canceled["isCompleted"] is canceled["isFailed"] is True
    assert canceled["isCancelled"] is True
    assert "finishedAt" not in canceled
    assert canceled["attemptCount"] == 0


async def test_a_queued_run_that_is_canceled_never_runs(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, concurrency=1) as stage:
        await stage.triggered("my-task")
        run = await stage.triggered("my-task")
        await stage.emulator.settle()
        await stage.cancel(run)
        await stage.advance(1000)

        canceled = await stage.retrieve(run)

    assert canceled["status"] == "CANCELED"
    assert "finishedAt" not in canceled
    assert "startedAt" not in canceled


async def test_an_executing_run_is_canceled_at_once_and_finished_when_it_stopped(
    stage: Stage,
) -> None:
    run = await stage.triggered("process-large-dataset")
    await stage.advance(2)

    await stage.cancel(run)
    at_once = await stage.retrieve(run)
    await stage.advance(0.5)
    stopped = await stage.retrieve(run)

    assert at_once["status"] == stopped["status"] == "CANCELED"
    assert "finishedAt" not in at_once
    assert stopped["finishedAt"] == "2026-01-02T03:04:07.500Z"
    assert stopped["attemptCount"] == 1
    assert "output" not in stopped


async def test_a_canceled_run_keeps_its_place_until_it_stopped(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, concurrency=1) as stage:
        run = await stage.triggered("process-large-dataset")
        next_one = await stage.triggered("my-task")
        await stage.advance(2)

        await stage.cancel(run)
        await stage.advance(0.4)
        assert await stage.status(next_one) == "QUEUED"
        await stage.advance(0.1)

        assert await stage.status(next_one) == "DEQUEUED"


async def test_a_run_that_waits_for_its_next_attempt_is_not_tried_again(
    stage: Stage,
) -> None:
    run = await stage.triggered("always-fails")
    await stage.advance(1)

    await stage.cancel(run)
    await stage.advance(60)

    canceled = await stage.retrieve(run)
    assert canceled["status"] == "CANCELED"
    assert canceled["attemptCount"] == 1
    assert "finishedAt" in canceled


async def test_canceling_again_changes_nothing(stage: Stage) -> None:
    run = await stage.triggered("process-large-dataset")
    await stage.advance(2)
    await stage.cancel(run)
    await stage.advance(5)
    before = await stage.retrieve(run)

    answer = await stage.cancel(run)

    assert (answer.status_code, answer.json()) == (200, {"id": run})
    assert await stage.retrieve(run) == before


async def test_canceling_a_completed_run_succeeds_and_changes_nothing(
    stage: Stage,
) -> None:
    run = await stage.triggered("my-task")
    await stage.advance(5)
    before = await stage.retrieve(run)

    answer = await stage.cancel(run)

    assert answer.status_code == 200
    assert await stage.retrieve(run) == before
    assert before["status"] == "COMPLETED"


async def test_a_run_that_does_not_exist_cannot_be_canceled(stage: Stage) -> None:
    answer = await stage.cancel("run_doesnotexist")

    assert answer.status_code == 404
    assert answer.json() == {"error": "Resource not found"}
