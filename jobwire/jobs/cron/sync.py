"""Sync: Trigger.dev's schedules follow the job schedules that stand behind them."""

import logging
from datetime import timedelta
from typing import Any

from jobwire.jobs.borrowing import Connections
from jobwire.jobs.clock import Clock
from jobwire.jobs.cron.adopt import RunAdopter
from jobwire.jobs.cron.job_schedule import SCHEDULE_COLUMNS, JobSchedule
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.models.vocabulary import SignalSource, SyncState
from jobwire.triggerdev import (
    ApiStatusError,
    InvalidOptionError,
    Schedule,
    TriggerDevError,
)
from jobwire.triggerdev.server_words import server_words

log = logging.getLogger(__name__)

#: How long after it was last told or asked Trigger.dev is asked again, lest somebody
#: has changed or deleted its schedule.
LOOK_AGAIN = timedelta(minutes=15)
#: How far back runs are looked for before their schedule goes, if nothing is known.
LAST_LOOK = timedelta(hours=24)
#: How long after a refusal it is tried again: the task may have been deployed.
AFTER_REFUSAL = timedelta(minutes=1)
#: How long after the first failure it is tried again; doubled with each further one.
_FIRST_PAUSE = timedelta(seconds=1)
_LAST_PAUSE = timedelta(minutes=1)
#: Answers that refuse this very schedule.
_REFUSALS = frozenset({400, 403, 409, 413, 422})

_DUE = f"""
SELECT {SCHEDULE_COLUMNS} FROM job_schedules
 WHERE sync_due_at <= $1
   AND (trigger_environment IS NULL OR trigger_environment = $2
        OR (sync_state = 'PENDING' AND deleted_at IS NULL AND owner = 'TRIGGER_DEV'))
 ORDER BY sync_due_at LIMIT $3"""
# Nobody else would ever say why nothing happens.
_STRANDED = """
UPDATE job_schedules
   SET sync_error = 'Its schedule is in the environment ' || trigger_environment
         || ' of Trigger.dev, and only a worker with the key of that can tell it.'
 WHERE sync_due_at <= $1 AND trigger_environment <> $2 AND sync_state <> 'SYNCED'
   AND (deleted_at IS NOT NULL OR owner = 'JOBWIRE') AND sync_error IS NULL"""
# Whoever has changed the schedule meanwhile has asked for another round.
_WRITE = "UPDATE job_schedules SET {sets} WHERE id = $1 AND version = $2"


class Syncer:
    """Tells Trigger.dev; stateless.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment.
        clock: What time it is.
        adopter: Adopts the runs of a schedule before that changes or goes: nobody can
            tell afterwards which schedule made them.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        adopter: RunAdopter,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._adopter = adopter

    async def read_due(self, limit: int) -> list[JobSchedule]:
        """Read the schedules that Trigger.dev is to be told or asked about.

        Those that were made in another environment are left to it, and what is to be
        told there says so; unless somebody has changed them since, and Trigger.dev is
        to fire them still: then they move here.

        Raises:
            TriggerDevError: The environment's name cannot be asked.
        """
        environment = await self._executor.environment()
        now = self._clock.now()
        async with self._connections() as connection:
            await connection.execute(_STRANDED, now, environment)
            records = await connection.fetch(_DUE, now, environment, limit)
        return [JobSchedule.from_record(record) for record in records]

    async def sync(self, schedule: JobSchedule) -> bool:
        """Have Trigger.dev's schedule follow, and write what became of that.

        PENDING, SYNCED or FAILED → SYNCED, or FAILED when it was refused, and PENDING
        still when it cannot be asked: then it is tried again. Where ours takes over
        from theirs, it begins to fire once theirs is gone.

        Returns:
            Whether it follows.
        """
        is_wanted = schedule.is_fired_by_trigger_dev and schedule.deleted_at is None
        try:
            await self._adopt(schedule)
            if is_wanted:
                values = await self._follow(schedule)
            else:
                values = await self._end(schedule)
        except TriggerDevError as error:
            await self._write(schedule, self._failed(schedule, error))
            return False
        await self._write(schedule, values)
        return True

    async def _adopt(self, schedule: JobSchedule) -> None:
        environment = await self._executor.environment()
        if (
            schedule.sync_state != SyncState.SYNCED
            and schedule.trigger_schedule_id is not None
            and schedule.trigger_environment == environment
        ):
            since = schedule.next_tick_at or self._clock.now() - LAST_LOOK
            await self._adopter.look(
                schedule, since=since, source=SignalSource.RECONCILER
            )

    async def _follow(self, schedule: JobSchedule) -> dict[str, Any]:
        environment = await self._executor.environment()
        theirs = await self._executor.schedules.follow(schedule)
        if schedule.sync_state != SyncState.SYNCED:
            _tell(schedule, theirs)
        now = self._clock.now()
        return {
            "trigger_schedule_id": theirs.id,
            "trigger_environment": environment,
            "next_tick_at": schedule.next_tick_at or schedule.tick_after(now),
            "sync_state": SyncState.SYNCED.value,
            "sync_error": None,
            "sync_failures": 0,
            "sync_due_at": now + LOOK_AGAIN,
        }

    async def _end(self, schedule: JobSchedule) -> dict[str, Any]:
        await self._executor.schedules.end(schedule)
        log.info(
            "Trigger.dev's schedule of %s is deleted",
            schedule.public_id,
            extra={"action": "cron-unsynced"},
        )
        values: dict[str, Any] = {
            "sync_state": None,
            "sync_error": None,
            "sync_failures": 0,
            "sync_due_at": None,
        }
        if schedule.deleted_at is None and not schedule.is_paused:
            now = self._clock.now()
            values |= {"next_tick_at": schedule.tick_after(now), "reckoned_at": now}
        return values

    def _failed(self, schedule: JobSchedule, error: TriggerDevError) -> dict[str, Any]:
        is_refused = isinstance(error, InvalidOptionError) or (
            isinstance(error, ApiStatusError) and error.status in _REFUSALS
        )
        told = words_of(error) if is_refused else error.message
        if schedule.sync_error != told:
            log.warning(
                "Trigger.dev's schedule of %s does not follow: %s",
                schedule.public_id,
                told,
                extra={"action": "cron-sync-failed"},
            )
        pause = min(_FIRST_PAUSE * 2 ** min(schedule.sync_failures, 10), _LAST_PAUSE)
        state = SyncState.FAILED if is_refused else SyncState.PENDING
        return {
            "sync_state": state.value,
            "sync_error": told,
            "sync_failures": schedule.sync_failures + 1,
            "sync_due_at": self._clock.now() + (AFTER_REFUSAL if is_refused else pause),
        }

    async def _write(self, schedule: JobSchedule, values: dict[str, Any]) -> None:
        sets = ", ".join(
            f"{column} = ${place}" for place, column in enumerate(values, start=3)
        )
        async with self._connections() as connection:
            await connection.execute(
                _WRITE.format(sets=sets),
                schedule.id,
                schedule.version,
                *values.values(),
            )


def words_of(error: TriggerDevError) -> str:
    """Return what Trigger.dev itself has said of a refusal, or else what is known."""
    body = error.body if isinstance(error, ApiStatusError) else None
    return server_words(body) or error.message


def _tell(schedule: JobSchedule, theirs: Schedule) -> None:
    log.info(
        "Trigger.dev's schedule %s follows %s",
        theirs.id,
        schedule.public_id,
        extra={"action": "cron-synced", "schedule": theirs.id},
    )
