"""`jobwire jobs list`: print the newest jobs as a table, or as JSON lines."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobwire.app.commands.api_json import job_json, line
from jobwire.app.commands.jobs import reading, wording
from jobwire.app.commands.jobs.printing import print_table
from jobwire.app.commands.jobs.selecting import add_filter, filter_of
from jobwire.app.commands.jobs.table import Column
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings, say
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.engine import Engine
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.job_pages import read_job_page
from jobwire.jobs.queries import MAX_PAGE, Window, with_long_json

EXAMPLES = """\
examples:
  jobwire jobs list --open
  jobwire jobs list --status FAILED EXPIRED --type send-report --limit 100
  jobwire jobs list --ended --json | jq -r 'select(.failure) | .id'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_filter(parser)
    parser.add_argument(
        "--limit",
        type=reading.limit,
        default=20,
        metavar="N",
        help="how many at most (20)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Print the jobs, newest first; return the exit code."""
    selection = filter_of(arguments)

    async def work(jobwire: Jobwire) -> int:
        jobs = await _read(jobwire.engine, selection, arguments.limit)
        if arguments.json:
            for job in jobs:
                print(line(job_json(job)))
        elif jobs:
            print_table(_table(jobs, now=jobwire.engine.clock.now()))
        else:
            say("There are no such jobs.")
        return 0

    return operate(operator_settings(arguments), work)


async def _read(engine: Engine, selection: JobFilter, limit: int) -> list[Job]:
    jobs: list[Job] = []
    async with engine.database.connection() as connection:
        while len(jobs) < limit:
            window: Window[UUID] = Window(
                first=min(limit - len(jobs), MAX_PAGE),
                after=jobs[-1].id if jobs else None,
            )
            page = await read_job_page(connection, OPERATOR, selection, window)
            jobs += await with_long_json(connection, page.items)
            if not page.has_next_page:
                break
    return jobs


def _table(jobs: Sequence[Job], *, now: datetime) -> list[Column]:
    """Make the columns; in a narrow terminal what is seldom asked for goes first."""
    needs = [", ".join(job.needs) for job in jobs]
    return [
        Column("ID", [job_id_text(job.id) for job in jobs]),
        Column("TYPE", [wording.printable(job.type) for job in jobs], least=6),
        Column("TAG", [wording.printable(job.tag) for job in jobs], least=6),
        Column("EXECUTOR", [job.executor for job in jobs], rank=1),
        Column("STATUS", [job.status for job in jobs]),
        # Seldom any job needs attention, and then it is what counts.
        *([Column("ATTENTION", needs)] if any(needs) else ()),
        Column("ATTEMPTS", [str(job.attempts) for job in jobs], rank=2),
        Column("AGE", [wording.age(now - job.created_at) for job in jobs], rank=4),
        Column("PROGRESS", list(map(wording.progress_of, jobs)), least=5, rank=3),
    ]
