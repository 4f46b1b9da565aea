"""The reconcile loop: at the start, every few minutes, and soon again of suspects."""

import asyncio

from jobwire.jobs.lags import read_lags
from jobwire.jobs.reconcile import PassUnderWayError, Reconciler
from jobwire.jobs.reconcile.judge import SECOND_LOOK
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

#: Seconds until it is tried again when somebody else makes a pass.
_PAUSE = 5.0


class ReconcileLoop(DutyLoop):
    """Compares all open runs with Trigger.dev; never off."""

    name = "reconcile"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._reconciler = Reconciler(
            share.link.connection,
            share.executor,
            share.clock,
            holder=share.holder,
            paths=share.settings.paths,
            policy_of=share.registry.orphan_policy_of,
            registry=share.registry,
        )
        self._next_at = 0.0

    async def do_duty(self) -> float:
        """Make a pass when its time has come."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._next_at:
            self._next_at = loop.time() + await self._reconcile()
        return max(self._next_at - loop.time(), 0.0)

    async def _reconcile(self) -> float:
        """Make a pass; return the seconds until the next one."""
        try:
            report = await self._reconciler.reconcile()
        except PassUnderWayError:
            return _PAUSE
        async with self._share.link.connection() as connection:
            lags = await read_lags(connection, now=self._share.clock.now())
        self._share.hooks.reconciled(report)
        self._share.hooks.lagged(lags)
        if report.corrected or report.orphaned_jobs or report.suspects:
            self._share.changed()
        interval = self._share.settings.reconcile_interval
        soon = min(SECOND_LOOK, interval) if report.looks_again else interval
        return soon.total_seconds()
