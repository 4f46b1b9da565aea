"""`jobwire jobs VERB`: list, show, schedule, cancel … jobs; a module each."""

import argparse
from importlib import import_module
from types import ModuleType

from jobwire.app.commands.arguments import add_data_dir

_VERBS = {
    "list": "print the newest jobs as a table, or as JSON lines",
    "show": "print everything about one job",
    "schedule": "accept a job and print its id",
    "cancel": "ask that a job ends",
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
    _explain(parser, _ABOUT)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, about in _VERBS.items():
        verb = verbs.add_parser(name, help=about, description=f"{about}.")
        module = _module(name)
        _explain(verb, module.EXAMPLES)
        module.configure(verb)
        add_data_dir(verb)


def run(arguments: argparse.Namespace) -> int:
    """Run the chosen verb; return its exit code."""
    code: int = _module(arguments.verb).run(arguments)
    return code


def _explain(parser: argparse.ArgumentParser, text: str) -> None:
    parser.epilog = text
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def _module(verb: str) -> ModuleType:
    return import_module(f"{__name__}.{verb}")
