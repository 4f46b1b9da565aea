"""Scheduled: adopt the runs that Trigger.dev's own schedules have made."""

from datetime import datetime, timedelta

from jobwire.jobs.cron.adopt import RunAdopter, read_fired
from jobwire.jobs.reconcile.one_pass import Pass
from jobwire.models.vocabulary import SignalSource

#: So late a run may be fired and still be found.
LATE = timedelta(hours=2)


async def adopt_scheduled(one: Pass, since: datetime) -> None:
    """Look for the runs of every schedule that Trigger.dev fires for us.

    They have none of our tags: each schedule is asked about by itself. One that was
    fired late has the nominal time of its tick all the same.

    Args:
        one: The pass.
        since: Not those of an earlier nominal time.

    Raises:
        TriggerDevError: They cannot be listed.
    """
    async with one.connections() as connection:
        fired = await read_fired(connection, one.report.environment)
    adopter = RunAdopter(one.connections, one.executor, one.clock, one.registry)
    for schedule in fired:
        await one.has_room()
        found = await adopter.look(
            schedule, since=since - LATE, source=SignalSource.RECONCILER
        )
        one.report.orphaned_jobs += found.adopted
