"""Rules: whom types notify, told by the workers that have them to the one that records.

Workers may load different types, and one of them records for all.
"""

from collections.abc import Collection, Mapping, Sequence

from jobwire.jobs.notifications.targets import Rule
from jobwire.models.database import Connection

_READ = """
SELECT type, target, events FROM notification_rules
 WHERE (type = ANY ($1::text[])) = $2 ORDER BY type, target"""
# Two that start together say the same.
_WRITE = """
INSERT INTO notification_rules (type, target, events) VALUES ($1, $2, $3)
ON CONFLICT (type, target) DO UPDATE SET events = excluded.events"""

Rules = Mapping[str, Sequence[Rule]]


async def announce(connection: Connection, own: Rules) -> None:
    """Say whom one's own types notify, in place of what was said of them before.

    Args:
        connection: One that is in no transaction.
        own: The rules of every type of one's own; none for those that notify nobody.
    """
    if await _read(connection, own, within=True) == _flat(own):
        return
    async with connection.transaction():
        await connection.execute(
            "DELETE FROM notification_rules WHERE type = ANY ($1::text[])", list(own)
        )
        await connection.executemany(
            _WRITE,
            [
                (type, rule.target, list(rule.events))
                for type, rules in own.items()
                for rule in rules
            ],
        )


async def read_elsewhere(connection: Connection, own: Collection[str]) -> Rules:
    """Return whom the types of others notify."""
    found: dict[str, list[Rule]] = {}
    for type, target, events in await _read(connection, own, within=False):
        found.setdefault(type, []).append(Rule(target, events))
    return found


async def _read(
    connection: Connection, own: Collection[str], *, within: bool
) -> list[tuple[str, str, tuple[str, ...]]]:
    records = await connection.fetch(_READ, list(own), within)
    return [(one["type"], one["target"], tuple(one["events"])) for one in records]


def _flat(rules: Rules) -> list[tuple[str, str, tuple[str, ...]]]:
    return sorted(
        (type, rule.target, tuple(rule.events))
        for type, told in rules.items()
        for rule in told
    )
