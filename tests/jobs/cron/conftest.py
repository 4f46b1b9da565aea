"""Job schedules, a ticker and a clock that tests move."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.cron.change import delete, pause, resume
from jobwire.jobs.cron.job_schedule import SCHEDULE_COLUMNS, JobSchedule
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.schedule_cron import ScheduledCron, schedule_cron
from jobwire.jobs.cron.tick import Ticked, Ticker, correct_clock
from jobwire.jobs.decorator import job
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.trigger_job import trigger_job
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from tests.clock import FakeClock

VIEWER = Viewer("user-1", frozenset(Scope) - {Scope.ADMIN})
#: A Thursday in winter.
NOON = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


@job("report")
async def report(data: dict[str, Any]) -> None:
    """Nothing runs here: these tests are about the rows."""


@job("secret-report", secret_data=True)
async def secret_report(data: dict[str, Any]) -> None:
    """The same, with data that only admins may read."""


nightly = trigger_job("nightly", task_id="nightly-task")
REGISTRY = Registry([*collect(report, secret_report), nightly])


class Crons:
    """Schedules by cron as user-1, and lets ticks happen when a test says so."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.database = database
        self.clock = clock
        self.ticker = Ticker(REGISTRY, PlacementPolicy())

    async def schedule(self, cron: str = "0 * * * *", **given: Any) -> JobSchedule:
        """Make a schedule of reports, hourly unless told, or change it."""
        return (await self.scheduled(cron, **given)).schedule

    async def scheduled(self, cron: str = "0 * * * *", **given: Any) -> ScheduledCron:
        """Do the same, and tell whether it was made."""
        viewer = given.pop("viewer", VIEWER)
        policy = given.pop("policy", PlacementPolicy())
        request = CronRequest(
            **{"type": "report", "tag": "reports", "cron": cron, **given}
        )
        async with self.database.transaction() as connection:
            return await schedule_cron(
                connection,
                request,
                registry=REGISTRY,
                viewer=viewer,
                now=self.clock.now(),
                policy=policy,
            )

    async def tick(self, *, limit: int = 1000) -> Ticked:
        """Let everything tick that is due now."""
        async with self.database.transaction() as connection:
            return await self.ticker.tick(connection, now=self.clock.now(), limit=limit)

    async def go_on(self) -> Ticked:
        """Let everything tick that has waited for its jobs."""
        async with self.database.transaction() as connection:
            return await self.ticker.go_on(connection, now=self.clock.now(), limit=1000)

    async def correct_clock(self) -> int:
        """Look for what a wrong clock has reckoned."""
        async with self.database.transaction() as connection:
            return await correct_clock(connection, now=self.clock.now(), limit=1000)

    async def pass_time(
        self, span: timedelta, step: timedelta = timedelta(seconds=30)
    ) -> None:
        """Let time pass, with a ticker that looks at every step."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.advance(min(step, end - self.clock.now()))
            await self.tick()
            await self.go_on()

    async def pause(self, schedule: JobSchedule) -> JobSchedule:
        async with self.database.transaction() as connection:
            return await pause(
                connection, schedule.id, viewer=VIEWER, now=self.clock.now()
            )

    async def resume(self, schedule: JobSchedule) -> JobSchedule:
        async with self.database.transaction() as connection:
            return await resume(
                connection, schedule.id, viewer=VIEWER, now=self.clock.now()
            )

    async def delete(self, schedule: JobSchedule) -> None:
        async with self.database.transaction() as connection:
            await delete(connection, schedule.id, viewer=VIEWER, now=self.clock.now())

    async def read(self, schedule: JobSchedule) -> JobSchedule:
        """Read a schedule again, deleted or not."""
        [record] = await self.fetch(
            f"SELECT {SCHEDULE_COLUMNS} FROM job_schedules WHERE id = $1", schedule.id
        )
        return JobSchedule.from_record(record)

    async def jobs(self, schedule: JobSchedule | None = None) -> list[Job]:
        """Read the jobs of a schedule, or all, the oldest first."""
        records = await self.fetch(
            f"""SELECT {JOB_COLUMNS} FROM worker_jobs
                 WHERE $1::uuid IS NULL OR schedule_id = $1 ORDER BY run_at, id""",
            None if schedule is None else schedule.id,
        )
        return [Job.from_record(record) for record in records]

    async def ticks(self, schedule: JobSchedule | None = None) -> list[str]:
        """Read which ticks have made jobs, in order, as UTC without the year."""
        ticks = [one.tick_at for one in await self.jobs(schedule)]
        return [f"{tick:%m-%d %H:%M}" for tick in ticks if tick is not None]

    async def end(self, *jobs: UUID) -> None:
        """End open jobs as a quick worker does; all of them, if none is told."""
        await self.fetch(
            """WITH u AS (
                 UPDATE worker_jobs
                    SET status = 'SUCCEEDED', success = true, finished = $2,
                        next_attempt_at = NULL, leased_by = NULL, leased_until = NULL,
                        version = version + 1, updated_at = $2
                  WHERE finished IS NULL
                    AND (cardinality($1::uuid[]) = 0 OR id = ANY($1)) RETURNING *)
               INSERT INTO job_events (job_id, user_id, version, kind, from_status,
                 to_status, source, occurred_at, recorded_at, changes)
               SELECT id, user_id, version, 'SUCCEEDED', 'QUEUED', status, 'WORKER',
                      $2, $2, jsonb_build_object('status', status, 'success', success,
                        'finished', finished, 'next_attempt_at', next_attempt_at)
                 FROM u""",
            list(jobs),
            self.clock.now(),
        )

    async def fetch(self, query: str, *arguments: Any) -> Sequence[Any]:
        async with self.database.connection() as connection:
            rows: Sequence[Any] = await connection.fetch(query, *arguments)
            return rows


@pytest.fixture
def crons(database: Database, clock: FakeClock) -> Crons:
    clock.advance(NOON - clock.now())
    return Crons(database, clock)
