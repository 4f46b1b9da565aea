"""Checks of clocks: this machine's against PostgreSQL's and Trigger.dev's."""

from datetime import timedelta

from jobwire.app.doctor.checks import Check
from jobwire.app.doctor.examination import Examination
from jobwire.app.doctor.finding import Finding, failed, not_checked, ok, warning
from jobwire.jobs.clock import DatabaseClock

#: Trigger.dev tells whole seconds, and the way there takes some time.
_SMALL = timedelta(seconds=3)
#: Signed events are refused from here on.
_LARGE = timedelta(minutes=5)
_ADVICE = (
    "Let both machines keep time (chrony, systemd-timesyncd). Signatures are refused"
    " from 5 minutes on, tokens sooner."
)


def judge(ahead: timedelta, *, whose: str) -> Finding:
    """Judge by how much another clock is ahead of this machine's."""
    seconds = ahead.total_seconds()
    where = "ahead of" if seconds >= 0 else "behind"
    told = f"{whose} is {abs(seconds):,.3f} s {where} this machine's"
    if abs(ahead) >= _LARGE:
        return failed(told, _ADVICE)
    if abs(ahead) >= _SMALL:
        return warning(told, _ADVICE)
    return ok(told)


async def _of_database(examination: Examination) -> Finding:
    clock = DatabaseClock()
    async with examination.connection() as connection:
        await clock.synchronize(connection)
    return judge(clock.offset, whose="PostgreSQL's clock")


async def _of_trigger(examination: Examination) -> Finding:
    if examination.trigger_ahead is None:
        return not_checked("Trigger.dev did not say what time it is")
    return judge(examination.trigger_ahead, whose="Trigger.dev's clock")


CHECKS = (Check("clock of the database", _of_database, needs=("database",)),)
AFTER_TRIGGER = (
    Check("clock of Trigger.dev", _of_trigger, needs=("Trigger.dev API",)),
)
