import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from jobwire.app.cli import main
from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import ApiKey
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.viewer import Scope
from jobwire.models.database import Database

CREATE = ("keys", "create", "--name", "shop", "--user", "ann")

pytestmark = pytest.mark.usefixtures("bare_environment")


@pytest.fixture
def on_database(database: Database, monkeypatch: pytest.MonkeyPatch) -> Database:
    """The database of the tests, named in the environment."""
    monkeypatch.setenv("DATABASE_URL", str(database.url))
    # What has nothing to do with keys does not get in their way.
    monkeypatch.setenv("JOBWIRE_JOBS", "no_such_module")
    return database


async def command(*arguments: str) -> int:
    return await asyncio.to_thread(main, arguments)


async def found(database: Database, secret: str) -> ApiKey:
    async with database.connection() as connection:
        return await api_keys.find(connection, secret)


async def test_a_key_is_printed_alone_and_explained_beside(
    on_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(*CREATE, "--scope", "jobs:read admin", "--days", "30") == 0

    printed = capsys.readouterr()
    key = await found(on_database, printed.out.removesuffix("\n"))
    assert (key.name, key.user_id) == ("shop", "ann")
    assert key.scopes == {Scope.JOBS_READ, Scope.ADMIN}
    assert key.expires_at == key.created_at + timedelta(days=30)
    assert key.public_id in printed.err
    assert "shown this once" in printed.err
    assert printed.out.strip() not in printed.err


async def test_a_key_gets_a_rate_limit_of_its_own(
    on_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await command(*CREATE, "--per-minute", "600") == 0

    key = await found(on_database, capsys.readouterr().out.strip())
    assert key.operations_per_minute == 600


async def test_a_key_lasts_until_it_is_revoked(
    on_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    await command(*CREATE)
    secret = capsys.readouterr().out.strip()
    key = await found(on_database, secret)

    assert await command("keys", "revoke", key.public_id) == 0

    assert f"{key.public_id} (shop) is revoked" in capsys.readouterr().out
    revoked = await found(on_database, secret)
    assert key.expires_at is None
    assert revoked.revoked_at is not None


async def test_keys_are_listed_with_how_they_stand(
    on_database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    now = SystemClock().now()
    async with on_database.connection() as connection:
        made = [
            await api_keys.create(
                connection,
                name=name,
                user_id="ann",
                scopes=[Scope.JOBS_READ],
                now=now - timedelta(days=age),
                lifetime=lifetime,
                operations_per_minute=per_minute,
            )
            for name, age, lifetime, per_minute in (
                ("over", 3, timedelta(days=2), None),
                ("gone", 2, None, None),
                ("used", 1, None, 1200),
            )
        ]
        await api_keys.revoke(connection, made[1].key.public_id, now=now)
        await api_keys.note_use(connection, made[2].key.id, now=now)

    assert await command("keys", "list") == 0

    printed = capsys.readouterr().out
    head, *rows = printed.splitlines()
    minute, ended = (
        f"{instant:%Y-%m-%d %H:%M}Z" for instant in (now, now - timedelta(days=1))
    )
    assert head.split() == [
        *("ID", "STATE", "USER", "SCOPES", "PER", "MINUTE", "LAST", "USED", "NAME")
    ]
    assert [" ".join(row.split()) for row in rows] == [
        f"{made[0].key.public_id} expired {ended} ann jobs:read as user never over",
        f"{made[1].key.public_id} revoked {minute} ann jobs:read as user never gone",
        f"{made[2].key.public_id} valid ann jobs:read 1,200 {minute} used",
    ]
    assert not any(created.secret in printed for created in made)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("keys", "revoke", "shop"), "no API key 'shop'", id="no id"),
        pytest.param((*CREATE, "--name", ""), "name must have 1 to 120", id="no name"),
        pytest.param((*CREATE, "--user", ""), "user must have 1 to 255", id="no user"),
    ],
)
@pytest.mark.usefixtures("on_database")
async def test_what_cannot_be_done_is_told_in_a_sentence(
    capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert await command(*arguments) == 1

    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("jobwire keys: ")
    assert message in printed.err


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("keys",), id="no action"),
        pytest.param(("keys", "create", "--user", "ann"), id="no name"),
        pytest.param((*CREATE, "--days", "0"), id="no time"),
        pytest.param((*CREATE, "--days", "1.5"), id="half a day"),
        pytest.param((*CREATE, "--days", "9" * 20), id="for ever and ever"),
        pytest.param((*CREATE, "--scope", "jobs:all"), id="an unknown scope"),
        pytest.param((*CREATE, "--per-minute", "0"), id="nothing a minute"),
        pytest.param((*CREATE, "--per-minute", "1000000001"), id="far too many"),
        pytest.param((*CREATE, "--per-minute", "unlimited"), id="no number"),
        pytest.param(("keys", "revoke"), id="no id"),
    ],
)
def test_what_cannot_be_meant_is_not_understood(arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)

    assert caught.value.code == 2


@pytest.mark.parametrize("action", ["create", "list", "revoke"])
def test_every_action_explains_itself(
    action: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["keys", action, "--help"])

    assert caught.value.code == 0
    assert f"usage: jobwire keys {action}" in capsys.readouterr().out


async def test_keys_of_the_embedded_database_outlive_the_command(
    bare_environment: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = ("--data-dir", str(bare_environment / "data"))
    await command(*CREATE, *folder)
    capsys.readouterr()

    assert await command("keys", "list", *folder) == 0

    assert len(capsys.readouterr().out.splitlines()) == 2
