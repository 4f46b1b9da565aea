"""`jobwire completion`: print what completes commands in a shell."""

import argparse
from typing import Any

import shtab

_EXAMPLES = """\
Put it where your shell looks, once and after each upgrade; in a shell that starts then,
the tabulator completes commands, verbs and options.

examples:
  jobwire completion bash > ~/.local/share/bash-completion/completions/jobwire
  jobwire completion zsh > ~/.zfunc/_jobwire     # with fpath+=~/.zfunc before compinit
  jobwire completion fish > ~/.config/fish/completions/jobwire.fish
"""
_SHELLS = ("bash", "zsh", "fish")


def configure(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = _EXAMPLES
    parser.add_argument("shell", choices=_SHELLS, help="the shell")


def run(arguments: argparse.Namespace) -> int:
    """Print the script; return the exit code."""
    # It imports this module in its turn.
    from jobwire.app.cli import parser  # noqa: PLC0415 - see above

    whole: Any = parser()
    print(shtab.complete(whole, arguments.shell))
    return 0
