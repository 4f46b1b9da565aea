"""An answer that is being written: JSON text, with holes for what is awaited."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from jobwire.gql.documents.plans.run import Run

#: Writes a value at the end of an answer.
Write: TypeAlias = Callable[[Any, "Answer"], None]
#: Pieces of text, and in their places the pieces of what was awaited.
Pieces: TypeAlias = "list[str | Pieces]"


@dataclass(frozen=True, slots=True)
class _Hole:
    pieces: Pieces
    awaited: Awaitable[Any]
    write: Write


class Answer:
    """JSON text on its way.

    Attributes:
        run: The run of the plan that it is the answer of.
        pieces: Where the next text is appended.
    """

    __slots__ = ("_holes", "_whole", "pieces", "run")

    def __init__(self, run: Run) -> None:
        self.run = run
        self.pieces: Pieces = []
        self._whole = self.pieces
        self._holes: list[_Hole] = []

    def leave(self, awaited: Awaitable[Any], write: Write) -> None:
        """Leave a hole for what is still awaited, to be written there."""
        pieces: Pieces = []
        self.pieces.append(pieces)
        self._holes.append(_Hole(pieces, awaited, write))

    async def fill(self) -> None:
        """Await what there are holes for, and write it, until there are none.

        What is equally deep is awaited together, so that what loads it can load all of
        it at once.
        """
        try:
            while self._holes:
                holes, self._holes = self._holes, []
                values = await _all([hole.awaited for hole in holes])
                for hole, value in zip(holes, values, strict=True):
                    self.pieces = hole.pieces
                    hole.write(value, self)
        except BaseException:
            self._abandon()
            raise
        self.pieces = self._whole

    def text(self) -> str:
        """Return the text of an answer without holes."""
        return _joined(self._whole)

    def _abandon(self) -> None:
        """Leave nothing that complains of never having been awaited."""
        for hole in self._holes:
            if asyncio.iscoroutine(hole.awaited):
                hole.awaited.close()
            elif isinstance(hole.awaited, asyncio.Future):
                hole.awaited.cancel()


async def _all(awaited: list[Awaitable[Any]]) -> list[Any]:
    if len(awaited) == 1:
        return [await awaited[0]]
    values = await asyncio.gather(*awaited, return_exceptions=True)
    for value in values:
        if isinstance(value, BaseException):
            raise value
    return values


def _joined(pieces: Pieces) -> str:
    return "".join([one if isinstance(one, str) else _joined(one) for one in pieces])
