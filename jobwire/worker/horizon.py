"""The horizon loop: one process tells of what keeps dead rows in the tables."""

import asyncio
import logging

from jobwire.jobs.clock import Clock
from jobwire.jobs.horizon import Holder, read_holders
from jobwire.worker.duty import ElectedLoop
from jobwire.worker.link import Link
from jobwire.worker.settings import WorkerSettings

_log = logging.getLogger(__name__)


class HorizonLoop(ElectedLoop):
    """Warns of long transactions and of slots that hold much back, each once."""

    name = "horizon"

    def __init__(
        self, link: Link, clock: Clock, settings: WorkerSettings, *, holder: str
    ) -> None:
        super().__init__(link, clock, holder=holder, span=settings.duty)
        self._settings = settings
        self._told: set[tuple[str, str]] = set()
        self._next_at = 0.0

    async def do_duty(self) -> float:
        """Look when its time has come."""
        time = asyncio.get_running_loop().time
        threshold = self._settings.long_transaction
        if threshold is None or time() < self._next_at:
            return self._next_at - time()
        async with self._link.connection() as connection:
            found = await read_holders(connection)
        old = {(one.kind, one.name): one for one in found if one.is_old(threshold)}
        for key, one in old.items():
            if key not in self._told:
                _warn(one)
        self._told = set(old)
        pause = self._settings.horizon_interval.total_seconds()
        self._next_at = time() + pause
        return pause

    async def let_go(self) -> None:
        """Tell anew of what is still open, should the duty come back."""
        self._told.clear()


def _warn(one: Holder) -> None:
    _log.warning(
        "dead rows stay in the tables for the %s. If nobody needs it: %s",
        one,
        one.remedy,
        extra={
            "action": "horizon-held",
            "kind": one.kind,
            "holder": one.name,
            "seconds": None if one.age is None else round(one.age.total_seconds()),
            "xids": one.xids,
        },
    )
