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
from jobwire.models.vocabulary import JobStatus

EXAMPLES = """\
A job that has not started ends at once. The code of a running one is told, and the job
is CANCELED when it has stopped.

examples:
  jobwire jobs cancel job_01kb2x3v5rfmqa8v7e4t6h9w0c --reason 'wrong file' --wait
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
