"""What an emulator finds that is opened on the folder of another one."""

import sqlite3
from pathlib import Path

import pytest

from jobwire.emulator import Emulator, EmulatorError, Task
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened
from tests.emulator.test_hooks import Hearer

COUNT = Task("count", duration=10, output=lambda *_: "done")


async def test_the_environment_stays_the_same(tmp_path: Path, clock: FakeClock) -> None:
    ids = []
    for folder in ("a", "a", "b"):
        async with opened(tmp_path / folder, clock) as stage:
            ids.append(stage.emulator.environment_id)

    assert ids[0] == ids[1] != ids[2]


async def test_a_run_goes_on_from_where_it_was(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock) as stage:
        run = await stage.triggered("process-large-dataset", {"seconds": 10})
        await stage.advance(5.1)
        before = await stage.retrieve(run)
    async with opened(tmp_path, clock) as stage:
        await stage.emulator.settle()
        assert await stage.retrieve(run) == before
        await stage.advance(5)

        done = await stage.retrieve(run)

    assert before["metadata"]["progress"]["fraction"] == 0.5
    assert done["status"] == "COMPLETED"
    assert done["attemptCount"] == 1
    assert done["finishedAt"] == "2026-01-02T03:04:15.100Z"


async def test_what_became_due_meanwhile_happens_at_once_and_in_order(
    tmp_path: Path, clock: FakeClock
) -> None:
    hearer = Hearer()
    async with opened(tmp_path, clock) as stage:
        long = await stage.triggered("process-large-dataset", {"seconds": 3})
        short = await stage.triggered("my-task")
        later = await stage.triggered("my-task", delay="1h")
        await stage.advance(0.1)
    clock.advance(60)
    async with opened(tmp_path, clock, hooks=hearer) as stage:
        await stage.emulator.settle()

        statuses = [await stage.status(run) for run in (long, short, later)]

    assert statuses == ["COMPLETED", "COMPLETED", "DELAYED"]
    # Nobody heard what was told while nobody could.
    ends = [one.run_id for one in hearer.moments if one.kind == "SUCCESS"]
    assert ends == [short, long]


async def test_an_attempt_is_not_begun_twice(tmp_path: Path, clock: FakeClock) -> None:
    hearer = Hearer()
    async with opened(tmp_path, clock, hooks=hearer) as stage:
        run = await stage.triggered("my-task")
        await stage.advance(0.2)
    for _ in range(3):
        async with opened(tmp_path, clock, hooks=hearer) as stage:
            await stage.advance(1)
            done = await stage.retrieve(run)

    assert hearer.heard() == [("START_ATTEMPT", 1), ("SUCCESS", 1)]
    assert done["attemptCount"] == 1


async def test_a_run_outlives_the_description_of_its_task(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=[COUNT]) as stage:
        begun = await stage.triggered("count")
        await stage.advance(1)
        queued = await stage.triggered("count")
    async with opened(tmp_path, clock) as stage:
        await stage.advance(60)

        assert await stage.status(begun) == "COMPLETED"
        assert await stage.status(queued) == "PENDING_VERSION"


async def test_a_second_emulator_in_the_folder_is_refused(stage: Stage) -> None:
    folder = stage.emulator.folder

    with pytest.raises(EmulatorError, match=r"already runs in .* \(process \d+\)"):
        async with Emulator(folder):
            pass

    assert (await stage.http.get("/api/v1/runs")).status_code == 200


async def test_a_state_of_another_version_is_refused(
    tmp_path: Path, clock: FakeClock
) -> None:
    connection = sqlite3.connect(tmp_path / "emulator.sqlite3")
    connection.execute("PRAGMA user_version = 99")
    connection.close()

    with pytest.raises(EmulatorError, match="has version 99"):
        async with opened(tmp_path, clock):
            pass

    # It has let the folder go.
    (tmp_path / "emulator.sqlite3").unlink()
    async with opened(tmp_path, clock):
        pass
