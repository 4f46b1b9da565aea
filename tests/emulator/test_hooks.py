import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import HookMoment, Step, Task, TaskError
from jobwire.emulator.clock import iso, to_ms
from jobwire.emulator.errors import TaskDefinitionError
from jobwire.emulator.hook_moments import HookLine
from jobwire.emulator.transitions import Spans
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

WORK = Task(
    "work",
    duration=10,
    progress=[Step(2, 0.2, "a fifth"), Step(4, 0.4)],
    output={"done": True},
)
FAIL = Task("fail", duration=1, error=TaskError("no"))


class Hearer:
    """Keeps what it is sent, and what the API then says of the run."""

    def __init__(self) -> None:
        self.moments: list[HookMoment] = []
        self.statuses: list[str] = []
        self.stage: Stage | None = None

    async def send(self, moment: HookMoment) -> None:
        self.moments.append(moment)
        if self.stage is not None:
            self.statuses.append(await self.stage.status(moment.run_id))

    def heard(self) -> list[tuple[str, int]]:
        return [(moment.kind, moment.attempt) for moment in self.moments]


class Stuck:
    """Never comes to an end, except for what it lets pass."""

    def __init__(self, *passed: str) -> None:
        self.passed = passed
        self.called = asyncio.Event()
        self.sent: list[str] = []

    async def send(self, moment: HookMoment) -> None:
        if moment.kind not in self.passed:
            self.called.set()
            await asyncio.Event().wait()
        self.sent.append(moment.kind)


async def looked_until(
    stage: Stage, run: str, is_so: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    """Look at a run again and again, while the engine has its turns."""
    while True:
        seen = await stage.retrieve(run)
        if is_so(seen):
            return seen
        await asyncio.sleep(0)


async def test_a_line_is_told_and_changes_nothing_else(
    tmp_path: Path, clock: FakeClock
) -> None:
    hearer = Hearer()
    steps = [Step(1, log="row", level="WARN", fields={"n": 7}), Step(2, metadata={})]
    task = Task("logs", duration=3, progress=steps)
    async with opened(tmp_path, clock, tasks=[task], hooks=hearer) as stage:
        run = await stage.triggered("logs")
        await stage.advance(4)
        assert not (await stage.retrieve(run)).get("metadata")

    _, told, _ = hearer.moments
    assert (told.kind, told.progress) == ("PROGRESS", None)
    assert told.line == HookLine("WARN", "row", {"n": 7})


def test_a_line_has_a_level_that_there_is() -> None:
    with pytest.raises(TaskDefinitionError, match="DEBUG, INFO, WARN, ERROR"):
        Step(1, log="row", level="FATAL")


async def test_hooks_run_at_the_moments_of_a_run(
    tmp_path: Path, clock: FakeClock
) -> None:
    hearer = Hearer()
    async with opened(tmp_path, clock, tasks=[WORK], hooks=hearer) as stage:
        began = clock.now()
        run = await stage.triggered("work", {"n": 1}, tags="t", metadata={"mine": 1})
        await stage.advance(11)

    start, progress, second, success = hearer.moments
    started_at = began + timedelta(milliseconds=100)
    assert start == HookMoment(
        kind="START_ATTEMPT",
        run_id=run,
        task_identifier="work",
        attempt=1,
        attempt_started_at=started_at,
        run_started_at=started_at,
        created_at=began,
        tags=("t",),
        metadata={"mine": 1},
        payload={"n": 1},
        max_attempts=3,
        occurred_at=started_at,
    )
    assert progress.kind == second.kind == "PROGRESS"
    assert (progress.progress.fraction, progress.progress.message) == (0.2, "a fifth")
    assert progress.occurred_at == started_at + timedelta(seconds=2)
    assert progress.metadata == {
        "mine": 1,
        "progress": {
            "fraction": 0.2,
            "message": "a fifth",
            "updatedAt": iso(to_ms(progress.occurred_at)),
        },
    }
    assert (success.kind, success.output) == ("SUCCESS", {"done": True})


async def test_a_hook_runs_before_the_end_is_recorded(
    tmp_path: Path, clock: FakeClock
) -> None:
    hearer = Hearer()
    async with opened(tmp_path, clock, tasks=[WORK], hooks=hearer) as stage:
        hearer.stage = stage
        run = await stage.triggered("work")
        await stage.advance(11)

        assert hearer.heard()[-1] == ("SUCCESS", 1)
        assert hearer.statuses[-1] == "EXECUTING"
        assert await stage.status(run) == "COMPLETED"


async def test_only_the_last_attempt_tells_that_it_failed(
    tmp_path: Path, clock: FakeClock
) -> None:
    hearer = Hearer()
    async with opened(tmp_path, clock, tasks=[FAIL], hooks=hearer) as stage:
        await stage.triggered("fail", maxAttempts=2)
        await stage.advance(11)

    assert hearer.heard() == [
        ("START_ATTEMPT", 1),
        ("START_ATTEMPT", 2),
        ("FAILURE", 2),
    ]
    start, failure = hearer.moments[1:]
    assert failure.error.name == "Error"
    assert failure.error.message == "no"
    assert failure.error.stack.startswith("Error: no\n")
    assert start.attempt_started_at > start.run_started_at


async def test_a_cancel_is_told_only_by_code_that_runs(
    tmp_path: Path, clock: FakeClock
) -> None:
    hearer = Hearer()
    async with opened(tmp_path, clock, tasks=[WORK, FAIL], hooks=hearer) as stage:
        delayed = await stage.triggered("work", delay="1h")
        between = await stage.triggered("fail")
        executing = await stage.triggered("work")
        await stage.advance(1.5)
        for run in (delayed, between, executing):
            await stage.cancel(run)
        hearer.moments.clear()
        hearer.stage = stage
        await stage.advance(10)

        assert [(one.kind, one.run_id) for one in hearer.moments] == [
            ("CANCEL", executing)
        ]
        assert hearer.statuses == ["CANCELED"]


@pytest.mark.parametrize(
    "options", [{"maxDuration": 5}, {"ttl": "1s", "queue": {"name": "no-queue"}}]
)
async def test_a_killed_or_expired_run_tells_nothing_of_its_end(
    tmp_path: Path, clock: FakeClock, options: dict[str, object]
) -> None:
    hearer = Hearer()
    async with opened(tmp_path, clock, tasks=[WORK], hooks=hearer) as stage:
        run = await stage.triggered("work", **options)
        await stage.advance(11)

        assert await stage.status(run) in {"TIMED_OUT", "EXPIRED"}
    assert not {"SUCCESS", "FAILURE", "CANCEL"} & {kind for kind, _ in hearer.heard()}


async def test_a_hook_that_fails_changes_nothing(
    tmp_path: Path, clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    class Failing:
        async def send(self, moment: HookMoment) -> None:
            raise ConnectionError(moment.kind)

    async with opened(tmp_path, clock, tasks=[WORK], hooks=Failing()) as stage:
        run = await stage.triggered("work")
        await stage.advance(11)

        assert await stage.status(run) == "COMPLETED"
    assert "a hook was not delivered: ConnectionError: SUCCESS" in caplog.messages


async def test_a_hook_that_hangs_is_given_up_and_the_run_goes_on(
    tmp_path: Path, clock: FakeClock
) -> None:
    spans = Spans(hook=timedelta(milliseconds=50))
    async with opened(
        tmp_path, clock, tasks=[WORK], hooks=Stuck(), spans=spans
    ) as stage:
        run = await stage.triggered("work")
        await stage.advance(11)

        assert await stage.status(run) == "COMPLETED"


async def test_the_clock_records_an_end_whose_hook_takes_too_long(
    tmp_path: Path, clock: FakeClock
) -> None:
    stuck = Stuck("START_ATTEMPT", "PROGRESS")
    async with opened(tmp_path, clock, tasks=[FAIL], hooks=stuck) as stage:
        run = await stage.triggered("fail", maxAttempts=1)
        await stage.advance(0.1)
        clock.advance(1)
        stage.emulator.wake()
        await stuck.called.wait()
        before = await stage.status(run)
        clock.advance(5)
        stage.emulator.wake()
        after = await looked_until(stage, run, lambda run: "finishedAt" in run)

    assert (before, after["status"]) == ("EXECUTING", "FAILED")


async def test_a_run_that_is_canceled_while_its_last_hook_runs_is_canceled(
    tmp_path: Path, clock: FakeClock
) -> None:
    stuck = Stuck("START_ATTEMPT", "PROGRESS")
    async with opened(tmp_path, clock, tasks=[FAIL], hooks=stuck) as stage:
        run = await stage.triggered("fail", maxAttempts=1)
        await stage.advance(0.1)
        clock.advance(1)
        stage.emulator.wake()
        await stuck.called.wait()
        await stage.cancel(run)
        clock.advance(5)
        stage.emulator.wake()
        canceled = await looked_until(stage, run, lambda run: "finishedAt" in run)

    assert canceled["status"] == "CANCELED"
    assert "CANCEL" not in stuck.sent


async def test_hooks_of_a_process_that_ended_are_lost(
    tmp_path: Path, clock: FakeClock
) -> None:
    stuck, hearer = Stuck("START_ATTEMPT", "PROGRESS"), Hearer()
    async with opened(tmp_path, clock, tasks=[FAIL], hooks=stuck) as stage:
        run = await stage.triggered("fail", maxAttempts=1)
        await stage.advance(0.1)
        clock.advance(1)
        stage.emulator.wake()
        await stuck.called.wait()
    async with opened(tmp_path, clock, tasks=[FAIL], hooks=hearer) as stage:
        await stage.advance(5)

        assert await stage.status(run) == "FAILED"
    assert hearer.heard() == []


async def test_progress_that_waits_gives_way_to_newer_progress(
    tmp_path: Path, clock: FakeClock
) -> None:
    class Held(Hearer):
        def __init__(self) -> None:
            super().__init__()
            self.let_go = asyncio.Event()

        async def send(self, moment: HookMoment) -> None:
            await super().send(moment)
            await self.let_go.wait()

    held = Held()
    async with opened(tmp_path, clock, tasks=[WORK], hooks=held) as stage:
        run = await stage.triggered("work")
        await looked_until(stage, run, lambda run: run["status"] == "DEQUEUED")
        for seconds, fraction in ((0.1, None), (2, 0.2), (2, 0.4)):
            clock.advance(seconds)
            stage.emulator.wake()
            await looked_until(stage, run, has_progress(fraction))
        held.let_go.set()
        await stage.emulator.settle()

    assert [one.kind for one in held.moments] == ["START_ATTEMPT", "PROGRESS"]
    assert held.moments[1].progress.fraction == 0.4


def has_progress(fraction: float | None) -> Callable[[dict[str, Any]], bool]:
    def is_so(run: dict[str, Any]) -> bool:
        told = run.get("metadata", {}).get("progress", {}).get("fraction")
        return run["attemptCount"] == 1 and told == fraction

    return is_so
