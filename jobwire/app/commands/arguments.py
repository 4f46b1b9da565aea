"""Arguments that several commands take."""

import argparse
from typing import Any

from jobwire.jobs.viewer import Scope


def add_address(parser: argparse.ArgumentParser, *, port: str) -> None:
    """Take `--host` and `--port`."""
    parser.add_argument(
        "--host", metavar="HOST", help="the address to listen on (127.0.0.1)"
    )
    parser.add_argument("--port", metavar="PORT", help=f"the port ({port})")


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Take `--data-dir`."""
    parser.add_argument(
        "--data-dir",
        metavar="DIR",
        help="the folder of the embedded PostgreSQL (.jobwire)",
    )


def add_scope(parser: argparse.ArgumentParser) -> None:
    """Take `--scope`, as a list of scopes."""
    parser.add_argument(
        "--scope",
        default="jobs:read jobs:write",
        type=_scopes,
        metavar="SCOPES",
        help="what it allows, separated by spaces, of: "
        f"{' '.join(Scope)} (jobs:read jobs:write)",
    )


def given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    """Return the settings that were given as arguments."""
    return {
        name: value for name in names if (value := getattr(arguments, name)) is not None
    }


def _scopes(text: str) -> list[Scope]:
    words = text.split()
    unknown = [word for word in words if word not in list(Scope)]
    if unknown:
        raise argparse.ArgumentTypeError(
            f"there is no scope {unknown[0]!r}; those are {' '.join(Scope)}"
        )
    return [Scope(word) for word in words]
