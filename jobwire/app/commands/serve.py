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
from jobwire.app.trace_export import export_traces

log = logging.getLogger(__name__)


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_address(parser, port="8000")


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code."""
    settings = Settings(**given(arguments, "host", "port"))
    if settings.auth_secret is None and settings.auth_jwks_url is None:
        raise SettingsError(
            "serve needs to know who is asking: set JOBWIRE_AUTH_SECRET to at least 32"
            " bytes (openssl rand -base64 48) and make tokens with `jobwire token`, or"
            " set JOBWIRE_AUTH_JWKS_URL to the key set of your identity provider. API"
            " keys count beside them, but are not enough: they come and go."
        )
    logs.configure(settings, to_file=True)
    export_traces(settings)
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
            _tell_what_is_not_checked(settings)
            await Server(create_app(jobwire), jobwire).run_on([listener])
            log.info("no longer serving", extra={"action": "served"})


def _tell_what_is_not_checked(settings: Settings) -> None:
    if settings.auth_jwks_url is None:
        return
    unchecked = {
        name: claim
        for name, claim, value in (
            ("JOBWIRE_AUTH_ISSUER", "iss", settings.auth_issuer),
            ("JOBWIRE_AUTH_AUDIENCE", "aud", settings.auth_audience),
        )
        if value is None
    }
    if unchecked:
        log.warning(
            "Without %s any token of that identity provider counts, whatever its %s.",
            " and ".join(unchecked),
            " and ".join(unchecked.values()),
        )
