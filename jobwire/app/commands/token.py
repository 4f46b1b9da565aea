"""`jobwire token`: make a token for a user."""

import argparse
from datetime import timedelta
from uuid import UUID

from jobwire.app.commands.arguments import add_data_dir, add_scope, given
from jobwire.app.settings import Settings
from jobwire.app.tokens import dev_secret, mint_token
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.identifiers import parse_job_id
from jobwire.jobs.viewer import Scope


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "--user", required=True, metavar="USER", help="for whom the token speaks"
    )
    add_scope(parser)
    parser.add_argument(
        "--job",
        type=_job,
        metavar="JOB",
        help="the one job of the user that it may read, job_…; it then does no more",
    )
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
            scopes=arguments.scope if arguments.job is None else [Scope.JOBS_READ],
            lifetime=timedelta(hours=arguments.hours),
            now=SystemClock().now(),
            job_id=arguments.job,
            issuer=settings.secret_issuer,
            audience=settings.auth_audience,
        )
    )
    return 0


def _job(text: str) -> UUID:
    try:
        return parse_job_id(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected the id of a job, job_…, or its bare UUID, not {text!r}"
        ) from None


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
