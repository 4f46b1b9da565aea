"""Attempts whose process dies, or whose platform fails."""

import json
from pathlib import Path

import pytest

from jobwire.emulator import AlertChannel, EmulatorError, Task, TaskCrash
from tests.clock import FakeClock
from tests.emulator.stage import opened
from tests.emulator.test_hooks import Hearer
from tools.record_hooks import Receiver


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("TASK_PROCESS_OOM_KILLED", "CRASHED"),
        ("TASK_RUN_CRASHED", "CRASHED"),
        ("TASK_RUN_HEARTBEAT_TIMEOUT", "SYSTEM_FAILURE"),
    ],
)
async def test_a_crash_ends_the_run_without_a_last_hook(
    tmp_path: Path, clock: FakeClock, code: str, status: str
) -> None:
    hearer = Hearer()
    tasks = [Task("dies", duration=1, crash=TaskCrash(code))]
    async with opened(tmp_path, clock, tasks=tasks, hooks=hearer) as stage:
        run = await stage.triggered("dies")
        await stage.advance(30)
        seen = await stage.retrieve(run)

    assert (seen["status"], seen["durationMs"], seen["attemptCount"]) == (
        status,
        1000,
        1,
    )
    assert seen["error"] == {"message": f"trigger.dev internal error ({code})"}
    assert (seen["isCompleted"], seen["isFailed"]) == (True, True)
    assert "finishedAt" in seen
    assert [moment.kind for moment in hearer.moments] == ["START_ATTEMPT"]


async def test_a_crash_releases_the_idempotency_key_and_is_listed(
    tmp_path: Path, clock: FakeClock
) -> None:
    tasks = [Task("dies", duration=1, crash=lambda *_: TaskCrash(message="no memory"))]
    async with opened(tmp_path, clock, tasks=tasks) as stage:
        run = await stage.triggered("dies", None, idempotencyKey="k")
        await stage.advance(5)
        again = await stage.triggered("dies", None, idempotencyKey="k")
        listed = await stage.listed_ids(**{"filter[status]": "CRASHED"})
        seen = await stage.retrieve(run)

    assert again != run
    assert listed == [run]
    assert seen["error"]["message"] == "no memory"


async def test_a_crash_is_told_by_an_alert(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    tasks = [
        Task("dies", crash=TaskCrash("TASK_PROCESS_OOM_KILLED")),
        Task("fails", crash=TaskCrash("TASK_RUN_HEARTBEAT_TIMEOUT")),
    ]
    alerts = [AlertChannel(receiver.url, "a secret")]
    async with opened(tmp_path, clock, tasks=tasks, alerts=alerts) as stage:
        for task in ("dies", "fails"):
            await stage.triggered(task)
            await stage.advance(5)
    told = [json.loads(posted.body)["object"]["run"] for posted in receiver.posted]

    assert [(run["status"], run["isOutOfMemoryError"]) for run in told] == [
        ("CRASHED", True),
        ("SYSTEM_FAILURE", False),
    ]
    assert told[0]["error"] == {
        "type": "INTERNAL_ERROR",
        "code": "TASK_PROCESS_OOM_KILLED",
    }


def test_a_code_that_is_none_is_refused() -> None:
    with pytest.raises(EmulatorError, match="no code of a crash"):
        TaskCrash("OOPS")
