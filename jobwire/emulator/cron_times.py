"""When a cron expression fires, in a time zone.

An expression that names hours fires once in the hour that a clock repeats, and an hour
later in the one that it leaves out; one that names none follows every hour there is.
Source: `_findSchedule` of cron-parser 4.9, which the real server uses, read 2026-11-26.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from jobwire.emulator.clock import from_ms, to_ms
from jobwire.triggerdev.cron import Cron

_HOURS = 24
#: From one 29 February to the next there can be eight years.
_MOST_DAYS = 9 * 366


def fires_after(cron: Cron, timezone: str, after: int) -> Iterator[int]:
    """Iterate over the instants after another one, in milliseconds since 1970."""
    zone, start = ZoneInfo(timezone), from_ms(after)
    # What a clock leaves out late in an evening belongs to the day before.
    first = start.astimezone(zone).date() - timedelta(days=1)
    told = start
    for number in range(_MOST_DAYS):
        day = first + timedelta(days=number)
        if not cron.is_on(day):
            continue
        for instant in sorted(set(_instants(cron, zone, day))):
            if instant > told:
                told = instant
                yield to_ms(instant)


def next_fire(cron: Cron, timezone: str, after: int) -> int:
    """Return the first instant after another one."""
    return next(fires_after(cron, timezone, after))


def upcoming(cron: Cron, timezone: str, after: int, count: int) -> list[int]:
    """Return the next few instants after another one."""
    found: list[int] = []
    while len(found) < count:
        more = list(islice(fires_after(cron, timezone, after), count - len(found)))
        found += more
        after = more[-1]
    return found


def _instants(cron: Cron, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    follows_every_hour = len(cron.hours) == _HOURS
    for hour in cron.hours:
        for minute in cron.minutes:
            wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            for fold in (0, 1) if follows_every_hour else (0,):
                instant = wall.replace(fold=fold).astimezone(UTC)
                shown = instant.astimezone(zone).replace(fold=0, tzinfo=None)
                if follows_every_hour and shown != wall.replace(tzinfo=None):
                    # The clock never shows it.
                    continue
                yield instant
