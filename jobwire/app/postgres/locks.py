"""Locks between processes that the kernel returns when their holder dies."""

import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

if sys.platform != "win32":
    import fcntl


class FileLock:
    """An flock on a file, not held yet.

    Each instance opens the file anew, so two of them contend even within one
    process. The file itself is never removed: a lock on a removed file excludes
    nobody.
    """

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        """Whether the lock was returned for good."""
        return self._descriptor < 0

    def exclusive(self) -> None:
        """Waits until nobody else holds the lock, then holds it alone."""
        fcntl.flock(self._descriptor, fcntl.LOCK_EX)

    def shared(self) -> None:
        """Waits until nobody holds the lock alone, then holds it with others."""
        fcntl.flock(self._descriptor, fcntl.LOCK_SH)

    def try_exclusive(self) -> bool:
        """Holds the lock alone if that is possible at once.

        A shared lock held before is lost when this returns False.
        """
        return self._try(fcntl.LOCK_EX)

    def try_shared(self) -> bool:
        """Holds the lock with others if that is possible at once."""
        return self._try(fcntl.LOCK_SH)

    def close(self) -> None:
        """Returns the lock; may be called again."""
        if not self.closed:
            # Closing alone would leave it with a child forked meanwhile.
            fcntl.flock(self._descriptor, fcntl.LOCK_UN)
            os.close(self._descriptor)
            self._descriptor = -1

    def _try(self, operation: int) -> bool:
        try:
            fcntl.flock(self._descriptor, operation | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
