"""The record loop: one process turns events into notifications."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from jobwire.jobs.notifications.log import clean
from jobwire.jobs.notifications.record import DUTY, forget, record
from jobwire.jobs.notifications.rules import Rules, announce, read_elsewhere
from jobwire.jobs.notifications.targets import Targets
from jobwire.worker.duty import ElectedLoop
from jobwire.worker.notification_settings import NotificationShare

#: Seconds for which events are gathered after some were found: each pass is a commit.
_GATHER = 0.05
#: Seconds between two looks at what can go.
_CLEANING = 60.0


class RecordLoop(ElectedLoop):
    """Follows the log for all targets, and removes what ended long ago.

    While there is no target it asks for nothing, and forgets up to where it had read.

    Args:
        share: What the loops that notify share.
        recorded: Called when there are new notifications.
    """

    name = DUTY

    def __init__(
        self, share: NotificationShare, *, recorded: Callable[[], None]
    ) -> None:
        super().__init__(
            share.link, share.clock, holder=share.holder, span=share.settings.duty
        )
        self._share = share
        self._recorded = recorded
        self._has_forgotten = False
        self._cleans_at = 0.0
        self._announced: Rules | None = None

    async def run_once(self) -> float:
        """Take or renew the duty and record, if anybody is to be notified."""
        await self._announce()
        if self._share.targets().by_name():
            self._has_forgotten = False
            return await super().run_once()
        if not self._has_forgotten:
            async with self._share.link.connection() as connection:
                await forget(
                    connection,
                    holder=self._share.holder,
                    now=self._share.clock.now(),
                )
            self._has_forgotten = True
        return self._share.idle

    async def do_duty(self) -> float:
        """Record everything that is new."""
        targets = await self._all_targets()
        await self._clean_at_times(targets)
        found = False
        while True:
            async with self._share.link.connection() as connection:
                recorded = await record(
                    connection, targets, now=self._share.clock.now()
                )
            found = found or recorded.events > 0
            if recorded.notifications:
                self._recorded()
            if recorded.is_last:
                break
        if found:
            await asyncio.sleep(_GATHER)
        return self._share.idle

    async def _announce(self) -> None:
        """Tell whoever records whom the types of this worker notify."""
        rules = self._share.rules()
        if rules != self._announced:
            async with self._share.link.connection() as connection:
                await announce(connection, rules)
            self._announced = rules

    async def _all_targets(self) -> Targets:
        async with self._share.link.connection() as connection:
            elsewhere = await read_elsewhere(connection, self._share.registry.names())
        return replace(self._share.targets(), elsewhere=elsewhere)

    async def _clean_at_times(self, targets: Targets) -> None:
        time = asyncio.get_running_loop().time()
        if time < self._cleans_at:
            return
        async with self._share.link.connection() as connection:
            await clean(connection, list(targets.names()), now=self._share.clock.now())
        self._cleans_at = time + _CLEANING
