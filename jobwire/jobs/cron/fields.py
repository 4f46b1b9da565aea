"""The five fields of a cron expression."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Field:
    """A field of an expression.

    Attributes:
        name: As messages call it.
        lowest, highest: Its range.
        names: Those of its values, from the lowest one on, in upper case.
    """

    name: str
    lowest: int
    highest: int
    names: tuple[str, ...] = ()

    @property
    def range(self) -> str:
        """What it may hold."""
        names = f" or {self.names[0]} to {self.names[-1]}" if self.names else ""
        return f"{self.lowest} to {self.highest}{names}"

    def value(self, text: str) -> int | None:
        """Read a number or a name, whatever its range; None: it is neither."""
        if text.upper() in self.names:
            return self.lowest + self.names.index(text.upper())
        return int(text) if text.isascii() and text.isdecimal() else None


MINUTE = Field("minute", 0, 59)
HOUR = Field("hour", 0, 23)
DAY = Field("day-of-month", 1, 31)
MONTH = Field(
    "month",
    1,
    12,
    (
        "JAN",
        "FEB",
        "MAR",
        "APR",
        "MAY",
        "JUN",
        "JUL",
        "AUG",
        "SEP",
        "OCT",
        "NOV",
        "DEC",
    ),
)
WEEKDAY = Field("day-of-week", 0, 7, ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"))
#: In the order of an expression.
FIELDS = (MINUTE, HOUR, DAY, MONTH, WEEKDAY)
