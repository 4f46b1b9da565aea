"""Turns: one user after the other, whoever asks for how much."""

import asyncio
import time
from collections.abc import Callable

import pytest

from jobwire.jobs.turns import LONG, ROUND, WAKED, Turns


class _Clock:
    """A clock that stands still until somebody works."""

    def __init__(self) -> None:
        self._now = 0.0

    def __call__(self) -> float:
        return self._now

    def work(self, seconds: float) -> None:
        self._now += seconds


@pytest.fixture
def clock() -> _Clock:
    return _Clock()


@pytest.fixture
def turns(clock: _Clock) -> Turns:
    return Turns(clock)


async def _begun(
    turns: Turns, *users: str, work: Callable[[], None] = lambda: None
) -> list[str]:
    """Return in which order pieces of work begin that are all asked for at once."""
    begun: list[str] = []

    async def take(user: str, name: str) -> None:
        await turns.take(user)
        begun.append(name)
        work()

    async with asyncio.TaskGroup() as group:
        for number, user in enumerate(users):
            group.create_task(take(user, f"{user}{number}"))
    return begun


@pytest.mark.parametrize(
    ("users", "order"),
    [
        ("aaa", ["a0", "a1", "a2"]),
        ("aaaab", ["a0", "a1", "b4", "a2", "a3"]),
        ("aaabbc", ["a0", "a1", "b3", "c5", "a2", "b4"]),
    ],
)
async def test_users_take_turns_when_not_all_fit_into_a_round(
    turns: Turns, clock: _Clock, users: str, order: list[str]
) -> None:
    def work() -> None:
        clock.work(1.5 * ROUND)

    assert await _begun(turns, *users, work=work) == order
    assert await _begun(turns, *users, work=work) == order


@pytest.mark.parametrize(
    ("lengths", "rounds"),
    [
        ([0.0] * 50, 1),
        ([0.6 * ROUND] * 2, 1),
        ([0.6 * ROUND] * 3, 2),
        ([1.5 * ROUND] * 5, 5),
        # What waits behind a long one shares the next round.
        ([1.5 * ROUND, *[0.0] * WAKED], 2),
        ([1.5 * ROUND, *[0.0] * (WAKED + 1)], 3),
    ],
)
async def test_as_much_begins_in_a_round_of_the_loop_as_is_short(
    turns: Turns, clock: _Clock, lengths: list[float], rounds: int
) -> None:
    loop, left = asyncio.get_running_loop(), iter(lengths)
    seen, has_begun = 0, False

    def work() -> None:
        nonlocal seen, has_begun
        if not has_begun:
            seen, has_begun = seen + 1, True
            loop.call_soon(end)
        clock.work(next(left))

    def end() -> None:
        nonlocal has_begun
        has_begun = False

    await _begun(turns, *("a" * len(lengths)), work=work)

    assert seen == rounds


@pytest.mark.parametrize("is_waked", [False, True])
async def test_who_gives_up_leaves_the_turn_to_the_next(
    turns: Turns, clock: _Clock, *, is_waked: bool
) -> None:
    await turns.take("a")
    clock.work(1.5 * ROUND)
    one, other = (asyncio.create_task(turns.take(user)) for user in "bc")
    await asyncio.sleep(0)
    if is_waked:
        await asyncio.sleep(0)

    one.cancel()

    async with asyncio.timeout(5):
        await other
    assert await _begun(turns, "b", "c") == ["b0", "c1"]


async def test_who_holds_up_the_loop_leaves_others_time_between_two_turns() -> None:
    turns, done = Turns(), list[str]()

    async def hold_up() -> None:
        await turns.take("a")
        until = time.perf_counter() + 2 * LONG
        while time.perf_counter() < until:
            pass
        done.append("a")

    async def go_through_rounds() -> None:
        await turns.take("b")
        for _ in range(20):
            await asyncio.sleep(0)
        done.append("b")

    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(hold_up())
        group.create_task(go_through_rounds())

    assert done.index("b") < 5
    # Nothing is left that rests, and nobody waits for it.
    async with asyncio.timeout(5):
        await turns.take("b")
        await turns.take("a")
