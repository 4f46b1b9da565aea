"""`jobwire jobs retry`: run a job that has ended once more, or many."""

import argparse

from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.in_bulk import (
    act_on_many,
    add_one_or_many,
    add_wait,
    selection_of,
)
from jobwire.app.commands.jobs.outcome import print_outcome
from jobwire.app.commands.jobs.run_time import add_run_time, run_time_of
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.jobs.bulk import BulkRequest
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.retry import SAME_DATA, retry
from jobwire.jobs.schedule_request import RunTime
from jobwire.models.vocabulary import BulkAction

EXAMPLES = """\
The old job stays as it ended; the new one names it as what it replays, and its id is
printed. It runs where the old one ran.

Many jobs are retried by a selection of jobs that have ended: --dry-run counts them,
--expect refuses when it is another number. Workers then do it, where each type is
registered now; with --wait they are waited for: exit 0 when they have handled all jobs,
3 otherwise.

examples:
  jobwire jobs retry job_01kb2x3v5rfmqa8v7e4t6h9w0c --wait
  jobwire jobs retry job_01kb2x3v5rfmqa8v7e4t6h9w0c --data '{"limit": 10}' --delay 5m
  jobwire jobs retry --status FAILED --type import --dry-run
  jobwire jobs retry --status FAILED --type import --expect 12 --wait
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_one_or_many(parser)
    parser.add_argument(
        "--data",
        type=reading.json_value,
        default=SAME_DATA,
        metavar="JSON|-|@FILE",
        help="other input: JSON, - for stdin, or @ and a file (the same)",
    )
    add_run_time(parser)
    add_wait(parser, ended="SUCCEEDED")


def run(arguments: argparse.Namespace) -> int:
    """Retry the job or the jobs, and print what became of that; return the code."""
    selection = selection_of(arguments, "retry", such_as="--status FAILED --type TYPE")
    when = run_time_of(arguments)
    if selection is not None:
        if arguments.data is not SAME_DATA or when != RunTime():
            arguments.refuse("--data, --delay and --at are for one job")
        request = BulkRequest(action=BulkAction.RETRY, selection=selection)
        return act_on_many(arguments, request)

    async def work(jobwire: Jobwire) -> int:
        async with own_transaction(jobwire, None, Topic.WORK) as (connection, now):
            # None of the user's types is loaded here.
            job = await retry(
                connection,
                arguments.id,
                registry=None,
                viewer=OPERATOR,
                now=now,
                data=arguments.data,
                when=when,
                policy=jobwire.engine.policy,
            )
        return await print_outcome(jobwire.engine, job, arguments)

    return operate(operator_settings(arguments), work)
