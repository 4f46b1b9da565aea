"""What a worker can be told."""

from dataclasses import dataclass, field
from datetime import timedelta

from jobwire.jobs.retention import Retention
from jobwire.models.vocabulary import LogLevel

_POSITIVE_COUNTS = ("concurrency", "threads", "claim_batch", "finish_batch", "backlog")
_POSITIVE_SPANS = (
    "lease",
    "poll_interval",
    "full_pass_interval",
    "cancel_interval",
    "promote_interval",
    "cron_interval",
    "expire_interval",
    "queue_interval",
    "rescue_interval",
    "clock_interval",
    "attention_interval",
    "bulk_interval",
    "counts_interval",
    "recount_interval",
    "retention_interval",
    "duty",
    "start_overdue",
    "heartbeat_late",
    "run_silent",
    "log_interval",
    "statement_timeout",
    "lock_timeout",
    "horizon_interval",
)


class WorkerSettingsError(ValueError):
    """A setting out of its range."""

    def __init__(self, name: str, value: object) -> None:
        super().__init__(f"{name} must be above zero, not {value}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerSettings:
    """How much a worker takes on, and how often it looks.

    Attributes:
        concurrency: Async jobs running at once.
        threads: Sync jobs running at once, each in a thread. Those that ignore being
            told to stop give their places to others: then up to twice as many run.
        queues: The queues of internal jobs to serve; None: all.
        lease: How long the worker is believed without a sign of life. A heartbeat is
            sent every quarter of it; a job of a dead worker runs again after it.
        drain_timeout: How long running jobs may go on once the worker drains.
        stop_grace: How long they then may take to stop when told to. Sync code that
            ran into its max_duration gives up its place after it.
        flush_timeout: How long a drain tries to write the last finishes.
        poll_interval: How long an idle claim waits when no doorbell rings.
        full_pass_interval: How often a busy claim looks at the whole queue.
        cancel_interval: How often running jobs are looked up for cancels when no
            doorbell rings.
        promote_interval: The longest wait for the next due job.
        cron_interval: The longest wait for the next tick of a job schedule.
        expire_interval: How often times-to-live are enforced.
        queue_interval: How often queues with limits are looked over.
        rescue_interval: How often passed leases are looked for.
        progress_interval: The shortest time between two progress events of a job, and
            between two events of its metadata.
        log_interval: The shortest time between two writes to the log of a job.
        log_level: The least level of lines that are stored.
        clock_interval: How often the database's clock is measured.
        attention_interval: How often it is looked which jobs need attention.
        bulk_interval: How often bulk operations are looked for when no doorbell rings.
        counts_interval: How often what happened to jobs is taken into their counts,
            which are exact without that: it keeps the rest that each read adds short.
        recount_interval: How often all jobs are counted anew, a few at a time, to
            correct counts that should be wrong.
        retention: How long what has ended is kept.
        retention_interval: How often it is looked whether some of that is over.
        duty: How long the process that looks is believed without a sign of life.
        start_overdue: How long a due job may wait for its start before it needs
            attention; types may say otherwise.
        heartbeat_late: The same for an INTERNAL job whose lease is over.
        run_silent: The same for a TRIGGER job of whose run nothing was heard.
        statement_timeout: How long one statement may take.
        lock_timeout: How long a statement waits for a row that somebody else's
            transaction holds, before the rest of its batch goes on without it.
        slow_statement: From when on a statement is told of as slow; None: never.
        long_transaction: From when on somebody's transaction is told of; None: never.
        horizon_interval: How often it is looked for such.
        claim_batch: Jobs per claim at most.
        finish_batch: Finishes per statement at most.
        backlog: Unwritten finishes beyond which nothing is claimed.

    Raises:
        WorkerSettingsError: A number or span is not above zero.
    """

    concurrency: int = 100
    threads: int = 8
    queues: tuple[str, ...] | None = None
    lease: timedelta = timedelta(seconds=10)
    drain_timeout: timedelta = timedelta(seconds=20)
    stop_grace: timedelta = timedelta(seconds=2)
    flush_timeout: timedelta = timedelta(seconds=5)
    poll_interval: timedelta = timedelta(milliseconds=500)
    full_pass_interval: timedelta = timedelta(seconds=1)
    cancel_interval: timedelta = timedelta(seconds=1)
    promote_interval: timedelta = timedelta(milliseconds=500)
    cron_interval: timedelta = timedelta(milliseconds=500)
    expire_interval: timedelta = timedelta(seconds=1)
    queue_interval: timedelta = timedelta(seconds=5)
    rescue_interval: timedelta = timedelta(seconds=1)
    progress_interval: timedelta = timedelta(milliseconds=250)
    log_interval: timedelta = timedelta(milliseconds=250)
    log_level: LogLevel = LogLevel.INFO
    clock_interval: timedelta = timedelta(seconds=10)
    attention_interval: timedelta = timedelta(seconds=5)
    bulk_interval: timedelta = timedelta(seconds=1)
    counts_interval: timedelta = timedelta(seconds=1)
    recount_interval: timedelta = timedelta(hours=1)
    retention: Retention = field(default_factory=Retention)
    retention_interval: timedelta = timedelta(minutes=1)
    duty: timedelta = timedelta(seconds=5)
    start_overdue: timedelta = timedelta(minutes=5)
    heartbeat_late: timedelta = timedelta(seconds=30)
    run_silent: timedelta = timedelta(minutes=15)
    statement_timeout: timedelta = timedelta(seconds=30)
    lock_timeout: timedelta = timedelta(milliseconds=100)
    slow_statement: timedelta | None = timedelta(seconds=1)
    long_transaction: timedelta | None = timedelta(minutes=5)
    horizon_interval: timedelta = timedelta(minutes=1)
    claim_batch: int = 500
    finish_batch: int = 500
    backlog: int = 1000

    def __post_init__(self) -> None:
        for name in _POSITIVE_COUNTS:
            if getattr(self, name) < 1:
                raise WorkerSettingsError(name, getattr(self, name))
        for name in _POSITIVE_SPANS:
            if getattr(self, name) <= timedelta():
                raise WorkerSettingsError(name, getattr(self, name))

    @property
    def reliance(self) -> timedelta:
        """How long it relies on a lease that it cannot prolong.

        Nine tenths: code needs time to stop before another worker may have the job.
        """
        return self.lease * 0.9

    @property
    def heartbeat_interval(self) -> timedelta:
        """How often leases are prolonged."""
        return self.lease / 4
