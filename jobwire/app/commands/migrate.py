"""`jobwire migrate`: bring the database to the newest version of its schema."""

import argparse
import asyncio

from jobwire.app.commands.arguments import add_data_dir, given
from jobwire.app.postgres import acquire
from jobwire.app.settings import Settings
from jobwire.migrations import migrate
from jobwire.models.database_url import DatabaseUrl, parse


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Migrate, say what was done, return the exit code."""
    settings = Settings(**given(arguments, "data_dir"))
    url = settings.parsed_database_url
    if url is not None:
        _migrate(url, settings.db_schema)
    else:
        with acquire(settings.data_dir) as cluster:
            _migrate(parse(cluster.url), settings.db_schema)
    return 0


def _migrate(url: DatabaseUrl, schema: str) -> None:
    applied = asyncio.run(migrate(url, schema=schema))
    done = f"applied {', '.join(applied)}" if applied else "already up to date"
    print(f"{url.display}, schema {schema}: {done}")
