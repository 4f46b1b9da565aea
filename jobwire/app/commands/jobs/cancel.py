"""`jobwire jobs cancel`: ask that a job ends."""

import argparse

from jobwire.app.commands.api_json import job_json, line
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.following import exit_code, wait_for_end
from jobwire.app.commands.jobs.watch import tell_aside
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.app.python_api import own_transaction
from jobwire.jobs import cancel
from jobwire.jobs.cancel import CancelResult
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.lifecycle import CANCEL_GRACE
from jobwire.models.vocabulary import CancelMode, JobStatus

EXAMPLES = """\
A job that has not started ends at once. The code of a running one is told, and the job
is CANCELED when it has stopped. With --force it is CANCELED after the grace at the
latest, with the outcome FORCED_UNCONFIRMED if nobody told that its code has stopped. A
pending cancel can be escalated that way; that can only shorten the grace.

examples:
  jobwire jobs cancel job_01kb2x3v5rfmqa8v7e4t6h9w0c --reason 'wrong file' --wait
  jobwire jobs cancel job_01kb2x3v5rfmqa8v7e4t6h9w0c --force --grace 10s
  jobwire jobs list --open --tag import --json | jq -r .id |
    xargs -n1 jobwire jobs cancel
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "id", type=reading.job_id, metavar="ID", help="job_…, or the bare UUID"
    )
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
    parser.add_argument(
        "--wait",
        action="store_true",
        help="follow it to its end; exit 0 when it was CANCELED, 3 otherwise",
    )
    parser.add_argument(
        "--json", action="store_true", help="print the job; with --wait as it ended"
    )


def run(arguments: argparse.Namespace) -> int:
    """Cancel the job and print what became of that; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        async with own_transaction(jobwire, None, Topic.CANCEL) as (connection, now):
            result = await cancel.cancel(
                connection,
                arguments.id,
                viewer=OPERATOR,
                now=now,
                mode=CancelMode.FORCE if arguments.force else CancelMode.GRACEFUL,
                grace_period=arguments.grace,
                reason=arguments.reason,
            )
        job, code = result.job, 0
        if not arguments.json:
            print(f"{job_id_text(job.id)}  {_told(result)}", flush=True)
        if arguments.wait:
            job = await wait_for_end(jobwire.engine, job.id, tell_aside)
            code = exit_code(job, wanted=JobStatus.CANCELED)
        if arguments.json:
            print(line(job_json(job)))
        return code

    return operate(operator_settings(arguments), work)


def _told(result: CancelResult) -> str:
    if result.already_settled:
        return f"{result.job.status}  (it had ended before; nothing was changed)"
    return f"{result.job.status}  cancel {result.job.cancel_outcome}"
