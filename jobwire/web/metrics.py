"""Metrics: the figures of one process, for Prometheus."""

from collections.abc import Awaitable, Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from jobwire.web.catalogue import Catalogue, Figure, Over


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self._catalogue = Catalogue(self.registry)
        self._add_jobs()
        self._add_attempts()
        self._add_trigger_dev()
        self._add_crons_and_notifications()
        self._add_feed()
        self._add_requests()
        self._add_database()

    @property
    def figures(self) -> list[Figure]:
        """What is known of each figure of ours, in order."""
        return self._catalogue.figures

    def count_answer(self, unplanned: str | None) -> None:
        """Count the answer of an operation, or to an event.

        Args:
            unplanned: Why its plan did not give it; None: it did.
        """
        if unplanned is None:
            self._planned.inc()
        else:
            self.answers.labels("executor", unplanned).inc()

    def _add_jobs(self) -> None:
        new = self._catalogue
        self.jobs = new.gauge(
            "jobwire_jobs",
            "Jobs by where they run and where they stand, in the whole database.",
            "executor",
            "status",
            over=Over.ONE,
        )
        self.queued_jobs = new.gauge(
            "jobwire_queued_jobs",
            "QUEUED jobs by type, in the whole database; types that the process does"
            " not know count together as `other`.",
            "executor",
            "type",
            over=Over.ONE,
        )
        self.queue_wait_seconds = new.gauge(
            "jobwire_queue_wait_seconds",
            "How long the QUEUED job of a type has been due that was accepted first;"
            " 0: none is queued. Of the types that the process knows.",
            "type",
            over=Over.ONE,
        )
        self.oldest_ready_seconds = new.gauge(
            "jobwire_oldest_ready_job_seconds",
            "How long the job of any type waits that waits longest to be claimed or"
            " handed over; 0: none waits.",
            over=Over.ONE,
        )
        self.jobs_attention = new.gauge(
            "jobwire_jobs_attention",
            "Open jobs that need attention, in the whole database.",
            "kind",
            over=Over.ONE,
        )
        self.cancel_lag_seconds = new.gauge(
            "jobwire_cancel_lag_seconds",
            "How long it took from a cancel until the job was CANCELED, of the 1,000"
            " that were settled last within a day and had started.",
            "executor",
            "percentile",
            over=Over.ONE,
        )
        self.pruned = new.counter(
            "jobwire_pruned_total",
            "Rows that retention took: jobs by how they ended, deleted jobs, and"
            " deliveries that were handled.",
            "what",
        )

    def _add_attempts(self) -> None:
        new = self._catalogue
        self.attempts_started = new.counter(
            "jobwire_attempts_started_total",
            "Attempts that this worker started.",
            "type",
        )
        self.attempts_finished = new.counter(
            "jobwire_attempts_finished_total",
            "Attempts whose end was accepted, by how they ended.",
            "type",
            "outcome",
        )
        self.attempt_seconds = new.histogram(
            "jobwire_attempt_seconds",
            "How long the code of an attempt ran.",
            "type",
        )
        self.claim_seconds = new.histogram(
            "jobwire_claim_seconds",
            "How long a job was ready before it was claimed.",
        )
        self.leases_lost = new.counter(
            "jobwire_leases_lost_total",
            "Leases that this worker lost; what those attempts did was discarded.",
            "type",
        )
        self.jobs_rescued = new.counter(
            "jobwire_jobs_rescued_total",
            "Jobs that this worker rescued from lost ones.",
        )
        self.jobs_running = new.gauge(
            "jobwire_jobs_running", "Jobs running here now.", over=Over.SUM
        )
        self.job_slots = new.gauge(
            "jobwire_job_slots", "Jobs that may run here at once.", over=Over.SUM
        )

    def _add_trigger_dev(self) -> None:
        new = self._catalogue
        self.dispatches = new.counter(
            "jobwire_dispatches_total",
            "Jobs sent to Trigger.dev, by what became of it.",
            "outcome",
        )
        self.dispatch_wait_seconds = new.histogram(
            "jobwire_dispatch_wait_seconds",
            "How long a job was ready before it was sent to Trigger.dev.",
        )
        self.dispatch_seconds = new.histogram(
            "jobwire_dispatch_seconds",
            "How long a job took to be handed over, from its claim to what was written"
            " of it.",
        )
        self.webhook_events = new.counter(
            "jobwire_webhook_events_total",
            "Events posted about runs, by what became of them.",
            "receipt",
        )
        self.webhook_wait_seconds = new.gauge(
            "jobwire_webhook_wait_seconds",
            "How long the oldest posted event waits to be handled; 0: none does.",
            over=Over.ONE,
        )
        self.path_lag_seconds = new.gauge(
            "jobwire_path_lag_seconds",
            "How long the ends of runs took to be recorded in the last day, by the path"
            " that told them, as last read by this worker.",
            "source",
            "percentile",
            over=Over.MAX,
        )
        self.realtime_runs = new.counter(
            "jobwire_realtime_runs_total",
            "Runs that the Realtime feed told of, by what became of it.",
            "outcome",
        )
        self.reconciled = new.counter(
            "jobwire_reconciled_jobs_total",
            "Jobs in comparisons with Trigger.dev, by what was found; `corrected` is"
            " drift.",
            "finding",
        )
        self.reconciled_at = new.gauge(
            "jobwire_reconciliation_timestamp_seconds",
            "When the last comparison with Trigger.dev began, in seconds since 1970; 0:"
            " there was none.",
            over=Over.ONE,
        )
        self.orphaned_runs = new.gauge(
            "jobwire_orphaned_runs",
            "Runs on Trigger.dev that no job has, as last compared.",
            over=Over.ONE,
        )
        self.suspects = new.gauge(
            "jobwire_suspected_jobs",
            "Open jobs whose run is not known on Trigger.dev, as last compared.",
            over=Over.ONE,
        )

    def _add_crons_and_notifications(self) -> None:
        new = self._catalogue
        self.cron_ticks = new.counter(
            "jobwire_cron_ticks_total",
            "Ticks of job schedules, by what became of them: a job, or why none; of"
            " those that one schedule skips at once the last one counts.",
            "outcome",
        )
        self.cron_lateness_seconds = new.histogram(
            "jobwire_cron_lateness_seconds",
            "How long after its tick a job was committed, those of missed ticks too.",
        )
        self.cron_overdue_seconds = new.gauge(
            "jobwire_cron_overdue_seconds",
            "How long the most overdue job schedule has been due, in the whole"
            " database; 0: none is. It rises while no worker knows the type of one.",
            over=Over.ONE,
        )
        self.notifications = new.counter(
            "jobwire_notifications_total",
            "Attempts to notify other back ends, by what became of them.",
            "outcome",
        )
        self.notification_age_seconds = new.gauge(
            "jobwire_notification_age_seconds",
            "How long the oldest notification waits that was not delivered, in the"
            " whole database; 0: none waits.",
            over=Over.ONE,
        )

    def _add_feed(self) -> None:
        new = self._catalogue
        self.feed_lag_seconds = new.gauge(
            "jobwire_feed_lag_seconds",
            "How long the last event took from its record to its readers.",
            over=Over.MAX,
        )
        self.feed_readers = new.gauge(
            "jobwire_feed_readers", "Live streams.", over=Over.SUM
        )
        self.feed_edges = new.gauge(
            "jobwire_feed_edges",
            "Groups of live streams that are shown the same; a change costs one"
            " execution for each that it concerns.",
            over=Over.SUM,
        )
        self.feed_events = new.total(
            "jobwire_feed_events_total",
            "Events that were handed out to groups of live streams.",
        )
        self.feed_offers = new.total(
            "jobwire_feed_offers_total",
            "Groups of live streams that events were handed out to: divided by the"
            " events, the fan-out.",
        )
        self.feed_resets = new.total(
            "jobwire_feed_resets_total",
            "Streams that were told to read again.",
        )

    def _add_requests(self) -> None:
        new = self._catalogue
        self.requests = new.counter(
            "jobwire_http_requests_total",
            "Requests, by path of the route and status.",
            "method",
            "route",
            "status",
        )
        self.request_seconds = new.histogram(
            "jobwire_http_request_seconds",
            "How long requests took until their answer began.",
            "route",
        )
        self.rate_limited = new.counter(
            "jobwire_rate_limited_total",
            "Operations that a rate limit refused, by what they were and whose limit it"
            " was.",
            "kind",
            "limit",
        )
        self.answers = new.counter(
            "jobwire_graphql_answers_total",
            "Answers of operations and of events of streams, by what gave them: the"
            " plan, or the executor and why the plan did not.",
            "by",
            "reason",
        )
        self._planned = self.answers.labels("plan", "")
        self.documents_found = new.total(
            "jobwire_graphql_documents_found_total",
            "Documents that were asked for and were kept, with their plans.",
        )
        self.documents_read = new.total(
            "jobwire_graphql_documents_read_total",
            "Documents that had to be parsed, validated and planned.",
        )
        self.documents_kept = new.gauge(
            "jobwire_graphql_documents", "Documents that are kept.", over=Over.SUM
        )

    def _add_database(self) -> None:
        new = self._catalogue
        self.slow_statements = new.counter(
            "jobwire_slow_statements_total",
            "Statements of this process that took longer than"
            " JOBWIRE_SLOW_STATEMENT_SECONDS.",
        )
        self.oldest_transaction_seconds = new.gauge(
            "jobwire_oldest_transaction_seconds",
            "How long the oldest transaction has been open that PostgreSQL tells us of,"
            " prepared ones too; 0: none is.",
            over=Over.ONE,
        )
        self.horizon_xids = new.gauge(
            "jobwire_horizon_transactions",
            "How many transactions have begun since those whose dead rows VACUUM cannot"
            " take away yet, for a transaction or a replication slot.",
            over=Over.ONE,
        )
        self.pool_connections = new.gauge(
            "jobwire_pool_connections",
            "Connections of the API to the database: `busy`, or `free` to be used or"
            " opened.",
            "state",
            over=Over.SUM,
        )
        self.pool_waiting = new.gauge(
            "jobwire_pool_waiting",
            "Tasks of the API that wait for a connection.",
            over=Over.SUM,
        )
        self.pool_waited_seconds = new.total(
            "jobwire_pool_waited_seconds_total",
            "How long tasks of the API have waited for a connection, all together.",
        )


def metrics_route(fresh: Callable[[], Awaitable[Metrics | None]]) -> Route:
    """Return `/metrics`; `fresh` is asked for the figures of now, None: 503."""

    async def answer(_: Request) -> Response:
        metrics = await fresh()
        if metrics is None:
            return PlainTextResponse("Jobwire is not open.\n", 503)
        return Response(
            generate_latest(metrics.registry), media_type=CONTENT_TYPE_LATEST
        )

    return Route("/metrics", answer, methods=["GET"])
