"""What the steps of one pass share."""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from jobwire.jobs.borrowing import Connections
from jobwire.jobs.clock import Clock
from jobwire.jobs.duties import Term
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.reconcile.report import ReconcileReport
from jobwire.jobs.registry import Registry
from jobwire.jobs.sync_paths import SyncPath

#: Seconds between two looks at a rate limit that leaves no room.
_PAUSE = 1.0


@dataclass(frozen=True, slots=True)
class Pass:
    """One pass of reconciliation.

    Attributes:
        connections: Lends connections, never while a request is under way.
        executor: The environment to compare with.
        clock: What time it is.
        sleep: Waits for so many seconds.
        term: The duty of this pass; it fences what is judged.
        paths: Those that are on beside reconciliation.
        policy_of: What becomes of a lost job, by the name of its type.
        registry: What is known of the types of job.
        report: What was found so far.
        is_rehearsal: Whether nothing of it is to last, here or at Trigger.dev.
    """

    connections: Connections
    executor: TriggerExecutor
    clock: Clock
    sleep: Callable[[float], Awaitable[None]]
    term: Term
    paths: Collection[SyncPath]
    policy_of: Callable[[str], OrphanPolicy]
    registry: Registry
    report: ReconcileReport
    is_rehearsal: bool = False

    @property
    def began(self) -> datetime:
        """When it began."""
        return self.report.started_at

    async def has_room(self) -> None:
        """Wait until the rate limit leaves room for asking on the side."""
        while not self.executor.has_budget:
            await self.sleep(_PAUSE)
