"""Turns: one user after the other, whoever asks for how much."""

import asyncio
import time

import pytest

from jobwire.jobs.turns import LONG, Turns


async def _begun(turns: Turns, *users: str) -> list[str]:
    """Return in which order pieces of work begin that are all asked for at once."""
    begun: list[str] = []

    async def work(user: str, name: str) -> None:
        await turns.take(user)
        begun.append(name)

    async with asyncio.TaskGroup() as group:
        for number, user in enumerate(users):
            group.create_task(work(user, f"{user}{number}"))
    return begun


@pytest.mark.parametrize(
    ("users", "order"),
    [
        ("aaa", ["a0", "a1", "a2"]),
        ("aaaab", ["a0", "a1", "b4", "a2", "a3"]),
        ("aaabbc", ["a0", "a1", "b3", "c5", "a2", "b4"]),
    ],
)
async def test_users_take_turns(users: str, order: list[str]) -> None:
    turns = Turns()

    assert await _begun(turns, *users) == order
    assert await _begun(turns, *users) == order


async def test_each_turn_has_a_round_of_the_loop_for_itself() -> None:
    turns, loop, rounds = Turns(), asyncio.get_running_loop(), [0]
    seen: list[int] = []

    def count() -> None:
        rounds[0] += 1
        loop.call_soon(count)

    async def work() -> None:
        await turns.take("a")
        seen.append(rounds[0])

    count()
    async with asyncio.TaskGroup() as group:
        for _ in range(5):
            group.create_task(work())

    assert len(set(seen)) == 5


async def test_who_gives_up_leaves_the_turn_to_the_next() -> None:
    turns = Turns()
    await turns.take("a")
    one, other = (asyncio.create_task(turns.take(user)) for user in "bc")
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
