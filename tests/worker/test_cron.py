"""Schedules that tick in real workers, of which some are killed amid a tick."""

import asyncio
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from jobwire.jobs.clock import SystemClock
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.schedule_cron import schedule_cron
from jobwire.jobs.cron.tick import Ticked
from jobwire.jobs.decorator import job
from jobwire.jobs.registry import Registry, collect
from jobwire.models.vocabulary import JobStatus, MisfirePolicy, OverlapPolicy
from jobwire.worker.hooks import WorkerHooks
from tests.worker.conftest import VIEWER, Workbench, until
from tests.worker.doomed_ticker import beat

ROOT = Path(__file__).parents[2]
MINUTE = timedelta(minutes=1)
SCHEDULES = 20
MISSED = 5

Spawn = Callable[[], Awaitable[Process]]


@job("held")
async def held() -> None:
    await asyncio.Event().wait()


async def scheduled(bench: Workbench, *, missed: int, **given: object) -> UUID:
    """Make a schedule of which so many ticks, one a minute, nobody has used."""
    now = SystemClock().now()
    request = CronRequest(
        **{"type": "beat", "tag": "beat", "cron": "* * * * *", **given}
    )
    async with bench.database.transaction() as connection:
        made = await schedule_cron(
            connection,
            request,
            registry=Registry(collect(beat, held)),
            viewer=VIEWER,
            now=now,
        )
    first = now.replace(second=0, microsecond=0) - (missed - 1) * MINUTE
    await bench.fetch(
        "UPDATE job_schedules SET next_tick_at = $2 WHERE id = $1",
        made.schedule.id,
        first,
    )
    return made.schedule.id


async def ticks(bench: Workbench, schedule: UUID) -> list[datetime]:
    rows = await bench.fetch(
        "SELECT tick_at FROM worker_jobs WHERE schedule_id = $1 ORDER BY tick_at",
        schedule,
    )
    return [row["tick_at"] for row in rows]


class Ears(WorkerHooks):
    """Remembers what it hears of ticks."""

    def __init__(self) -> None:
        self.heard: list[tuple[Ticked, datetime]] = []

    def ticked(self, ticked: Ticked, now: datetime) -> None:
        """Remember it."""
        self.heard.append((ticked, now))


async def test_a_due_schedule_makes_a_job_that_runs_and_is_told(
    bench: Workbench,
) -> None:
    schedule = await scheduled(bench, missed=1)
    ears = Ears()

    await bench.start(beat, hooks=ears)
    [job] = await until(lambda: _jobs(bench, schedule))

    assert (await bench.ended(job)).status == JobStatus.SUCCEEDED
    ticked, now = ears.heard[0]
    assert ticked.made == tuple(await ticks(bench, schedule))[:1]
    assert now >= ticked.made[0]


async def test_a_tick_that_waits_goes_on_when_the_job_before_has_ended(
    bench: Workbench,
) -> None:
    schedule = await scheduled(
        bench,
        missed=2,
        type="held",
        misfire_policy=MisfirePolicy.RUN_ALL,
        overlap_policy=OverlapPolicy.QUEUE_ONE,
    )

    await bench.start(held)
    [first] = await until(lambda: _jobs(bench, schedule))
    await bench.reaches(first, JobStatus.RUNNING)
    [row] = await bench.fetch("SELECT is_waiting FROM job_schedules")
    assert row["is_waiting"]
    await bench.cancel(first)

    async def following() -> list[UUID]:
        return (await _jobs(bench, schedule))[1:]

    [second] = await until(following)
    await bench.cancel(second)
    await bench.ended(second)


async def _jobs(bench: Workbench, schedule: UUID) -> list[UUID]:
    rows = await bench.fetch(
        "SELECT id FROM worker_jobs WHERE schedule_id = $1 ORDER BY id", schedule
    )
    return [row["id"] for row in rows]


@pytest.fixture
async def spawn(bench: Workbench) -> AsyncIterator[Spawn]:
    processes: list[Process] = []

    async def start() -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.worker.doomed_ticker",
            str(bench.database.url),
            cwd=ROOT,
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def test_each_tick_makes_one_job_though_tickers_are_killed_amid_it(
    bench: Workbench, spawn: Spawn
) -> None:
    schedules = [
        await scheduled(
            bench,
            missed=MISSED,
            key=f"beat-{number}",
            misfire_policy=MisfirePolicy.RUN_ALL,
            overlap_policy=OverlapPolicy.ALLOW,
        )
        for number in range(SCHEDULES)
    ]
    began = SystemClock().now()

    for _ in range(3):
        async with bench.database.transaction() as connection:
            # Whoever ticks has taken its schedules, and cannot write the first event.
            await connection.execute("LOCK TABLE job_events IN SHARE MODE")
            doomed = await spawn()
            await until(lambda: _ticks_amid(bench), "a tick that is under way")
            doomed.kill()
            assert await doomed.wait() == -signal.SIGKILL
            assert await bench.fetch("SELECT FROM worker_jobs") == []

    await asyncio.gather(spawn(), spawn())

    async def all_made() -> bool:
        counts = [len(await ticks(bench, one)) for one in schedules]
        return min(counts) >= MISSED

    await until(all_made)
    first = began.replace(second=0, microsecond=0) - (MISSED - 1) * MINUTE
    for schedule in schedules:
        made = await ticks(bench, schedule)
        assert made == [first + number * MINUTE for number in range(len(made))]
    events = await bench.fetch(
        "SELECT job_id FROM job_events WHERE kind = 'CREATED'"
        " GROUP BY job_id HAVING count(*) > 1"
    )
    assert events == []


async def _ticks_amid(bench: Workbench) -> bool:
    return bool(
        await bench.fetch(
            "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            " AND datname = current_database()"
            " AND query LIKE '%INSERT INTO worker_jobs%'"
        )
    )
