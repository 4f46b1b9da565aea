"""`jobwire worker`: the loops that run jobs, alone."""

import argparse
import asyncio
from contextlib import suppress

from jobwire.app import logs
from jobwire.app.jobwire import Jobwire
from jobwire.app.settings import Settings
from jobwire.app.signals import run_until_signal

_LOOK_SECONDS = 1.0


class WorkerEndedError(Exception):
    """The worker ended though nobody had asked it to."""

    def __init__(self) -> None:
        super().__init__("The worker ended unexpectedly; the log says why.")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments: there are none."""


def run(_: argparse.Namespace) -> int:
    """Run jobs until SIGTERM or SIGINT, then drain; return the exit code."""
    settings = Settings()
    # Several workers may start in one folder, and a file that is rotated by two
    # processes loses lines.
    logs.configure(settings, to_file=False)
    run_until_signal(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    async with Jobwire(settings) as jobwire:
        with suppress(asyncio.CancelledError):
            while jobwire.is_working:  # noqa: ASYNC110 - it ends in its own thread
                await asyncio.sleep(_LOOK_SECONDS)
            raise WorkerEndedError
