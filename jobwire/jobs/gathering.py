"""Gathering: what many ask for is done at once, while one after the other comes.

A statement for many rows costs little more than one for a single row, and a commit the
same. Nobody waits for company: who finds nothing under way is served at once, and
whoever comes meanwhile is in the next batch.

A line may have several batches under way, which then share what waits. Those who ask
again as soon as they are answered would otherwise all be in the same batch for ever,
and the process idle while it is written.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Hashable, Sequence
from typing import Any, Generic, TypeAlias, TypeVar

import asyncpg

Line = TypeVar("Line", bound=Hashable)
Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

#: Does what is asked in one line, all of it or nothing; answers each in order, or says
#: why not.
Work: TypeAlias = Callable[
    [Line, Sequence[Asked]], Awaitable[Sequence[Answer | Exception]]
]

#: How long a batch holds up the next one of its line, in seconds. What waits longer
#: waits for a lock, or for a server that has too much to do.
PATIENCE = 0.02
#: What a batch weighs at most, if it is more than one.
MOST = 64
#: So few a batch takes all of, rather than share them with another one.
_FEW = 4
#: Characters of JSON that weigh as much as a row without any.
_LIGHT = 8192

#: What tells that nothing was done, and may be the fault of one in a batch.
UNDONE: tuple[type[Exception], ...] = (
    asyncpg.DataError,
    asyncpg.IntegrityConstraintViolationError,
    asyncpg.QueryCanceledError,
    asyncpg.TransactionRollbackError,
)


class _Queue(Generic[Line, Asked, Answer]):
    """What is asked in a line in which a batch is under way.

    Attributes:
        line: The line.
        waiting: What waits for the next batch.
        ahead: The batches that hold up the next one.
    """

    __slots__ = ("ahead", "line", "waiting")

    def __init__(self, line: Line) -> None:
        self.line = line
        self.waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self.ahead: set[asyncio.Task[Any] | None] = set()


class Gathering(Generic[Line, Asked, Answer]):
    """Gathers what is asked in one line while batches of that line are under way.

    Args:
        work: Does it.
        weigh: How much of a batch something is; by default each is 1.
        at_once: How many batches of a line hold up the next one.
        patience: How long a batch holds up the next one of its line, in seconds; None:
            until it has ended.
        alone_after: After which errors of the work what failed is asked again one by
            one.
    """

    def __init__(
        self,
        work: Work[Line, Asked, Answer],
        *,
        weigh: Callable[[Asked], int] = lambda _: 1,
        at_once: int = 1,
        patience: float | None = PATIENCE,
        alone_after: tuple[type[Exception], ...] = UNDONE,
    ) -> None:
        self._work = work
        self._weigh = weigh
        self._at_once = at_once
        self._patience = patience
        self._alone_after = alone_after
        self._queues: dict[Line, _Queue[Line, Asked, Answer]] = {}
        self._batches: dict[asyncio.Task[None], _Queue[Line, Asked, Answer]] = {}

    def __len__(self) -> int:
        """How many lines there are at the moment."""
        return len(self._queues)

    async def ask(self, line: Line, asked: Asked) -> Answer:
        """Have something done, with others of its line.

        Whoever is cancelled before their batch begins has asked for nothing.

        Raises:
            Exception: What was answered instead, or what the work raised.
        """
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        queue = self._queues.get(line)
        if queue is None:
            queue = self._queues[line] = _Queue(line)
        if not queue.waiting:
            self._begin_if_free(queue)
        queue.waiting.append((asked, answer))
        return await answer

    def let_next_begin(self) -> None:
        """Have a batch hold up its line no longer, from within its own work.

        What is left of it is a commit, say, which waits for the disk and little else.
        """
        batch = asyncio.current_task()
        if batch is not None and batch in self._batches:
            self._advance(self._batches[batch], batch)

    def _begin_if_free(self, queue: _Queue[Line, Asked, Answer]) -> None:
        """Begin a batch in the next round of the loop, with all that ask until then."""
        if len(queue.ahead) >= self._at_once:
            return
        batch = asyncio.get_running_loop().create_task(self._run(queue))
        queue.ahead.add(batch)
        self._batches[batch] = queue
        batch.add_done_callback(self._batches.pop)

    def _advance(
        self, queue: _Queue[Line, Asked, Answer], batch: asyncio.Task[Any] | None
    ) -> None:
        """Hold up the line no longer for a batch."""
        if batch not in queue.ahead:
            return
        queue.ahead.remove(batch)
        if queue.waiting:
            self._begin_if_free(queue)
        elif not queue.ahead:
            del self._queues[queue.line]

    async def _run(self, queue: _Queue[Line, Asked, Answer]) -> None:
        batch = asyncio.current_task()
        pace = None
        if self._patience is not None:
            loop = asyncio.get_running_loop()
            pace = loop.call_later(self._patience, self._advance, queue, batch)
        try:
            if taken := self._take(queue):
                await self._answer(queue.line, taken)
        finally:
            if pace is not None:
                pace.cancel()
            self._advance(queue, batch)

    def _take(
        self, queue: _Queue[Line, Asked, Answer]
    ) -> list[tuple[Asked, asyncio.Future[Answer]]]:
        taken: list[tuple[Asked, asyncio.Future[Answer]]] = []
        weight, waiting = 0, queue.waiting
        sharing = 1 + self._at_once - len(queue.ahead)
        share = max(-(-len(waiting) // sharing), _FEW)
        while waiting and len(taken) < share:
            asked, answer = waiting[0]
            if not answer.done():
                weight += self._weigh(asked)
                if taken and weight > MOST:
                    break
                taken.append((asked, answer))
            waiting.popleft()
        if waiting:
            self._begin_if_free(queue)
        return taken

    async def _answer(
        self, line: Line, taken: list[tuple[Asked, asyncio.Future[Answer]]]
    ) -> None:
        try:
            found = await self._work(line, [asked for asked, _ in taken])
        except self._alone_after as error:
            if len(taken) > 1:
                for one in taken:
                    await self._answer(line, [one])
                return
            found = [error]
        except Exception as error:  # noqa: BLE001 - those who asked are told
            found = [error] * len(taken)
        except BaseException:
            for _, answer in taken:
                answer.cancel()
            raise
        for (_, answer), outcome in zip(taken, found, strict=True):
            if answer.done():
                continue
            if isinstance(outcome, Exception):
                answer.set_exception(outcome)
            else:
                answer.set_result(outcome)


def weight(*texts: str) -> int:
    """Return what a row with some JSON is of a batch."""
    return 1 + sum(map(len, texts)) // _LIGHT
