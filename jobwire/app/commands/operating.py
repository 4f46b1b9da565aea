"""What commands do that act on the database as an operator: with all rights."""

import argparse
import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from jobwire.app.commands.arguments import given
from jobwire.app.jobwire import Jobwire
from jobwire.app.local_emulator import local_access
from jobwire.app.postgres.state import StateDirectory
from jobwire.app.settings import Settings
from jobwire.jobs.viewer import trusted

#: Who did it, in the history of jobs.
ACTOR = "cli"
OPERATOR = trusted(ACTOR)


class NoDatabaseError(Exception):
    """There is nothing to work on: no database was named, and the folder has none."""

    def __init__(self, folder: Path) -> None:
        super().__init__(
            f"There is no database in {folder}. Run this where `jobwire dev` was"
            " started, name its folder with --data-dir, or set DATABASE_URL."
        )


def operator_settings(arguments: argparse.Namespace) -> Settings:
    """Read the settings, without any code of the user's.

    Whoever cancels a job may do so because that code is broken.
    """
    settings = Settings(**given(arguments, "data_dir"))
    return settings.model_copy(update={"jobs": "", "examples": False})


def operate(settings: Settings, work: Callable[[Jobwire], Awaitable[int]]) -> int:
    """Do something with an open Jobwire that runs no jobs; return its exit code.

    The embedded database is joined if it runs, and runs for as long as this if not. It
    is not created here. A Trigger.dev that the settings do not name is the emulator of
    the data folder.

    Raises:
        NoDatabaseError: There is none.
    """
    root = settings.data_dir.resolve()
    if settings.database_url is None and not StateDirectory(root).data.exists():
        raise NoDatabaseError(settings.data_dir)

    async def run() -> int:
        async with Jobwire(
            settings,
            worker=False,
            local_trigger=local_access(settings),
            progress=say,
        ) as jobwire:
            return await work(jobwire)

    return asyncio.run(run())


def say(text: str) -> None:
    """Tell the person something that is no result."""
    print(text, file=sys.stderr, flush=True)
