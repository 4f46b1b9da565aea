"""Printing for whoever reads: a person at a terminal, or a program behind a pipe."""

import shutil
import sys
from collections.abc import Sequence

from jobwire.app.commands.jobs.table import Column, fit, lay_out


def print_table(columns: Sequence[Column], *, whole: bool = False) -> None:
    """Print a table: cut and in colours for a terminal, whole and plain elsewhere.

    Args:
        columns: From left to right.
        whole: Whether it may be wider than the terminal.
    """
    if not sys.stdout.isatty():
        print("\n".join(lay_out(columns, None)))
        return
    # A pipe has no colours, and should not wait for what makes them.
    from jobwire.app.commands.jobs.colours import print_coloured  # noqa: PLC0415

    terminal = shutil.get_terminal_size().columns
    print_coloured(fit(columns, None if whole else terminal))
