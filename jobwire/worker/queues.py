"""Keeping queues with limits as code declares them, and their places right."""

from collections.abc import Sequence

from jobwire.jobs.clock import Clock
from jobwire.jobs.queue import Queue
from jobwire.jobs.registry import Registry
from jobwire.jobs.set_queue import declare_queues
from jobwire.jobs.transitions.slots import restore_slots
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings


class QueueLoop(Loop):
    """Declares the limits of the registry's queues, and looks over their places.

    Each change of a job keeps its places by itself. This heals what was done around
    that, such as a row that was changed by hand, and seats jobs that started just
    before their queue had limits.
    """

    name = "queues"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        registry: Registry,
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._registry = registry
        self._interval = settings.queue_interval.total_seconds()
        self._declared: Sequence[Queue] = ()

    async def run_once(self) -> float:
        """Declare what has changed, and look over the places once."""
        queues = self._registry.declared_queues()
        async with self._link.connection() as connection, connection.transaction():
            if queues != self._declared:
                await declare_queues(connection, queues, now=self._clock.now())
            await restore_slots(connection)
        self._declared = queues
        return self._interval
