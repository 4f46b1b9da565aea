"""`jobwire seed`: fill an empty database with invented jobs."""

import argparse
import asyncio

from jobwire.app.commands.arguments import add_data_dir
from jobwire.app.commands.operating import NoDatabaseError, operator_settings
from jobwire.app.commands.progress import Progress
from jobwire.app.jobwire import NotMigratedError
from jobwire.app.postgres import acquire
from jobwire.app.postgres.state import StateDirectory
from jobwire.app.settings import Settings
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.seeding.seed import check_seedable, seed
from jobwire.jobs.seeding.stories import Stories
from jobwire.migrations import pending
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl, parse

_ABOUT = """\
fill an empty database with invented jobs, to see how a full one fares.

They are of eight types and many tags, on both executors, over the last ninety days;
most have ended, in all ways, and some of the last days are open. Each has its events
and attempts, as if it had really happened; the counts are right at the end. The same
seed gives the same jobs, as of the hour before it is run.

No worker has their types, so that none is run. A worker treats them like any others
otherwise: it rescues those whose worker is gone and prunes what is old."""
_EXAMPLES = """\
It refuses a database that holds jobs, and one that a worker or an API is connected to.

examples:
  jobwire migrate && jobwire seed --jobs 1000000
  jobwire seed --jobs 20000 --users 5 --seed 7 --data-dir /tmp/full"""

#: Connections that write at once, each as fast as one CPU of PostgreSQL is.
_CONNECTIONS = 4
_MOST_JOBS = 100_000_000


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _ABOUT, _EXAMPLES
    parser.add_argument(
        "--jobs", type=_count, required=True, metavar="N", help="how many"
    )
    parser.add_argument(
        "--users",
        type=_count,
        default=100,
        metavar="U",
        help="how many users they belong to; the first of them have the most (100)",
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="S", help="another one gives others (1)"
    )
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Fill the database, saying how far it is; return the exit code."""
    settings = operator_settings(arguments)
    url = settings.parsed_database_url
    if url is not None:
        asyncio.run(_seed(url, settings, arguments))
        return 0
    if not StateDirectory(settings.data_dir.resolve()).data.exists():
        raise NoDatabaseError(settings.data_dir)
    with acquire(settings.data_dir) as cluster:
        asyncio.run(_seed(parse(cluster.url), settings, arguments))
    return 0


async def _seed(
    url: DatabaseUrl, settings: Settings, arguments: argparse.Namespace
) -> None:
    missing = await pending(url, schema=settings.db_schema)
    if missing:
        raise NotMigratedError(url, missing)
    database = await Database.open(
        url,
        schema=settings.db_schema,
        max_size=_CONNECTIONS,
        application_name="jobwire seed",
    )
    clock = SystemClock()
    try:
        async with database.connection() as connection:
            await check_seedable(connection)
        stories = Stories(
            jobs=arguments.jobs,
            users=arguments.users,
            seed=arguments.seed,
            now=clock.now(),
        )
        with Progress("writing jobs", total=arguments.jobs) as progress:

            def tell(written: int) -> None:
                progress.tell(written)
                if written == arguments.jobs:
                    progress.note("counting them")

            await seed(database, stories, clock=clock, progress=tell)
    finally:
        await database.close()
    print(f"{url.display}, schema {settings.db_schema}: {arguments.jobs:,} jobs")


def _count(text: str) -> int:
    try:
        number = int(text.replace("_", ""))
    except ValueError:
        number = 0
    if not 1 <= number <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(
            f"expected a number from 1 to {_MOST_JOBS:,}, not {text!r}"
        )
    return number
