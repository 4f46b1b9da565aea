"""`jobwire schedules run`: make a job of a job schedule at once."""

import argparse

from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.outcome import print_outcome
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.jobs.cron.run_now import run_now
from jobwire.jobs.doorbell import Topic

EXAMPLES = """\
Also while it is paused, and whatever jobs of it are open. Its ticks go on.

examples:
  jobwire schedules run sch_01kb2x3v5rfmqa8v7e4t6h9w0c --wait
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "id", type=reading.schedule_id, metavar="ID", help="sch_…, or the bare UUID"
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="follow the job to its end; exit 0 when it SUCCEEDED, 3 otherwise",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the job; with --wait as it ended"
    )


def run(arguments: argparse.Namespace) -> int:
    """Make the job and print its id; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        async with own_transaction(jobwire, None, Topic.WORK) as (connection, now):
            # None of the user's types is loaded here.
            job = await run_now(
                connection,
                arguments.id,
                registry=None,
                viewer=OPERATOR,
                now=now,
                policy=engine.policy,
            )
        return await print_outcome(engine, job, arguments)

    return operate(operator_settings(arguments), work)
