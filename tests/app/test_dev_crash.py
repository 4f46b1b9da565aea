"""The whole of `dev`, killed in the middle of everything, and started again."""

import asyncio
import signal
import sqlite3
from pathlib import Path

import asyncpg

from tests.app.commands import Command, running
from tests.app.test_dev import ask, start

INTERNAL, TRIGGER = 25, 25
SCHEDULE = """mutation {{
  scheduleJob(input: {{ type: "{type}", tag: "{tag}", data: {data} }}) {{
    job {{ id }} errors {{ message }} }} }}"""
OPEN = "{ jobs(filter: {isTerminal: false}) { totalCount { value } } }"

ENDS = """
SELECT count(*) AS jobs, count(*) FILTER (WHERE status = 'SUCCEEDED') AS succeeded,
       (SELECT count(*) FROM job_events WHERE to_status IN
          ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')) AS ends
  FROM worker_jobs"""
RUNS = "SELECT id, trigger_run_id FROM worker_jobs WHERE executor = 'trigger'"
OVERLAPS = """
SELECT count(*) FROM job_attempts a JOIN job_attempts b
    ON a.job_id = b.job_id AND a.number < b.number AND b.started_at < a.finished_at"""


async def schedule_all(url: str) -> None:
    """Schedule jobs of both kinds; what gets no answer is not counted on."""
    documents = [
        SCHEDULE.format(type="count-primes", tag=f"i{n}", data="{limit: 2000000}")
        for n in range(INTERNAL)
    ] + [
        SCHEDULE.format(type="process-large-dataset", tag=f"t{n}", data="{seconds: 2}")
        for n in range(TRIGGER)
    ]
    await asyncio.gather(*(ask(url, document) for document in documents))


async def until_all_ended(url: str) -> None:
    async with asyncio.timeout(90):
        while await ask(url, OPEN) != {"jobs": {"totalCount": {"value": 0}}}:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.2)


async def database_url(folder: Path) -> str:
    with running("database-url", folder=folder) as command:
        code, printed = await asyncio.to_thread(command.end)
    assert code == 0, printed
    return printed.strip()


async def kill(command: Command) -> None:
    command.signal(signal.SIGKILL)
    await asyncio.to_thread(command.end)


async def test_all_jobs_of_both_kinds_end_once_though_everything_was_killed(
    tmp_path: Path,
) -> None:
    short = {"JOBWIRE_LEASE_SECONDS": "3"}
    with running("dev", "--port", "0", folder=tmp_path, **short) as first:
        url = await start(first)
        await schedule_all(url)
        await asyncio.to_thread(first.wait_for, r"worker-started")
        await kill(first)
    with running("dev", "--port", "0", folder=tmp_path, **short) as second:
        url = await start(second)
        await until_all_ended(url)
        connection = await asyncpg.connect(await database_url(tmp_path))
        ends = await connection.fetchrow(ENDS)
        runs = {row["trigger_run_id"] for row in await connection.fetch(RUNS)}
        overlaps = await connection.fetchval(OVERLAPS)
        await connection.close()
        second.signal(signal.SIGINT)
        await asyncio.to_thread(second.end)

    total = INTERNAL + TRIGGER
    assert dict(ends) == {"jobs": total, "succeeded": total, "ends": total}
    assert overlaps == 0
    state = sqlite3.connect(tmp_path / ".jobwire" / "emulator" / "emulator.sqlite3")
    made = {id for (id,) in state.execute("SELECT id FROM runs")}
    state.close()
    assert len(runs) == TRIGGER
    assert made == runs
