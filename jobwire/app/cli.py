"""The command line: `jobwire COMMAND`."""

import argparse
import sys
from collections.abc import Sequence
from importlib import import_module
from types import ModuleType

_COMMANDS = {
    "dev": "run everything in one process, for the person at this machine",
    "serve": "run the API and the board",
    "worker": "run the loops that run jobs",
    "emulator": "run a local Trigger.dev, for development and tests",
    "migrate": "bring the database to the newest version of its schema",
    "token": "make a token for a user",
    "keys": "make, list and revoke the API keys of programs",
    "schema": "print the GraphQL schema, or hold the committed file to it",
    "database-url": "print where the data are, for psql and its friends",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code: 0 done, 1 refused, 2 not understood."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parser = argparse.ArgumentParser(
        prog="jobwire",
        description="Schedules, cancels and watches background jobs.",
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in _COMMANDS.items():
        command = commands.add_parser(name, help=about, description=f"{about}.")
        # The others would cost a second to import.
        if name in given[:1]:
            _module(name).configure(command)
    chosen = parser.parse_args(given)
    refusals = import_module("jobwire.app.refusals")
    try:
        code: int = _module(chosen.command).run(chosen)
    except refusals.EXPECTED as error:
        print(f"jobwire {chosen.command}: {refusals.told(error)}", file=sys.stderr)
        return 1
    return code


def _module(command: str) -> ModuleType:
    return import_module(f"jobwire.app.commands.{command.replace('-', '_')}")
