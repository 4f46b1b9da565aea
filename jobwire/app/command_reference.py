"""The commands as text: `docs/command-reference.md`.

`python -m jobwire.app.command_reference` prints it, and with `--check` it holds the
committed file to it.
"""

import argparse
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

from jobwire.app.cli import parser
from jobwire.app.exit_codes import MEANINGS
from jobwire.app.parser import choices_of

FILE = Path("docs/command-reference.md")
_HEAD = """\
# Command reference

Printed from the commands themselves: `python -m jobwire.app.command_reference`.
[The command line](command-line.md) explains them by what you want to do.

## Exit codes

They mean the same for every command.

| exit code | means |
|---|---|"""
_EXAMPLES = "examples:"


def reference() -> str:
    """Return the page: exit codes, and every command with all its arguments."""
    codes = [f"| {code:d} | {_cell(meaning)} |" for code, meaning in MEANINGS.items()]
    sections = ["\n".join([_HEAD, *codes])]
    for command in choices_of(parser()).values():
        sections.append(_section(command, "##"))
        sections += [_section(verb, "###") for verb in choices_of(command).values()]
    return "\n\n".join(sections) + "\n"


def _section(command: argparse.ArgumentParser, level: str) -> str:
    about, examples = _told(command.description), _told(command.epilog)
    before, _, after = examples.partition(_EXAMPLES)
    rows = list(_rows(command))
    table = "\n".join(["| argument | |", "|---|---|", *rows]) if rows else ""
    shown = "\n".join(line.removeprefix("  ") for line in after.strip("\n").split("\n"))
    parts = [
        f"{level} {command.prog}",
        _fenced(_as_sentence(about)),
        _fenced(before.strip()),
        table,
        f"```sh\n{shown.strip()}\n```" if after else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _rows(command: argparse.ArgumentParser) -> Iterator[str]:
    formatter = command._get_formatter()
    for action in command._actions:
        if action.help == argparse.SUPPRESS or action.dest == "help":
            continue
        if isinstance(action, argparse._SubParsersAction):
            for choice in action._choices_actions:
                yield f"| `{choice.dest}` | {_cell(choice.help or '')} |"
            continue
        told = formatter._expand_help(action) if action.help else ""
        needed = " (required)" if action.required and action.option_strings else ""
        yield f"| `{_name(formatter, action)}` | {_cell(told)}{needed} |"


def _name(formatter: argparse.HelpFormatter, action: argparse.Action) -> str:
    if not action.option_strings:
        return formatter._metavar_formatter(action, action.dest)(1)[0]
    takes = formatter._format_args(action, action.dest.upper())
    names = ", ".join(action.option_strings)
    return f"{names} {takes}".strip().replace("|", "\\|")


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _told(text: str | None) -> str:
    return (text or "").strip("\n")


def _fenced(text: str) -> str:
    """Fence the paragraphs that are indented, whose lines are to stay lines."""
    paragraphs = [
        f"```text\n{textwrap.dedent(one)}\n```" if one.startswith("  ") else one
        for one in text.split("\n\n")
    ]
    return "\n\n".join(paragraphs)


def _as_sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _check() -> int:
    if FILE.exists() and FILE.read_text() == reference():
        return 0
    print(
        f"{FILE} is not what the commands say. Run: python -m"
        f" jobwire.app.command_reference > {FILE}",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        sys.exit(_check())
    sys.stdout.write(reference())
