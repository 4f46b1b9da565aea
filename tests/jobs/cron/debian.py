"""Debian's cron, minute by minute, as `cron.c` of 3.0pl1 goes about it.

Written from its source and manual pages, with nothing of ours: the loop that compares
the clock on the wall with a virtual one, and the test of an entry.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
#: Minutes: up to these a clock is caught up with, and a jump is not a correction.
SMALL, LARGE = 5, 180
LAST = "L"


@dataclass(frozen=True)
class Minute:
    """A minute of the machine.

    Attributes:
        walls: The times whose jobs run now if they name hour and minute.
        wild: The same of jobs that begin either with a star.
    """

    instant: datetime
    walls: tuple[datetime, ...]
    wild: tuple[datetime, ...]


@cache
def minutes_of(timezone: str, start: datetime, days: int) -> list[Minute]:
    """What the loop does in each minute of some days."""
    zone = ZoneInfo(timezone)
    instant = start.replace(second=0, microsecond=0)
    virtual = wall_of(instant, zone)
    found = []
    for _ in range(days * 24 * 60):
        instant += MINUTE
        running = wall_of(instant, zone)
        difference = (running - virtual) // MINUTE
        missed = tuple(virtual + MINUTE * n for n in range(1, difference + 1))
        if difference > LARGE or difference <= -LARGE:
            walls, wild, virtual = (running,), (running,), running
        elif difference > SMALL:
            walls, wild, virtual = missed, (running,), running
        elif difference > 0:
            walls, wild, virtual = missed, missed, running
        else:
            walls, wild = (), (running,)
        found.append(Minute(instant, walls, wild))
    return found


def wall_of(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clock shows."""
    return instant.astimezone(zone).replace(tzinfo=None)


@dataclass(frozen=True)
class Entry:
    """A line of a crontab."""

    minutes: set[int]
    hours: set[int]
    days: set[int | str]
    months: set[int]
    weekdays: set[int | str]
    is_wild: bool
    has_star: bool

    @classmethod
    def read(cls, text: str) -> "Entry":
        minute, hour, day, month, weekday = text.replace("?", "*").upper().split()
        return cls(
            minutes=set(values(minute, 0, 59)),
            hours=set(values(hour, 0, 23)),
            days=set(values(day, 1, 31)),
            months=set(values(month, 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC")),
            weekdays=set(values(weekday, 0, 7, "SUNMONTUEWEDTHUFRISAT")),
            is_wild=minute[0] == "*" or hour[0] == "*",
            has_star=day[0] == "*" or weekday[0] == "*",
        )

    def is_on(self, day: date) -> bool:
        """Whether it has a time on a day."""
        last = monthrange(day.year, day.month)[1]
        number = day.isoweekday() % 7
        week = (day.day + 6) // 7
        in_days = day.day in self.days or (LAST in self.days and day.day == last)
        names = {number, f"{number}#{week}"}
        if day.day + 7 > last:
            names.add(f"{number}L")
        if number == 0:
            names |= {str(name).replace("0", "7", 1) for name in names} | {7}
        in_weekdays = bool(names & self.weekdays)
        if day.month not in self.months:
            return False
        if self.has_star:
            return in_days and in_weekdays
        return in_days or in_weekdays

    def fits(self, wall: datetime) -> bool:
        """Whether a time on the wall is one of its times."""
        return (
            wall.minute in self.minutes
            and wall.hour in self.hours
            and self.is_on(wall.date())
        )

    def ticks(self, minutes: list[Minute]) -> list[datetime]:
        """When it runs; twice in a minute counts once."""
        return [
            minute.instant
            for minute in minutes
            if any(map(self.fits, minute.wild if self.is_wild else minute.walls))
        ]


def values(text: str, low: int, high: int, names: str = "") -> list[int | str]:
    """What a field lists: numbers, `L`, `nL` and `n#k`."""
    found: list[int | str] = []
    for position in range(0, len(names), 3):
        number = position // 3 + (low if high == 12 else 0)
        text = text.replace(names[position : position + 3], str(number))
    for part in text.split(","):
        if LAST in part or "#" in part:
            found.append(part)
            continue
        span, _, step = part.partition("/")
        first, _, last = (f"{low}-{high}" if span == "*" else span).partition("-")
        end = int(last or (high if step else first))
        found += range(int(first), end + 1, int(step or 1))
    return found


def utc(text: str) -> datetime:
    """Read an instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
