"""The lock on a folder: one emulator at a time, and the kernel knows when it died."""

import os
import sys
from pathlib import Path

from jobwire.emulator.errors import FolderInUseError

if sys.platform != "win32":
    import fcntl

_FILE_NAME = "emulator.lock"


class FolderLock:
    """Holds a folder from construction to `close`.

    The file stays: a lock on a removed file excludes nobody.

    Raises:
        FolderInUseError: Somebody else holds it.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / _FILE_NAME
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise FolderInUseError(folder, file.read_text().strip()) from None
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def close(self) -> None:
        """Return the folder."""
        # Closing alone would leave it with a child forked meanwhile.
        fcntl.flock(self._descriptor, fcntl.LOCK_UN)
        os.close(self._descriptor)
