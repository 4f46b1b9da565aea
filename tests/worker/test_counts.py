"""The counts loop: one worker keeps the counts, and hands over when it ends."""

from datetime import timedelta
from typing import Any

from jobwire.jobs.counts import CountsFilter
from jobwire.jobs.counts.read import read_once
from jobwire.jobs.decorator import job
from tests.jobs.counts.truth import expected, kept
from tests.worker.conftest import Workbench, until

QUICK: dict[str, Any] = {"counts_interval": timedelta(milliseconds=20)}
OFTEN = timedelta(milliseconds=50)


@job("here")
async def here() -> None:
    """Run at once."""


async def _is_kept(bench: Workbench) -> bool:
    async with bench.database.connection() as connection:
        return await kept(connection) == await expected(connection)


async def _holder(bench: Workbench) -> str | None:
    rows = await bench.fetch(
        "SELECT holder FROM duties WHERE name = 'counts' AND until > now()"
    )
    return rows[0]["holder"] if rows else None


async def test_what_workers_do_is_counted_by_one_of_them(bench: Workbench) -> None:
    first = await bench.start(here, **QUICK)
    held = await until(lambda: _holder(bench))
    await bench.start(here, duty=timedelta(milliseconds=200), **QUICK)
    for id in [await bench.schedule("here") for _ in range(20)]:
        await bench.ended(id)
    await until(lambda: _is_kept(bench))
    assert await _holder(bench) == held

    await first.drain()

    async def passed_on() -> bool:
        return await _holder(bench) not in (None, held)

    await until(passed_on)
    await bench.ended(await bench.schedule("here"))
    await until(lambda: _is_kept(bench))


async def test_counts_that_are_wrong_are_corrected_in_time(bench: Workbench) -> None:
    await bench.start(here, recount_interval=OFTEN, **QUICK)
    await bench.ended(await bench.schedule("here"))
    await until(lambda: _is_kept(bench))
    await bench.fetch("UPDATE job_counts SET count = count + 7")

    await until(lambda: _is_kept(bench))

    async with bench.database.connection() as connection:
        found = await read_once(connection, CountsFilter())
    assert found is not None
    assert found.total == 1
