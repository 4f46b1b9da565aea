"""Our commands as processes of their own."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

#: Starting may take long on a busy machine, and nothing is measured here.
PATIENCE = 60


class Command:
    """A running command, and what it has printed."""

    def __init__(self, *arguments: str, folder: Path, **environment: str) -> None:
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("JOBWIRE_", "TRIGGER_")) and name != "DATABASE_URL"
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "jobwire", *arguments],
            cwd=folder,
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            # What runs in the background of a shell ignores Ctrl-C, its children too.
            preexec_fn=_hear_ctrl_c,  # noqa: PLW1509 - it takes no locks
        )
        self.pid = self._process.pid
        self._printed = ""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def wait_for(self, pattern: str) -> re.Match[str]:
        """Wait until it has printed something."""
        with self._more:
            assert self._more.wait_for(
                lambda: re.search(pattern, self._printed) or self._has_ended(),
                PATIENCE,
            ), self._printed
            found = re.search(pattern, self._printed)
            assert found is not None, self._printed
            return found

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.poll() is None

    @property
    def printed(self) -> str:
        """All that it has printed so far."""
        with self._more:
            return self._printed

    def signal(self, number: signal.Signals) -> None:
        self._process.send_signal(number)

    def end(self) -> tuple[int, str]:
        """Wait until it has ended; return its exit code and all that it printed."""
        code = self._process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        return code, self._printed

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()

    def _has_ended(self) -> bool:
        return not self._reader.is_alive()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as stdout:
            for line in stdout:
                with self._more:
                    self._printed += line
                    self._more.notify_all()
        with self._more:
            self._more.notify_all()


def _hear_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@contextmanager
def running(*arguments: str, folder: Path, **environment: str) -> Iterator[Command]:
    """Run a command; it has ended when the block has."""
    command = Command(*arguments, folder=folder, **environment)
    try:
        yield command
    finally:
        command.kill()
