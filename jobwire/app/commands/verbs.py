"""Commands with verbs, such as `jobwire jobs list`: a module of the package each."""

import argparse
from collections.abc import Mapping
from importlib import import_module
from types import ModuleType

from jobwire.app.commands.arguments import add_data_dir

#: Where a module of the verb's name would hide the package's own function.
_MODULES = {"run": "run_now"}


def add_verbs(
    parser: argparse.ArgumentParser,
    package: str,
    verbs: Mapping[str, str],
    *,
    about: str,
) -> None:
    """Describe the verbs and their arguments.

    Args:
        parser: That of the command.
        package: Where a module of each verb's name has `EXAMPLES`, `configure`, `run`.
        verbs: What each does.
        about: What stands below them.
    """
    _explain(parser, about)
    choices = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
    for name, does in verbs.items():
        verb = choices.add_parser(name, help=does, description=f"{does}.")
        module = _module(package, name)
        _explain(verb, module.EXAMPLES)
        module.configure(verb)
        add_data_dir(verb)


def run_verb(package: str, arguments: argparse.Namespace) -> int:
    """Run the chosen verb; return its exit code."""
    code: int = _module(package, arguments.verb).run(arguments)
    return code


def _explain(parser: argparse.ArgumentParser, text: str) -> None:
    parser.epilog = text
    parser.formatter_class = argparse.RawDescriptionHelpFormatter


def _module(package: str, verb: str) -> ModuleType:
    return import_module(f"{package}.{_MODULES.get(verb, verb)}")
