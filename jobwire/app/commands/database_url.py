"""`jobwire database-url`: print where the data are, for psql and its friends."""

import argparse
import sys

from jobwire.app.commands.arguments import add_data_dir, given
from jobwire.app.postgres import acquire
from jobwire.app.postgres.state import StateDirectory
from jobwire.app.settings import Settings


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the URL of the database; return the exit code.

    The embedded one has a URL only while somebody runs it: this command would stop it
    again when it ends.
    """
    settings = Settings(**given(arguments, "data_dir"))
    if settings.parsed_database_url is not None:
        print(settings.parsed_database_url)
        return 0
    if StateDirectory(settings.data_dir.resolve()).server() is None:
        print(
            f"jobwire database-url: no embedded PostgreSQL runs in {settings.data_dir}."
            " Start `jobwire dev` first, or set DATABASE_URL.",
            file=sys.stderr,
        )
        return 1
    with acquire(settings.data_dir) as cluster:
        print(cluster.url)
    return 0
