"""The attention loop: one process keeps which jobs an operator should look at."""

import asyncio
from collections.abc import Callable

from jobwire.jobs.attention import Thresholds
from jobwire.jobs.clock import Clock
from jobwire.jobs.registry import Registry
from jobwire.jobs.transitions.attention import BEGINNING, keep_attention
from jobwire.worker.duty import ElectedLoop
from jobwire.worker.link import Link
from jobwire.worker.settings import WorkerSettings

#: After each batch it rests at least this many times as long as that took: it never
#: costs more than a fifth of one connection, however many jobs become late at once.
_REST = 4


class AttentionLoop(ElectedLoop):
    """Raises and takes back the kinds of attention that time alone tells of.

    Args:
        registry: Whose types may have thresholds of their own.
        changed: Called when events were written.
    """

    name = "attention"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        holder: str,
        registry: Registry,
        changed: Callable[[], None],
    ) -> None:
        super().__init__(link, clock, holder=holder, span=settings.duty)
        self._settings = settings
        self._registry = registry
        self._changed = changed
        self._after = BEGINNING
        self._next_at = 0.0

    async def do_duty(self) -> float:
        """Look at one batch when its time has come."""
        time = asyncio.get_running_loop().time
        began = time()
        if began < self._next_at:
            return self._next_at - began
        async with self._link.connection() as connection:
            kept = await keep_attention(
                connection,
                self._thresholds(),
                now=self._clock.now(),
                after=self._after,
            )
        if kept.changed:
            self._changed()
        ended = time()
        pause = (ended - began) * _REST
        if kept.last is None:
            pause = max(pause, self._settings.attention_interval.total_seconds())
        self._after = kept.last or BEGINNING
        self._next_at = ended + pause
        return pause

    def _thresholds(self) -> Thresholds:
        settings = self._settings
        return Thresholds(
            start_overdue=settings.start_overdue,
            heartbeat_late=settings.heartbeat_late,
            run_silent=settings.run_silent,
            types={one.name: one.attention for one in self._registry.definitions()},
        )
