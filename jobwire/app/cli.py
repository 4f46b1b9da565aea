"""The command line: `jobwire COMMAND`."""

import argparse
import gc
import os
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import Any, NoReturn

from jobwire.app.exit_codes import ExitCode
from jobwire.app.parser import Parser

#: What each does; a module each.
COMMANDS = {
    "dev": "run everything in one process, for the person at this machine",
    "serve": "run the API and the board",
    "worker": "run the loops that run jobs",
    "emulator": "run a local Trigger.dev, for development and tests",
    "doctor": "look at everything, and say what is wrong and what to do",
    "migrate": "bring the database to the newest version of its schema",
    "seed": "fill an empty database with invented jobs, to see how a full one fares",
    "jobs": "list, show, schedule, cancel, retry and watch jobs, as an operator",
    "schedules": "list, show, change, pause, run and delete job schedules",
    "workers": "show which workers are alive, and what each does",
    "retention": "show what is over for long enough, or take it away now",
    "reconcile": "compare the open TRIGGER jobs with Trigger.dev, once",
    "notifications": "list and resend what other back ends are told; make a secret",
    "installation": "show who we are; answer for a restored or copied database",
    "token": "make a token for a user",
    "keys": "make, list and revoke the API keys of programs",
    "schema": "print the GraphQL schema, or hold the committed file to it",
    "completion": "print what completes commands in your shell",
    "database-url": "print where the data are, for psql and its friends",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code, an `ExitCode`.

    Args:
        arguments: Those of the command; None: those of this process, which is ours.
    """
    if arguments is None:
        with _importing():
            chosen = _understood(sys.argv[1:])
    else:
        chosen = _understood(arguments)
    try:
        code: int = _module(chosen.command).run(chosen)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has seen enough; the end of the process must not try
        # to write the rest of it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.UNREAD
    except Exception as error:
        # They are those of all commands, and would cost each of them all imports.
        refusals = import_module("jobwire.app.refusals")
        if not isinstance(error, refusals.EXPECTED):
            raise
        print(f"jobwire {chosen.command}: {refusals.told(error)}", file=sys.stderr)
        return ExitCode.REFUSED
    return code


def parser(*, of: Collection[str] = tuple(COMMANDS)) -> Parser:
    """Return the parser of the command line.

    Args:
        of: The commands whose arguments it is to know; the others would cost a second
            to import.
    """
    whole = Parser(
        prog="jobwire", description="Schedules, cancels and watches background jobs."
    )
    whole.add_argument(
        "--version", action=_Version, nargs=0, help="print the version and exit"
    )
    commands = whole.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, about in COMMANDS.items():
        command = commands.add_parser(name, help=about, description=f"{about}.")
        if name in of:
            _module(name).configure(command)
    return whole


class _Version(argparse.Action):
    """Prints the version, which only who asks pays for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> NoReturn:
        version: str = import_module("importlib.metadata").version("jobwire")
        print(f"jobwire {version}")
        parser.exit()


def _understood(arguments: Sequence[str]) -> argparse.Namespace:
    return parser(of=arguments[:1]).parse_args(arguments)


@contextmanager
def _importing() -> Iterator[None]:
    """Keep the garbage collector from what is imported in the block.

    It would find nothing, and walk all of it, while it grows and when the process ends:
    for as long as all else that a short command does.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _module(command: str) -> ModuleType:
    return import_module(f"jobwire.app.commands.{command.replace('-', '_')}")
