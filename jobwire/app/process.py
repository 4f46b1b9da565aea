"""What a process of our own asks of its interpreter and of its system.

Inside a host's process neither is touched.
"""

import gc
import sys

#: New containers between two looks of the garbage collector at the young ones; with
#: Python's own 700 it would look several times within one delivery to thousands.
YOUNG = 50_000
#: Looks at the young ones between two at the middle ones, and of those between two at
#: all, each of which stops the process for as long as it takes to walk every object.
MIDDLE = 20
OLD = 100


def prepare() -> None:
    """Make the process fit to hold thousands of connections for days."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, MIDDLE, OLD)
    if sys.platform != "win32":
        _open_as_many_files_as_allowed()


def _open_as_many_files_as_allowed() -> None:
    """Raise the soft limit of open files, of which each connection is one.

    Many systems begin with 1,024, for programs that call `select`.
    """
    import resource  # noqa: PLC0415 - not on every platform

    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    except (ValueError, OSError):
        # macOS names a limit that it does not grant.
        return
