"""Timeouts: what takes too long is stopped, whatever else is under way."""

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from jobwire.asgi.timeouts import MOMENT, Lasting, Timeout

#: More than a moment, and less.
BEYOND, WITHIN = MOMENT + 0.05, 0.02


async def _never() -> None:
    await asyncio.get_running_loop().create_future()


@pytest.mark.parametrize("seconds", [0, WITHIN, BEYOND])
async def test_what_takes_too_long_is_stopped(seconds: float) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()

    with pytest.raises(TimeoutError), Timeout(seconds):
        await _never()

    assert loop.time() - began >= seconds
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_each_is_stopped_at_its_own_time() -> None:
    order: list[float] = []

    async def one(seconds: float) -> None:
        with pytest.raises(TimeoutError), Timeout(seconds):
            await _never()
        order.append(seconds)

    times = [MOMENT + 0.3, WITHIN, MOMENT + 0.1]
    await asyncio.gather(*map(one, times))

    assert order == sorted(times)


async def test_what_ends_in_time_is_not_disturbed() -> None:
    async def one(work: Callable[[], Awaitable[object]]) -> str:
        with Timeout(BEYOND):
            await work()
        # Whatever it had noted is over.
        await asyncio.sleep(BEYOND + 0.1)
        return "done"

    lasting = asyncio.Event()
    working = asyncio.gather(one(lasting.wait), one(_at_once))
    asyncio.get_running_loop().call_later(MOMENT + 0.01, lasting.set)

    assert await working == ["done", "done"]


async def _at_once() -> None:
    pass


async def test_an_error_within_is_raised_as_it_is() -> None:
    with pytest.raises(ValueError, match="broken"), Timeout(BEYOND):
        raise ValueError("broken")


async def test_who_is_canceled_from_outside_stays_canceled() -> None:
    async def work() -> None:
        with Timeout(60):
            await _never()

    working = asyncio.create_task(work())
    await asyncio.sleep(0)
    working.cancel()

    with pytest.raises(asyncio.CancelledError):
        await working


async def test_of_two_that_are_nested_the_inner_one_tells_its_own() -> None:
    with Timeout(60):
        with pytest.raises(TimeoutError), Timeout(WITHIN):
            await _never()
        await asyncio.sleep(0)


async def test_what_lasts_is_told_once_and_what_ended_is_not() -> None:
    told: list[str] = []

    class _Told(Lasting):
        def __init__(self, name: str) -> None:
            self._name = name

        def lasts(self) -> None:
            told.append(self._name)

        def ends(self) -> None:
            pass

    with _Told("short"):
        pass
    with _Told("long"):
        await asyncio.sleep(2.2 * MOMENT)

    assert told == ["long"]


async def test_a_loop_in_another_thread_has_its_own() -> None:
    outcome: list[str] = []

    async def elsewhere() -> None:
        with pytest.raises(TimeoutError), Timeout(BEYOND):
            await _never()
        outcome.append("elsewhere")

    async def here() -> None:
        with Timeout(BEYOND):
            thread.start()
            await _never()

    thread = threading.Thread(target=lambda: asyncio.run(elsewhere()))
    with pytest.raises(TimeoutError):
        await here()
    await asyncio.to_thread(thread.join)

    assert outcome == ["elsewhere"]
