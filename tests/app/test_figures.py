"""Figures that are read when somebody asks, as they are scraped."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from math import isnan
from pathlib import Path
from typing import Any

import pytest

from jobwire.app.figures import refresh
from jobwire.app.metrics_reference import markdown_table
from jobwire.jobs.cancel import cancel
from jobwire.jobs.counts import keep_counts
from jobwire.jobs.engine import Engine
from jobwire.jobs.job import Job
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.web.metrics import Metrics
from tests.clock import FakeClock
from tests.factories import LEASE

MakeJob = Callable[..., Awaitable[Job]]
ROOT = Path(__file__).parents[2]


@pytest.fixture
async def scrape(engine: Engine):
    async with engine.database.connection() as connection:
        await keep_counts(connection, now=engine.clock.now())
    metrics = Metrics()

    async def scrape(name: str, **labels: str) -> float | None:
        await refresh(metrics, engine)
        return metrics.registry.get_sample_value(name, labels)

    return scrape


Scrape = Callable[..., Awaitable[float | None]]


async def test_queued_jobs_are_told_by_type_and_unknown_types_as_one(
    scrape: Scrape, make_job: MakeJob, clock: FakeClock
) -> None:
    for type in ("no-op", "flaky", "not-here", "nor-here"):
        await make_job(type=type, status="QUEUED")
    clock.advance(timedelta(seconds=90))

    queued = {
        type: await scrape("jobwire_queued_jobs", executor="internal", type=type)
        for type in ("no-op", "count-primes", "other", "not-here")
    }

    assert queued == {"no-op": 1, "count-primes": 0, "other": 2, "not-here": None}
    assert await scrape("jobwire_queue_wait_seconds", type="no-op") == 90
    assert await scrape("jobwire_queue_wait_seconds", type="count-primes") == 0
    assert await scrape("jobwire_oldest_ready_job_seconds") == 90


async def test_cancels_are_told_by_how_long_running_code_took(
    scrape: Scrape, make_job: MakeJob, clock: FakeClock, engine: Engine
) -> None:
    viewer = Viewer("user-1", frozenset(Scope))
    worker: Any = {"worker": "w", "now": clock.now()}
    running = await make_job(status="QUEUED", type="no-op", user_id="user-1")
    unstarted = await make_job(status="QUEUED", type="flaky", user_id="user-1")
    async with engine.database.connection() as connection:
        [claimed] = await claim(
            connection, limit=1, lease=LEASE, types=["no-op"], **worker
        )
        for job in (unstarted, running):
            async with connection.transaction():
                await cancel(connection, job.id, viewer=viewer, now=clock.now())
        worker["now"] = clock.advance(timedelta(seconds=3))
        stopped = Finish(claimed.id, claimed.fence, Outcome.STOPPED)
        await finish(connection, [stopped], **worker)

    told = await scrape(
        "jobwire_cancel_lag_seconds", executor="internal", percentile="99"
    )

    assert told == 3


async def test_the_pool_and_the_documents_are_told(
    scrape: Scrape, engine: Engine
) -> None:
    async with engine.database.connection():
        busy = await scrape("jobwire_pool_connections", state="busy")
        free = await scrape("jobwire_pool_connections", state="free")

    assert (busy, (busy or 0) + (free or 0)) == (1, engine.database.max_size)
    assert await scrape("jobwire_pool_waiting") == 0
    assert await scrape("jobwire_graphql_documents_read_total") is not None


async def test_what_the_database_does_not_tell_is_left_out(engine: Engine) -> None:
    metrics = Metrics()
    value = metrics.registry.get_sample_value
    queued = {"executor": "internal", "status": "QUEUED"}
    away = await Database.open(engine.database.url)
    await away.close()

    await refresh(metrics, engine)
    before = value("jobwire_jobs", queued)
    await refresh(metrics, replace(engine, database=away))

    assert before == 0
    assert value("jobwire_jobs", queued) is None
    overdue = value("jobwire_cron_overdue_seconds")
    assert overdue is not None
    assert isnan(overdue)


def test_the_table_of_the_documentation_is_fresh() -> None:
    assert markdown_table() in ROOT.joinpath("docs/metrics.md").read_text()


def test_every_figure_is_in_the_catalogue_and_is_called_as_prometheus_asks() -> None:
    metrics = Metrics()
    scraped = {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in metrics.registry.collect()
        if family.name.startswith("jobwire_")
    }

    assert [figure.name for figure in metrics.figures] == list(scraped)
    for figure in metrics.figures:
        assert scraped[figure.name].type == figure.kind
        assert figure.name.endswith("_total") == (figure.kind == "counter")
        assert not {"le", "quantile"}.intersection(figure.labels)
        if figure.kind == "histogram":
            assert figure.name.endswith("_seconds")
        for unit in ("milliseconds", "minutes", "_ms", "kilobytes", "percent"):
            assert unit not in figure.name
