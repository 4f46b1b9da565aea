"""Figures that are read when somebody asks: those of the feed, and of the database."""

import asyncio
from collections.abc import Sequence
from itertools import product
from math import nan

import asyncpg

from jobwire.gql.documents.cache import documents
from jobwire.jobs.counts import CountsBehindError, CountsFilter, read_counts
from jobwire.jobs.counts.queued import read_queued, read_waits
from jobwire.jobs.cron.queries import read_overdue
from jobwire.jobs.engine import Engine
from jobwire.jobs.horizon import Holder, read_holders
from jobwire.jobs.lags import CancelLag, read_cancel_lags, read_oldest_unhandled
from jobwire.jobs.notifications.log import read_oldest
from jobwire.jobs.reconcile.report import read_last
from jobwire.jobs.transitions.attention import count_attention
from jobwire.models.database import Connection
from jobwire.models.vocabulary import AttentionKind, Executor, JobStatus
from jobwire.web.metrics import Metrics

#: How long the database may take to tell its figures, in seconds.
PROBE_SECONDS = 2.0
#: How types count that this process does not know.
OTHER = "other"

_UNREAD = (
    OSError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    asyncpg.PostgresError,
)


async def refresh(metrics: Metrics, engine: Engine) -> None:
    """Bring the figures up to date that nobody tells.

    What only the database knows is left out while it does not answer.
    """
    _refresh_process(metrics, engine)
    try:
        async with (
            asyncio.timeout(PROBE_SECONDS),
            engine.database.connection() as connection,
        ):
            await _refresh_database(metrics, engine, connection)
    except _UNREAD:
        _forget_database(metrics)
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            await _refresh_counts(metrics, engine)
    except (*_UNREAD, CountsBehindError):
        _forget_counts(metrics)


def _refresh_process(metrics: Metrics, engine: Engine) -> None:
    feed, lender = engine.feed, engine.database.lender
    metrics.feed_lag_seconds.set(feed.lag.total_seconds())
    metrics.feed_readers.set(feed.subscribers)
    metrics.feed_edges.set(feed.edges)
    metrics.feed_events.reach(feed.events)
    metrics.feed_offers.reach(feed.offers)
    metrics.feed_resets.reach(feed.resets)
    metrics.pool_connections.labels("busy").set(lender.busy)
    metrics.pool_connections.labels("free").set(engine.database.max_size - lender.busy)
    metrics.pool_waiting.set(lender.waiting)
    metrics.pool_waited_seconds.reach(lender.waited)
    metrics.documents_found.reach(documents.found)
    metrics.documents_read.reach(documents.read)
    metrics.documents_kept.set(len(documents))


async def _refresh_database(
    metrics: Metrics, engine: Engine, connection: Connection
) -> None:
    now = engine.clock.now()
    counts = await count_attention(connection)
    for kind in AttentionKind:
        metrics.jobs_attention.labels(kind).set(counts.get(kind, 0))
    notified = await read_oldest(connection)
    age = 0.0 if notified is None else max((now - notified).total_seconds(), 0)
    metrics.notification_age_seconds.set(age)
    overdue = await read_overdue(connection, now=now)
    metrics.cron_overdue_seconds.set(overdue.total_seconds())
    waits = await read_oldest_unhandled(connection, now=now)
    metrics.webhook_wait_seconds.set(0 if waits is None else waits.total_seconds())
    _set_cancels(metrics, await read_cancel_lags(connection, now=now))
    _set_horizon(metrics, await read_holders(connection))
    report = await read_last(connection)
    metrics.reconciled_at.set(0 if report is None else report.started_at.timestamp())
    metrics.orphaned_runs.set(0 if report is None else len(report.orphaned_runs))
    metrics.suspects.set(0 if report is None else len(report.suspects))


def _set_cancels(metrics: Metrics, lags: list[CancelLag]) -> None:
    metrics.cancel_lag_seconds.clear()
    for lag in lags:
        for percentile, span in (("50", lag.p50), ("99", lag.p99)):
            metrics.cancel_lag_seconds.labels(lag.executor, percentile).set(
                span.total_seconds()
            )


def _set_horizon(metrics: Metrics, holders: Sequence[Holder]) -> None:
    ages = [one.age.total_seconds() for one in holders if one.age is not None]
    metrics.oldest_transaction_seconds.set(max(ages, default=0))
    behind = [one.xids for one in holders if one.xids is not None]
    metrics.horizon_xids.set(max(behind, default=0))


def _forget_database(metrics: Metrics) -> None:
    metrics.jobs_attention.clear()
    metrics.cancel_lag_seconds.clear()
    for gauge in (
        metrics.notification_age_seconds,
        metrics.cron_overdue_seconds,
        metrics.webhook_wait_seconds,
        metrics.oldest_transaction_seconds,
        metrics.horizon_xids,
        metrics.reconciled_at,
        metrics.orphaned_runs,
        metrics.suspects,
    ):
        gauge.set(nan)


async def _refresh_counts(metrics: Metrics, engine: Engine) -> None:
    database, clock, known = engine.database, engine.clock, engine.registry.names()
    jobs = await read_counts(database, CountsFilter(), clock=clock)
    for place in product(Executor, JobStatus):
        metrics.jobs.labels(*place).set(jobs.counts.get(place, 0))
    since = jobs.oldest_queued_at
    wait = 0.0 if since is None else max((clock.now() - since).total_seconds(), 0)
    metrics.oldest_ready_seconds.set(wait)
    queued = await read_queued(database, clock=clock)
    types = {type for _, type in queued}
    async with database.connection() as connection:
        waits = await read_waits(connection, types.intersection(known), now=clock.now())
    metrics.queued_jobs.clear()
    for executor, type in product(Executor, (*known, OTHER)):
        metrics.queued_jobs.labels(executor, type).set(0)
    for (executor, type), count in queued.items():
        shown = type if type in known else OTHER
        metrics.queued_jobs.labels(executor, shown).inc(count)
    for type in known:
        since_due = waits.get(type)
        metrics.queue_wait_seconds.labels(type).set(
            0 if since_due is None else since_due.total_seconds()
        )


def _forget_counts(metrics: Metrics) -> None:
    metrics.jobs.clear()
    metrics.queued_jobs.clear()
    metrics.queue_wait_seconds.clear()
    metrics.oldest_ready_seconds.set(nan)
