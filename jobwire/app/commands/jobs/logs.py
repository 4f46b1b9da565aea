"""`jobwire jobs logs`: print what the code of one job has logged."""

import argparse
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from uuid import UUID

from jobwire.app.commands.api_json import line, log_edge_json
from jobwire.app.commands.jobs import reading, wording
from jobwire.app.commands.jobs.following import exit_code, read
from jobwire.app.commands.operating import operate, operator_settings
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.engine import Engine
from jobwire.jobs.logs.read import LogFilter, LogLine, read_log_page
from jobwire.jobs.queries import MAX_PAGE, Window
from jobwire.models.vocabulary import LogLevel

EXAMPLES = """\
A job keeps its newest 1,000 lines; where some were dropped, a line says so. With
--follow it goes on until the job has ended: exit 0 when it SUCCEEDED, 3 otherwise.

examples:
  jobwire jobs logs job_01kb2x3v5rfmqa8v7e4t6h9w0c
  jobwire jobs logs job_01kb2x3v5rfmqa8v7e4t6h9w0c --follow --level warn
  jobwire jobs logs job_01kb2x3v5rfmqa8v7e4t6h9w0c --json | jq -r .node.message
"""

Tell = Callable[[LogLine], None]


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "id", type=reading.job_id, metavar="ID", help="job_…, or the bare UUID"
    )
    parser.add_argument(
        "--follow", "-f", action="store_true", help="go on until the job has ended"
    )
    parser.add_argument(
        "--level",
        type=reading.log_level,
        default=LogLevel.DEBUG,
        metavar="LEVEL",
        help="no lesser lines: debug, info, warn or error (debug)",
    )
    parser.add_argument(
        "--json", action="store_true", help="each line as a JobLogEdge of the API"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the lines; return the exit code."""
    tell = _tell_json if arguments.json else _tell_people

    async def work(jobwire: Jobwire) -> int:
        engine = jobwire.engine
        job = await read(engine, arguments.id)
        follow = engine.logs.follow if arguments.follow else _stored_of(engine)
        async with aclosing(follow(job.id, min_level=arguments.level)) as lines:
            async for one in lines:
                tell(one)
        return exit_code(await read(engine, job.id)) if arguments.follow else 0

    return operate(operator_settings(arguments), work)


def _stored_of(engine: Engine) -> Callable[..., AsyncGenerator[LogLine, None]]:
    async def stored(
        job_id: UUID, *, min_level: LogLevel
    ) -> AsyncGenerator[LogLine, None]:
        after: int | None = None
        while True:
            async with engine.database.connection() as connection:
                page = await read_log_page(
                    connection,
                    job_id,
                    Window(first=MAX_PAGE, after=after),
                    LogFilter(min_level=min_level),
                )
            for one in page.items:
                yield one
            if not page.has_next_page:
                return
            after = page.items[-1].id

    return stored


def _tell_people(one: LogLine) -> None:
    print(wording.logged(one), flush=True)


def _tell_json(one: LogLine) -> None:
    print(line(log_edge_json(one)), flush=True)
