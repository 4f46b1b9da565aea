"""Pages and single jobs over HTTP, beside PostGraphile and a bare application.

All read the same table of a million jobs, one process each. Before they are measured
it is checked that they answer the same values of the same jobs.
"""

import random
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import ExitStack
from itertools import cycle
from pathlib import Path

from benchmarks.load.command import Options, run
from benchmarks.load.comparison import Comparison
from benchmarks.load.filled import fill, postmaster_of, version_of
from benchmarks.load.generator import Load
from benchmarks.load.readers import (
    PAGE,
    Place,
    Reader,
    bare_reader,
    jobwire_reader,
    postgraphile_reader,
)
from benchmarks.load.rounds import Contestant, compare
from benchmarks.load.servers import bare, postgraphile
from benchmarks.processes import UNHINDERED, serve_jobwire
from jobwire.jobs.viewer import Scope
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import JobStatus

JOBS = 1_000_000
#: Places that pages are asked for after, of each status.
PLACES = 100
#: Pages that are compared before anything is measured.
COMPARED = 40
PAGE_TARGETS = {"PostGraphile": 4.0, "bare Starlette": 0.9}
JOB_TARGETS = {"PostGraphile": 2.0}

_PLACES = """
SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS place
                  FROM worker_jobs WHERE status = $1) AS counted
 WHERE place > $2 ORDER BY random() LIMIT $3"""


async def places(connection: Connection) -> list[Place]:
    """Choose jobs of every status that a whole page and one more job follow."""
    chosen = [
        (status.value, record["id"])
        for status in JobStatus
        for record in await connection.fetch(_PLACES, status.value, PAGE + 1, PLACES)
    ]
    random.shuffle(chosen)
    return chosen


async def measure(url: str, options: Options) -> AsyncIterator[Comparison]:
    """Fill a database, and compare the pages and then the single jobs."""
    await fill(url, options.jobs)
    async for comparison in compare_reads(url, options):
        yield comparison


async def compare_reads(url: str, options: Options) -> AsyncIterator[Comparison]:
    """Compare the pages and then the single jobs of a database."""
    database = await Database.open(url)
    async with database.connection() as connection:
        chosen = await places(connection)
        postmaster = await postmaster_of(connection)
        versions = {"PostgreSQL": await version_of(connection)}
    await database.close()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ours = stack.enter_context(
            serve_jobwire(url, folder, scopes=list(Scope), settings=UNHINDERED)
        )
        node = stack.enter_context(postgraphile(url))
        python = stack.enter_context(bare(url))
        versions |= node.versions
        readers = [
            jobwire_reader(ours),
            await postgraphile_reader(node),
            bare_reader(python),
        ]
        await check(readers, chosen[:COMPARED])
        yield await compare(
            "page",
            f"Pages of {PAGE} jobs with 15 fields each, of {options.jobs:,}",
            [_contestant(one, map(one.page, chosen), one.is_page) for one in readers],
            targets=PAGE_TARGETS,
            versions=versions,
            database_pid=postmaster,
            rounds=options.rounds,
        )
        ids = [id for _, id in chosen]
        yield await compare(
            "job",
            f"Single jobs with 15 fields, of {options.jobs:,}",
            [_contestant(one, map(one.job, ids), one.is_job) for one in readers],
            targets=JOB_TARGETS,
            versions=versions,
            database_pid=postmaster,
            rounds=options.rounds,
        )


async def check(readers: Sequence[Reader], chosen: Iterable[Place]) -> None:
    """Hold the answers of all readers against those of the first.

    Raises:
        SystemExit: They differ.
    """
    for place in chosen:
        expected = await readers[0].read(place)
        for reader in readers[1:]:
            if (found := await reader.read(place)) != expected:
                raise SystemExit(
                    f"{reader.name} answers otherwise after {place}:\n{found}\n"
                    f"and not\n{expected}"
                )


def _contestant(
    reader: Reader, requests: Iterable[bytes], is_right: Callable[[bytes], bool]
) -> Contestant:
    load = Load(reader.port, cycle(list(requests)).__next__, is_right)
    return Contestant(reader.name, reader.pid, load)


def main(arguments: Sequence[str] = ()) -> None:
    """Measure on a fresh database."""
    run(measure, arguments, jobs=JOBS)


if __name__ == "__main__":
    main(sys.argv[1:])
