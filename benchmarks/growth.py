"""How reads and the work of a worker fare as the table grows: 10,000 jobs, 1,000,000.

And what retention costs writers beside it. With `--jobs` other sizes are compared, the
first of them with each of the others; 10,000,000 jobs take some 35 GB.
"""

import argparse
import asyncio
import json
import shutil
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

import asyncpg

from benchmarks.cluster import fresh_database
from benchmarks.writers import commits, prepare
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.counts import CountsFilter, read_counts
from jobwire.jobs.errors import SparseFilterError
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job_pages import read_job_page
from jobwire.jobs.job_ranges import PLAN_SETTINGS
from jobwire.jobs.lags import read_lags, read_oldest_unconfirmed
from jobwire.jobs.open_runs import read_silent
from jobwire.jobs.queries import Window, count_jobs
from jobwire.jobs.reconcile.sealed import read_sealed
from jobwire.jobs.registry import Registry
from jobwire.jobs.retention import Prunable
from jobwire.jobs.schedule import schedule_all
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.seeding.seed import seed
from jobwire.jobs.seeding.stories import Stories
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.prune import prune
from jobwire.jobs.transitions.rescue import rescue
from jobwire.jobs.viewer import Scope, Viewer, trusted
from jobwire.migrations import migrate
from jobwire.models.database import Connection, Database
from jobwire.models.database_url import parse
from jobwire.models.vocabulary import AttentionKind, Executor, JobStatus

SIZES = (10_000, 1_000_000)
#: Open jobs of the seed, the same at every size: they are not history.
YOUNG = 400
ROUNDS = 7
#: Reads, and batches of work, of each kind and size in a round.
READS = 30
BATCHES = 4
BATCH = 100
TARGET = 1.3
BYTES_OF_JOB = 4_000

WRITERS = 16
SECONDS = 5
#: As the retention loop does: it rests so many times as long as it took.
REST = 4

_CLOCK = SystemClock()
ADMIN = trusted("bench")
USER = Viewer("user-1", frozenset({Scope.JOBS_READ}))
LEASE = timedelta(seconds=10)
ENVIRONMENT = "https://seed.invalid#seed"

PAGES: dict[str, tuple[Viewer, JobFilter]] = {
    "everything": (ADMIN, JobFilter()),
    "SUCCEEDED": (ADMIN, JobFilter(statuses=(JobStatus.SUCCEEDED,))),
    "FAILED and CANCELED": (
        ADMIN,
        JobFilter(statuses=(JobStatus.FAILED, JobStatus.CANCELED)),
    ),
    "a user's own": (USER, JobFilter()),
    "a user's FAILED": (USER, JobFilter(statuses=(JobStatus.FAILED,))),
    "a type": (ADMIN, JobFilter(types=("seed-send-report",))),
    "a type's FAILED": (
        ADMIN,
        JobFilter(types=("seed-send-report",), statuses=(JobStatus.FAILED,)),
    ),
    "a tag": (ADMIN, JobFilter(tags=("nightly",))),
    "a user's of a tag": (USER, JobFilter(tags=("nightly",))),
    "TRIGGER": (ADMIN, JobFilter(executors=(Executor.TRIGGER,))),
    "attention": (ADMIN, JobFilter(attention=(AttentionKind.START_OVERDUE,))),
    "a type that has none": (ADMIN, JobFilter(types=("none",))),
}
#: No job has both: what is looked at until that is refused.
REFUSED = JobFilter(types=("seed-render-video",), executors=(Executor.INTERNAL,))


@dataclass(frozen=True, slots=True)
class Place:
    """A database of one size, and connections of an API and a worker to it."""

    jobs: int
    database: Database
    api: Connection
    worker: Connection
    url: str


Measure = Callable[[Place], Awaitable[None]]
#: Milliseconds of each measure and size, round by round.
Found = dict[str, dict[int, list[float]]]


def reads() -> dict[str, Measure]:
    """Return the reads that are measured, by name."""

    def page(viewer: Viewer, filter: JobFilter) -> Measure:
        async def read(place: Place) -> None:
            await read_job_page(place.api, viewer, filter, Window(first=50))

        return read

    async def refused(place: Place) -> None:
        try:
            await read_job_page(place.api, ADMIN, REFUSED, Window(first=50))
        except SparseFilterError:
            return

    async def count(place: Place) -> None:
        await count_jobs(place.api, ADMIN, JobFilter(), cap=1000)

    async def counts(place: Place) -> None:
        await read_counts(place.database, CountsFilter(), clock=_CLOCK)

    async def runs(place: Place) -> None:
        now = _CLOCK.now()
        await read_silent(place.worker, ENVIRONMENT, now=now, limit=100)
        await read_sealed(place.worker, ENVIRONMENT, now=now)

    async def paths(place: Place) -> None:
        now = _CLOCK.now()
        await read_lags(place.api, now=now)
        await read_oldest_unconfirmed(place.api, now=now)

    return {
        **{f"page: {name}": page(*asked) for name, asked in PAGES.items()},
        "refusal of a sparse filter": refused,
        "count up to 1,000": count,
        "counts of statuses": counts,
        "reconciliation: which runs": runs,
        "reconciliation: how quick": paths,
    }


async def work(place: Place, registry: Registry) -> dict[str, list[float]]:
    """Let a worker claim, lose, rescue and finish jobs, and take old ones away.

    Returns:
        The milliseconds of each batch, by what was done.
    """
    one = place.worker
    took: dict[str, list[float]] = {}
    requests = [ScheduleRequest(type="no-op", tag="bench")] * (BATCH * BATCHES)
    await schedule_all(one, requests, registry=registry, viewer=ADMIN, now=_CLOCK.now())

    async def batches(name: str, step: Callable[[], Awaitable[Any]]) -> list[Any]:
        done = []
        for _ in range(BATCHES):
            began = time.perf_counter()
            done.append(await step())
            took.setdefault(f"100 jobs: {name}", []).append(_since(began))
        return done

    async def claim_some() -> Any:
        return await claim(
            one,
            worker="bench",
            limit=BATCH,
            lease=LEASE,
            types=["no-op"],
            now=_CLOCK.now(),
        )

    async def rescue_some() -> None:
        await rescue(one, now=_CLOCK.now() + 2 * LEASE, limit=BATCH)

    async def prune_some() -> None:
        now = _CLOCK.now()
        before, events = now - timedelta(days=30), now - timedelta(days=7)
        what = Prunable.SUCCEEDED
        await prune(one, what, before=before, events_before=events, limit=BATCH)

    await batches("claim", claim_some)
    await batches("rescue", rescue_some)
    claimed = iter(await batches("claim", claim_some))

    async def finish_some() -> None:
        finishes = [
            Finish(job.id, job.fence, Outcome.SUCCEEDED, result="1")
            for job in next(claimed)
        ]
        await finish(one, finishes, worker="bench", now=_CLOCK.now())

    await batches("finish", finish_some)
    await batches("retention", prune_some)
    return took


def _since(began: float) -> float:
    return (time.perf_counter() - began) * 1000


async def compare(places: Sequence[Place]) -> Found:
    """Measure everything at every size, in turns; print and return the medians."""
    registry, measures = Registry(example_jobs()), reads()
    found: Found = {}
    for number in range(ROUNDS + 1):
        # The first round warms everything up; the others go to and fro.
        for place in places if number % 2 else reversed(places):
            spans: dict[str, list[float]] = {}
            for name, measure in measures.items():
                for _ in range(READS):
                    began = time.perf_counter()
                    await measure(place)
                    spans.setdefault(name, []).append(_since(began))
            spans |= await work(place, registry)
            for name, milliseconds in spans.items() if number else ():
                of_size = found.setdefault(name, {}).setdefault(place.jobs, [])
                of_size.append(median(milliseconds))
    sizes = [place.jobs for place in places]
    print(f"p50 in ms of {', '.join(f'{size:,}' for size in sizes)} jobs, and")
    print(f"how many times the first each other is (range of {ROUNDS} rounds)")
    for name, of_sizes in found.items():
        cells = [f"{median(of_sizes[size]):8.2f}" for size in sizes]
        for size in sizes[1:]:
            ratios = [
                one / first
                for one, first in zip(of_sizes[size], of_sizes[sizes[0]], strict=True)
            ]
            cells.append(f"{median(ratios):5.2f} ({min(ratios):.2f}-{max(ratios):.2f})")
        print(f"  {name:30}{' '.join(cells)}")
    print(f"  target: pages ≤ {TARGET} times")
    return found


async def beside_retention(place: Place, folder: Path) -> None:
    """Print the commits of writers with and without retention beside them."""
    _, script = await prepare(place.database, folder)

    async def write() -> float:
        return await commits(place.url, script, writers=WRITERS, seconds=SECONDS)

    for rest in (REST, 0):
        ratios, gone, spans = [], 0, 0.0
        for _ in range(ROUNDS):
            alone, stop = await write(), asyncio.Event()
            began = time.perf_counter()
            task = asyncio.create_task(_take_away(place.worker, rest, stop))
            ratios.append(await write() / alone)
            stop.set()
            gone += await task
            spans += time.perf_counter() - began
        pace = f"resting {rest} times as long as it takes" if rest else "without a rest"
        print(
            f"commits/s of {WRITERS} writers beside retention, {pace}:"
            f" {median(ratios):.2f} of those alone"
            f" ({min(ratios):.2f}-{max(ratios):.2f});"
            f" {gone / spans:,.0f} jobs/s went with their events"
        )


async def _take_away(connection: Connection, rest: int, stop: asyncio.Event) -> int:
    """Prune until it is to stop; return how many jobs went."""
    gone = 0
    while not stop.is_set():
        now, began = _CLOCK.now(), time.perf_counter()
        before, events = now - timedelta(days=8), now - timedelta(days=7)
        what = Prunable.SUCCEEDED
        gone += (
            await prune(connection, what, before=before, events_before=events)
        ).count
        await asyncio.sleep(rest * (time.perf_counter() - began))
    return gone


async def open_place(url: str, jobs: int) -> Place:
    """Fill a database of its own in the cluster of a URL, and connect to it."""
    admin = await asyncpg.connect(url)
    await admin.execute(f"CREATE DATABASE jobs_{jobs}")
    await admin.close()
    url = f"{url.rpartition('/')[0]}/jobs_{jobs}"
    place = parse(url)
    await migrate(place)
    database = await Database.open(place, max_size=4, settings=PLAN_SETTINGS)
    stories = Stories(jobs=jobs, users=100, seed=1, now=_CLOCK.now(), young=YOUNG)
    began = time.perf_counter()
    await seed(database, stories, clock=_CLOCK, progress=lambda _: None)
    took = time.perf_counter() - began
    api = await database.connect()
    await api.execute("VACUUM ANALYZE")
    size = await api.fetchval("SELECT pg_database_size(current_database())")
    print(f"{jobs:,} jobs: {size / 1e9:.2f} GB, seeded at {jobs / took:,.0f} jobs/s")
    worker = await database.connect(settings={"plan_cache_mode": "force_generic_plan"})
    return Place(jobs, database, api, worker, url)


async def measure(url: str, sizes: Sequence[int]) -> Found:
    """Fill a database for each size, and compare them."""
    places = [await open_place(url, jobs) for jobs in sizes]
    found = await compare(places)
    with tempfile.TemporaryDirectory() as folder:
        await beside_retention(places[-1], Path(folder))
    for place in places:
        await place.api.close()
        await place.worker.close()
        await place.database.close()
    return found


def main(arguments: Sequence[str] = ()) -> None:
    """Measure on fresh databases."""
    parser = argparse.ArgumentParser(prog="./dev bench growth")
    parser.add_argument(
        "--jobs", type=int, nargs="+", default=SIZES, help="the sizes, ascending"
    )
    parser.add_argument("--out", type=Path, help="a file for the figures")
    options = parser.parse_args(arguments)
    sizes = options.jobs
    free = shutil.disk_usage(tempfile.gettempdir()).free
    if sum(sizes) * BYTES_OF_JOB > free:
        raise SystemExit(
            f"{sum(sizes):,} jobs take {sum(sizes) * BYTES_OF_JOB / 1e9:.0f} GB, and"
            f" {free / 1e9:.0f} GB are free in {tempfile.gettempdir()}; set TMPDIR."
        )
    with fresh_database() as url:
        found = asyncio.run(measure(url, sizes))
    if options.out is not None:
        told = {"sizes": sizes, "target": TARGET, "values": found}
        options.out.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
