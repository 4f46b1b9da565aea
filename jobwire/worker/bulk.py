"""The bulk loop: carries out operations over many jobs, a chunk at a time."""

from collections.abc import Callable

from jobwire.jobs.bulk import BulkOperation, carry_out_chunk
from jobwire.jobs.clock import Clock
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings


class BulkLoop(Loop):
    """Handles a chunk of whichever operation has its turn; any number may do so.

    Args:
        registry: The types that retries are held to.
        policy: What may run on Trigger.dev.
        handled: Called after each chunk.
    """

    name = "bulk"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        registry: Registry,
        policy: PlacementPolicy,
        handled: Callable[[BulkOperation], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._interval = settings.bulk_interval.total_seconds()
        self._registry = registry
        self._policy = policy
        self._handled = handled

    async def run_once(self) -> float:
        """Handle one chunk."""
        async with self._link.connection() as connection:
            operation = await carry_out_chunk(
                connection,
                registry=self._registry,
                policy=self._policy,
                now=self._clock.now(),
            )
        if operation is None:
            return self._interval
        self._handled(operation)
        return 0
