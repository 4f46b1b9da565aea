"""Due: what a job schedule does at a moment when ticks of it have come; pure.

A tick that nobody could use within a minute is missed, and the misfire policy decides.
The overlap policy decides about every tick that is used while an earlier job is open.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from jobwire.jobs.cron.job_schedule import Clockwork
from jobwire.models.vocabulary import MisfirePolicy, OverlapPolicy, SkipReason

#: Older ticks are missed ones.
MISSED_AFTER = timedelta(seconds=60)
#: The most ticks that one decision uses; the rest is due at once again.
MOST_TICKS = 100
_INSTANT = timedelta(microseconds=1)
#: How far back the last tick is looked for, step by step.
_LOOKS = (
    timedelta(minutes=2),
    timedelta(hours=1),
    timedelta(days=1),
    timedelta(days=32),
    timedelta(days=366),
)


@dataclass(frozen=True, slots=True)
class Skip:
    """A tick that makes no job.

    Attributes:
        at: The tick; of several the last one.
        reason: Why, in a word.
        message: Why, as a sentence.
    """

    at: datetime
    reason: SkipReason
    message: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do.

    Attributes:
        ticks: Those that make a job each, the oldest first.
        next_at: The next tick, which may be due already; None: there is none.
        is_waiting: Whether that waits for the end of the jobs that are open then.
        cancels: Whether the open jobs are asked to stop.
        skip: What passes unused; None: nothing.
    """

    ticks: tuple[datetime, ...]
    next_at: datetime | None
    is_waiting: bool = False
    cancels: bool = False
    skip: Skip | None = None


def decide(schedule: Clockwork, *, now: datetime, is_open: bool) -> Decision:
    """Decide about the ticks of a schedule from its `next_tick_at` to now.

    Args:
        schedule: One whose next tick has come, or that waits and may go on.
        now: What time it is.
        is_open: Whether a job of it is open.
    """
    start = schedule.next_tick_at
    if start is None or start > now:
        return Decision((), start)
    due, skip = _used(schedule, start, now)
    after = schedule.tick_after(now)
    if not due:
        return Decision((), after, skip=skip)
    overlap = OverlapPolicy(schedule.overlap_policy)
    if overlap is OverlapPolicy.ALLOW:
        return Decision(due, _rest(schedule, due, now) or after, skip=skip)
    if overlap is OverlapPolicy.CANCEL_RUNNING:
        return Decision(due[-1:], after, cancels=is_open, skip=skip)
    return _take_turns(schedule, due, after, skip, now=now, is_open=is_open)


def _take_turns(
    schedule: Clockwork,
    due: tuple[datetime, ...],
    after: datetime | None,
    skip: Skip | None,
    *,
    now: datetime,
    is_open: bool,
) -> Decision:
    """Decide about ticks of which one job at a time may be open."""
    waits = (
        schedule.overlap_policy == OverlapPolicy.QUEUE_ONE
        or schedule.is_waiting
        or (schedule.misfire_policy == MisfirePolicy.RUN_ALL and _missed(due[0], now))
    )
    if is_open and not waits:
        return Decision((), after, skip=_overlap(due[-1]))
    used, rest = ((), due) if is_open else (due[:1], due[1:])
    if rest:
        return Decision(used, rest[0], is_waiting=True, skip=skip)
    return Decision(used, after, skip=skip)


def _used(
    schedule: Clockwork, start: datetime, now: datetime
) -> tuple[tuple[datetime, ...], Skip | None]:
    """Return the due ticks that the misfire policy lets be used, and what it drops."""
    policy = MisfirePolicy(schedule.misfire_policy)
    if policy is MisfirePolicy.RUN_ALL:
        return _all(schedule, start, now)
    last = _last(schedule, start, now)
    if schedule.is_waiting:
        # It was not missed: it has waited, and those behind it found no place.
        return (start,), None if last == start else _overlap(last)
    if policy is MisfirePolicy.SKIP and _missed(last, now):
        told = "and the misfire policy lets them go"
        return (), _misfire(schedule, start, now, told)
    if last == start:
        return (last,), None
    told = f"and the one of {last.isoformat()} stands for all"
    return (last,), _misfire(schedule, start, last - _INSTANT, told)


def _all(
    schedule: Clockwork, start: datetime, now: datetime
) -> tuple[tuple[datetime, ...], Skip | None]:
    """Return the ticks since the beginning of the misfire window."""
    oldest = now - schedule.misfire_window
    if start >= oldest or schedule.is_waiting:
        return (start, *_between(schedule, start, now, MOST_TICKS - 1)), None
    told = "and they are out of the misfire window"
    skip = _misfire(schedule, start, oldest, told)
    return _between(schedule, oldest, now, MOST_TICKS), skip


def _between(
    schedule: Clockwork, after: datetime, now: datetime, most: int
) -> tuple[datetime, ...]:
    ticks = takewhile(lambda tick: tick <= now, schedule.ticks_after(after))
    return tuple(islice(ticks, most))


def _last(schedule: Clockwork, start: datetime, now: datetime) -> datetime:
    """Return the last tick until now, without going through a year of minutes."""
    following = schedule.tick_after(start)
    if following is None or following > now:
        return start
    for look in _LOOKS:
        if now - look <= start:
            break
        since = _newest(schedule, now - look, now)
        if since is not None:
            return since
    return _newest(schedule, start, now) or start


def _newest(schedule: Clockwork, after: datetime, now: datetime) -> datetime | None:
    """Return the last tick after an instant, until now."""
    newest = None
    for tick in schedule.ticks_after(after):
        if tick > now:
            break
        newest = tick
    return newest


def _rest(
    schedule: Clockwork, due: Sequence[datetime], now: datetime
) -> datetime | None:
    """Return the first tick that is due beyond those of one decision."""
    if len(due) < MOST_TICKS:
        return None
    tick = schedule.tick_after(due[-1])
    return tick if tick is not None and tick <= now else None


def _missed(tick: datetime, now: datetime) -> bool:
    return now - tick >= MISSED_AFTER


def _misfire(schedule: Clockwork, start: datetime, until: datetime, told: str) -> Skip:
    """Tell of the ticks from one on until an instant."""
    return Skip(
        _last(schedule, start, until),
        SkipReason.MISFIRE,
        f"Ticks from {start.isoformat()} on could not be used in time, {told}.",
    )


def _overlap(tick: datetime) -> Skip:
    return Skip(
        tick,
        SkipReason.OVERLAP,
        "A job of an earlier tick was still open when it came.",
    )
