"""Stands before a hook sender, and does to its events what the faults want."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jobwire.emulator.clock import Now, to_ms
from jobwire.emulator.faults import Corruption, Faults
from jobwire.emulator.hook_moments import HookKind, HookMoment, HookSender
from jobwire.emulator.webhook_faults import Treatment, treat

_TYPES: dict[HookKind, str] = {
    "START_ATTEMPT": "RUN_STARTED",
    "PROGRESS": "RUN_PROGRESS",
    "SUCCESS": "RUN_COMPLETED",
    "FAILURE": "RUN_FAILED",
    "CANCEL": "RUN_CANCELED",
}

_log = logging.getLogger(__name__)


@runtime_checkable
class CorruptibleSender(Protocol):
    """A sender whose events can be made to differ from what was signed."""

    async def send_corrupted(self, moment: HookMoment, part: Corruption) -> None:
        """Send the event of a moment with a wrong part."""
        ...


@dataclass(frozen=True)
class _Letter:
    moment: HookMoment
    treatment: Treatment


@dataclass(frozen=True)
class _Kept:
    letter: _Letter
    due_at: int


class FaultyHooks:
    """A hook sender with faults.

    What is late is kept in memory, as a hook that takes long would: it is lost when the
    process ends.

    Args:
        sender: Who sends in truth.
        faults: Those of the emulator.
        now: The time that delays go by.
        wake: Tells the engine that something will be due.
    """

    def __init__(
        self, sender: HookSender, faults: Faults, *, now: Now, wake: Callable[[], None]
    ) -> None:
        self._sender = sender
        self._faults = faults
        self._now = now
        self._wake = wake
        self._kept: list[_Kept] = []
        self._late: set[asyncio.Task[None]] = set()

    async def send(self, moment: HookMoment) -> None:
        """Send a moment, or keep or lose it."""
        treatment = treat(self._faults, "hooks", _TYPES[moment.kind], moment.run_id)
        if treatment.is_lost:
            _say_lost(moment, "a fault wants it so")
            return
        letter = _Letter(moment, treatment)
        if treatment.wait_ms:
            due_at = to_ms(self._now()) + treatment.wait_ms
            self._kept.append(_Kept(letter, due_at))
            self._wake()
            return
        await self._post(letter)
        held = [kept for kept in self._kept if kept.letter.treatment.is_held]
        for kept in held:
            self._kept.remove(kept)
            await self._post(kept.letter)

    @property
    def is_busy(self) -> bool:
        """Whether something late is on its way."""
        return bool(self._late)

    def next_due(self) -> int | None:
        """Return when the next late one goes."""
        return min((kept.due_at for kept in self._kept), default=None)

    def take_due(self, now: int) -> bool:
        """Begin to send one late one, if there is one."""
        due = self.next_due()
        if due is None or due > now:
            return False
        kept = next(one for one in self._kept if one.due_at == due)
        self._kept.remove(kept)
        sending = asyncio.create_task(self._post_late(kept.letter))
        self._late.add(sending)
        sending.add_done_callback(self._late.discard)
        return True

    async def settle(self) -> None:
        """Wait for those that are on their way."""
        while self._late:
            await asyncio.wait(self._late)

    async def close(self) -> None:
        """Drop those that are on their way."""
        for sending in self._late:
            sending.cancel()
        await asyncio.gather(*self._late, return_exceptions=True)

    async def _post(self, letter: _Letter) -> None:
        part = letter.treatment.corruption
        for _ in range(letter.treatment.copies):
            if part is None:
                await self._sender.send(letter.moment)
            elif isinstance(self._sender, CorruptibleSender):
                await self._sender.send_corrupted(letter.moment, part)
            else:
                _say_lost(letter.moment, "its sender cannot corrupt it")

    async def _post_late(self, letter: _Letter) -> None:
        try:
            await self._post(letter)
        # A sender is other people's code, and nobody waits for this one.
        except Exception as error:  # noqa: BLE001 - see above
            _say_lost(letter.moment, f"{type(error).__name__}: {error}")


def _say_lost(moment: HookMoment, reason: str) -> None:
    _log.warning(
        "%s of %s was not sent: %s",
        _TYPES[moment.kind],
        moment.run_id,
        reason,
        extra={"action": "hook-lost"},
    )
