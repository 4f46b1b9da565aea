"""What the loops that notify other back ends can be told, and what they share."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from jobwire.jobs.clock import Clock
from jobwire.jobs.notifications.targets import Rule, Targets
from jobwire.jobs.notify import Notify
from jobwire.jobs.registry import Registry
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.link import Link


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationSettings:
    """Who is notified of jobs of every type, and how patiently.

    Attributes:
        everywhere: Told of jobs of all types, beside whom a type names.
        secrets: What signs where a `Notify` has no secret of its own.
        timeout: How long a target may take for an answer.
        lease: How long a worker is believed to be sending; above `timeout`.
        at_once: Messages under way to one target.
        poll_interval: How long an idle loop waits.
        duty: How long the recorder is believed without a sign of life.
        first_pause: How long a target is left alone after it failed.
        last_pause: The longest such pause, when it goes on failing.
    """

    everywhere: Sequence[Notify] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    timeout: timedelta = timedelta(seconds=15)
    lease: timedelta = timedelta(seconds=60)
    at_once: int = 8
    poll_interval: timedelta = timedelta(seconds=1)
    duty: timedelta = timedelta(seconds=5)
    first_pause: timedelta = timedelta(milliseconds=500)
    last_pause: timedelta = timedelta(seconds=30)

    def targets(self, registry: Registry) -> Targets:
        """Return everybody who is told of anything.

        Raises:
            MissingSecretError: There is nothing to sign with for one of them.
        """
        types = {
            definition.name: definition.notify
            for definition in registry.definitions()
            if definition.notify
        }
        return Targets(self.everywhere, types, self.secrets)


@dataclass(frozen=True, slots=True)
class NotificationShare:
    """What the loops that notify share.

    Attributes:
        link: Lends connections.
        clock: What time it is.
        settings: How patiently.
        registry: Whose types may name targets; it may be exchanged at any time.
        holder: The worker, in duties, unlike any other.
        hooks: Who counts.
        random: Spreads waits over processes.
    """

    link: Link
    clock: Clock
    settings: NotificationSettings
    registry: Registry
    holder: str
    hooks: WorkerHooks
    random: Random = field(default_factory=Random)

    @property
    def idle(self) -> float:
        """Seconds that an idle loop waits."""
        return self.settings.poll_interval.total_seconds()

    def targets(self) -> Targets:
        """Return everybody who is told of anything, by the types of now."""
        return self.settings.targets(self.registry)

    def rules(self) -> dict[str, list[Rule]]:
        """Return whom each type of now notifies; nobody: none."""
        return {
            one.name: [Rule.of(notify) for notify in one.notify]
            for one in self.registry.definitions()
        }
