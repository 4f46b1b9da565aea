"""`jobwire jobs watch`: print what happens to jobs, as it happens."""

import argparse
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import TextIO, assert_never

from jobwire.app.commands.api_json import line, message_json
from jobwire.app.commands.jobs import wording
from jobwire.app.commands.jobs.following import exit_code, going_on, wait_for_end
from jobwire.app.commands.jobs.selecting import add_filter, add_one, filter_of
from jobwire.app.commands.operating import OPERATOR, operate, operator_settings, say
from jobwire.app.jobwire import Jobwire
from jobwire.jobs.engine import Engine
from jobwire.jobs.feed import (
    CaughtUp,
    Changed,
    Closing,
    Reset,
    Snapshotted,
    StreamMessage,
    follow_list,
)
from jobwire.jobs.filters import JobFilter

EXAMPLES = """\
One job is watched to its end: exit 0 when it SUCCEEDED, 3 otherwise. Many are watched
until Ctrl-C, from now on: exit 130.

examples:
  jobwire jobs watch job_01kb2x3v5rfmqa8v7e4t6h9w0c
  jobwire jobs watch --all
  jobwire jobs watch --type send-report --status FAILED --json | jq .job.failure.message
"""

Tell = Callable[[StreamMessage], None]


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_one(parser)
    parser.add_argument("--all", action="store_true", help="every job")
    add_filter(parser)
    parser.add_argument(
        "--json", action="store_true", help="each message of the stream on a line"
    )
    parser.set_defaults(refuse=parser.error)


def run(arguments: argparse.Namespace) -> int:
    """Print until the job ends, or until Ctrl-C; return the exit code."""
    selection = filter_of(arguments)
    is_filtered = selection != JobFilter()
    if [arguments.id is not None, arguments.all, is_filtered].count(True) != 1:
        arguments.refuse(
            "say what to watch: the id of one job, --all, or a selection such as"
            " --type TYPE; one of these"
        )
    tell = _tell_json if arguments.json else tell_people

    async def work(jobwire: Jobwire) -> int:
        if arguments.id is None:
            await _watch(jobwire.engine, selection, tell)
            return 0
        return exit_code(await wait_for_end(jobwire.engine, arguments.id, tell))

    return operate(operator_settings(arguments), work)


def tell_people(message: StreamMessage, *, to: TextIO | None = None) -> None:
    """Print a line of what a message tells; what is no news of a job goes to stderr.

    Args:
        message: What came.
        to: Where to print; None: to stdout.
    """
    match message:
        case Snapshotted():
            told = wording.standing(message.job)
        case Changed():
            told = wording.happening(
                message.job, message.event, left_filter=message.left_filter
            )
        case CaughtUp():
            return
        case Reset():
            say(f"Changes may have been missed: {message.reason}")
            return
        case Closing():
            say(f"The stream begins again: {message.reason}")
            return
        case _:
            assert_never(message)
    print(told, file=to or sys.stdout, flush=True)


def tell_aside(message: StreamMessage) -> None:
    """Print what a message tells to stderr, beside the results."""
    tell_people(message, to=sys.stderr)


def _tell_json(message: StreamMessage) -> None:
    print(line(message_json(message)), flush=True)


async def _watch(engine: Engine, selection: JobFilter, tell: Tell) -> None:
    def follow(after: str | None) -> AsyncGenerator[StreamMessage, None]:
        return follow_list(engine.feed, OPERATOR, selection, after=after)

    async with aclosing(going_on(follow)) as messages:
        async for message in messages:
            tell(message)
            if isinstance(message, CaughtUp):
                say("Watching. Ctrl-C ends it.")
