"""What a task can throw besides an error of its own, and what it knows of its run."""

from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import Attempt, Step, Task, TaskError
from tests.clock import FakeClock
from tests.emulator.stage import opened


async def ended(tmp_path: Path, clock: FakeClock, task: Task) -> dict[str, Any]:
    """Run a task until it has certainly ended; return its run."""
    async with opened(tmp_path, clock, tasks=[task]) as stage:
        run = await stage.triggered(task.id)
        await stage.advance(60)
        return await stage.retrieve(run)


async def test_an_internal_error_is_never_retried_and_shows_its_code_alone(
    tmp_path: Path, clock: FakeClock
) -> None:
    wrong = TaskError("n must be a number", code="TASK_INPUT_ERROR")

    run = await ended(tmp_path, clock, Task("typed", error=wrong))

    assert (run["status"], run["attemptCount"]) == ("FAILED", 1)
    assert run["error"] == {"message": "trigger.dev internal error (TASK_INPUT_ERROR)"}


@pytest.mark.parametrize(("final", "attempts"), [(True, 1), (False, 3)])
async def test_after_a_final_error_no_attempt_follows(
    tmp_path: Path, clock: FakeClock, *, final: bool, attempts: int
) -> None:
    error = TaskError("enough", final=final)

    run = await ended(tmp_path, clock, Task("t", error=error))

    assert (run["status"], run["attemptCount"]) == ("FAILED", attempts)
    assert run["error"]["message"] == "enough"


async def test_a_step_may_set_metadata_and_tell_nothing(
    tmp_path: Path, clock: FakeClock
) -> None:
    steps = [Step(after=0.1, metadata={"progress": 1}), Step(after=0.2, metadata={})]

    run = await ended(tmp_path, clock, Task("t", progress=steps))

    assert run["metadata"] == {"progress": 1}


async def test_a_function_of_a_task_knows_its_run(
    tmp_path: Path, clock: FakeClock
) -> None:
    def told(_: Any, attempt: int) -> list[Any]:
        return [attempt, isinstance(attempt, Attempt) and attempt.run_id]

    run = await ended(tmp_path, clock, Task("t", output=told))

    assert run["output"] == [1, run["id"]]
