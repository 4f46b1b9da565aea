"""Fuzz: readers are given any bytes, and the API any operations, for a minute.

`./dev bench fuzz [--seconds N] [--target NAME …]`
`./dev bench fuzz --reproduce TARGET FILE`

Readers of what strangers send are guided by what they cover, with atheris; where there
is none, they are given changes of the corpus at random. A fault is printed with its
input, and ends the run with exit status 1.
"""

from collections.abc import Sequence


def main(arguments: Sequence[str] = ()) -> None:
    """Fuzz, and end the process with 1 at the first fault."""
    # Atheris watches nothing that was imported before it.
    from benchmarks.fuzz import command  # noqa: PLC0415

    command.main(arguments)
