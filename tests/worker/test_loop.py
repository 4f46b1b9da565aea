"""The shape of every loop: it goes on, rests, wakes and stops."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import ClassVar

import asyncpg
import pytest

from jobwire.worker.loop import UNTIL_WOKEN, Loop
from tests.worker.conftest import PATIENCE


class Passes(Loop):
    """Fails as often as it is told, and counts."""

    name: ClassVar[str] = "passes"

    def __init__(self, *errors: Exception, pause: float = UNTIL_WOKEN) -> None:
        super().__init__()
        self._errors = list(errors)
        self._pause = pause
        self.count = 0
        self.passed = asyncio.Event()

    async def run_once(self) -> float:
        self.count += 1
        if self._errors:
            raise self._errors.pop(0)
        self.passed.set()
        return self._pause

    async def next(self) -> None:
        async with asyncio.timeout(PATIENCE):
            await self.passed.wait()
        self.passed.clear()


@asynccontextmanager
async def running(loop: Loop) -> AsyncIterator["asyncio.Task[None]"]:
    task = asyncio.create_task(loop.run())
    yield task
    task.cancel()
    await asyncio.wait({task})


async def test_loop_that_fails_goes_on_and_says_why(
    caplog: pytest.LogCaptureFixture,
) -> None:
    loop = Passes(ZeroDivisionError("oh"), LookupError("no"))

    async with running(loop):
        await loop.next()

    assert [record.exc_info is not None for record in caplog.records] == [True, True]
    assert "the loop 'passes' failed and goes on" in caplog.text


@pytest.mark.parametrize(
    "error",
    [
        ConnectionRefusedError(),
        TimeoutError(),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.CannotConnectNowError("starting up"),
        asyncpg.AdminShutdownError("terminating"),
        asyncpg.DeadlockDetectedError("deadlock"),
    ],
)
async def test_loop_leaves_outages_and_contention_to_be_told_elsewhere(
    caplog: pytest.LogCaptureFixture, error: Exception
) -> None:
    loop = Passes(error)

    async with running(loop):
        await loop.next()

    assert loop.count == 2
    assert caplog.records == []


async def test_loop_rests_until_it_is_woken() -> None:
    loop = Passes()

    async with running(loop):
        await loop.next()
        loop.wake()
        await loop.next()

    assert loop.count == 2


async def test_loop_passes_again_after_its_pause() -> None:
    loop = Passes(pause=0.001)

    async with running(loop):
        for _ in range(3):
            await loop.next()

    assert loop.count >= 3


async def test_loop_with_more_to_do_lets_others_run() -> None:
    loop = Passes(pause=0)

    async with running(loop):
        for _ in range(3):
            await loop.next()

    assert loop.count >= 3


async def test_stopped_loop_ends_after_its_pass() -> None:
    loop = Passes()

    async with running(loop) as task:
        await loop.next()
        loop.stop()
        async with asyncio.timeout(PATIENCE):
            await task

    assert loop.count == 1
