"""Chooses who sends the emulator's moments on this machine."""

import logging
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from jobwire.emulator.delivery import Delivery
from jobwire.emulator.hook_moments import HookSender
from jobwire.emulator.node_hooks import HOOKS, NodeHookSender
from jobwire.emulator.node_process import NodeUnavailableError
from jobwire.emulator.recorded_hooks import RecordedHookSender

_log = logging.getLogger(__name__)


@asynccontextmanager
async def choose_sender(
    url: str,
    secret: str,
    *,
    delivery: Delivery | None = None,
    hooks: Path = HOOKS,
    node: str | None = None,
) -> AsyncIterator[HookSender]:
    """Open a sender: the real hooks under Node, or else recordings of them.

    Which one it is, and why, is in the log.

    Args:
        url: Where Jobwire takes events, `…/api/trigger/webhook`.
        secret: One of its webhook secrets, or several: the first one signs.
        delivery: How long and how often each event is tried.
        hooks: The jobwire.ts whose hooks are run.
        node: The program; None: `node` from the PATH.
    """
    async with AsyncExitStack() as stack:
        sender: HookSender
        try:
            sender = await stack.enter_async_context(
                NodeHookSender(url, secret, delivery=delivery, hooks=hooks, node=node)
            )
            _log.info("hooks of runs: jobwire.ts under Node")
        except NodeUnavailableError as error:
            sender = await stack.enter_async_context(
                RecordedHookSender(url, secret, delivery=delivery)
            )
            _log.info("hooks of runs: recordings of jobwire.ts. %s", error)
        yield sender
