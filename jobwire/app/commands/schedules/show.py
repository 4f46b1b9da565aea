"""`jobwire schedules show`: print everything about one job schedule."""

import argparse

from jobwire.app.commands.api_json import line, schedule_json
from jobwire.app.commands.jobs import reading
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings
from jobwire.app.commands.schedules.wording import described
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.cron.queries import read_schedules, with_long_data
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.identifiers import schedule_id_text

EXAMPLES = """\
examples:
  jobwire schedules show sch_01kb2x3v5rfmqa8v7e4t6h9w0c
  jobwire schedules show sch_01kb2x3v5rfmqa8v7e4t6h9w0c --json | jq .data
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "id", type=reading.schedule_id, metavar="ID", help="sch_…, or the bare UUID"
    )
    parser.add_argument("--json", action="store_true", help="as one JSON object")


def run(arguments: argparse.Namespace) -> int:
    """Print the schedule; return the exit code."""

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        async with engine.database.connection() as connection:
            read = await read_schedules(connection, OPERATOR, [arguments.id])
            found = await with_long_data(connection, read)
        if not found:
            raise NotFoundError(schedule_id_text(arguments.id), what="job schedule")
        [schedule], now = found, engine.clock.now()
        if arguments.json:
            print(line(schedule_json(schedule, now=now)))
        else:
            print(described(schedule, now=now))
        return 0

    return operate(operator_settings(arguments), work)
