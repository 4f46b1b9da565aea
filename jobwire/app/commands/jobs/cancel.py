"""`jobwire jobs cancel`: ask that a job ends, or many."""

import argparse

from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.in_bulk import (
    act_on_many,
    add_one_or_many,
    add_wait,
    selection_of,
)
from jobwire.app.commands.jobs.outcome import print_outcome
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.jobs import cancel
from jobwire.jobs.bulk import BulkRequest
from jobwire.jobs.cancel import CancelResult
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.lifecycle import CANCEL_GRACE
from jobwire.models.vocabulary import BulkAction, CancelMode, JobStatus

EXAMPLES = """\
A job that has not started ends at once. The code of a running one is told, and the job
is CANCELED when it has stopped. With --force it is CANCELED after the grace at the
latest, with the outcome FORCED_UNCONFIRMED if nobody told that its code has stopped. A
pending cancel can be escalated that way; that can only shorten the grace.

Many jobs are canceled by a selection: --dry-run counts them, --expect refuses when it
is another number. Workers then do it; with --wait they are waited for: exit 0 when they
have handled all jobs, 3 otherwise.

examples:
  jobwire jobs cancel job_01kb2x3v5rfmqa8v7e4t6h9w0c --reason 'wrong file' --wait
  jobwire jobs cancel job_01kb2x3v5rfmqa8v7e4t6h9w0c --force --grace 10s
  jobwire jobs cancel --open --tag import --dry-run
  jobwire jobs cancel --open --tag import --expect 1234 --wait
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_one_or_many(parser)
    parser.add_argument(
        "--reason", metavar="REASON", help="why, kept with the job's history"
    )
    parser.add_argument(
        "--force",
        action="store_true",
        help="settle the job after the grace even if its code may still be running",
    )
    parser.add_argument(
        "--grace",
        type=reading.duration,
        default=CANCEL_GRACE,
        metavar="DURATION",
        help="how long its code may take to stop, such as 30s or 5m: 0s to 1d"
        f" (default: {CANCEL_GRACE.seconds}s); without --force the cancel is overdue"
        " after it",
    )
    add_wait(parser, ended="was CANCELED")


def run(arguments: argparse.Namespace) -> int:
    """Cancel the job or the jobs, and print what became of that; return the code."""
    selection = selection_of(arguments, "cancel", such_as="--open --type TYPE")
    if selection is not None:
        return act_on_many(
            arguments,
            BulkRequest(
                action=BulkAction.CANCEL,
                selection=selection,
                mode=_mode(arguments),
                grace_period=arguments.grace,
                reason=arguments.reason,
            ),
        )

    async def work(jobwire: Jobwire) -> int:
        async with own_transaction(jobwire, None, Topic.CANCEL) as (connection, now):
            result = await cancel.cancel(
                connection,
                arguments.id,
                viewer=OPERATOR,
                now=now,
                mode=_mode(arguments),
                grace_period=arguments.grace,
                reason=arguments.reason,
            )
        return await print_outcome(
            jobwire.engine,
            result.job,
            arguments,
            told=f"  {_told(result)}",
            wanted=JobStatus.CANCELED,
        )

    return operate(operator_settings(arguments), work)


def _mode(arguments: argparse.Namespace) -> CancelMode:
    return CancelMode.FORCE if arguments.force else CancelMode.GRACEFUL


def _told(result: CancelResult) -> str:
    if result.already_settled:
        return f"{result.job.status}  (it had ended before; nothing was changed)"
    return f"{result.job.status}  cancel {result.job.cancel_outcome}"
