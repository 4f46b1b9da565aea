"""What the loops over Trigger.dev can be told, and what they share."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from jobwire.jobs.clock import Clock
from jobwire.jobs.dispatch import DispatchRules
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.registry import Registry
from jobwire.jobs.sync_paths import SyncPath
from jobwire.worker.backoff import Backoff
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.link import Link
from jobwire.worker.pace import Pace


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSettings:
    """Which environment to work with, and how often to look.

    Attributes:
        access: How to reach it.
        paths: How news of runs come between two passes of reconciliation.
        rules: How long each step of a dispatch may take.
        hook_grace: How long the end that a hook told waits while nobody can be asked.
        reconcile_interval: How often all open runs are compared.
        dispatches: Dispatches under way at once, a batch counted as one.
        batch_least: How many jobs must be ready for a batch.
        batch_most: How many go in one batch.
        batch_bytes: What one batch may weigh.
        poll_interval: How long an idle loop waits when no doorbell rings.
        duty: How long the holder of a duty is believed without a sign of life.
        first_backoff: How long to wait after the environment did not take a request.
        last_backoff: The longest such wait.
    """

    access: TriggerAccess
    paths: frozenset[SyncPath] = frozenset(SyncPath)
    rules: DispatchRules = field(default_factory=DispatchRules)
    hook_grace: timedelta = timedelta(seconds=60)
    reconcile_interval: timedelta = timedelta(minutes=5)
    dispatches: int = 20
    batch_least: int = 50
    batch_most: int = 250
    batch_bytes: int = 4 * 1024 * 1024
    poll_interval: timedelta = timedelta(seconds=1)
    duty: timedelta = timedelta(seconds=5)
    first_backoff: timedelta = timedelta(milliseconds=500)
    last_backoff: timedelta = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class TriggerShare:
    """What the loops over Trigger.dev of one worker share.

    Attributes:
        link: Lends connections.
        clock: What time it is.
        settings: How often to look.
        executor: The environment.
        registry: Which types of job there are.
        holder: The worker, in leases and duties, unlike any other.
        changed: Called when events were written.
        hooks: Who counts.
        random: Spreads waits over processes.
    """

    link: Link
    clock: Clock
    settings: TriggerSettings
    executor: TriggerExecutor
    registry: Registry
    holder: str
    changed: Callable[[], None]
    hooks: WorkerHooks
    random: Random = field(default_factory=Random)

    @property
    def idle(self) -> float:
        """Seconds that an idle loop waits when no doorbell rings."""
        return self.settings.poll_interval.total_seconds()

    def backoff(self) -> Backoff:
        """Return fresh patience with the environment."""
        return Backoff(
            self.settings.first_backoff, self.settings.last_backoff, self.random
        )

    def pace(self, most: int) -> Pace:
        """Return a pace that lets so many requests be under way at the most."""
        return Pace(most, self.settings.last_backoff, self.random)
