"""`jobwire schedules VERB`: list, show, schedule, pause … job schedules."""

import argparse

from jobwire.app.commands.verbs import add_verbs, run_verb

_VERBS = {
    "list": "print the newest job schedules as a table, or as JSON lines",
    "show": "print everything about one job schedule",
    "schedule": "make jobs by a cron, or change the schedule that has the key",
    "pause": "have job schedules not fire until they are resumed",
    "resume": "have paused job schedules fire again",
    "run": "make a job of a job schedule at once",
    "delete": "delete job schedules; their jobs stay",
    "sync": "have workers tell Trigger.dev at once of what it fires",
}
_ABOUT = """\
They act as an operator, with all rights on the schedules of every user; see `jobwire
jobs --help` for where. With --json the names are those of the GraphQL API.

examples:
  jobwire schedules list
  jobwire schedules schedule no-op --tag nightly --cron '0 3 * * *'
  jobwire schedules VERB --help
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verbs and their arguments."""
    add_verbs(parser, __name__, _VERBS, about=_ABOUT)


def run(arguments: argparse.Namespace) -> int:
    """Run the chosen verb; return its exit code."""
    return run_verb(__name__, arguments)
