"""The clock that a test moves, and moving an emulator by it."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobwire.emulator import Emulator, ManualClock
from tests.clock import FakeClock
from tests.emulator.stage import Stage

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def test_it_runs_with_another_clock_and_ahead_of_it() -> None:
    other = FakeClock()
    clock = ManualClock(follows=other.now)

    clock.advance(60)
    other.advance(1)

    assert clock.now() == other.now() + timedelta(seconds=60)


def test_frozen_it_stands_and_released_it_goes_on_from_there() -> None:
    other = FakeClock()
    clock = ManualClock(follows=other.now)
    clock.freeze()
    stood = clock.now()
    other.advance(10)

    assert (clock.now(), clock.is_frozen) == (stood, True)

    clock.release()
    other.advance(5)

    assert clock.now() == stood + timedelta(seconds=5)


def test_it_never_goes_back() -> None:
    with pytest.raises(ValueError, match="cannot go back"):
        ManualClock(NOON).advance(-1)


async def test_who_sleeps_by_it_wakes_when_it_has_come_so_far() -> None:
    clock = ManualClock(NOON)
    sleeping = asyncio.create_task(clock.sleep(10))
    await asyncio.sleep(0)
    clock.advance(9)
    await asyncio.sleep(0)
    before = sleeping.done()
    clock.advance(1)
    async with asyncio.timeout(5):
        await sleeping

    assert before is False


async def test_who_sleeps_while_it_runs_wakes_by_itself() -> None:
    async with asyncio.timeout(5):
        await ManualClock().sleep(0.01)


async def test_an_emulator_is_advanced_from_step_to_step(tmp_path: Path) -> None:
    clock = ManualClock(NOON)
    async with Emulator(tmp_path, clock=clock) as emulator:
        stage = Stage(emulator, clock)
        async with stage.http:
            run = await stage.triggered("always-fails")
            await emulator.advance(3600)
            told = await stage.retrieve(run)

    assert clock.now() == NOON + timedelta(hours=1)
    assert (told["status"], told["attemptCount"]) == ("FAILED", 3)
    # Three attempts of 0.5 s, pauses of 1 s and 2 s, and 0.1 s to be dequeued.
    assert told["finishedAt"] == "2026-01-02T12:00:04.600Z"
