"""Rules: each worker speaks for its own types, and for no others."""

from jobwire.jobs.notifications.rules import announce, read_elsewhere
from jobwire.jobs.notifications.targets import Rule
from jobwire.models.database import Connection

ENDS = ("job.failed", "job.succeeded")
SHOP, BILLING = Rule("https://shop.example/", ENDS), Rule("https://b.example/", ENDS)


async def test_what_one_says_the_others_read(connection: Connection) -> None:
    await announce(connection, {"a": [SHOP, BILLING], "b": []})

    assert await read_elsewhere(connection, ["c"]) == {"a": [BILLING, SHOP]}
    assert await read_elsewhere(connection, ["a", "c"]) == {}


async def test_what_is_said_anew_replaces_what_was_said(connection: Connection) -> None:
    await announce(connection, {"a": [SHOP], "b": [SHOP]})
    await announce(connection, {"a": [BILLING]})
    await announce(connection, {"b": []})

    assert await read_elsewhere(connection, []) == {"a": [BILLING]}


async def test_saying_the_same_again_writes_nothing(connection: Connection) -> None:
    async def written() -> list[str]:
        rows = await connection.fetch("SELECT xmin::text FROM notification_rules")
        return [row[0] for row in rows]

    await announce(connection, {"a": [SHOP]})
    before = await written()
    await announce(connection, {"a": [SHOP]})

    assert await written() == before
