"""`jobwire schema`: print the API, or hold the committed file to it."""

import argparse
import sys
from pathlib import Path

from jobwire.gql.schema import print_schema

FILE = Path("schema.graphql")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "--check", action="store_true", help="exit 1 if schema.graphql differs"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the schema, or compare it; return the exit code."""
    printed = print_schema()
    if not arguments.check:
        sys.stdout.write(printed)
        return 0
    if FILE.exists() and FILE.read_text() == printed:
        print(f"{FILE} is what the code says")
        return 0
    print(
        f"{FILE} is not what the code says. Run: ./dev jobwire schema > {FILE}",
        file=sys.stderr,
    )
    return 1
