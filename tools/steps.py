"""Saying what is being done, and running programs that must succeed."""

import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class ReportedError(Exception):
    """Something a person can mend: shown as it is, without a traceback."""


class StepFailedError(ReportedError):
    """A program that was needed did not succeed.

    Attributes:
        output: What it printed.
    """

    def __init__(self, command: Sequence[str | Path], status: int, output: str) -> None:
        self.output = output
        program = " ".join(str(word) for word in command)
        super().__init__(
            f"{program}\nended with exit status {status}:\n{output.strip()}"
        )


def say(text: str, end: str = "\n") -> None:
    """Prints at once, for people; standard output belongs to the command."""
    sys.stderr.write(text + end)
    sys.stderr.flush()


@contextmanager
def step(title: str) -> Iterator[None]:
    """Prints what begins, and the seconds it took."""
    say(f"{title} … ", end="")
    start = time.monotonic()
    try:
        yield
    except BaseException:
        say("failed")
        raise
    say(f"{time.monotonic() - start:.1f} s")


def succeed(
    command: Sequence[str | Path], environment: Mapping[str, str] | None = None
) -> str:
    """Runs a program in the repository and returns what it printed.

    Raises:
        StepFailedError: it ended with an error.
    """
    ended = subprocess.run(  # noqa: S603  (commands are written in this folder)
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if ended.returncode != 0:
        raise StepFailedError(command, ended.returncode, ended.stdout)
    return ended.stdout
