"""Whether watchers slow the writers down: commits of 32 writers, with and without."""

import asyncio
import os
import re
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from benchmarks.cluster import fresh_database
from benchmarks.watched.servers import Server, jobwire
from benchmarks.watched.watchers import Watchers
from jobwire.app.postgres.binaries import find_binaries
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.doorbell import COALESCE_SECONDS, Doorbell, Topic
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.viewer import trusted
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse

WRITERS = 32
WATCHERS = 1000
SECONDS = 4
ROUNDS = 5
TARGET = 0.9

WATCH = """subscription ($id: ID!) { jobUpdates(id: $id, snapshot: false) { __typename
  ... on JobChange { cursor event { jobVersion kind } job { id version status } } } }"""

#: One visible change of one of the jobs, with its event.
_CHANGE = f"""\\set n random(1, {WATCHERS})
WITH u AS (
  UPDATE worker_jobs SET progress = '{{"fraction": 0.5}}', version = version + 1
   WHERE id = (SELECT id FROM bench_jobs WHERE n = :n) RETURNING *),
e AS ({
    append_events(
        "u",
        kind="'PROGRESS'",
        from_status="status",
        changes=changed(("progress",)),
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
    )
})
SELECT version FROM u;
"""


async def _fill(database: Database) -> list[str]:
    """Schedule a job for each watcher; return their ids."""
    registry, now = Registry(example_jobs()), SystemClock().now()
    ids = []
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE bench_jobs (n int PRIMARY KEY, id uuid)")
        for number in range(WATCHERS):
            scheduled = await schedule(
                connection,
                ScheduleRequest(type="no-op", tag="bench"),
                registry=registry,
                viewer=trusted("bench"),
                now=now,
            )
            await connection.execute(
                "INSERT INTO bench_jobs VALUES ($1, $2)", number + 1, scheduled.job.id
            )
            ids.append(job_id_text(scheduled.job.id))
    return ids


async def _commits(url: str, script: Path) -> float:
    """Write for some seconds; return the commits a second."""
    place = parse(url)
    process = await asyncio.create_subprocess_exec(
        str(find_binaries().bin_dir / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--file={script}"),
        *(f"--client={WRITERS}", "--jobs=2", f"--time={SECONDS}"),
        *("--host", place.host, "--port", str(place.port), "--username", place.user),
        place.database,
        env={**os.environ, "PGPASSWORD": place.password or ""},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    output, _ = await process.communicate()
    found = re.search(rb"tps = ([\d.]+)", output)
    if found is None:
        raise SystemExit(f"pgbench ended with {process.returncode}.")
    return float(found.group(1))


@asynccontextmanager
async def _ringing(database: Database) -> AsyncIterator[None]:
    """Ring as a process does that commits all the time: every few milliseconds."""

    async def ring(bell: Doorbell) -> None:
        while True:
            bell.ring(Topic.CHANGE)
            await asyncio.sleep(COALESCE_SECONDS)

    async with Doorbell(database) as bell:
        task = asyncio.create_task(ring(bell))
        try:
            yield
        finally:
            task.cancel()


async def _watched(server: Server, ids: list[str], url: str, script: Path) -> float:
    watchers = Watchers(server, WATCHERS)
    await watchers.start(payload={"query": WATCH}, variables=[{"id": id} for id in ids])
    try:
        return await _commits(url, script)
    finally:
        await watchers.stop()


async def _main(url: str) -> None:
    await migrate(parse(url))
    database = await Database.open(url)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        script = folder / "change.sql"
        script.write_text(_CHANGE)
        ids = await _fill(database)
        alone, watched = [], []
        async with jobwire(url, folder) as server, _ringing(database):
            await _commits(url, script)
            for _ in range(ROUNDS):
                alone.append(await _commits(url, script))
                watched.append(await _watched(server, ids, url, script))
    await database.close()
    ratio = median(one / other for one, other in zip(watched, alone, strict=True))
    print(
        f"commits/s of {WRITERS} writers: {median(alone):,.0f} alone,"
        f" {median(watched):,.0f} with {WATCHERS:,} watchers"
    )
    print(f"  {ratio:.2f} times (target ≥ {TARGET})")


def main() -> None:
    """Compare."""
    with fresh_database() as url:
        asyncio.run(_main(url))


if __name__ == "__main__":
    main()
