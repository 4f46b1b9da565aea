"""Writers at full load: each commit is one visible change of a job, with its event."""

import asyncio
import os
import re
from pathlib import Path

from jobwire.app.postgres.binaries import find_binaries
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Database
from jobwire.models.database_url import parse

#: Jobs that are changed, at random.
JOBS = 1000

_CHANGE = f"""\\set n random(1, {JOBS})
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


async def prepare(database: Database, folder: Path) -> tuple[list[str], Path]:
    """Schedule the jobs; return their ids, and the script for `commits`."""
    registry, now = Registry(example_jobs()), SystemClock().now()
    ids = []
    async with database.connection() as connection:
        await connection.execute("CREATE TABLE bench_jobs (n int PRIMARY KEY, id uuid)")
        for number in range(JOBS):
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
    script = folder / "change.sql"
    script.write_text(_CHANGE)
    return ids, script


async def commits(url: str, script: Path, *, writers: int, seconds: int) -> float:
    """Write for some seconds; return the commits a second."""
    place = parse(url)
    process = await asyncio.create_subprocess_exec(
        str(find_binaries().bin_dir / "pgbench"),
        *("--no-vacuum", "--protocol=prepared", f"--file={script}"),
        *(f"--client={writers}", "--jobs=2", f"--time={seconds}"),
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
