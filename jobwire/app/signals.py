"""Signals of our own commands; a host's are never touched."""

import asyncio
import gc
import os
import signal
from collections.abc import Coroutine
from typing import Any

from jobwire.app.process import prepare
from jobwire.worker.event_loop import new_event_loop

_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_FORCED = 1


def run_until_signal(main: Coroutine[Any, Any, None]) -> None:
    """Run a command; the first SIGINT or SIGTERM cancels it, the second one ends it.

    A command that is cancelled takes the time that it needs to end in order, and has
    then succeeded. The second signal ends the process at once, with exit code 1; the
    kernel gives back its lease on the embedded PostgreSQL, and its running jobs are
    rescued later.
    """

    async def cancel_on_signal() -> None:
        task = asyncio.create_task(main)
        asked = False

        def ask() -> None:
            nonlocal asked
            if asked:
                os._exit(_FORCED)
            asked = True
            task.cancel()

        loop = asyncio.get_running_loop()
        for one in _SIGNALS:
            loop.add_signal_handler(one, ask)
        await asyncio.wait({task})
        # Nothing that comes now may disturb the end of the process.
        for one in _SIGNALS:
            loop.add_signal_handler(one, lambda: None)
        if not task.cancelled():
            task.result()

    prepare()
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(cancel_on_signal())
    # The process ends now. Python would first look for cycles among all that it has
    # loaded, which keeps whoever pressed Ctrl-C waiting for a second.
    gc.freeze()
