"""`jobwire schedules pause`: have job schedules not fire until they are resumed."""

import argparse

from jobwire.app.commands.schedules.changing import add_ids, add_json, change_each
from jobwire.jobs.cron.change import pause

EXAMPLES = """\
A tick that waits is dropped. Jobs that were made go on.
Of several each is changed by itself, in order, up to the first that is refused.

examples:
  jobwire schedules pause sch_01kb2x3v5rfmqa8v7e4t6h9w0c
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    add_ids(parser)
    add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Pause the schedules and print when they fire next; return the exit code."""
    return change_each(arguments, pause)
