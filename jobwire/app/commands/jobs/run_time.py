"""Arguments that say when a job runs."""

import argparse

from jobwire.app.commands.jobs import reading
from jobwire.jobs.schedule_request import RunTime


def add_run_time(parser: argparse.ArgumentParser) -> None:
    """Take `--delay` or `--at`."""
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


def run_time_of(arguments: argparse.Namespace) -> RunTime:
    """Return what was said."""
    return RunTime(delay=arguments.delay, at=arguments.at)
