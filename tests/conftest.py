"""What every test may use: a real PostgreSQL, a clock, jobs, an engine, a server."""

import gc
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import asyncpg
import pytest

from jobwire.app.postgres import acquire
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.engine import Engine
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.feed import Feed
from jobwire.jobs.job import Job
from jobwire.jobs.registry import Registry
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl, parse
from tests.clock import FakeClock
from tests.emptying import empty
from tests.event_log_tally import BY_HAND, Tally
from tests.exclusive import exclusive
from tests.factories import insert_job
from tests.servers import RunningServer, running_server

pytest_plugins = ["tests.browser"]

TEMPLATE = "jobwire_template"
#: Tests need no durability; crash tests start clusters of their own.
FAST = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "400",
}
TALLY = pytest.StashKey[Tally]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres-bin",
        type=Path,
        help="the bin folder of the PostgreSQL to test on (default: the embedded one)",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{BY_HAND}(why): edits rows past the log, which is then not held"
    )
    config.stash[TALLY] = Tally()
    config.pluginmanager.register(config.stash[TALLY])


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Keep the garbage collector from modules and tests, which stay to the end."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One folder for all workers of this run."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if os.environ.get("PYTEST_XDIST_WORKER") else own


@pytest.fixture(scope="session")
def postgres_url(
    request: pytest.FixtureRequest, shared_folder: Path
) -> Iterator[DatabaseUrl]:
    """A server of this run's own, or the one that JOBWIRE_TEST_DATABASE_URL names."""
    given = os.environ.get("JOBWIRE_TEST_DATABASE_URL")
    if given:
        yield parse(given)
        return
    cluster = acquire(
        shared_folder / "postgres",
        bin_dir=request.config.getoption("--postgres-bin"),
        settings=FAST,
    )
    yield parse(cluster.url)
    cluster.release()


async def _make_template(url: DatabaseUrl) -> None:
    connection = await asyncpg.connect(**url.connect_arguments())
    try:
        made = await connection.fetchval(
            "SELECT true FROM pg_database WHERE datname = $1", TEMPLATE
        )
        if made:
            return
        strangers = await connection.fetchval(
            "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace"
        )
        if strangers:
            pytest.exit(
                f"{url.display} is not empty ({strangers} relations in public); the"
                " tests only run on a database that holds nothing.",
                returncode=1,
            )
        await connection.execute(f"CREATE DATABASE {TEMPLATE}")
        await migrate(within(url, TEMPLATE))
        await connection.execute(f"ALTER DATABASE {TEMPLATE} ALLOW_CONNECTIONS false")
    finally:
        await connection.close()


def within(url: DatabaseUrl, database: str) -> DatabaseUrl:
    return DatabaseUrl(
        url.host, url.port, url.user, url.password, database, url.ssl_mode, url.options
    )


@pytest.fixture(scope="session")
async def database_url(
    postgres_url: DatabaseUrl, shared_folder: Path
) -> AsyncIterator[DatabaseUrl]:
    """This worker's own database, cloned from the migrated template."""
    with exclusive(shared_folder / "template.lock"):
        await _make_template(postgres_url)
    name = f"jobwire_test_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
    connection = await asyncpg.connect(**postgres_url.connect_arguments())
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield within(postgres_url, name)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


@pytest.fixture(scope="session")
async def pool(database_url: DatabaseUrl) -> AsyncIterator[Database]:
    database = await Database.open(database_url, max_size=20)
    yield database
    database.terminate()


@pytest.fixture
async def database(
    pool: Database, request: pytest.FixtureRequest
) -> AsyncIterator[Database]:
    """The worker's database, emptied before the test, held to its log after it."""
    async with pool.connection() as connection:
        await empty(connection)
    yield pool
    async with pool.connection() as connection:
        await request.config.stash[TALLY].check(connection, request.node)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def make_job(database: Database, clock: FakeClock) -> Callable[..., Awaitable[Job]]:
    """Insert a valid job in any status: `await make_job(status="RUNNING", tag=…)`."""

    async def make(**columns: object) -> Job:
        async with database.connection() as connection:
            return await insert_job(connection, now=clock.now(), **columns)

    return make


@pytest.fixture
def registry() -> Registry:
    """The shipped example types."""
    return Registry(example_jobs())


@pytest.fixture
async def engine(
    database: Database, clock: FakeClock, registry: Registry
) -> AsyncIterator[Engine]:
    """An open engine without a worker."""
    async with (
        Doorbell(database) as doorbell,
        Feed(database, doorbell, clock=clock) as feed,
    ):
        yield Engine(database, registry, clock, doorbell, feed)


@pytest.fixture(scope="session")
async def server_database_url(
    database_url: DatabaseUrl, postgres_url: DatabaseUrl, pytestconfig: pytest.Config
) -> AsyncIterator[DatabaseUrl]:
    """A second database of this worker, which no test truncates; held to its log."""
    name = f"{database_url.database}_server"
    connection = await asyncpg.connect(**postgres_url.connect_arguments())
    try:
        await connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        await connection.execute(f"CREATE DATABASE {name} TEMPLATE {TEMPLATE}")
        yield within(postgres_url, name)
        await _check_for_good(within(postgres_url, name), pytestconfig)
        await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await connection.close()


async def _check_for_good(url: DatabaseUrl, config: pytest.Config) -> None:
    connection = await asyncpg.connect(**url.connect_arguments())
    try:
        await config.stash[TALLY].check(connection, None)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def server(server_database_url: DatabaseUrl) -> Iterator[RunningServer]:
    """A running Jobwire with API, worker and the example types."""
    with running_server(str(server_database_url)) as running:
        yield running
