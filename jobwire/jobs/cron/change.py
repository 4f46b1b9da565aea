"""Pause, resume and delete job schedules; jobs that they have made go on."""

from datetime import datetime
from uuid import UUID

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.cron.write import lock_schedule, to_sync, write
from jobwire.jobs.viewer import Viewer


async def pause(
    connection: SqlConnection, schedule_id: UUID, *, viewer: Viewer, now: datetime
) -> JobSchedule:
    """Have a schedule not fire until it is resumed; one that is paused stays so.

    A tick that waits is dropped. Must run inside a transaction.

    Raises:
        NotFoundError: There is none behind the viewer's wall.
    """
    schedule = await lock_schedule(connection, schedule_id, viewer=viewer)
    if schedule.is_paused:
        return schedule
    values = {"is_paused": True, "is_waiting": False, **to_sync(schedule, now)}
    if not schedule.is_fired_by_trigger_dev:
        values["next_tick_at"] = None
    return await write(connection, schedule, values, now=now)


async def resume(
    connection: SqlConnection, schedule_id: UUID, *, viewer: Viewer, now: datetime
) -> JobSchedule:
    """Have a paused schedule fire again, from its first tick from now on.

    Must run inside a transaction.

    Raises:
        NotFoundError: There is none behind the viewer's wall.
    """
    schedule = await lock_schedule(connection, schedule_id, viewer=viewer)
    if not schedule.is_paused:
        return schedule
    values = {"is_paused": False, **to_sync(schedule, now)}
    # Where Trigger.dev's own is yet to go, ours begins when that is done.
    if schedule.sync_state is None:
        values |= {"next_tick_at": schedule.tick_after(now), "reckoned_at": now}
    return await write(connection, schedule, values, now=now)


async def delete(
    connection: SqlConnection, schedule_id: UUID, *, viewer: Viewer, now: datetime
) -> None:
    """Delete a schedule: it never fires again, and its key is free.

    What its data held is erased. Must run inside a transaction.

    Raises:
        NotFoundError: There is none behind the viewer's wall.
    """
    schedule = await lock_schedule(connection, schedule_id, viewer=viewer)
    values = {
        "deleted_at": now,
        "is_waiting": False,
        "data": "{}",
        **to_sync(schedule, now),
    }
    if not schedule.is_fired_by_trigger_dev:
        values["next_tick_at"] = None
    await write(connection, schedule, values, now=now)
