"""What is done to job schedules one after the other, each in its own transaction."""

import argparse
from collections.abc import Awaitable, Callable

from jobwire.app.commands.api_json import line, schedule_json
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.commands.schedules.wording import next_run
from jobwire.app.jobwire import Jobwire
from jobwire.app.own_transaction import own_transaction
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.doorbell import Topic


def add_ids(parser: argparse.ArgumentParser) -> None:
    """Take the ids of job schedules."""
    parser.add_argument(
        "ids",
        nargs="+",
        type=reading.schedule_id,
        metavar="ID",
        help="sch_…, or the bare UUID",
    )


def add_json(parser: argparse.ArgumentParser) -> None:
    """Take `--json`."""
    parser.add_argument(
        "--json", action="store_true", help="print each as a JSON object a line"
    )


def change_each(
    arguments: argparse.Namespace,
    change: Callable[..., Awaitable[JobSchedule]],
) -> int:
    """Change each, up to the first that is refused, and print it; return the code.

    Args:
        arguments: With `ids` and `json`.
        change: The use case; it takes a connection, an id, the viewer and the time.
    """

    async def work(jobwire: Jobwire) -> int:
        for schedule_id in arguments.ids:
            async with own_transaction(jobwire, None, Topic.CHANGE) as (
                connection,
                now,
            ):
                changed = await change(
                    connection, schedule_id, viewer=OPERATOR, now=now
                )
            if arguments.json:
                print(line(schedule_json(changed, now=now)), flush=True)
            else:
                told = next_run(changed, now=now)
                print(f"{changed.public_id}  {told}", flush=True)
        return 0

    return operate(operator_settings(arguments), work)
