"""Opening a file inside one folder and nowhere else."""

import os
import stat
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import BinaryIO


class NotConfinedError(Exception):
    """A path that leads out of the folder, or to something that is no file."""


def open_confined(folder: Path, path: str) -> BinaryIO:
    """Open a regular file below a folder for reading.

    Each step is opened relative to the one before and without following symbolic
    links, so that nobody can swap a folder for a link between a check and its use.

    Raises:
        NotConfinedError: The path is absolute, holds `..`, crosses a symbolic link, or
            names no regular file.
        OSError: It does not exist or may not be read.
    """
    parts = PurePosixPath(path).parts
    if not parts or parts[0] == "/" or ".." in parts:
        raise NotConfinedError("it must lie inside the configured folder")
    with ExitStack() as opened:
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        opened.callback(os.close, place)
        for part in parts[:-1]:
            place = _step(part, os.O_DIRECTORY, place)
            opened.callback(os.close, place)
        # Without O_NONBLOCK a pipe would block until somebody writes to it.
        file = _step(parts[-1], os.O_NONBLOCK, place)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise NotConfinedError("it is not a regular file")
        return os.fdopen(file, "rb")


def _step(part: str, flags: int, place: int) -> int:
    try:
        if stat.S_ISLNK(os.lstat(part, dir_fd=place).st_mode):
            raise NotConfinedError("it crosses a symbolic link")
    except FileNotFoundError:
        raise FileNotFoundError("there is no such file") from None
    # The look above only makes the message good; O_NOFOLLOW is what holds.
    return os.open(part, os.O_RDONLY | os.O_NOFOLLOW | flags, dir_fd=place)
