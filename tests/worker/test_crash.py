"""Workers whose process is killed amid its jobs: none is lost, none runs twice."""

import asyncio
import json
import signal
import sys
from asyncio.subprocess import Process
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from jobwire.jobs.clock import SystemClock
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.retry_config import RetryConfig
from tests.factories import insert_job
from tests.worker import doomed
from tests.worker.conftest import Workbench, until

JOBS = 50
ROOT = Path(__file__).parents[2]

Spawn = Callable[[], Awaitable[Process]]


@pytest.fixture
async def ticks(bench: Workbench) -> AsyncIterator[None]:
    """A table beside Jobwire's, which no fence protects."""
    await bench.fetch("DROP TABLE IF EXISTS ticks")
    await bench.fetch(
        "CREATE TABLE ticks"
        " (job text, attempt integer, process integer, at timestamptz)"
    )
    yield
    await bench.close()
    await bench.fetch("DROP TABLE ticks")


@pytest.fixture
async def spawn(bench: Workbench, ticks: None) -> AsyncIterator[Spawn]:  # noqa: ARG001 - it must be there first
    processes: list[Process] = []

    async def start() -> Process:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "tests.worker.doomed",
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


async def insert_jobs(bench: Workbench, **columns: object) -> list[str]:
    now = SystemClock().now()
    async with bench.database.transaction() as connection:
        return [
            job_id_text(
                (await insert_job(connection, now=now, type="tick", **columns)).id
            )
            for _ in range(JOBS)
        ]


async def running(bench: Workbench, least: int) -> None:
    """Wait until so many jobs have left a trace."""

    async def look() -> bool:
        rows = await bench.fetch("SELECT count(DISTINCT job) AS jobs FROM ticks")
        return bool(rows[0]["jobs"] >= least)

    await until(look, f"{least} running jobs")


async def all_succeeded(bench: Workbench) -> None:
    async def look() -> bool:
        rows = await bench.fetch(
            "SELECT count(*) AS open FROM worker_jobs WHERE status <> 'SUCCEEDED'"
        )
        return bool(rows[0]["open"] == 0)

    await until(look, "the end of all jobs")


async def assert_none_ran_twice(bench: Workbench, job_ids: list[str]) -> None:
    """No overlapping attempts, none after the end, one accepted end (design §5)."""
    overlaps = await bench.fetch(
        """SELECT a.job FROM (SELECT job, attempt, max(at) AS last FROM ticks
             GROUP BY job, attempt) a
           JOIN (SELECT job, attempt, min(at) AS first FROM ticks
             GROUP BY job, attempt) b
             ON b.job = a.job AND b.attempt > a.attempt AND b.first <= a.last"""
    )
    assert overlaps == []
    counts = Counter(
        row["job"]
        for row in await bench.fetch(
            """SELECT t.job FROM ticks t JOIN (SELECT job, max(attempt) AS attempt
                 FROM ticks GROUP BY job) l USING (job, attempt)"""
        )
    )
    assert counts == dict.fromkeys(job_ids, doomed.TICKS)
    ends = await bench.fetch(
        """SELECT e.job_id FROM job_events e JOIN worker_jobs j ON j.id = e.job_id
            WHERE e.to_status = 'SUCCEEDED'
           UNION ALL
           SELECT job_id FROM job_attempts WHERE status = 'SUCCEEDED'"""
    )
    assert set(Counter(row["job_id"] for row in ends).values()) == {2}
    assert len(ends) == 2 * JOBS


async def test_jobs_of_a_killed_worker_are_ended_by_another(
    bench: Workbench, spawn: Spawn
) -> None:
    job_ids = await insert_jobs(bench)
    first = await spawn()
    await running(bench, JOBS // 2)

    first.kill()
    await first.wait()
    await spawn()
    await all_succeeded(bench)

    await assert_none_ran_twice(bench, job_ids)


async def test_jobs_of_a_killed_worker_are_rescued_two_seconds_after_their_lease(
    bench: Workbench, spawn: Spawn
) -> None:
    await insert_jobs(bench)
    process = await spawn()
    await running(bench, JOBS // 2)
    # It runs no such jobs, but it looks for those whose lease has run out.
    await bench.start()

    process.kill()
    await process.wait()
    killed_at = SystemClock().now()
    await rescued(bench)

    rows = await bench.fetch(
        "SELECT max(finished_at) AS last FROM job_attempts WHERE status = 'LOST'"
    )
    assert rows[0]["last"] - killed_at < doomed.LEASE + timedelta(seconds=2)


async def test_workers_killed_one_after_the_other_lose_nothing(
    bench: Workbench, spawn: Spawn
) -> None:
    patient = json.loads(RetryConfig(max_attempts=9).to_json())
    job_ids = await insert_jobs(bench, retry_config=patient)

    for share in (JOBS // 5, JOBS // 2):
        process = await spawn()
        await running(bench, share)
        process.send_signal(signal.SIGKILL)
        await process.wait()
    async with doomed.worker(bench.database.url):
        await all_succeeded(bench)

    await assert_none_ran_twice(bench, job_ids)


async def test_suspended_worker_stops_what_was_taken_from_it(
    bench: Workbench, spawn: Spawn
) -> None:
    job_ids = await insert_jobs(bench)
    first = await spawn()
    await running(bench, JOBS // 2)

    first.send_signal(signal.SIGSTOP)
    async with doomed.worker(bench.database.url):
        await rescued(bench)
        first.send_signal(signal.SIGCONT)
        await all_succeeded(bench)

    ends = await bench.fetch(
        "SELECT count(*) AS ends FROM job_events WHERE to_status = 'SUCCEEDED'"
    )
    assert ends[0]["ends"] == len(job_ids)


async def test_job_that_kills_every_worker_ends_after_its_attempts_and_says_why(
    bench: Workbench, spawn: Spawn
) -> None:
    twice = json.loads(RetryConfig(max_attempts=2).to_json())
    now = SystemClock().now()
    async with bench.database.connection() as connection:
        job = await insert_job(connection, now=now, type="poison", retry_config=twice)
    # It runs no such jobs, but it looks for those whose lease has run out.
    await bench.start()

    for _ in range(2):
        assert await (await spawn()).wait() == doomed.POISONED
    ended = await bench.ended(job.id)

    assert (ended.status, ended.failure_kind, ended.attempts) == (
        "FAILED",
        "CRASHED",
        2,
    )
    failure = json.loads(ended.result or "")["error"]
    assert failure["name"] == "LeaseLost"
    assert "gave no sign of life" in failure["message"]
    rows = await bench.fetch(
        "SELECT status, failure_kind, failure ->> 'message' AS message, worker_id"
        " FROM job_attempts WHERE job_id = $1 ORDER BY number",
        job.id,
    )
    assert [(row["status"], row["failure_kind"]) for row in rows] == [
        ("LOST", "CRASHED"),
        ("LOST", "CRASHED"),
    ]
    assert all(row["worker_id"] in row["message"] for row in rows)
    assert len({row["worker_id"] for row in rows}) == 2


async def rescued(bench: Workbench) -> None:
    async def look() -> bool:
        rows = await bench.fetch(
            "SELECT count(*) AS lost FROM job_attempts WHERE status = 'LOST'"
        )
        return bool(rows[0]["lost"] > 0)

    await until(look, "a rescue")
