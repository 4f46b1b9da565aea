"""`jobwire schedules list`: print the newest job schedules."""

import argparse
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from jobwire.app.commands.api_json import line, schedule_json
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.jobs.printing import print_table
from jobwire.app.commands.jobs.table import Column
from jobwire.app.commands.jobs.wording import printable
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings, say
from jobwire.app.commands.schedules.wording import next_run, trouble
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.cron.queries import read_schedule_page, with_long_data
from jobwire.jobs.engine import Engine
from jobwire.jobs.queries import MAX_PAGE, Window

EXAMPLES = """\
examples:
  jobwire schedules list
  jobwire schedules list --paused --type send-report
  jobwire schedules list --json | jq -r 'select(.syncState == "FAILED") | .syncError'
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--type", metavar="TYPE", help="only those of this type of job")
    paused = parser.add_mutually_exclusive_group()
    paused.add_argument(
        "--paused",
        dest="is_paused",
        action="store_const",
        const=True,
        help="only those that are paused",
    )
    paused.add_argument(
        "--active",
        dest="is_paused",
        action="store_const",
        const=False,
        help="only those that are not",
    )
    parser.add_argument(
        "--limit",
        type=reading.limit,
        default=20,
        metavar="N",
        help="how many at most (20)",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")


def run(arguments: argparse.Namespace) -> int:
    """Print the schedules, newest first; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        found = await _read(engine, arguments)
        now = engine.clock.now()
        if arguments.json:
            for one in found:
                print(line(schedule_json(one, now=now)))
        elif found:
            print_table(_table(found, now=now))
        else:
            say("There are no such job schedules.")
        return 0

    return operate(operator_settings(arguments), work)


async def _read(engine: Engine, arguments: argparse.Namespace) -> list[JobSchedule]:
    found: list[JobSchedule] = []
    async with engine.database.connection() as connection:
        while len(found) < arguments.limit:
            window: Window[UUID] = Window(
                first=min(arguments.limit - len(found), MAX_PAGE),
                after=found[-1].id if found else None,
            )
            page = await read_schedule_page(
                connection,
                OPERATOR,
                window,
                type=arguments.type,
                is_paused=arguments.is_paused,
            )
            found += await with_long_data(connection, page.items)
            if not page.has_next_page:
                break
    return found


def _table(found: Sequence[JobSchedule], *, now: datetime) -> list[Column]:
    troubles = [trouble(one) for one in found]
    return [
        Column("ID", [one.public_id for one in found]),
        Column("KEY", [printable(one.key) for one in found], least=6),
        Column("TYPE", [printable(one.type) for one in found], least=6),
        Column("CRON", [one.cron for one in found]),
        Column("TIMEZONE", [one.timezone for one in found], rank=2),
        Column("OWNER", [one.owner for one in found], rank=1),
        Column("NEXT", [next_run(one, now=now) for one in found]),
        *([Column("TROUBLE", troubles, least=8)] if any(troubles) else ()),
    ]
