"""The event loops of the worker's own threads."""

import asyncio
import importlib.util
import logging

_log = logging.getLogger(__name__)


def new_event_loop() -> asyncio.AbstractEventLoop:
    """Make a loop: uvloop's where it is installed, else asyncio's.

    uvloop takes less CPU for each read and write of a socket, which is most of what a
    loop does here. The policy of the process stays as it is.
    """
    if importlib.util.find_spec("uvloop") is not None:
        import uvloop  # noqa: PLC0415 - not on every platform

        return uvloop.new_event_loop()
    return asyncio.new_event_loop()
