"""Metrics: the figures of one process, for Prometheus."""

import time
from collections.abc import Awaitable, Callable

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "POST"})
_ROUTES = frozenset(
    {
        "/",
        "/api/trigger/webhook",
        "/board",
        "/graphql",
        "/livez",
        "/metrics",
        "/readyz",
    }
)
_LATENCIES = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


class Metrics:
    """The figures of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        PlatformCollector(registry=self.registry)
        self.attempts_started = Counter(
            "jobwire_attempts_started",
            "Attempts that this worker started.",
            ["type"],
            registry=self.registry,
        )
        self.attempts_finished = Counter(
            "jobwire_attempts_finished",
            "Attempts whose end was accepted, by how they ended.",
            ["type", "outcome"],
            registry=self.registry,
        )
        self.attempt_seconds = Histogram(
            "jobwire_attempt_seconds",
            "How long the code of an attempt ran.",
            ["type"],
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self.claim_seconds = Histogram(
            "jobwire_claim_seconds",
            "How long a job was ready before it was claimed.",
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self.leases_lost = Counter(
            "jobwire_leases_lost",
            "Leases that this worker lost; what those attempts did was discarded.",
            ["type"],
            registry=self.registry,
        )
        self.jobs_rescued = Counter(
            "jobwire_jobs_rescued",
            "Jobs that this worker rescued from lost ones.",
            registry=self.registry,
        )
        self.jobs_running = Gauge(
            "jobwire_jobs_running", "Jobs running here now.", registry=self.registry
        )
        self.job_slots = Gauge(
            "jobwire_job_slots",
            "Jobs that may run here at once.",
            registry=self.registry,
        )
        self.dispatches = Counter(
            "jobwire_dispatches",
            "Jobs sent to Trigger.dev, by what became of it.",
            ["outcome"],
            registry=self.registry,
        )
        self.webhook_events = Counter(
            "jobwire_webhook_events",
            "Events posted about runs, by what became of them.",
            ["receipt"],
            registry=self.registry,
        )
        self.cron_ticks = Counter(
            "jobwire_cron_ticks",
            "Ticks of job schedules, by what became of them: a job, or why none; of"
            " those that one schedule skips at once the last one counts.",
            ["outcome"],
            registry=self.registry,
        )
        self.cron_lateness_seconds = Histogram(
            "jobwire_cron_lateness_seconds",
            "How long after its tick a job was committed, those of missed ticks too.",
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self.cron_overdue_seconds = Gauge(
            "jobwire_cron_overdue_seconds",
            "How long the most overdue job schedule has been due, in the whole"
            " database; 0: none is. It rises while no worker knows the type of one.",
            registry=self.registry,
        )
        self.notifications = Counter(
            "jobwire_notifications",
            "Attempts to notify other back ends, by what became of them.",
            ["outcome"],
            registry=self.registry,
        )
        self.notification_age_seconds = Gauge(
            "jobwire_notification_age_seconds",
            "How long the oldest notification waits that was not delivered, in the"
            " whole database; 0: none waits.",
            registry=self.registry,
        )
        self.realtime_runs = Counter(
            "jobwire_realtime_runs",
            "Runs that the Realtime feed told of, by what became of it.",
            ["outcome"],
            registry=self.registry,
        )
        self.reconciled = Counter(
            "jobwire_reconciled_jobs",
            "Jobs in comparisons with Trigger.dev, by what was found.",
            ["finding"],
            registry=self.registry,
        )
        self.orphaned_runs = Gauge(
            "jobwire_orphaned_runs",
            "Runs on Trigger.dev that no job has, as last compared.",
            registry=self.registry,
        )
        self.jobs = Gauge(
            "jobwire_jobs",
            "Jobs by where they run and where they stand, in the whole database.",
            ["executor", "status"],
            registry=self.registry,
        )
        self.jobs_attention = Gauge(
            "jobwire_jobs_attention",
            "Open jobs that need attention, in the whole database.",
            ["kind"],
            registry=self.registry,
        )
        self.pruned = Counter(
            "jobwire_pruned",
            "Rows that retention took: jobs by how they ended, deleted jobs, and"
            " deliveries that were handled.",
            ["what"],
            registry=self.registry,
        )
        self.path_lag_seconds = Gauge(
            "jobwire_path_lag_seconds",
            "How long the ends of runs took to be recorded in the last day, as last"
            " compared, by the path that told them.",
            ["source", "quantile"],
            registry=self.registry,
        )
        self.suspects = Gauge(
            "jobwire_suspected_jobs",
            "Open jobs whose run is not known on Trigger.dev, as last compared.",
            registry=self.registry,
        )
        self.feed_lag_seconds = Gauge(
            "jobwire_feed_lag_seconds",
            "How long the last event took from its record to its readers.",
            registry=self.registry,
        )
        self.feed_readers = Gauge(
            "jobwire_feed_readers", "Live streams.", registry=self.registry
        )
        self.feed_edges = Gauge(
            "jobwire_feed_edges",
            "Groups of live streams that are shown the same; a change costs one"
            " execution for each that it concerns.",
            registry=self.registry,
        )
        self.feed_resets = Gauge(
            "jobwire_feed_resets",
            "Streams that were told to read again, since the start.",
            registry=self.registry,
        )
        self.rate_limited = Counter(
            "jobwire_rate_limited",
            "Operations that a rate limit refused, by what they were and whose limit it"
            " was.",
            ["kind", "limit"],
            registry=self.registry,
        )
        self.answers = Counter(
            "jobwire_graphql_answers",
            "Answers of operations and of events of streams, by what gave them: the"
            " plan, or the executor and why the plan did not.",
            ["by", "reason"],
            registry=self.registry,
        )
        self.requests = Counter(
            "jobwire_http_requests",
            "Requests, by path of the route and status.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.request_seconds = Histogram(
            "jobwire_http_request_seconds",
            "How long requests took until their answer began.",
            ["route"],
            buckets=_LATENCIES,
            registry=self.registry,
        )
        self._planned = self.answers.labels("plan", "")

    def count_answer(self, unplanned: str | None) -> None:
        """Count the answer of an operation, or to an event.

        Args:
            unplanned: Why its plan did not give it; None: it did.
        """
        if unplanned is None:
            self._planned.inc()
        else:
            self.answers.labels("executor", unplanned).inc()


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


class CountRequests:
    """Middleware that counts requests by the route that answered them.

    Addresses that no route knows are counted together, so that a scanner cannot make
    figures without end. Websockets are not requests; their streams are counted by the
    feed.
    """

    def __init__(self, app: ASGIApp, metrics: Callable[[], Metrics | None]) -> None:
        self._app = app
        self._metrics = metrics
        #: Looking figures up by their labels takes longer than counting.
        self._counts: dict[tuple[object, ...], Callable[[float], None]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and count its answer."""
        metrics = self._metrics()
        if scope["type"] != "http" or metrics is None:
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()

        async def count(message: Message) -> None:
            if message["type"] == "http.response.start":
                method = scope["method"] if scope["method"] in _METHODS else "other"
                figures = (metrics, method, _route(scope), message["status"])
                counted = self._counts.get(figures)
                if counted is None:
                    counted = self._counts[figures] = _counting(*figures)
                counted(time.perf_counter() - began)
            await send(message)

        await self._app(scope, receive, count)


def _counting(
    metrics: Metrics, method: str, route: str, status: int
) -> Callable[[float], None]:
    requests = metrics.requests.labels(method, route, status)
    request_seconds = metrics.request_seconds.labels(route)

    def count(seconds: float) -> None:
        requests.inc()
        request_seconds.observe(seconds)

    return count


def _route(scope: Scope) -> str:
    path: str | None = getattr(scope.get("route"), "path", None)
    return path if path in _ROUTES else "other"
