"""`jobwire schedules sync`: have workers tell Trigger.dev at once of what it fires."""

import argparse

from jobwire.app.commands.jobs import reading
from jobwire.app.commands.operating import operate, operator_settings, say
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.cron.sync_now import make_due
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.executors.internal import count_workers
from jobwire.jobs.identifiers import schedule_id_text

EXAMPLES = """\
Workers do so by themselves: when a schedule changes, again and again while Trigger.dev
refuses it or cannot be asked, and every quarter of an hour. Use this when something was
put right there and you do not want to wait. It prints the ids of those that are looked
at now; `list` tells what came of it.

examples:
  jobwire schedules sync
  jobwire schedules sync sch_01kb2x3v5rfmqa8v7e4t6h9w0c
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "ids",
        nargs="*",
        type=reading.schedule_id,
        metavar="ID",
        help="sch_…, or the bare UUID (all that Trigger.dev fires)",
    )


def run(arguments: argparse.Namespace) -> int:
    """Have it done and print which they are; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        async with engine.database.connection() as connection:
            ids = await make_due(
                connection, arguments.ids or None, now=engine.clock.now()
            )
            workers = await count_workers(connection)
        engine.doorbell.ring(Topic.CHANGE)
        for id in ids:
            print(schedule_id_text(id))
        if not ids:
            say("There is no such schedule that Trigger.dev fires.")
        elif not workers:
            say("No worker is connected. Start one with `jobwire worker`.")
        return 0

    return operate(operator_settings(arguments), work)
