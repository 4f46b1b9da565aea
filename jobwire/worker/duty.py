"""Loops of which one process at a time does the work."""

import asyncio
from abc import abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import asyncpg

from jobwire.jobs import duties
from jobwire.jobs.clock import Clock
from jobwire.triggerdev import TriggerDevError
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.trigger_settings import TriggerShare


class ElectedLoop(Loop):
    """Does its work while it holds the duty of its name.

    The others look whether the duty is free; who holds it lays it down when it ends in
    order, and is believed dead when it has not renewed it for a span.

    Args:
        link: Lends connections.
        clock: What time it is.
        holder: The worker, unlike any other.
        span: How long the holder is believed without a sign of life.
    """

    def __init__(
        self, link: Link, clock: Clock, *, holder: str, span: timedelta
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._holder = holder
        self._span = span
        self._holding = asyncio.Lock()

    @abstractmethod
    async def do_duty(self) -> float:
        """Do one pass.

        Returns:
            Seconds until the next one, unless somebody wakes the loop before.
        """

    async def run_once(self) -> float:
        """Take or renew the duty, and do one pass if it is ours."""
        if not await self._hold():
            await self.let_go()
            return self._renewal
        async with self._renewing():
            return min(await self.do_duty(), self._renewal)

    async def let_go(self) -> None:
        """Leave what goes on beyond a pass: the duty is not ours, or not for long."""

    async def lay_down(self) -> None:
        """Stop, and let another process take over at once."""
        self.stop()
        async with self._holding:
            await self.let_go()
            async with self._link.connection() as connection:
                await duties.lay_down(
                    connection, self.name, holder=self._holder, now=self._clock.now()
                )

    @property
    def _renewal(self) -> float:
        """Seconds after which the duty must be renewed."""
        return self._span.total_seconds() / 2

    @asynccontextmanager
    async def _renewing(self) -> AsyncIterator[None]:
        """Go on holding the duty, however long the pass takes."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(self._renewal)
                # The link tells of a database that is away.
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    await self._hold()

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            with suppress(asyncio.CancelledError):
                await renewing

    async def _hold(self) -> bool:
        async with self._holding, self._link.connection() as connection:
            if self._stopping:
                return False
            term = await duties.take(
                connection,
                self.name,
                holder=self._holder,
                span=self._span,
                now=self._clock.now(),
            )
        return term is not None


class DutyLoop(ElectedLoop):
    """An elected loop over Trigger.dev, with patience when that cannot be asked."""

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(
            share.link, share.clock, holder=share.holder, span=share.settings.duty
        )
        self._share = share
        self._patience = share.backoff()

    @abstractmethod
    async def do_duty(self) -> float:
        """Do one pass.

        Returns:
            Seconds until the next one, unless somebody wakes the loop before.

        Raises:
            TriggerDevError: The environment cannot be asked; tried again, with a
                growing pause.
        """

    async def run_once(self) -> float:
        """Take or renew the duty, and do one pass if it is ours."""
        try:
            pause = await super().run_once()
        except TriggerDevError:
            # It is in the health of the executor, and in the log.
            return min(self._patience.failed(), self._renewal)
        self._patience.succeeded()
        return pause
