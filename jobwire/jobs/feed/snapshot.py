"""Snapshots of PostgreSQL as values: which transactions a read could see."""

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A `pg_snapshot`: every transaction below `xmax` but those in progress.

    Attributes:
        xmin: Every transaction below it had ended.
        xmax: No transaction from it on is visible.
        in_progress: Those between, from `xmin` on, that had not ended; ascending.
    """

    xmin: int
    xmax: int
    in_progress: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the text form, `xmin:xmax:xip,xip,…`."""
        xmin, xmax, in_progress = text.split(":")
        return cls(
            int(xmin), int(xmax), tuple(map(int, filter(None, in_progress.split(","))))
        )

    def __str__(self) -> str:
        """Write the text form, which casts to `pg_snapshot`."""
        return f"{self.xmin}:{self.xmax}:{','.join(map(str, self.in_progress))}"

    def sees(self, xid: int) -> bool:
        """Whether a transaction that has committed is visible."""
        return xid < self.xmin or (xid < self.xmax and xid not in self.in_progress)

    def covers(self, other: "Snapshot") -> bool:
        """Whether this one sees all that another one sees, on the same primary."""
        return other.xmax <= self.xmax and not any(map(other.sees, self.in_progress))

    def coarsened(self, most: int) -> "Snapshot":
        """Return an older snapshot with at most so many transactions in progress.

        This one sees all that the older one sees.
        """
        if len(self.in_progress) <= most:
            return self
        return Snapshot(self.xmin, self.in_progress[most], self.in_progress[:most])
