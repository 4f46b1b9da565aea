"""An answer that is being written: JSON text, with holes for what is awaited."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from jobwire.gql.documents.plans.run import Run

#: Writes a value at the end of an answer.
Write: TypeAlias = Callable[[Any, "Answer"], None]
#: Loads something for each of several values, in their order.
Load: TypeAlias = Callable[[Run, Sequence[Any]], Awaitable[Sequence[Any]]]
#: Pieces of text, and in their places the pieces of what was awaited.
Pieces: TypeAlias = "list[str | Pieces]"


@dataclass(frozen=True, slots=True)
class _Hole:
    pieces: Pieces
    awaited: Awaitable[Any]
    write: Write


@dataclass(frozen=True, slots=True)
class _Holes:
    write: Write
    pieces: list[Pieces] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)


class Answer:
    """JSON text on its way.

    Attributes:
        run: The run of the plan that it is the answer of.
        pieces: Where the next text is appended.
    """

    __slots__ = ("_holes", "_loads", "_whole", "pieces", "run")

    def __init__(self, run: Run) -> None:
        self.run = run
        self.pieces: Pieces = []
        self._whole = self.pieces
        self._holes: list[_Hole] = []
        self._loads: dict[Load, _Holes] = {}

    def leave(self, awaited: Awaitable[Any], write: Write) -> None:
        """Leave a hole for what is still awaited, to be written there."""
        pieces: Pieces = []
        self.pieces.append(pieces)
        self._holes.append(_Hole(pieces, awaited, write))

    def leave_together(self, load: Load, value: Any, write: Write) -> None:
        """Leave a hole for what is loaded for a value, together with all others.

        Args:
            load: Loads for all values that are equally deep.
            value: The value.
            write: Writes what is loaded, the same for all.
        """
        pieces: Pieces = []
        self.pieces.append(pieces)
        holes = self._loads.get(load)
        if holes is None:
            holes = self._loads[load] = _Holes(write)
        holes.pieces.append(pieces)
        holes.values.append(value)

    async def fill(self) -> None:
        """Await what there are holes for, and write it, until there are none.

        What is equally deep is awaited together, so that what loads it can load all of
        it at once.
        """
        try:
            while self._holes or self._loads:
                holes, self._holes = self._holes, []
                loads, self._loads = self._loads, {}
                found = await _all(
                    [
                        *(hole.awaited for hole in holes),
                        *(load(self.run, one.values) for load, one in loads.items()),
                    ]
                )
                awaited, loaded = found[: len(holes)], found[len(holes) :]
                for hole, value in zip(holes, awaited, strict=True):
                    self.pieces = hole.pieces
                    hole.write(value, self)
                for one, values in zip(loads.values(), loaded, strict=True):
                    for pieces, value in zip(one.pieces, values, strict=True):
                        self.pieces = pieces
                        one.write(value, self)
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
