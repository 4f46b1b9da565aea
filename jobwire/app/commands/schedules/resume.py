"""`jobwire schedules resume`: have paused job schedules fire again."""

import argparse

from jobwire.app.commands.schedules.changing import add_ids, add_json, change_each
from jobwire.jobs.cron.change import resume

EXAMPLES = """\
They fire from their first tick from now on: ticks that have passed are not made up for.
Of several each is changed by itself, in order, up to the first that is refused.

examples:
  jobwire schedules resume sch_01kb2x3v5rfmqa8v7e4t6h9w0c
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_ids(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Resume the schedules and print when they fire next; return the exit code."""
    return change_each(arguments, resume)
