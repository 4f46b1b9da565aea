"""`jobwire token`: make a token for a user."""

import argparse
from datetime import timedelta

from jobwire.app.commands.arguments import add_data_dir, add_scope, given
from jobwire.app.settings import Settings
from jobwire.app.tokens import dev_secret, mint_token
from jobwire.jobs.clock import SystemClock


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "--user", required=True, metavar="USER", help="for whom the token speaks"
    )
    add_scope(parser)
    parser.add_argument(
        "--hours",
        type=_hours,
        default=24.0,
        metavar="HOURS",
        help="how long it is valid (24)",
    )
    add_data_dir(parser)


def run(arguments: argparse.Namespace) -> int:
    """Print the token; return the exit code.

    Without JOBWIRE_AUTH_SECRET it is signed with the key that `dev` keeps.
    """
    settings = Settings(**given(arguments, "data_dir"))
    print(
        mint_token(
            settings.auth_secret or dev_secret(settings.data_dir),
            user_id=arguments.user,
            scopes=arguments.scope,
            lifetime=timedelta(hours=arguments.hours),
            now=SystemClock().now(),
        )
    )
    return 0


def _hours(text: str) -> float:
    try:
        hours = float(text)
    except ValueError:
        hours = 0
    if not 0 < hours <= 24 * 366:
        raise argparse.ArgumentTypeError(
            f"expected a number of hours from 0 to a year, not {text!r}"
        )
    return hours
