"""When a clock on a wall shows a time: summer time, as Debian's cron deals with it.

Source: `cron.c` of Debian's cron 3.0pl1, and its manual page cron(8).
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

#: Makes the times of a calendar after another one: naive, rising.
Walls = Callable[[datetime], Iterator[datetime]]

#: A larger change is a correction of the clock, which nothing is made up for.
_CORRECTION = timedelta(hours=3)
#: No clock is put back by more.
_FARTHEST_BACK = timedelta(hours=25)
_SECOND = timedelta(seconds=1)


def instants_at(walls: Walls, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Iterate over when each time comes, once, in UTC, after an instant.

    A time that a clock shows twice counts the first time; one that it leaves out comes
    at once after the gap. The calendar's end ends it.
    """
    told = after.astimezone(UTC)
    with suppress(OverflowError):
        for wall in walls(told.astimezone(zone).replace(tzinfo=None)):
            instant = _at(wall, zone)
            if instant is not None and instant > told:
                told = instant
                yield instant


def instants_while(walls: Walls, zone: ZoneInfo, after: datetime) -> Iterator[datetime]:
    """Iterate over every instant when a clock shows one of the times, in UTC.

    A time that a clock shows twice counts twice; one that it leaves out does not come.
    The calendar's end ends it.
    """
    told = after.astimezone(UTC)
    # Second showings come after the first showings of all the times in between.
    again: deque[datetime] = deque()
    with suppress(OverflowError):
        for wall in walls(_start(told, zone)):
            showings = _showings(wall, zone)
            while again and showings and again[0] < showings[0]:
                yield again.popleft()
            if showings and showings[0] > told:
                yield showings[0]
            again.extend(one for one in showings[1:] if one > told)
    yield from again


def _start(told: datetime, zone: ZoneInfo) -> datetime:
    start = told.astimezone(zone)
    later = (told + _FARTHEST_BACK).astimezone(zone)
    back = _offset(start) - _offset(later)
    return start.replace(tzinfo=None) - max(back, timedelta())


def _showings(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    change = _offset(second) - _offset(first)
    if change > timedelta():
        return []
    instant = first.astimezone(UTC)
    return [instant, instant - change] if change else [instant]


def _at(wall: datetime, zone: ZoneInfo) -> datetime | None:
    before, behind = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    gap = _offset(behind) - _offset(before)
    if gap <= timedelta():
        return before.astimezone(UTC)
    if gap >= _CORRECTION:
        return None
    # The gap lies between the two readings of a time in it.
    low, high = behind.astimezone(UTC), before.astimezone(UTC)
    while high - low > _SECOND:
        middle = low + (high - low) // (2 * _SECOND) * _SECOND
        if _offset(middle.astimezone(zone)) == _offset(behind):
            high = middle
        else:
            low = middle
    return high


def _offset(moment: datetime) -> timedelta:
    return moment.utcoffset() or timedelta()
