import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from jobwire.app.authentication.api_key import ByApiKey
from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import CreatedKey
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from tests.app.authentication.asking import asking, token_of
from tests.clock import FakeClock

MINUTE = timedelta(minutes=1)


@pytest.fixture
async def created(database: Database, clock: FakeClock) -> CreatedKey:
    async with database.connection() as connection:
        return await api_keys.create(
            connection,
            name="shop",
            user_id="ann",
            scopes=[Scope.JOBS_READ],
            now=clock.now(),
            lifetime=timedelta(days=1),
        )


@pytest.fixture
async def by_api_key(database: Database, clock: FakeClock) -> AsyncIterator[ByApiKey]:
    async with ByApiKey(database, clock) as by_api_key:
        yield by_api_key


async def test_a_key_speaks_for_its_user_with_its_scopes(
    by_api_key: ByApiKey, created: CreatedKey
) -> None:
    assert await by_api_key(asking(created.secret)) == Viewer(
        "ann", frozenset({Scope.JOBS_READ}), created.key.expires_at, created.key.id
    )


async def test_what_is_no_key_is_left_to_others(
    by_api_key: ByApiKey, clock: FakeClock
) -> None:
    for token in (None, "", token_of(clock)):
        assert by_api_key(asking(token)) is None


async def test_a_key_that_is_unknown_is_refused(by_api_key: ByApiKey) -> None:
    with pytest.raises(UnauthenticatedError, match="no such API key"):
        await by_api_key(asking("jwk_unknown"))


async def test_a_key_that_has_expired_is_refused(
    by_api_key: ByApiKey, created: CreatedKey, clock: FakeClock
) -> None:
    clock.advance(timedelta(days=1))

    with pytest.raises(UnauthenticatedError, match="expired"):
        await by_api_key(asking(created.secret))


async def test_a_key_that_another_process_revokes_ends_at_once(
    by_api_key: ByApiKey, created: CreatedKey, database: Database, clock: FakeClock
) -> None:
    await by_api_key(asking(created.secret))
    async with database.connection() as connection:
        await api_keys.revoke(connection, created.key.public_id, now=clock.now())

    with pytest.raises(UnauthenticatedError, match="revoked"):
        await by_api_key(asking(created.secret))


async def last_used_at(database: Database, created: CreatedKey) -> object:
    async with database.connection() as connection:
        return (await api_keys.find(connection, created.secret)).last_used_at


async def test_its_use_is_noted_by_the_time_that_the_server_has_ended(
    database: Database, created: CreatedKey, clock: FakeClock
) -> None:
    async with ByApiKey(database, clock) as by_api_key:
        await asyncio.gather(*(by_api_key(asking(created.secret)) for _ in range(5)))
    assert await last_used_at(database, created) == clock.now()

    clock.advance(MINUTE - timedelta(seconds=1))
    async with ByApiKey(database, clock) as by_api_key:
        await by_api_key(asking(created.secret))
    assert await last_used_at(database, created) == clock.now() - MINUTE + timedelta(
        seconds=1
    )

    clock.advance(1)
    async with ByApiKey(database, clock) as by_api_key:
        await by_api_key(asking(created.secret))
    assert await last_used_at(database, created) == clock.now()


async def test_noting_its_use_never_holds_up_its_holder(
    database: Database, created: CreatedKey, clock: FakeClock
) -> None:
    async with (
        ByApiKey(database, clock) as by_api_key,
        database.transaction() as busy,
        asyncio.timeout(10),
    ):
        await busy.execute("SELECT 1 FROM api_keys FOR UPDATE")
        viewers = [await by_api_key(asking(created.secret)) for _ in range(3)]
        assert await last_used_at(database, created) is None

    assert None not in viewers
    assert await last_used_at(database, created) == clock.now()
