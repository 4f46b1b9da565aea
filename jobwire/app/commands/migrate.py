"""`jobwire migrate`: bring the database to the newest version of its schema."""

import argparse
import asyncio
import json

from jobwire.app.commands.arguments import add_data_dir, given
from jobwire.app.postgres import acquire
from jobwire.app.settings import Settings
from jobwire.migrations import Standing, migrate, standing
from jobwire.models.database_url import DatabaseUrl, parse


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, say what was done, return the exit code."""
    settings = Settings(**given(arguments, "data_dir"))
    url = settings.parsed_database_url
    if url is not None:
        _migrate(url, settings.db_schema, as_json=arguments.json)
    else:
        with acquire(settings.data_dir) as cluster:
            _migrate(parse(cluster.url), settings.db_schema, as_json=arguments.json)
    return 0


def _migrate(url: DatabaseUrl, schema: str, *, as_json: bool) -> None:
    applied, stand = asyncio.run(_bring_up_to_date(url, schema))
    if as_json:
        place = {"database": url.display, "schema": schema}
        print(json.dumps({**place, "applied": applied}, ensure_ascii=False))
        return
    if applied:
        done = f"applied {', '.join(applied)}"
    elif stand.is_ahead:
        done = f"at {stand.found}, which is newer than this code; nothing to do"
    else:
        done = "already up to date"
    print(f"{url.display}, schema {schema}: {done}")


async def _bring_up_to_date(
    url: DatabaseUrl, schema: str
) -> tuple[tuple[str, ...], Standing]:
    applied = await migrate(url, schema=schema)
    return applied, await standing(url, schema=schema)
