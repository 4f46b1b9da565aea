"""The schedules of a Trigger.dev environment that job schedules stand behind."""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.calls import Calls
from jobwire.jobs.executors.marks import Marks
from jobwire.jobs.identifiers import schedule_id_text
from jobwire.triggerdev import NotFoundError, Schedule, TriggerDevClient
from jobwire.triggerdev.cron import expanded

#: It never fires while a trial of a task lasts, unless that is on a leap day.
_FAR_AWAY = "0 0 29 2 *"
#: What the key of a trial has in the place of a job schedule's id.
_TRIAL = "trial"
#: How long a task that could be scheduled is believed to be such a one.
_FRESH = timedelta(minutes=1)


class Wanted(Protocol):
    """What Trigger.dev's schedule shall be like."""

    @property
    def id(self) -> UUID:
        """The job schedule."""

    @property
    def cron(self) -> str:
        """Its expression."""

    @property
    def timezone(self) -> str:
        """Its time zone, as Trigger.dev spells it."""

    @property
    def is_paused(self) -> bool:
        """Whether it shall not fire."""

    @property
    def trigger_task_id(self) -> str | None:
        """The task that it triggers."""

    @property
    def trigger_schedule_id(self) -> str | None:
        """The schedule, `sched_…`, as last known; None: there was none."""


class RunSchedules:
    """Keeps the schedules of one environment; no method may be called in a transaction.

    Args:
        client: Asks and tells it.
        marks: Returns the marks of the installation that is spoken for.
        environment: Returns the environment's name in `trigger_environment`.
        calls: Makes each call.
        clock: What time it is.
    """

    def __init__(
        self,
        client: TriggerDevClient,
        marks: Callable[[], Marks],
        environment: Callable[[], Awaitable[str]],
        calls: Calls,
        clock: Clock,
    ) -> None:
        self._client = client
        self._marks = marks
        self._environment = environment
        self._calls = calls
        self._clock = clock
        self._scheduled: dict[str, datetime] = {}

    async def follow(self, wanted: Wanted) -> Schedule:
        """Have the environment's schedule be as wanted, whatever it was.

        Its deduplication key makes it one, however often this is tried, and carries the
        environment: it would move from one to another otherwise.

        Raises:
            UnprocessableError: There is no such task, it is not scheduled, or there
                are too many schedules.
            TriggerDevError: It cannot be asked; what was told may have been done.
        """
        key = await self._key(schedule_id_text(wanted.id))
        schedules, task = self._client.schedules, wanted.trigger_task_id or ""
        cron = expanded(wanted.cron)
        found: Schedule | None = None
        with suppress(NotFoundError):
            named = wanted.trigger_schedule_id or key
            found = await self._calls.make(schedules.retrieve(named))
        if found is not None and found.task_identifier != task:
            # The task of a schedule cannot be changed.
            await self._calls.make(schedules.delete(found.id))
            found = None
        external_id = schedule_id_text(wanted.id)
        if found is None or (found.cron, found.timezone, found.external_id) != (
            cron,
            wanted.timezone,
            external_id,
        ):
            found = await self._calls.make(
                schedules.create(
                    task_id=task,
                    cron=cron,
                    timezone=wanted.timezone,
                    external_id=external_id,
                    deduplication_key=key,
                )
            )
        if found.is_active is wanted.is_paused:
            turn = schedules.deactivate if wanted.is_paused else schedules.activate
            found = await self._calls.make(turn(found.id))
        return found

    async def end(self, unwanted: Wanted) -> None:
        """Delete the environment's schedule of a job schedule, if there is one.

        Raises:
            TriggerDevError: It cannot be told; it may have been done.
        """
        key = await self._key(schedule_id_text(unwanted.id))
        for name in (unwanted.trigger_schedule_id, key):
            if name is not None:
                with suppress(NotFoundError):
                    await self._calls.make(self._client.schedules.delete(name))

    async def check_task(self, task: str) -> None:
        """Find out whether schedules can trigger a task, by a trial that is taken back.

        Nothing tells it without one: the API does not show what a task is.

        Raises:
            UnprocessableError: There is no such task, it is not scheduled, or there
                are too many schedules.
            TriggerDevError: It cannot be asked.
        """
        now = self._clock.now()
        seen = self._scheduled.get(task)
        if seen is not None and now - seen < _FRESH:
            return
        trial = await self._calls.make(
            self._client.schedules.create(
                task_id=task,
                cron=_FAR_AWAY,
                deduplication_key=await self._key(_TRIAL),
            )
        )
        with suppress(NotFoundError):
            await self._calls.make(self._client.schedules.delete(trial.id))
        self._scheduled[task] = now

    async def end_trial(self) -> None:
        """Delete what a trial has left whose process died amid it.

        Raises:
            TriggerDevError: It cannot be told.
        """
        key = await self._key(_TRIAL)
        with suppress(NotFoundError):
            await self._calls.make(self._client.schedules.delete(key))

    async def _key(self, word: str) -> str:
        _, _, environment = (await self._environment()).rpartition("#")
        return f"{self._marks().tag}:{environment}:{word}"
