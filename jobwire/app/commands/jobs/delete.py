"""`jobwire jobs delete`: erase jobs that have ended, for good."""

import argparse

from jobwire.app.commands.jobs import reading
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.app.python_api import delete_job
from jobwire.jobs.identifiers import job_id_text

EXAMPLES = """\
Nothing that somebody wrote into such a job stays: data, result, failure texts, tag,
logs, and what its events held. It cannot be undone, and nobody asks whether you are
sure. Of several jobs each is deleted by itself, in order, up to the first that is
refused.

examples:
  jobwire jobs delete job_01kb2x3v5rfmqa8v7e4t6h9w0c
  jobwire jobs list --ended --user ada --json | jq -r .id | xargs jobwire jobs delete
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "ids",
        nargs="+",
        type=reading.job_id,
        metavar="ID",
        help="job_…, or the bare UUID",
    )


def run(arguments: argparse.Namespace) -> int:
    """Delete the jobs and print their ids; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        for job_id in arguments.ids:
            await delete_job(jobwire, job_id, actor=OPERATOR.user_id)
            print(f"{job_id_text(job_id)}  deleted", flush=True)
        return 0

    return operate(operator_settings(arguments), work)
