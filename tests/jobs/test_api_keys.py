import asyncio
import hashlib
import re
from datetime import timedelta

import pytest

from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import ApiKey, CreatedKey
from jobwire.jobs.errors import InvalidInputError, NotFoundError, UnauthenticatedError
from jobwire.jobs.identifiers import new_id, type_id
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models import WorkerJob
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock

DAY = timedelta(days=1)
SCOPES = frozenset({Scope.JOBS_READ, Scope.JOBS_WRITE})


async def make(
    connection: Connection, clock: FakeClock, lifetime: timedelta | None = None
) -> CreatedKey:
    return await api_keys.create(
        connection,
        name="shop",
        user_id="ann",
        scopes=SCOPES,
        now=clock.now(),
        lifetime=lifetime,
    )


async def test_a_key_is_found_by_what_its_holder_has(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        created = await make(connection, clock, DAY)
        found = await api_keys.find(connection, created.secret)

    assert re.fullmatch(r"jwk_[0-9A-Za-z]{32}", created.secret)
    assert found == created.key
    assert found == ApiKey(
        id=found.id,
        name="shop",
        user_id="ann",
        scopes=SCOPES,
        operations_per_minute=None,
        created_at=clock.now(),
        expires_at=clock.now() + DAY,
        last_used_at=None,
        revoked_at=None,
    )
    assert found.public_id == type_id("key", found.id)
    assert found.viewer(clock.now()) == Viewer(
        "ann", SCOPES, clock.now() + DAY, found.id
    )


async def test_a_key_is_nowhere_in_the_database(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        created = await make(connection, clock)
        rows = [
            text
            for table in WorkerJob.metadata.tables
            for (text,) in await connection.fetch(f"SELECT t::text FROM {table} t")
        ]
        stored = await connection.fetchval("SELECT hash FROM api_keys")

    assert any("shop" in row for row in rows)
    assert not any(created.secret.removeprefix("jwk_") in row for row in rows)
    assert stored == hashlib.sha256(created.secret.encode()).digest()


async def test_no_two_keys_are_alike(database: Database, clock: FakeClock) -> None:
    async with database.connection() as connection:
        made = [await make(connection, clock) for _ in range(20)]
        listed = await api_keys.list_all(connection)

    assert len({created.secret for created in made}) == 20
    assert {key.id for key in listed} == {created.key.id for created in made}


@pytest.mark.parametrize("secret", ["jwk_", "jwk_" + "a" * 32, "jwk_\0", "jwk_\ud800"])
async def test_a_key_that_was_not_made_is_refused(
    database: Database, clock: FakeClock, secret: str
) -> None:
    async with database.connection() as connection:
        await make(connection, clock)
        with pytest.raises(UnauthenticatedError, match="no such API key"):
            await api_keys.find(connection, secret)


@pytest.mark.parametrize("per_minute", [1, 1_000_000_000])
async def test_a_key_may_have_a_rate_limit_of_its_own(
    database: Database, clock: FakeClock, per_minute: int
) -> None:
    async with database.connection() as connection:
        created = await api_keys.create(
            connection,
            name="shop",
            user_id="ann",
            scopes=SCOPES,
            now=clock.now(),
            operations_per_minute=per_minute,
        )
        found = await api_keys.find(connection, created.secret)

    assert found.operations_per_minute == per_minute
    assert found.viewer(clock.now()).api_key_per_minute == per_minute


async def test_keys_are_found_together_and_what_is_none_is_left_out(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        one, other = [await make(connection, clock) for _ in range(2)]
        found = await api_keys.find_all(
            connection, [one.secret, "jwk_" + "a" * 32, other.secret]
        )

    assert found == {one.secret: one.key, other.secret: other.key}


async def test_a_revoked_key_is_refused_and_keeps_its_time(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        created = await make(connection, clock)
        id = created.key.public_id
        first = await api_keys.revoke(connection, id, now=clock.now())
        again = await api_keys.revoke(connection, id, now=clock.advance(DAY))
        found = await api_keys.find(connection, created.secret)
        with pytest.raises(UnauthenticatedError, match="revoked"):
            await api_keys.ensure_valid(connection, first.id, now=clock.now())

    assert first == again == found
    with pytest.raises(UnauthenticatedError, match="revoked"):
        found.viewer(clock.now())


async def test_a_key_is_refused_from_its_end_on(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        created = await make(connection, clock, DAY)

    created.key.viewer(clock.advance(DAY - timedelta(seconds=1)))
    with pytest.raises(UnauthenticatedError, match="expired at 2026-01-03T03:04:05"):
        created.key.viewer(clock.advance(1))


@pytest.mark.parametrize(
    "id", ["", "shop", "key_", "job_" + "0" * 26, "key_" + "u" * 26]
)
async def test_what_is_no_id_of_a_key_is_not_found(
    database: Database, clock: FakeClock, id: str
) -> None:
    async with database.connection() as connection:
        with pytest.raises(NotFoundError, match=re.escape(f"no API key {id!r}")):
            await api_keys.revoke(connection, id, now=clock.now())


async def test_an_unknown_id_is_not_found(database: Database, clock: FakeClock) -> None:
    unknown = type_id("key", new_id(clock.now()))

    async with database.connection() as connection:
        with pytest.raises(NotFoundError, match=unknown):
            await api_keys.revoke(connection, unknown, now=clock.now())


async def test_a_use_is_noted_once_a_minute(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        created = await make(connection, clock)
        noted = []
        for seconds in (0, 59, 1):
            clock.advance(seconds)
            await api_keys.note_use(connection, created.key.id, now=clock.now())
            key = await api_keys.find(connection, created.secret)
            noted.append(key.last_used_at)

    assert noted == [
        clock.now() - timedelta(minutes=1),
        clock.now() - timedelta(minutes=1),
        clock.now(),
    ]


async def test_of_the_notes_of_several_processes_one_is_written(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        created = await make(connection, clock)

    async def note() -> str:
        async with database.connection() as connection:
            await api_keys.note_use(connection, created.key.id, now=clock.now())
            return await connection.fetchval("SELECT xmin::text FROM api_keys")

    written = await asyncio.gather(*(note() for _ in range(5)))

    assert len(set(written)) == 1


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"name": ""}, ("name",)),
        ({"name": "n" * 121}, ("name",)),
        ({"user_id": ""}, ("user",)),
        ({"user_id": "a\0"}, ("user",)),
        ({"lifetime": timedelta()}, ("lifetime",)),
        ({"lifetime": timedelta(days=3661)}, ("lifetime",)),
        ({"operations_per_minute": 0}, ("operationsPerMinute",)),
        ({"operations_per_minute": 1_000_000_001}, ("operationsPerMinute",)),
    ],
)
async def test_what_does_not_fit_makes_no_key(
    database: Database, clock: FakeClock, given: dict[str, object], path: tuple[str]
) -> None:
    fits = {"name": "n", "user_id": "u", "scopes": SCOPES, "now": clock.now()}

    async with database.connection() as connection:
        with pytest.raises(InvalidInputError) as caught:
            await api_keys.create(connection, **{**fits, **given})
        keys = await api_keys.list_all(connection)

    assert caught.value.path == path
    assert keys == []
