"""What a terminal shows: tables in colours, as wide as they are plain."""

import io
import os
import pty
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.text import Text

from jobwire.app.commands.jobs.colours import print_coloured
from jobwire.app.commands.jobs.table import Column, fit, lay_out
from jobwire.models.database_url import DatabaseUrl

COLUMNS = [
    Column("ID", ["job_1", "job_2"]),
    Column("TAG", ["a-long-[red]tag", "数据"], least=4),
    Column("STATUS", ["SUCCEEDED", "FAILED"]),
]


@pytest.mark.parametrize("width", [None, 27])
def test_a_table_in_colours_has_the_words_of_a_plain_one(width: int | None) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, color_system="standard")

    print_coloured(fit(COLUMNS, width), console=console)

    told = [
        Text.from_ansi(line).plain.rstrip() for line in shown.getvalue().splitlines()
    ]
    assert told == lay_out(COLUMNS, width)
    assert "\x1b[32mSUCCEEDED" in shown.getvalue()
    assert "\x1b[31mFAILED" in shown.getvalue()


@pytest.mark.usefixtures("database")
def test_a_command_has_colours_in_a_terminal_alone(
    bare_environment: Path, database_url: DatabaseUrl
) -> None:
    environment = {
        **os.environ,
        "DATABASE_URL": str(database_url),
        "TERM": "xterm-256color",
        "COLUMNS": "60",
    }
    command = [sys.executable, "-m", "jobwire", "retention"]
    told: dict[str, Any] = {"cwd": bare_environment, "env": environment}
    ours, theirs = pty.openpty()

    with os.fdopen(ours, "rb", buffering=0) as screen:
        subprocess.run(command, stdout=theirs, check=True, **told)
        os.close(theirs)
        shown = _read(screen)
    piped = subprocess.run(command, capture_output=True, text=True, check=True, **told)

    assert "\x1b[1m" in shown
    assert "\x1b" not in piped.stdout
    plain = re.sub(r"\x1b\[[\d;]*m", "", shown)
    assert plain.split() == piped.stdout.split()


def _read(screen: io.RawIOBase) -> str:
    """Read a terminal that nobody writes to any more."""
    shown = b""
    try:
        while more := screen.read(65_536):
            shown += more
    except OSError:
        # So Linux says that the other end is closed.
        pass
    return shown.decode()
