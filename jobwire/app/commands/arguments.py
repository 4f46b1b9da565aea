"""Arguments that several commands take; each stands for a setting."""

import argparse
from typing import Any


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


def given(arguments: argparse.Namespace, *names: str) -> dict[str, Any]:
    """Return the settings that were given as arguments."""
    return {
        name: value for name in names if (value := getattr(arguments, name)) is not None
    }
