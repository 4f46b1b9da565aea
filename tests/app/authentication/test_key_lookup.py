"""Looking keys up: a flood of wrong ones takes little, and the right one is found."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from jobwire.app.authentication.key_lookup import KeyLookup
from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import CreatedKey
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock

WRONG = [f"jwk_{number:032}" for number in range(300)]


class Gate:
    """A database that lends a connection when the test says so, and counts them."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.open = asyncio.Event()
        self.asked = asyncio.Event()
        self.lent = 0
        self.at_once = 0
        self.most_at_once = 0
        self.is_away = False

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        self.lent += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            async with self._database.connection() as connection:
                if self.is_away:
                    raise ConnectionRefusedError
                yield _Held(connection, self)
        finally:
            self.at_once -= 1


class _Held:
    def __init__(self, connection: Connection, gate: Gate) -> None:
        self._connection = connection
        self._gate = gate

    async def fetch(self, query: str, *args: object) -> object:
        rows = await self._connection.fetch(query, *args)
        self._gate.asked.set()
        await self._gate.open.wait()
        return rows


@pytest.fixture
def gate(database: Database) -> Gate:
    return Gate(database)


@pytest.fixture
def lookup(gate: Gate) -> KeyLookup:
    return KeyLookup(gate)


@pytest.fixture
async def created(database: Database, clock: FakeClock) -> CreatedKey:
    async with database.connection() as connection:
        return await api_keys.create(
            connection, name="shop", user_id="ann", scopes=[], now=clock.now()
        )


async def test_a_flood_of_wrong_keys_takes_one_connection_and_locks_nobody_out(
    lookup: KeyLookup, gate: Gate, created: CreatedKey
) -> None:
    async with asyncio.TaskGroup() as tasks:
        first = tasks.create_task(lookup.find(created.secret))
        await gate.asked.wait()
        flood = asyncio.gather(
            *(lookup.find(secret) for secret in WRONG), return_exceptions=True
        )
        right = tasks.create_task(lookup.find(created.secret))
        await asyncio.sleep(0)
        gate.open.set()

    assert first.result() == right.result() == created.key
    refusals = await flood
    assert {type(refusal) for refusal in refusals} == {UnauthenticatedError}
    assert (gate.lent, gate.most_at_once) == (2, 1)


@pytest.mark.parametrize(
    "secret",
    [
        "jwk_",
        "jwk_" + "a" * 31,
        "jwk_" + "a" * 33,
        "jwk_" + "a" * 31 + "\n",
        "jwk_" + "é" * 32,
        "jwk_" + "a" * 32 + "\n",
        "jwk_" + "a" * 100_000,
        "jwk_\0",
        "jwk_\ud800",
    ],
)
async def test_what_has_not_the_shape_of_a_key_asks_nothing_of_the_database(
    lookup: KeyLookup, gate: Gate, secret: str
) -> None:
    with pytest.raises(UnauthenticatedError, match="There is no such API key"):
        await lookup.find(secret)

    assert gate.lent == 0


async def test_no_answer_is_older_than_its_question(
    lookup: KeyLookup, gate: Gate, created: CreatedKey, database: Database
) -> None:
    before = asyncio.create_task(lookup.find(created.secret))
    await gate.asked.wait()
    async with database.connection() as connection:
        revoked = await api_keys.revoke(
            connection, created.key.public_id, now=created.key.created_at
        )
    after = asyncio.create_task(lookup.find(created.secret))
    await asyncio.sleep(0)
    gate.open.set()

    assert await before == created.key
    assert await after == revoked


async def test_whoever_leaves_does_not_take_the_answer_along(
    lookup: KeyLookup, gate: Gate, created: CreatedKey
) -> None:
    leaving, staying = (
        asyncio.create_task(lookup.find(created.secret)) for _ in range(2)
    )
    await gate.asked.wait()
    leaving.cancel()
    gate.open.set()

    assert await staying == created.key
    assert leaving.cancelled()


async def test_a_database_that_was_away_is_asked_again(
    lookup: KeyLookup, gate: Gate, created: CreatedKey
) -> None:
    gate.open.set()
    gate.is_away = True
    with pytest.raises(ConnectionRefusedError):
        await lookup.find(created.secret)
    gate.is_away = False

    assert await lookup.find(created.secret) == created.key
