"""`jobwire keys`: make, list and revoke the API keys of programs."""

import argparse
import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from jobwire.app.commands.arguments import add_data_dir, add_scope, given
from jobwire.app.commands.jobs.printing import print_table
from jobwire.app.commands.jobs.table import Column
from jobwire.app.commands.jobs.wording import printable
from jobwire.app.jobwire import Jobwire
from jobwire.app.settings import Settings
from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import ApiKey
from jobwire.jobs.engine import Engine
from jobwire.jobs.iso8601 import format_instant

_ABOUT = """\
make, list and revoke the API keys of programs.

A key speaks for one user, with the scopes that it was given, until it ends or
is revoked. Programs send it as a token: Authorization: Bearer jwk_…"""
_EXAMPLES = """\
examples:
  jobwire keys create --name shop --user shop --scope "jobs:read jobs:write"
  jobwire keys create --name report --user ann --scope jobs:read --days 90
  jobwire keys create --name import --user shop --scope jobs:write --per-minute 600
  jobwire keys list
  jobwire keys revoke key_01jdx3v8e4f6t9a2b5c7d1g0hk"""
_ONCE = """\
That was {id}, shown this once: only its hash is kept.
Store it where {name} finds it. It is valid {until}."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description, parser.epilog = _ABOUT, _EXAMPLES
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")

    create = actions.add_parser("create", help="make a key and print it, once")
    create.add_argument(
        "--name", required=True, metavar="NAME", help="what it is for, as you call it"
    )
    create.add_argument(
        "--user", required=True, metavar="USER", help="for whom the key speaks"
    )
    add_scope(create)
    create.add_argument(
        "--days",
        type=_days,
        metavar="DAYS",
        help="how long it is valid (until it is revoked)",
    )
    create.add_argument(
        "--per-minute",
        type=_per_minute,
        metavar="N",
        help="how many operations it may start in a minute, in each process (what its"
        " user may)",
    )
    create.set_defaults(act=_create)

    listing = actions.add_parser("list", help="show all keys, but not what they are")
    listing.add_argument("--json", action="store_true", help="one JSON object a line")
    listing.set_defaults(act=_list)

    revoke = actions.add_parser("revoke", help="end a key, at once and for good")
    revoke.add_argument("id", metavar="ID", help="the key's id, key_…")
    revoke.set_defaults(act=_revoke)

    for action in (create, listing, revoke):
        add_data_dir(action)


def run(arguments: argparse.Namespace) -> int:
    """Make, list or revoke keys; return the exit code."""
    settings = Settings(**given(arguments, "data_dir"))
    asyncio.run(arguments.act(settings, arguments))
    return 0


async def _create(settings: Settings, arguments: argparse.Namespace) -> None:
    async with (
        _engine(settings) as engine,
        engine.database.transaction() as connection,
    ):
        created = await api_keys.create(
            connection,
            name=arguments.name,
            user_id=arguments.user,
            scopes=arguments.scope,
            lifetime=arguments.days,
            operations_per_minute=arguments.per_minute,
            now=engine.clock.now(),
        )
    key = created.key
    until = "until it is revoked"
    if key.expires_at is not None:
        until = f"until {_instant(key.expires_at)}"
    print(created.secret, flush=True)
    # Beside it, so that a script reads the key alone.
    print(_ONCE.format(id=key.public_id, name=key.name, until=until), file=sys.stderr)


async def _list(settings: Settings, arguments: argparse.Namespace) -> None:
    async with (
        _engine(settings) as engine,
        engine.database.connection() as connection,
    ):
        keys = await api_keys.list_all(connection)
        now = engine.clock.now()
    if arguments.json:
        for key in keys:
            print(json.dumps(_written(key), ensure_ascii=False))
        return
    used = [key.last_used_at for key in keys]
    print_table(
        [
            Column("ID", [key.public_id for key in keys]),
            Column("STATE", [_state(key, now) for key in keys]),
            Column("USER", [printable(key.user_id) for key in keys], least=4),
            Column("SCOPES", [_scopes(key) for key in keys], least=6),
            Column("PER MINUTE", [_limit(key.operations_per_minute) for key in keys]),
            Column("LAST USED", [_instant(at) if at else "never" for at in used]),
            Column("NAME", [printable(key.name) for key in keys], least=6),
        ]
    )


async def _revoke(settings: Settings, arguments: argparse.Namespace) -> None:
    async with (
        _engine(settings) as engine,
        engine.database.transaction() as connection,
    ):
        now = engine.clock.now()
        key = await api_keys.revoke(connection, arguments.id, now=now)
    print(f"{key.public_id} ({key.name}) is {_state(key, now)}")


@asynccontextmanager
async def _engine(settings: Settings) -> AsyncIterator[Engine]:
    # Keys have nothing to do with types of job, which may fail to load.
    without_jobs = settings.model_copy(update={"jobs": ""})
    async with Jobwire(without_jobs, worker=False) as jobwire:
        yield jobwire.engine


def _scopes(key: ApiKey) -> str:
    return " ".join(sorted(key.scopes)) or "none"


def _written(key: ApiKey) -> dict[str, object]:
    """Write a key, but not what it is."""
    times = {
        "createdAt": key.created_at,
        "expiresAt": key.expires_at,
        "revokedAt": key.revoked_at,
        "lastUsedAt": key.last_used_at,
    }
    return {
        "id": key.public_id,
        "name": key.name,
        "userId": key.user_id,
        "scopes": sorted(key.scopes),
        "operationsPerMinute": key.operations_per_minute,
        **{
            name: None if at is None else format_instant(at)
            for name, at in times.items()
        },
    }


def _state(key: ApiKey, now: datetime) -> str:
    if key.revoked_at is not None:
        return f"revoked {_instant(key.revoked_at)}"
    if key.expires_at is None:
        return "valid"
    past = key.expires_at <= now
    return f"{'expired' if past else 'valid until'} {_instant(key.expires_at)}"


def _limit(per_minute: int | None) -> str:
    return "as user" if per_minute is None else f"{per_minute:,}"


def _instant(instant: datetime) -> str:
    return instant.isoformat(sep=" ", timespec="minutes").replace("+00:00", "Z")


def _days(text: str) -> timedelta:
    most = api_keys.MAX_LIFETIME.days
    if not text.isdecimal() or not 1 <= int(text[:10]) <= most:
        raise argparse.ArgumentTypeError(
            f"expected a whole number of days from 1 to {most}, not {text!r}"
        )
    return timedelta(days=int(text))


def _per_minute(text: str) -> int:
    most = api_keys.MAX_PER_MINUTE
    if not text.isdecimal() or not 1 <= int(text[:11]) <= most:
        raise argparse.ArgumentTypeError(
            f"expected a whole number of operations from 1 to {most:,}, not {text!r}"
        )
    return int(text)
