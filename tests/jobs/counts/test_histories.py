"""Random histories of jobs: the counts are those of a plain GROUP BY at any moment."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from random import Random

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.jobs.counts import CountsFilter, keep_counts
from jobwire.jobs.counts.read import read_once
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock
from tests.event_log import check
from tests.jobs.counts.doings import Doings
from tests.jobs.counts.steps import keep_all
from tests.jobs.counts.truth import expected, kept, shown, truth
from tests.jobs.feed.writers import seeded

FILTERS = [
    CountsFilter(),
    CountsFilter(user_ids=("alice", "carol")),
    CountsFilter(types=("import",)),
]
#: Alone in their transactions: they hold the state, or rows in no order.
ALONE = ("remove",)
TOGETHER = (
    *("schedule", "schedule", "claim", "claim", "finish", "finish", "finish"),
    *("report", "promote", "expire", "rescue", "cancel", "delete"),
)
KEEPING = ("keep", "keep", "recount")
#: What one transaction does, and whether it is committed.
TRANSACTION = st.tuples(
    st.lists(st.sampled_from(TOGETHER), min_size=1, max_size=3), st.integers(0, 4)
)
HISTORY = st.lists(
    st.one_of(
        TRANSACTION, st.sampled_from(KEEPING), st.sampled_from(ALONE), TRANSACTION
    ),
    min_size=15,
    max_size=30,
)


class RolledBackError(Exception):
    """A transaction is not to be committed."""


async def keep(connection: Connection, random: Random, what: str) -> int:
    """Do a step of keeping; return how many counts were wrong."""
    step = await keep_counts(
        connection,
        now=FakeClock().now(),
        recount_after=timedelta(seconds=-1) if what == "recount" else None,
        batch=random.randint(1, 6),
        slice=random.randint(1, 4),
    )
    return step.corrected


async def compare(connection: Connection, random: Random) -> None:
    """Compare the counts with the jobs as one snapshot sees them."""
    filter = random.choice(FILTERS)
    async with connection.transaction(isolation="repeatable_read"):
        found = await read_once(connection, filter)
        assert found is not None
        assert shown(found) == await truth(connection, filter)


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=HISTORY, seed=st.integers(0, 2**32))
async def test_whatever_is_done_to_jobs_the_counts_are_exact(
    database: Database, history: list, seed: int
) -> None:
    random = seeded(seed)
    async with database.connection() as connection:
        await connection.execute("TRUNCATE worker_jobs CASCADE")
        await connection.execute("UPDATE job_counts_state SET database_oid = NULL")
        await keep_all(database, FakeClock())
        doings = Doings(random)
        for step in history:
            if step in KEEPING:
                assert await keep(connection, random, step) == 0
            elif step in ALONE:
                await getattr(doings, step)(connection)
            else:
                names, chance = step
                with suppress(RolledBackError):
                    async with connection.transaction():
                        for name in names:
                            await getattr(doings, name)(connection)
                        if not chance:
                            raise RolledBackError
            await compare(connection, random)

        await keep_all(database, FakeClock(), batch=3, slice=2)
        assert await kept(connection) == await expected(connection)
        assert (await check(connection)).wrong == []


WRITERS = 4
ROUNDS = 40


async def _write(database: Database, seed: int, rounds: int) -> None:
    random = seeded(seed)
    doings = Doings(random)
    for _ in range(rounds):
        async with database.connection() as connection:
            # Several steps in one transaction lock jobs in no order at all; whoever
            # is the victim, a removal too, is rolled back.
            with suppress(RolledBackError, asyncpg.DeadlockDetectedError):
                if random.random() < 0.1:
                    await doings.remove(connection)
                    continue
                async with connection.transaction():
                    if random.random() < 0.2:
                        await connection.execute("SELECT pg_current_xact_id()")
                    for name in random.choices(TOGETHER, k=random.randint(1, 3)):
                        await getattr(doings, name)(connection)
                        await connection.execute(
                            "SELECT pg_sleep($1)", random.random() / 100
                        )
                    if random.random() < 0.15:
                        raise RolledBackError


async def _keep(database: Database, seed: int, ended: asyncio.Event) -> int:
    random, wrong = seeded(seed), 0
    async with database.connection() as connection:
        while not ended.is_set():
            wrong += await keep(connection, random, random.choice(KEEPING))
            await asyncio.sleep(0)
    return wrong


async def _compare(database: Database, ended: asyncio.Event) -> int:
    random, compared = seeded(0), 0
    async with database.connection() as connection:
        while not ended.is_set():
            await compare(connection, random)
            compared += 1
            await asyncio.sleep(0)
    return compared


async def test_among_writers_who_dawdle_and_roll_back_every_read_is_exact(
    database: Database,
) -> None:
    await keep_all(database, FakeClock())
    ended = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        keeping = [tasks.create_task(_keep(database, seed, ended)) for seed in (1, 2)]
        comparing = tasks.create_task(_compare(database, ended))
        async with asyncio.TaskGroup() as writing:
            for seed in range(WRITERS):
                writing.create_task(_write(database, seed, ROUNDS))
        ended.set()

    assert sum([await one for one in keeping]) == 0
    assert await comparing > WRITERS
    await keep_all(database, FakeClock())
    async with database.connection() as connection:
        assert await kept(connection) == await expected(connection)
        assert await connection.fetchval("SELECT count(*) FROM worker_jobs") > WRITERS
