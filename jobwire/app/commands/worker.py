"""`jobwire worker`: the loops that run jobs, alone."""

import argparse
import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from jobwire.app import logs
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import address_of, listen
from jobwire.app.probes import probes_app
from jobwire.app.server import AppServer
from jobwire.app.settings import Settings
from jobwire.app.signals import run_until_signal
from jobwire.app.trace_export import export_traces

log = logging.getLogger(__name__)

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
    export_traces(settings)
    run_until_signal(_work(settings))
    return 0


async def _work(settings: Settings) -> None:
    async with Jobwire(settings, is_watched=False) as jobwire, _answering(jobwire):
        with suppress(asyncio.CancelledError):
            while jobwire.is_working:  # noqa: ASYNC110 - it ends in its own thread
                await asyncio.sleep(_LOOK_SECONDS)
            raise WorkerEndedError


@asynccontextmanager
async def _answering(jobwire: Jobwire) -> AsyncIterator[None]:
    """Answer probes and scrapes for the length of a block, if a port was named."""
    settings = jobwire.settings
    if settings.worker_port is None:
        yield
        return
    with listen(settings.host, settings.worker_port) as listener:
        server = AppServer(probes_app(jobwire))
        serving = asyncio.create_task(server.run_on([listener]))
        log.info(
            "health and metrics on http://%s/",
            address_of(listener),
            extra={"action": "probes-serving"},
        )
        try:
            yield
        finally:
            server.stop()
            await serving
