"""`jobwire jobs retry`: run a job that has ended once more, or many."""

import argparse

from jobwire.app.commands.api_json import job_json, line
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.following import exit_code, wait_for_end
from jobwire.app.commands.jobs.in_bulk import act_on_many, add_bulk
from jobwire.app.commands.jobs.selecting import add_filter, filter_of
from jobwire.app.commands.jobs.watch import tell_aside
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.jobs.bulk import BulkRequest, Selection
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import job_id_text
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
    parser.add_argument(
        "id",
        nargs="?",
        type=reading.job_id,
        metavar="ID",
        help="one job: job_…, or the bare UUID",
    )
    add_filter(parser)
    add_bulk(parser)
    parser.add_argument(
        "--data",
        type=reading.json_value,
        default=SAME_DATA,
        metavar="JSON|-|@FILE",
        help="other input: JSON, - for stdin, or @ and a file (the same)",
    )
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        "--delay",
        type=reading.duration,
        metavar="SPAN",
        help="how long to wait before it runs, such as 30s, 1h30m or PT5M",
    )
    when.add_argument(
        "--at",
        type=reading.instant,
        metavar="TIME",
        help="when to run it, such as 2026-11-23T19:30:00Z",
    )
    parser.add_argument(
        "--wait",
        action="store_true",
        help="follow it to its end; exit 0 when it SUCCEEDED, 3 otherwise; of a"
        " selection: until all jobs were handled",
    )
    parser.add_argument(
        "--json",
        action="store_true",
        help="print the job, or the bulk operation; with --wait as it ended",
    )
    parser.set_defaults(refuse=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Retry the job or the jobs, and print what became of that; return the code."""
    by = filter_of(arguments)
    if (arguments.id is None) is (by == JobFilter()):
        arguments.refuse(
            "say what to retry: the id of one job, or a selection such as --status"
            " FAILED --type TYPE; one of these"
        )
    when = RunTime(delay=arguments.delay, at=arguments.at)
    if arguments.id is None:
        if arguments.data is not SAME_DATA or when != RunTime():
            arguments.refuse("--data, --delay and --at are for one job")
        request = BulkRequest(action=BulkAction.RETRY, selection=Selection(by))
        return act_on_many(arguments, request)
    if arguments.dry_run or arguments.expect is not None:
        arguments.refuse("--dry-run and --expect are for a selection")

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
        if not arguments.json:
            print(job_id_text(job.id), flush=True)
        code = 0
        if arguments.wait:
            job = await wait_for_end(jobwire.engine, job.id, tell_aside)
            code = exit_code(job)
        if arguments.json:
            print(line(job_json(job)))
        return code

    return operate(operator_settings(arguments), work)
