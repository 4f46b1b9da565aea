"""When a schedule of Trigger.dev fires, in a time zone.

An expression that names hours fires once in the hour that a clock repeats, and an hour
later in the one that it leaves out; one that names none follows every hour there is.
Source: `_findSchedule` of cron-parser 4.9, which the real server uses, read 2026-11-26.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo

from jobwire.triggerdev.cron import Cron, CronError

#: Theirs takes no more steps than this, most of them of a day.
_MOST_DAYS = 10_000


def fires_after(cron: Cron, timezone: str, after: datetime) -> Iterator[datetime]:
    """Iterate over the instants after another one, in UTC; the calendar ends it.

    Args:
        cron: What fires.
        timezone: An IANA name.
        after: Aware.

    Raises:
        CronError: The server would give up: some 27 years go by without one.
    """
    zone = ZoneInfo(timezone)
    told = after.astimezone(UTC)
    # What a clock leaves out late in an evening belongs to the day before.
    first = after.astimezone(zone).date() - timedelta(days=1)
    idle = 0
    for ordinal in range(first.toordinal(), date.max.toordinal()):
        idle += 1
        day = date.fromordinal(ordinal)
        if cron.is_on(day):
            for instant in sorted(set(_instants(cron, zone, day))):
                if instant > told:
                    told, idle = instant, 0
                    yield instant
        elif idle > _MOST_DAYS:
            raise CronError("Invalid expression, loop limit exceeded")


def next_fire(cron: Cron, timezone: str, after: datetime) -> datetime:
    """Return the first instant after another one, in UTC.

    Raises:
        CronError: The server would give up looking for it.
    """
    return next(fires_after(cron, timezone, after))


def upcoming(cron: Cron, timezone: str, after: datetime, count: int) -> list[datetime]:
    """Return the next few instants after another one, in UTC.

    Raises:
        CronError: The server would give up looking for them.
    """
    return list(islice(fires_after(cron, timezone, after), count))


def _instants(cron: Cron, zone: ZoneInfo, day: date) -> Iterator[datetime]:
    for hour in cron.hours:
        for minute in cron.minutes:
            wall = datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)
            for fold in (0, 1) if cron.follows_every_hour else (0,):
                instant = wall.replace(fold=fold).astimezone(UTC)
                shown = instant.astimezone(zone).replace(fold=0, tzinfo=None)
                if cron.follows_every_hour and shown != wall.replace(tzinfo=None):
                    # The clock never shows it.
                    continue
                yield instant
