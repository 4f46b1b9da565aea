"""Deliveries of hook moments: in order for each run, and in nobody's way."""

import asyncio
import logging
from collections import deque
from collections.abc import Iterable

from jobwire.emulator.hook_moments import HookMoment, HookSender

_log = logging.getLogger(__name__)


class Deliveries:
    """Hands moments to a sender; those of one run one after the other.

    What is not delivered when the process ends is lost, as it is with real hooks.

    Args:
        sender: None: every moment is dropped.
        timeout: Seconds that one moment may take.
    """

    def __init__(self, sender: HookSender | None, timeout: float) -> None:
        self._sender = sender
        self._timeout = timeout
        self._waiting: dict[str, deque[HookMoment]] = {}
        self._drains: dict[str, asyncio.Task[None]] = {}

    def post(self, moment: HookMoment) -> None:
        """Deliver a moment when those before it have been.

        Progress that still waits when something newer happens is not told.
        """
        if self._sender is None:
            return
        waiting = self._waiting.setdefault(moment.run_id, deque())
        if waiting and waiting[-1].kind == "PROGRESS":
            waiting.pop()
        waiting.append(moment)
        if moment.run_id not in self._drains:
            self._drains[moment.run_id] = asyncio.create_task(
                self._drain(moment.run_id, self._sender)
            )

    async def deliver(self, moment: HookMoment) -> None:
        """Deliver a moment and wait for it, but no longer than the timeout.

        What the run has not told by then is never told.
        """
        self.post(moment)
        drain = self._drains.get(moment.run_id)
        if drain is None:
            return
        _, late = await asyncio.wait({drain}, timeout=self._timeout)
        await _cancel(late)

    async def settle(self) -> None:
        """Wait until nothing is on its way."""
        while self._drains:
            await asyncio.wait(set(self._drains.values()))

    async def close(self) -> None:
        """Drop what is on its way."""
        await _cancel(tuple(self._drains.values()))

    async def _drain(self, run_id: str, sender: HookSender) -> None:
        waiting = self._waiting[run_id]
        try:
            while waiting:
                await self._send(sender, waiting.popleft())
        finally:
            del self._waiting[run_id], self._drains[run_id]

    async def _send(self, sender: HookSender, moment: HookMoment) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await sender.send(moment)
        # A sender is other people's code, and what hooks throw there is swallowed too.
        except Exception as error:  # noqa: BLE001 - see above
            _log.warning(
                "a hook was not delivered: %s",
                f"{type(error).__name__}: {error}".removesuffix(": "),
                extra={
                    "action": "hook-lost",
                    "run": moment.run_id,
                    "kind": moment.kind,
                },
            )


async def _cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
