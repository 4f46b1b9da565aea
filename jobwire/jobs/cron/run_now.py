"""Run now: a job of a schedule at once, beside its ticks."""

from dataclasses import replace
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.cron.write import lock_schedule
from jobwire.jobs.errors import (
    ExecutorUnavailableError,
    InvalidInputError,
    UnknownTypeError,
)
from jobwire.jobs.iso8601 import format_instant
from jobwire.jobs.job import Job
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import Executor

_ANYWHERE = PlacementPolicy()
#: How many ticks Trigger.dev tells its tasks in advance.
_UPCOMING = 10


async def run_now(
    connection: SqlConnection,
    schedule_id: UUID,
    *,
    registry: Registry | None,
    viewer: Viewer,
    now: datetime,
    policy: PlacementPolicy = _ANYWHERE,
) -> Job:
    """Make a job of a schedule: → QUEUED, paused or not, whatever jobs of it are open.

    The ticks go on as if it had not been; but while it is open, the overlap policy
    counts it. Where Trigger.dev fires, the job is an ordinary one of the same task: its
    data are what their schedules give, with times as text. Must run inside a
    transaction.

    Raises:
        NotFoundError: There is no such schedule behind the viewer's wall.
        UnknownTypeError: Its type is not registered any more.
        InvalidInputError: Its data do not fit the type as it is registered now.
        ExecutorUnavailableError: No job can run on Trigger.dev from here.
    """
    found = await lock_schedule(connection, schedule_id, viewer=viewer)
    try:
        scheduled = await schedule(
            connection,
            ScheduleRequest(
                type=found.type,
                tag=found.tag,
                executor=Executor(found.executor),
                trigger_task_id=found.trigger_task_id,
                user_id=found.user_id,
                data=_data(found, now),
                retry_config=found.retry_overrides,
                schedule_id=found.id,
                secret_data=found.secret_data,
            ),
            registry=registry,
            viewer=viewer,
            now=now,
            # Whoever scheduled it was allowed to run its task.
            policy=replace(policy, any_task=True),
        )
    except (UnknownTypeError, ExecutorUnavailableError) as refusal:
        refusal.path = ("id",)
        raise
    except InvalidInputError as refusal:
        raise InvalidInputError(
            f"The schedule asks for a job that is refused by now: {refusal.message}"
            " Schedule it again with its key.",
            path=("id",),
        ) from refusal
    return scheduled.job


def _data(schedule: JobSchedule, now: datetime) -> Any:
    if not schedule.is_fired_by_trigger_dev:
        return json_text.decode(schedule.data)
    upcoming = islice(schedule.ticks_after(now), _UPCOMING)
    return {
        "scheduleId": schedule.trigger_schedule_id,
        "type": "IMPERATIVE",
        "timestamp": format_instant(now),
        "externalId": schedule.public_id,
        "timezone": schedule.timezone,
        "upcoming": [format_instant(tick) for tick in upcoming],
    }
