"""`jobwire jobs VERB`: list, show, schedule, cancel … jobs; a module each."""

import argparse

from jobwire.app.commands.verbs import add_verbs, run_verb

_VERBS = {
    "list": "print the newest jobs as a table, or as JSON lines",
    "show": "print everything about one job",
    "schedule": "accept a job and print its id",
    "cancel": "ask that a job ends",
    "retry": "run jobs that have ended once more, as new jobs",
    "delete": "erase jobs that have ended, for good",
    "watch": "print what happens to jobs, as it happens",
    "logs": "print what the code of one job has logged",
}
_ABOUT = """\
They act as an operator, with all rights on the jobs of every user, on the database of
DATABASE_URL or the embedded one of the data folder. Results go to stdout, all else to
stderr. With --json the names are those of the GraphQL API.

examples:
  jobwire jobs list --open
  jobwire jobs schedule no-op --tag try-it --wait
  jobwire jobs VERB --help
"""


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the verbs and their arguments."""
    add_verbs(parser, __name__, _VERBS, about=_ABOUT)


def run(arguments: argparse.Namespace) -> int:
    """Run the chosen verb; return its exit code."""
    return run_verb(__name__, arguments)
