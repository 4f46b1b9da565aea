"""What is asked in the same moment is done at once, and each gets their own answer."""

import asyncio
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Self

import asyncpg
import pytest

from jobwire.jobs.gathering import MOST, Gathering

PATIENCE = 20.0


class Scribe:
    """Work that notes its batches, and does each only when it may.

    What is asked is answered by its double; a negative number is answered by an error.
    """

    def __init__(self) -> None:
        self.batches: list[tuple[str, list[int]]] = []
        self.tasks: list[asyncio.Task[None]] = []
        self.began = asyncio.Condition()
        self.may_end = asyncio.Event()
        self.fails_on: dict[int, Exception] = {}
        self.when_begun: Callable[[], None] = lambda: None

    async def work(self, line: str, asked: Sequence[int]) -> list[int | Exception]:
        self.batches.append((line, list(asked)))
        self.tasks.append(asyncio.current_task())
        async with self.began:
            self.began.notify_all()
        self.when_begun()
        await self.may_end.wait()
        for one in asked:
            if one in self.fails_on:
                raise self.fails_on[one]
        return [ValueError(one) if one < 0 else 2 * one for one in asked]

    async def has_begun(self, count: int) -> None:
        async with asyncio.timeout(PATIENCE), self.began:
            await self.began.wait_for(lambda: len(self.batches) == count)


class Asking:
    """Callers that ask at once, and are over with the block."""

    def __init__(
        self, gathering: Gathering[str, int, int], *asked: int, line: str = "a"
    ) -> None:
        self._made = [gathering.ask(line, one) for one in asked]
        self.tasks: list[asyncio.Task[int]] = []

    async def __aenter__(self) -> Self:
        self.tasks = [asyncio.ensure_future(one) for one in self._made]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def answers(self) -> list[int | BaseException]:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.gather(*self.tasks, return_exceptions=True)


@pytest.fixture
def scribe() -> Scribe:
    return Scribe()


@pytest.fixture
def gathering(scribe: Scribe) -> Gathering[str, int, int]:
    return Gathering(scribe.work)


async def test_who_comes_alone_is_served_at_once_and_leaves_nothing_behind(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    scribe.may_end.set()

    assert [await gathering.ask("a", one) for one in (1, 2)] == [2, 4]

    assert scribe.batches == [("a", [1]), ("a", [2])]
    await asyncio.sleep(0)
    assert len(gathering) == 0


async def test_what_is_asked_in_one_round_of_the_loop_is_one_batch(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    scribe.may_end.set()

    async with Asking(gathering, 1, 2, 3) as asking:
        assert await asking.answers() == [2, 4, 6]

    assert scribe.batches == [("a", [1, 2, 3])]


async def test_what_comes_while_a_batch_is_under_way_is_the_next_one(
    scribe: Scribe,
) -> None:
    gathering = Gathering(scribe.work, patience=None)
    async with Asking(gathering, 1) as first:
        await scribe.has_begun(1)
        async with Asking(gathering, 2, 3) as second:
            await asyncio.sleep(0)
            assert scribe.batches == [("a", [1])]
            scribe.may_end.set()
            assert await first.answers() + await second.answers() == [2, 4, 6]

    assert scribe.batches == [("a", [1]), ("a", [2, 3])]


async def test_a_batch_that_takes_long_holds_up_the_next_no_longer(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    async with Asking(gathering, 1) as first:
        await scribe.has_begun(1)
        async with Asking(gathering, 2) as second:
            await scribe.has_begun(2)
            scribe.may_end.set()
            assert await second.answers() == [4]
        assert await first.answers() == [2]
    assert len(gathering) == 0


async def test_a_batch_may_let_the_next_one_begin_before_it_ends(
    scribe: Scribe,
) -> None:
    gathering = Gathering(scribe.work, patience=None)
    scribe.when_begun = gathering.let_next_begin
    async with Asking(gathering, 1) as first:
        await scribe.has_begun(1)
        async with Asking(gathering, 2) as second:
            await scribe.has_begun(2)
            scribe.may_end.set()
            assert await first.answers() + await second.answers() == [2, 4]

    assert len(gathering) == 0


async def test_batches_that_may_be_under_way_at_once_share_what_waits(
    scribe: Scribe,
) -> None:
    gathering = Gathering(scribe.work, at_once=2, patience=None)
    async with Asking(gathering, *range(11)) as asking:
        await scribe.has_begun(2)
        async with Asking(gathering, 11, 12) as late:
            await asyncio.sleep(0)
            halves = [("a", [0, 1, 2, 3, 4, 5]), ("a", [6, 7, 8, 9, 10])]
            assert scribe.batches == halves
            scribe.may_end.set()
            answers = await asking.answers() + await late.answers()

    assert answers == [2 * one for one in range(13)]
    assert scribe.batches == [*halves, ("a", [11, 12])]
    assert len(gathering) == 0


async def test_a_few_are_not_shared(scribe: Scribe) -> None:
    gathering = Gathering(scribe.work, at_once=2, patience=None)
    scribe.may_end.set()

    async with Asking(gathering, 1, 2, 3, 4) as asking:
        assert await asking.answers() == [2, 4, 6, 8]

    assert scribe.batches == [("a", [1, 2, 3, 4])]


async def test_who_comes_while_one_of_two_is_under_way_is_served_at_once(
    scribe: Scribe,
) -> None:
    gathering = Gathering(scribe.work, at_once=2, patience=None)
    async with Asking(gathering, 1) as first:
        await scribe.has_begun(1)
        async with Asking(gathering, 2) as second:
            await scribe.has_begun(2)
            scribe.may_end.set()
            assert await first.answers() + await second.answers() == [2, 4]

    assert len(gathering) == 0


async def test_lines_do_not_wait_for_each_other(
    scribe: Scribe,
) -> None:
    gathering = Gathering(scribe.work, patience=None)
    async with Asking(gathering, 1), Asking(gathering, 2, line="b"):
        await scribe.has_begun(2)

    assert scribe.batches == [("a", [1]), ("b", [2])]


async def test_an_error_among_the_answers_is_of_the_one_who_asked(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    scribe.may_end.set()
    async with Asking(gathering, 1, -2, 3) as asking:
        one, two, three = await asking.answers()

    assert (one, three) == (2, 6)
    assert isinstance(two, ValueError)


async def test_what_failed_by_one_is_asked_again_one_by_one(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    scribe.may_end.set()
    refused = asyncpg.ForeignKeyViolationError("gone")
    scribe.fails_on[2] = refused
    async with Asking(gathering, 1, 2, 3) as asking:
        assert await asking.answers() == [2, refused, 6]

    assert [asked for _, asked in scribe.batches] == [[1, 2, 3], [1], [2], [3]]


async def test_what_may_have_been_done_is_not_asked_again(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    scribe.may_end.set()
    lost = asyncpg.ConnectionDoesNotExistError("lost")
    scribe.fails_on[2] = lost
    async with Asking(gathering, 1, 2) as asking:
        assert await asking.answers() == [lost, lost]

    assert scribe.batches == [("a", [1, 2])]


async def test_who_leaves_before_their_batch_begins_has_asked_for_nothing(
    scribe: Scribe,
) -> None:
    gathering = Gathering(scribe.work, patience=None)
    async with Asking(gathering, 1) as first:
        await scribe.has_begun(1)
        async with Asking(gathering, 2, 3) as second:
            await asyncio.sleep(0)
            second.tasks[0].cancel()
            await asyncio.sleep(0)
            scribe.may_end.set()
            assert (await second.answers())[1] == 6
        assert await first.answers() == [2]

    assert [asked for _, asked in scribe.batches] == [[1], [3]]


async def test_who_leaves_a_batch_under_way_disturbs_no_other(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    async with Asking(gathering, 1, 2) as asking:
        await scribe.has_begun(1)
        asking.tasks[0].cancel()
        await asyncio.sleep(0)
        scribe.may_end.set()
        assert (await asking.answers())[1] == 4


async def test_when_all_have_left_the_line_is_over(
    scribe: Scribe,
) -> None:
    gathering = Gathering(scribe.work, patience=None)
    async with Asking(gathering, 1) as first:
        await scribe.has_begun(1)
        async with Asking(gathering, 2):
            await asyncio.sleep(0)
        scribe.may_end.set()
        assert await first.answers() == [2]
    for _ in range(3):
        await asyncio.sleep(0)

    assert [asked for _, asked in scribe.batches] == [[1]]
    assert len(gathering) == 0


async def test_a_batch_is_no_heavier_than_it_may_be_unless_it_is_one(
    scribe: Scribe,
) -> None:
    scribe.may_end.set()
    gathering = Gathering(scribe.work, weigh=lambda asked: asked)
    asked = (MOST + 1, MOST - 1, 1, 1, MOST)
    async with Asking(gathering, *asked) as asking:
        assert await asking.answers() == [2 * one for one in asked]

    assert [asked for _, asked in scribe.batches] == [
        [MOST + 1],
        [MOST - 1, 1],
        [1],
        [MOST],
    ]


async def test_the_end_of_a_batch_from_outside_is_that_of_those_who_asked(
    scribe: Scribe, gathering: Gathering[str, int, int]
) -> None:
    async with Asking(gathering, 1, 2) as asking:
        await scribe.has_begun(1)
        scribe.tasks[0].cancel()
        answers = await asking.answers()

    assert [type(one) for one in answers] == [asyncio.CancelledError] * 2
