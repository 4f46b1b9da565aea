"""The reconcile loop: at the start, and every few minutes."""

import asyncio

from jobwire.jobs.reconcile import Reconciler
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare


class ReconcileLoop(DutyLoop):
    """Compares all open runs with Trigger.dev; never off."""

    name = "reconcile"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._reconciler = Reconciler(
            share.link.connection, share.executor, share.clock
        )
        self._next_at = 0.0

    async def do_duty(self) -> float:
        """Make a pass when its time has come."""
        loop = asyncio.get_running_loop()
        if loop.time() >= self._next_at:
            report = await self._reconciler.reconcile()
            self._share.hooks.reconciled(report)
            self._next_at = loop.time() + (
                self._share.settings.reconcile_interval.total_seconds()
            )
            if report.corrected or report.orphaned_jobs:
                self._share.changed()
        return self._next_at - loop.time()
