"""What a worker tells whoever counts."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from jobwire.jobs.cron.tick import Ticked
from jobwire.jobs.dispatch import Outcome as DispatchOutcome
from jobwire.jobs.lags import PathLag
from jobwire.jobs.realtime import Told
from jobwire.jobs.reconcile import ReconcileReport
from jobwire.jobs.retention import Prunable
from jobwire.jobs.transitions.finish import Outcome
from jobwire.models.vocabulary import NotificationStatus


class WorkerHooks:
    """Hears what a worker does; override what you want to count.

    Every method is called on the worker's control thread and must return at once.
    """

    def started(self, type: str, latency: timedelta) -> None:
        """An attempt starts.

        Args:
            type: The type of the job.
            latency: How long the job was ready before it was claimed.
        """

    def finished(self, type: str, outcome: Outcome, duration: timedelta) -> None:
        """The end of an attempt was accepted.

        Args:
            type: The type of the job.
            outcome: How the attempt ended, as the worker reported it.
            duration: How long its code ran.
        """

    def lost(self, type: str) -> None:
        """A lease was lost: what the attempt did was discarded."""

    def rescued(self, count: int) -> None:
        """Jobs of other workers, or lost ones of our own, were rescued."""

    def occupied(self, running: int, slots: int) -> None:
        """The number of running jobs changed.

        Args:
            running: Jobs running now.
            slots: Jobs that may run at once: `concurrency` plus `threads`.
        """

    def ticked(self, ticked: Ticked, now: datetime) -> None:
        """Job schedules have ticked.

        Args:
            ticked: What became of their ticks.
            now: What time it was when that was committed.
        """

    def dispatched(
        self, outcome: DispatchOutcome, latency: timedelta, duration: timedelta
    ) -> None:
        """A job was sent to Trigger.dev.

        Args:
            outcome: What became of it.
            latency: How long it was ready before.
            duration: How long that took, from the claim on.
        """

    def notified(self, status: NotificationStatus) -> None:
        """A notification was sent to another back end.

        Args:
            status: How it stands then; PENDING: it was not taken, and is sent again.
        """

    def followed(self, told: Mapping[Told, int]) -> None:
        """The Realtime feed has answered.

        Args:
            told: How many runs it told of, by what became of it.
        """

    def reconciled(self, report: ReconcileReport) -> None:
        """All open TRIGGER jobs were compared with Trigger.dev."""

    def pruned(self, what: Prunable, count: int) -> None:
        """Retention has taken rows.

        Args:
            what: Jobs by how they ended, or something else.
            count: How many.
        """

    def slow_statement(self) -> None:
        """A statement took longer than `slow_statement`."""

    def lagged(self, lags: Sequence[PathLag]) -> None:
        """It was read how quick each path was in the last day."""
