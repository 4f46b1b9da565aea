"""How far a job has come, as one line of a terminal that is written anew."""

import shutil
from typing import TextIO

from jobwire_client.job import Job

LONGEST_BAR = 40
ERASE_LINE = "\r\033[K"


class ProgressBar:
    """A bar in a terminal; elsewhere a line for each step."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_terminal = stream.isatty()
        self._shown = ""

    def show(self, job: Job) -> None:
        """Show a job as it stands."""
        self._write(_line(job))

    def say(self, text: str) -> None:
        """Say something else until the job has moved."""
        self._write(text)

    def close(self) -> None:
        """Leave the last line as it is; what is written next comes below it."""
        if self._is_terminal and self._shown:
            self._stream.write("\n")
        self._shown = ""

    def _write(self, line: str) -> None:
        if line == self._shown:
            return
        self._shown = line
        if self._is_terminal:
            fitting = line[: shutil.get_terminal_size().columns - 1]
            self._stream.write(f"{ERASE_LINE}{fitting}")
        else:
            self._stream.write(f"{line}\n")
        self._stream.flush()


def _line(job: Job) -> str:
    words = [job.status]
    if job.fraction is not None and not job.is_terminal:
        full = round(job.fraction * LONGEST_BAR)
        bar = "█" * full + "░" * (LONGEST_BAR - full)
        words += [bar, f"{job.fraction:.0%}"]
    if job.cancel_outcome == "PENDING":
        words.append("canceling…")
    elif job.failure is not None:
        words.append(job.failure)
    elif job.message is not None and not job.is_terminal:
        words.append(job.message)
    return " ".join(words)
