"""The commands of `./dev`."""

import difflib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from tools.environment import DEVELOPMENT, PYTHON, RUNTIME, prepare
from tools.graphiql.install import offer_graphiql
from tools.steps import ROOT, ReportedError, say

HELP = """\
./dev [--host H] [--port P] [--data-dir DIR] [--yes]
                         start Jobwire here: API, worker and PostgreSQL
./dev jobwire COMMAND …  run a command of Jobwire; `./dev jobwire --help` lists them
./dev test [ARGUMENT …]  run the tests; arguments are pytest's
./dev check [NAME …]     run all other checks, or those named
./dev bench [NAME]       run the benchmarks, or one
./dev docs [--serve]     build the documentation as a site, or serve it
./dev lock [--upgrade]   write requirements.lock and requirements-dev.lock anew
./dev help               print this

The first start makes .venv/ from the locks. uv is taken from the PATH, or got with
pip into .tools/. Package index, proxy and certificates are those of pip and uv.
Where npm is on the PATH, GraphiQL is got with it too, for the page at /graphql.
"""

COMMANDS = ("dev", "jobwire", "test", "check", "bench", "docs", "lock", "help")

# Each test process holds up to 20 connections of a server that has 200.
_MOST_TEST_PROCESSES = 4


def run(arguments: Sequence[str]) -> None:
    """Runs a command; most of them replace this process, so Ctrl-C is theirs."""
    command, rest = "dev", list(arguments)
    if rest and (rest[0] in {"-h", "--help"} or not rest[0].startswith("-")):
        command = rest.pop(0)
    try:
        _run(command, rest)
    except ReportedError as error:
        sys.exit(f"./dev: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


def _run(command: str, arguments: list[str]) -> None:
    match command:
        case "dev":
            prepare(RUNTIME)
            offer_graphiql()
            _become("-m", "jobwire", "dev", *arguments)
        case "jobwire":
            prepare(RUNTIME)
            _become("-m", "jobwire", *arguments)
        case "test":
            prepare(DEVELOPMENT)
            offer_graphiql()
            os.chdir(ROOT)
            # Images set it; each process that a test starts would compile all of it.
            os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
            _become("-m", "pytest", "-n", str(_test_processes()), *arguments)
        case "check":
            prepare(DEVELOPMENT)
            os.chdir(ROOT)
            _become("-m", "tools.checks", *arguments)
        case "bench":
            prepare(DEVELOPMENT)
            os.chdir(ROOT)
            _become("benchmarks/run.py", *arguments)
        case "docs":
            prepare(DEVELOPMENT)
            os.chdir(ROOT)
            _become("-m", "tools.documentation", *arguments)
        case "lock":
            from tools.locks import make_locks  # noqa: PLC0415  (rarely needed)

            make_locks(*arguments)
        case "help" | "-h" | "--help":
            sys.stdout.write(HELP)
        case _:
            _refuse(command)


def _become(*arguments: str) -> NoReturn:
    sys.stdout.flush()
    os.execv(PYTHON, [str(PYTHON), *arguments])  # noqa: S606  (no shell is meant)


def _test_processes() -> int:
    # One more than there are cores: many tests wait for processes that they started.
    return min(max(os.cpu_count() or 1, 2) + 1, _MOST_TEST_PROCESSES)


def _refuse(command: str) -> NoReturn:
    near = difflib.get_close_matches(command, COMMANDS, n=1)
    meant = f" Did you mean `./dev {near[0]}`?" if near else ""
    say(
        f"./dev: there is no command {command!r}.{meant}\n"
        "`./dev help` lists them; Jobwire's own are run as `./dev jobwire COMMAND`."
    )
    sys.exit(2)
