"""Jobs scheduled over HTTP, beside PostGraphile inserting the same row.

Ours come with the event that tells of them, in one durable transaction; the row of the
peer comes alone.
"""

import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import ExitStack
from pathlib import Path

from benchmarks.load.command import Options, run
from benchmarks.load.comparison import Comparison
from benchmarks.load.creators import jobwire_creator, postgraphile_creator
from benchmarks.load.filled import fill, postmaster_of, version_of
from benchmarks.load.rounds import compare
from benchmarks.load.servers import postgraphile
from benchmarks.processes import UNHINDERED, serve_jobwire
from jobwire.jobs.viewer import Scope
from jobwire.models.database import Database

#: The table is not empty, so that its indexes have their usual height.
JOBS = 100_000
TARGETS = {"PostGraphile": 1.2}


async def measure(url: str, options: Options) -> AsyncIterator[Comparison]:
    """Fill a database, and compare who adds to it."""
    await fill(url, options.jobs)
    database = await Database.open(url)
    async with database.connection() as connection:
        postmaster = await postmaster_of(connection)
        versions = {"PostgreSQL": await version_of(connection)}
    await database.close()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        scopes = [Scope.JOBS_READ, Scope.JOBS_WRITE]
        ours = stack.enter_context(
            serve_jobwire(url, folder, scopes=scopes, settings=UNHINDERED)
        )
        node = stack.enter_context(postgraphile(url))
        yield await compare(
            "schedule",
            "Jobs made one by one, each committed durably",
            [jobwire_creator(ours), postgraphile_creator(node)],
            targets=TARGETS,
            versions=versions | node.versions,
            database_pid=postmaster,
            rounds=options.rounds,
        )


def main(arguments: Sequence[str] = ()) -> None:
    """Measure on a fresh database."""
    run(measure, arguments, jobs=JOBS)


if __name__ == "__main__":
    main(sys.argv[1:])
