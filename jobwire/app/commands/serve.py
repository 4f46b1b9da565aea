"""`jobwire serve`: the API and the board, alone."""

import argparse
import logging

from jobwire.app import logs
from jobwire.app.commands.arguments import add_address, given
from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import address_of, listen
from jobwire.app.server import Server
from jobwire.app.settings import Settings, SettingsError
from jobwire.app.signals import run_until_signal

log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_address(parser, port="8000")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    settings = Settings(**given(arguments, "host", "port"))
    if settings.auth_secret is None:
        raise SettingsError(
            "serve needs to know who is asking: set JOBWIRE_AUTH_SECRET to at least 32"
            " bytes (openssl rand -base64 48), and make tokens with `jobwire token`."
        )
    logs.configure(settings, to_file=True)
    run_until_signal(_serve(settings))
    return 0


async def _serve(settings: Settings) -> None:
    with listen(settings.host, settings.port) as listener:
        async with Jobwire(settings, worker=False) as jobwire:
            log.info(
                "serving on http://%s/",
                address_of(listener),
                extra={"action": "serving"},
            )
            await Server(create_app(jobwire), jobwire).run_on([listener])
            log.info("no longer serving", extra={"action": "served"})
