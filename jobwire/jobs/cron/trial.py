"""Trial: whether Trigger.dev would take a job schedule, before anything is written."""

import asyncio
import logging

from jobwire.jobs.cron.request import CronRequest, read_terms
from jobwire.jobs.cron.schedule_cron import find_by_key
from jobwire.jobs.cron.sync import words_of
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.own_executor import own_executor
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import ScheduleOwner, SyncState
from jobwire.triggerdev import TriggerDevError, UnprocessableError

log = logging.getLogger(__name__)

#: Seconds that Trigger.dev is given; then it is told later.
_PATIENCE = 10.0


async def try_out(engine: Engine, request: CronRequest, *, viewer: Viewer) -> None:
    """Refuse what Trigger.dev would refuse, such as a task that is not a scheduled one.

    Asks only for schedules that it is to fire, and not for those that it fires already.
    When it cannot be asked nothing is refused: the schedule shows then what it says.
    Must not be called inside a transaction.

    Raises:
        InvalidInputError: Trigger.dev refuses; its words are in the message.
        JobError: What `schedule_cron` raises for what can be known here.
    """
    if request.owner is not ScheduleOwner.TRIGGER_DEV:
        return
    terms = read_terms(
        request, registry=engine.registry, viewer=viewer, policy=engine.policy
    )
    async with engine.database.connection() as connection:
        found = await find_by_key(connection, terms.user_id, terms.key)
    task = terms.trigger_task_id or ""
    if found is not None and (
        (found.sync_state == SyncState.SYNCED and found.trigger_task_id == task)
        # It is refused anyway.
        or request.if_version not in (None, found.version)
    ):
        return
    executor = await own_executor(engine)
    try:
        async with asyncio.timeout(_PATIENCE):
            await executor.schedules.check_task(task)
    except UnprocessableError as error:
        raise InvalidInputError(
            f"Trigger.dev would not fire the task {task!r}, in its words:"
            f" {words_of(error)} It fires tasks that are declared with"
            " schedules.task(). Name such a task, or choose the owner JOBWIRE.",
            path=("triggerTaskId",),
        ) from error
    except (TriggerDevError, TimeoutError) as error:
        log.warning(
            "Trigger.dev could not be asked about the task %s: %s",
            task,
            str(error) or "no answer in time",
            extra={"action": "cron-trial-failed"},
        )
