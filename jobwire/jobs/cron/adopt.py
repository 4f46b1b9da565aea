"""Adopt: the runs that Trigger.dev's schedules have made become jobs of ours, once."""

import json
import logging
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from jobwire.jobs import identifiers, json_text
from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.cron.job_schedule import SCHEDULE_COLUMNS, JobSchedule
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.observe import observe
from jobwire.jobs.open_runs import known_runs
from jobwire.jobs.queue import task_queue
from jobwire.jobs.registry import Registry
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.adopt import adopt_run
from jobwire.models.vocabulary import SignalSource
from jobwire.triggerdev import NotFoundError, Run, RunSummary

log = logging.getLogger(__name__)

_BY_SCHEDULE = f"""
SELECT {SCHEDULE_COLUMNS} FROM job_schedules
 WHERE trigger_schedule_id = $1 AND trigger_environment = $2"""
_ALL = f"""
SELECT {SCHEDULE_COLUMNS} FROM job_schedules
 WHERE trigger_schedule_id IS NOT NULL AND trigger_environment = $1
   AND (owner = 'TRIGGER_DEV' AND deleted_at IS NULL OR sync_state IS NOT NULL)
 ORDER BY id"""


_PASSED = f"""
SELECT {SCHEDULE_COLUMNS} FROM job_schedules
 WHERE owner = 'TRIGGER_DEV' AND next_tick_at <= $2 AND trigger_environment = $1
   AND trigger_schedule_id IS NOT NULL AND deleted_at IS NULL AND NOT is_paused
 ORDER BY next_tick_at"""
_SEEK = """
UPDATE job_schedules SET next_tick_at = $3
 WHERE id = $1 AND next_tick_at = $2 AND owner = 'TRIGGER_DEV'"""


async def read_fired(connection: SqlConnection, environment: str) -> list[JobSchedule]:
    """Read the schedules that Trigger.dev fires, until it was told to stop."""
    records = await connection.fetch(_ALL, environment)
    return [JobSchedule.from_record(record) for record in records]


async def read_passed(
    connection: SqlConnection, environment: str, *, before: datetime
) -> list[JobSchedule]:
    """Read the schedules that Trigger.dev fires and of which a tick has passed."""
    records = await connection.fetch(_PASSED, environment, before)
    return [JobSchedule.from_record(record) for record in records]


async def seek_from(
    connection: SqlConnection, schedule: JobSchedule, *, at: datetime | None
) -> None:
    """Look for the runs of a schedule from a later tick on; None: for no more."""
    await connection.fetch(_SEEK, schedule.id, schedule.next_tick_at, at)


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look at the runs of a schedule has found.

    Attributes:
        adopted: The jobs that it made.
        last_at: The nominal time of the newest run; None: there is none.
        is_whole: Whether all runs were looked at: not only as many as the rate limit
            has room for, and none that is listed and cannot be retrieved yet.
    """

    adopted: tuple[UUID, ...]
    last_at: datetime | None
    is_whole: bool


class RunAdopter:
    """Makes the jobs of such runs; stateless.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment.
        clock: What time it is.
        registry: What is known of their types.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        registry: Registry,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._registry = registry

    async def look(
        self, schedule: JobSchedule, *, since: datetime, source: SignalSource
    ) -> Looked:
        """Adopt the runs of a schedule that no job has, the oldest first.

        Args:
            schedule: One that Trigger.dev has fired.
            since: Not those of an earlier nominal time.
            source: Which path looks.

        Raises:
            TriggerDevError: They cannot be asked for.
        """
        runs: list[RunSummary] = []
        pages = self._executor.lists.of_schedule(
            schedule.trigger_schedule_id or "", since=since
        )
        async with aclosing(pages):
            async for page in pages:
                runs += page
        async with self._connections() as connection:
            known = await known_runs(connection, [run.id for run in runs])
        runs.sort(key=lambda run: run.created_at)
        adopted: list[UUID] = []
        unknown = [run for run in runs if run.id not in known]
        last_at = runs[-1].created_at if runs else None
        for run in unknown:
            if adopted and not self._executor.has_budget:
                return Looked(tuple(adopted), last_at, is_whole=False)
            try:
                job_id = await self.adopt(run.id, source=source)
            except NotFoundError:
                return Looked(tuple(adopted), last_at, is_whole=False)
            if job_id is not None:
                adopted.append(job_id)
        return Looked(tuple(adopted), last_at, is_whole=True)

    async def adopt(self, run_id: str, *, source: SignalSource) -> UUID | None:
        """Make the job of a run, and fold in how the run stands.

        Args:
            run_id: A run that no job has.
            source: Which path told of it.

        Returns:
            The job; None: no schedule of ours made the run, or it has a job already.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        run = await self._executor.retrieve(run_id)
        schedule = await self._schedule_of(run)
        if schedule is None:
            return None
        heard = await self._executor.hear_run(run, source=source)
        now = self._clock.now()
        async with transaction(self._connections) as connection:
            id = identifiers.new_id(now)
            job = await adopt_run(
                connection,
                job_id=id,
                schedule_id=schedule.id,
                run_id=run.id,
                task=run.task_identifier,
                queue=task_queue(run.task_identifier),
                nominal_at=run.created_at,
                source=source,
                now=identifiers.created_at(id),
                **self._of_type(schedule, run),
            )
            if job is None:
                return None
            await observe(connection, heard.said, now=now, detail=heard.detail)
        log.info(
            "the run %s of %s is adopted as %s",
            run.id,
            schedule.public_id,
            job_id_text(job.id),
            extra={
                "action": "cron-run-adopted",
                "job_id": job_id_text(job.id),
                "run_id": run.id,
            },
        )
        return job.id

    async def _schedule_of(self, run: Run) -> JobSchedule | None:
        if run.schedule_id is None:
            return None
        environment = await self._executor.environment()
        async with self._connections() as connection:
            records = await connection.fetch(_BY_SCHEDULE, run.schedule_id, environment)
        return JobSchedule.from_record(records[0]) if records else None

    def _of_type(self, schedule: JobSchedule, run: Run) -> dict[str, Any]:
        definition = self._registry.find(schedule.type)
        config = RetryConfig() if definition is None else definition.retry_config
        return {
            "data": _data(run.payload),
            "retry_config": config.to_json(),
            "secret_result": definition is not None and definition.secret_result,
        }


def _data(payload: Any) -> str:
    """Write what the run got; a payload that no row can hold stays where it is."""
    try:
        return json_text.encode(
            {} if payload is None else payload,
            limit=json_text.MAX_DATA_BYTES,
            path=("data",),
        )
    except InvalidInputError:
        return json.dumps({})
