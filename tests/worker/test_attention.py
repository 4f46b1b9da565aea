"""The attention loop: one worker keeps it, by the thresholds of its settings."""

from datetime import timedelta
from typing import Any

from jobwire.jobs.attention import Attention
from jobwire.jobs.decorator import job
from tests.worker.conftest import Workbench, until

SOON = timedelta(milliseconds=20)
QUICK: dict[str, Any] = {"attention_interval": SOON, "start_overdue": SOON}


@job("here")
async def here() -> None:
    """Run at once."""


@job("patient", attention=Attention(start_overdue=timedelta(days=1)))
async def patient() -> None:
    """Wait long."""


async def _needs(bench: Workbench, *kinds: str) -> bool:
    [row] = await bench.fetch("SELECT attention FROM worker_jobs WHERE type = 'here'")
    return row["attention"] == list(kinds)


async def _holder(bench: Workbench) -> str | None:
    rows = await bench.fetch(
        "SELECT holder FROM duties WHERE name = 'attention' AND until > now()"
    )
    return rows[0]["holder"] if rows else None


async def test_a_job_that_nobody_takes_needs_attention_until_somebody_does(
    bench: Workbench,
) -> None:
    await bench.start(**QUICK)
    id = await bench.schedule("here")
    await until(lambda: _needs(bench, "START_OVERDUE"))

    await bench.start(here)

    ended = await bench.ended(id)
    events = await bench.events(id)
    assert events[:2] == ["CREATED", "ATTENTION_CHANGED"]
    assert ended.needs == []


async def test_a_type_keeps_its_own_threshold(bench: Workbench) -> None:
    # Of another queue than the jobs, so that it knows the types and runs none of them.
    await bench.start(here, patient, queues=("elsewhere",), **QUICK)
    waiting = await bench.schedule("patient")
    await bench.schedule("here")

    await until(lambda: _needs(bench, "START_OVERDUE"))

    assert (await bench.job(waiting)).attention == []


async def test_one_worker_looks_and_hands_over_when_it_ends(bench: Workbench) -> None:
    first = await bench.start(**QUICK)
    held = await until(lambda: _holder(bench))
    await bench.start(duty=timedelta(milliseconds=200), **QUICK)
    assert await _holder(bench) == held

    await first.drain()

    async def passed_on() -> bool:
        return await _holder(bench) not in (None, held)

    await until(passed_on)
    await bench.schedule("here")
    await until(lambda: _needs(bench, "START_OVERDUE"))
