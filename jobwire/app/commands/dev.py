"""`jobwire dev`: run everything in one process, for the person at this machine."""

import argparse
import asyncio
import sys
import time
from pathlib import Path
from socket import socket

from jobwire.app import logs
from jobwire.app.authentication import by_loopback
from jobwire.app.beside_dev import emulator_beside
from jobwire.app.commands.arguments import add_address, add_data_dir, given
from jobwire.app.http import create_app
from jobwire.app.jobwire import Jobwire
from jobwire.app.listening import address_of, is_loopback, listen
from jobwire.app.reloading import reload_on_save
from jobwire.app.server import Server
from jobwire.app.settings import Settings, SettingsError
from jobwire.app.signals import run_until_signal
from jobwire.app.tokens import dev_secret, dev_webhook_secret
from jobwire.app.trace_export import export_traces
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.migrations import pending
from jobwire.web.trigger_webhook import PATH as WEBHOOK_PATH

#: How long running jobs may go on after Ctrl-C, in seconds.
DRAIN_SECONDS = 3.0

_DONE = """
Requests from this machine that bring no token are user dev, with all scopes.{others}
Ctrl-C ends everything and keeps the data.
"""
_OTHERS = """
Requests from other machines need a token: jobwire token --user NAME"""


class Progress:
    """Tells the person what is being done, and how long after the start."""

    def __init__(self) -> None:
        self._began = time.perf_counter()

    def __call__(self, text: str) -> None:
        """Print one line."""
        # In one piece: the log writes to the same terminal.
        sys.stdout.write(f"{time.perf_counter() - self._began:5.1f} s  {text}\n")
        sys.stdout.flush()


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_address(parser, port="8000, or the next free one")
    add_data_dir(parser)
    parser.add_argument(
        "--yes",
        action="store_true",
        help="create the tables in the database of DATABASE_URL without asking",
    )


def run(arguments: argparse.Namespace) -> int:
    """Run until Ctrl-C; return the exit code."""
    say = Progress()
    settings = _of_dev(Settings(**given(arguments, "host", "port", "data_dir")))
    log_file = logs.configure(settings, to_file=True)
    export_traces(settings)
    with listen(settings.host, settings.port, or_next=True) as listener:
        if not arguments.yes:
            _ask_before_creating(settings)
        run_until_signal(_serve(settings, listener, log_file, say))
    say("stopped; the data are kept")
    return 0


def _of_dev(settings: Settings) -> Settings:
    """Fill in what `dev` has of its own."""
    own = {
        "examples": settings.examples is not False,
        "drain_seconds": min(settings.drain_seconds, DRAIN_SECONDS),
        "auth_secret": settings.auth_secret or dev_secret(settings.data_dir),
        "trigger_tasks": settings.trigger_tasks or "any",
        "trigger_webhook_secret": settings.trigger_webhook_secret
        or dev_webhook_secret(settings.data_dir),
    }
    return settings.model_copy(update=own)


def _ask_before_creating(settings: Settings) -> None:
    """Ask before anything is created in a database that the person named."""
    url = settings.parsed_database_url
    if url is None or not asyncio.run(pending(url, schema=settings.db_schema)):
        return
    what = f"Jobwire's tables in {url.display}, schema {settings.db_schema}"
    if not sys.stdin.isatty():
        raise SettingsError(
            f"This would create {what}, and nobody is here to ask. Pass --yes to do it."
        )
    try:
        answer = input(f"Create {what}? [y/N] ")
    except (EOFError, KeyboardInterrupt):
        answer = ""
    if answer.strip().lower() not in {"y", "yes"}:
        raise SettingsError("Nothing was created.")


async def _serve(
    settings: Settings, listener: socket, log_file: Path | None, say: Progress
) -> None:
    place = f"http://{address_of(listener)}"
    async with (
        emulator_beside(
            settings, webhook_url=f"{place}{WEBHOOK_PATH}", progress=say
        ) as local,
        Jobwire(settings, local_trigger=local, migrate=True, progress=say) as jobwire,
    ):
        authenticate = jobwire.authenticate.then(by_loopback)
        app = create_app(jobwire, authenticate=authenticate)
        reloading = asyncio.create_task(reload_on_save(jobwire))
        say("ready")
        print(_table(jobwire, listener, log_file, local), flush=True)
        try:
            await Server(app, jobwire).run_on([listener])
        finally:
            reloading.cancel()
            say("stopping; running jobs may go on for a moment")


def _table(
    jobwire: Jobwire,
    listener: socket,
    log_file: Path | None,
    local: TriggerAccess | None,
) -> str:
    place = address_of(listener)
    rows = {
        "board": f"http://{place}/",
        "GraphQL": f"http://{place}/graphql (opens in a browser)",
        "live": f"ws://{place}/graphql (graphql-transport-ws)",
        "events": f"http://{place}/graphql (text/event-stream)",
        "health": f"http://{place}/readyz",
        "metrics": f"http://{place}/metrics",
        "Trigger": _trigger(jobwire.settings, local),
        "database": f"{jobwire.engine.database.url.display} (jobwire database-url)",
        "log": str(log_file or "this console"),
        "job types": ", ".join(jobwire.engine.registry.names()) or "none",
    }
    lines = "\n".join(f"  {name:<10} {value}" for name, value in rows.items())
    others = "" if is_loopback(listener) else _OTHERS
    return f"\n{lines}\n{_DONE.format(others=others)}"


def _trigger(settings: Settings, local: TriggerAccess | None) -> str:
    if settings.trigger_enabled is False:
        return "off (TRIGGER_ENABLED=false)"
    if local is not None:
        return f"{local.api_url} (a local emulator; TRIGGER_SECRET_KEY ends it)"
    return settings.trigger_api_url
