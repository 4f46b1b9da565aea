"""Wiring of figures: what workers, the feed and rate limits tell, as metrics."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache

from jobwire.jobs.cron.tick import Ticked
from jobwire.jobs.dispatch import Outcome as DispatchOutcome
from jobwire.jobs.lags import PathLag
from jobwire.jobs.rate_limits import Limit, OnRefusal, OperationKind
from jobwire.jobs.realtime import Told
from jobwire.jobs.reconcile import ReconcileReport
from jobwire.jobs.retention import Prunable
from jobwire.jobs.transitions.finish import Outcome
from jobwire.models.vocabulary import NotificationStatus
from jobwire.web.metrics import Metrics
from jobwire.worker.hooks import WorkerHooks

_OUTCOMES = {
    NotificationStatus.DELIVERED: "delivered",
    NotificationStatus.PENDING: "not_taken",
    NotificationStatus.FAILED: "failed",
}


class CountingHooks(WorkerHooks):
    """Counts what a worker does; prometheus-client is safe from any thread."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        # Those that are told of every job: to look one up costs more than to count.
        self._starts = cache(metrics.attempts_started.labels)
        self._ends = cache(metrics.attempts_finished.labels)
        self._durations = cache(metrics.attempt_seconds.labels)

    def started(self, type: str, latency: timedelta) -> None:
        """Count an attempt and how long its job was ready."""
        self._starts(type).inc()
        self._metrics.claim_seconds.observe(max(latency.total_seconds(), 0))

    def finished(self, type: str, outcome: Outcome, duration: timedelta) -> None:
        """Count an end and how long the code ran."""
        self._ends(type, outcome).inc()
        self._durations(type).observe(duration.total_seconds())

    def lost(self, type: str) -> None:
        """Count a lost lease."""
        self._metrics.leases_lost.labels(type).inc()

    def rescued(self, count: int) -> None:
        """Count rescued jobs."""
        self._metrics.jobs_rescued.inc(count)

    def occupied(self, running: int, slots: int) -> None:
        """Show how busy the worker is."""
        self._metrics.jobs_running.set(running)
        self._metrics.job_slots.set(slots)

    def ticked(self, ticked: Ticked, now: datetime) -> None:
        """Count ticks, and how late their jobs were."""
        self._metrics.cron_ticks.labels("job").inc(len(ticked.made))
        for tick in ticked.made:
            self._metrics.cron_lateness_seconds.observe(
                max((now - tick).total_seconds(), 0)
            )
        for reason, count in ticked.skipped.items():
            self._metrics.cron_ticks.labels(reason.value.lower()).inc(count)

    def dispatched(
        self, outcome: DispatchOutcome, latency: timedelta, duration: timedelta
    ) -> None:
        """Count a dispatch by what became of it, and how long that took."""
        self._metrics.dispatches.labels(outcome.name.lower()).inc()
        self._metrics.dispatch_wait_seconds.observe(max(latency.total_seconds(), 0))
        self._metrics.dispatch_seconds.observe(max(duration.total_seconds(), 0))

    def notified(self, status: NotificationStatus) -> None:
        """Count an attempt by how its notification stands then."""
        outcome = _OUTCOMES[status]
        self._metrics.notifications.labels(outcome).inc()

    def followed(self, told: Mapping[Told, int]) -> None:
        """Count runs that the Realtime feed told of."""
        for what, count in told.items():
            self._metrics.realtime_runs.labels(what.value).inc(count)

    def reconciled(self, report: ReconcileReport) -> None:
        """Count what a comparison found."""
        found = {
            "checked": report.checked,
            "listed": report.listed,
            "corrected": report.corrected,
            "orphaned": len(report.orphaned_jobs),
            "lost": len(report.lost_jobs),
        }
        for finding, count in found.items():
            self._metrics.reconciled.labels(finding).inc(count)

    def pruned(self, what: Prunable, count: int) -> None:
        """Count what retention has taken."""
        self._metrics.pruned.labels(what.lower()).inc(count)

    def slow_statement(self) -> None:
        """Count a slow statement."""
        self._metrics.slow_statements.inc()

    def lagged(self, lags: Sequence[PathLag]) -> None:
        """Show how quick each path was."""
        for lag in lags:
            for percentile, span in (("50", lag.p50), ("99", lag.p99)):
                self._metrics.path_lag_seconds.labels(lag.source.value, percentile).set(
                    span.total_seconds()
                )


def counting_refusals(metrics: Metrics) -> OnRefusal:
    """Count what rate limits refuse."""

    def count(kind: OperationKind, limit: Limit) -> None:
        metrics.rate_limited.labels(kind.value, limit.value).inc()

    return count
