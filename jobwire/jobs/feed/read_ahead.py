"""What readers have read from the log and not told yet, in bounded memory.

A client that takes nothing holds up its reader in the middle of a page, and there may
be thousands of them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from jobwire.jobs.feed.interest import Entry

#: Bytes of all pages that are held.
MAX_AHEAD_BYTES = 32 * 1024 * 1024
#: About how much memory an entry takes beside what a user may make large, in bytes.
ENTRY_BYTES = 4 * 1024


@dataclass(slots=True, eq=False)
class Held:
    """A page that a reader tells of.

    Attributes:
        entries: What of it is left; emptied when the page is taken away.
        size: About how much memory it takes, in bytes.
        is_taken_away: The rest is to be read once more.
    """

    entries: list[Entry]
    size: int
    is_taken_away: bool = False


class ReadAhead:
    """The pages of all readers of a feed.

    Beyond what they may take together, those that were read longest ago are taken away:
    mostly from readers whose clients take nothing. They lose nothing by it.
    """

    def __init__(self) -> None:
        """Begin with none."""
        # A dictionary, because it keeps the order and a set does not.
        self._held: dict[Held, None] = {}
        self._size = 0

    @property
    def size(self) -> int:
        """How much memory they take together, in bytes."""
        return self._size

    @contextmanager
    def hold(self, entries: list[Entry]) -> Iterator[Held]:
        """Hold a page while the block lasts, at the cost of older ones."""
        held = Held(entries, sum(entry.size + ENTRY_BYTES for entry in entries))
        while self._held and self._size + held.size > MAX_AHEAD_BYTES:
            oldest = next(iter(self._held))
            oldest.is_taken_away = True
            self._let_go(oldest)
        self._held[held] = None
        self._size += held.size
        try:
            yield held
        finally:
            if not held.is_taken_away:
                self._let_go(held)

    def _let_go(self, held: Held) -> None:
        del self._held[held]
        self._size -= held.size
        held.entries.clear()
