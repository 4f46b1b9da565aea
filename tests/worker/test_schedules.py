"""The schedules loop and the cron loop, one pass at a time."""

from datetime import UTC, datetime, timedelta

import pytest

from jobwire.app.counting import CountingHooks
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.schedule_cron import schedule_cron
from jobwire.jobs.cron.tick import Ticked
from jobwire.jobs.decorator import job
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.trigger_job import trigger_job
from jobwire.models.vocabulary import OverlapPolicy, ScheduleOwner, SkipReason
from jobwire.web.metrics import Metrics
from jobwire.worker.cron import CronLoop
from jobwire.worker.link import Link
from jobwire.worker.schedules import ScheduleLoop
from jobwire.worker.settings import WorkerSettings
from tests.jobs.rig import VIEWER, Rig
from tests.worker.shared import share

HOUR = timedelta(hours=1)
NOON = datetime(2026, 1, 2, 12, 0, tzinfo=UTC)


@job("beat")
async def beat() -> None:
    """Never called: only its ticks are of interest."""


REGISTRY = Registry([*collect(beat), trigger_job("on-time")])


async def make(rig: Rig, **given: object) -> None:
    """Make an hourly schedule at noon."""
    request = CronRequest(**{"type": "beat", "tag": "t", "cron": "0 * * * *", **given})
    async with rig.database.transaction() as connection:
        await schedule_cron(
            connection, request, registry=REGISTRY, viewer=VIEWER, now=rig.clock.now()
        )


async def used(rig: Rig) -> list[datetime]:
    """Read the ticks that have jobs."""
    rows = await rig.fetch("SELECT tick_at FROM worker_jobs ORDER BY tick_at")
    return [row["tick_at"] for row in rows]


async def next_tick(rig: Rig) -> datetime:
    [row] = await rig.fetch("SELECT next_tick_at FROM job_schedules")
    at: datetime = row["next_tick_at"]
    return at


@pytest.fixture
async def fired(rig: Rig) -> ScheduleLoop:
    """A loop that has told Trigger.dev of a schedule."""
    await rig.stage.advance((NOON - rig.clock.now()).total_seconds())
    await make(rig, type="on-time", owner=ScheduleOwner.TRIGGER_DEV)
    loop = ScheduleLoop(share(rig))
    await loop.run_once()
    assert await next_tick(rig) == NOON + HOUR
    return loop


async def test_the_run_of_a_tick_is_adopted_seconds_after_it(
    rig: Rig, fired: ScheduleLoop
) -> None:
    await rig.stage.advance(3601)
    await fired.run_once()
    assert await used(rig) == []

    await rig.stage.advance(1)
    await fired.run_once()

    assert await used(rig) == [NOON + HOUR]
    assert await next_tick(rig) == NOON + 2 * HOUR


async def test_a_run_that_is_not_listed_yet_is_looked_for_again(
    rig: Rig, fired: ScheduleLoop
) -> None:
    rig.wire.hides_runs = True
    await rig.stage.advance(3602)
    lists = rig.wire.sent.get("list", 0)
    for _ in range(30):
        await fired.run_once()
        await rig.stage.advance(1)
    # At 2, 5 and 15 seconds.
    assert rig.wire.sent["list"] - lists == 3

    rig.wire.hides_runs = False
    await rig.stage.advance(10)
    await fired.run_once()

    assert await used(rig) == [NOON + HOUR]


async def test_a_tick_that_made_no_run_is_left_after_two_minutes(
    rig: Rig, fired: ScheduleLoop
) -> None:
    rig.wire.hides_runs = True
    await rig.stage.advance(3602)
    for _ in range(13):
        await fired.run_once()
        await rig.stage.advance(10)

    assert await next_tick(rig) == NOON + 2 * HOUR


async def test_all_that_fired_while_we_were_down_is_adopted_in_one_pass(
    rig: Rig, fired: ScheduleLoop
) -> None:
    await rig.stage.advance(5 * 3600 + 60)

    await fired.run_once()

    assert await used(rig) == [NOON + number * HOUR for number in range(1, 6)]
    assert await next_tick(rig) == NOON + 6 * HOUR


async def test_a_long_silence_over_there_costs_one_look(
    rig: Rig, fired: ScheduleLoop
) -> None:
    rig.wire.hides_runs = True
    await rig.stage.advance(100 * 3600 + 1800)
    lists = rig.wire.sent.get("list", 0)

    for _ in range(3):
        await fired.run_once()

    assert rig.wire.sent["list"] - lists == 1
    assert await next_tick(rig) == NOON + 101 * HOUR


async def test_an_outage_over_there_loses_nothing(
    rig: Rig, fired: ScheduleLoop
) -> None:
    rig.wire.fail("list", 503)
    await rig.stage.advance(3700)
    await fired.run_once()
    rig.wire.heal()

    await rig.stage.advance(3600)
    await fired.run_once()

    assert await used(rig) == [NOON + HOUR, NOON + 2 * HOUR]


# The cron loop.


@pytest.fixture
def told() -> list[Ticked]:
    return []


@pytest.fixture
async def cron(rig: Rig, told: list[Ticked]) -> CronLoop:
    await rig.stage.advance((NOON - rig.clock.now()).total_seconds())
    return CronLoop(
        Link(rig.database, patience=timedelta(seconds=10)),
        rig.clock,
        WorkerSettings(),
        registry=REGISTRY,
        policy=PlacementPolicy(),
        ticked=lambda ticked, _: told.append(ticked),
    )


async def test_the_loop_sleeps_until_the_next_tick_and_no_longer_than_it_may(
    rig: Rig, cron: CronLoop
) -> None:
    assert await cron.run_once() == 0.5

    await make(rig)
    assert await cron.run_once() == 0.5

    rig.clock.advance(HOUR - timedelta(milliseconds=200))
    assert await cron.run_once() == pytest.approx(0.2)


async def test_the_loop_tells_what_has_ticked(
    rig: Rig, cron: CronLoop, told: list[Ticked]
) -> None:
    await make(rig)
    rig.clock.advance(HOUR)

    await cron.run_once()
    await cron.run_once()

    [ticked] = told
    assert ticked.made == (NOON + HOUR,)


async def test_a_clock_that_is_set_back_is_noticed(rig: Rig, cron: CronLoop) -> None:
    await make(rig, overlap_policy=OverlapPolicy.ALLOW)
    rig.clock.advance(48 * HOUR)
    await cron.run_once()
    assert await next_tick(rig) == NOON + 49 * HOUR

    rig.clock.advance(-47 * HOUR - timedelta(minutes=30))
    await cron.run_once()

    assert await next_tick(rig) == NOON + HOUR


def test_ticks_are_counted_by_what_became_of_them() -> None:
    metrics = Metrics()
    ticked = Ticked(3, (NOON, NOON), {SkipReason.OVERLAP: 1})

    CountingHooks(metrics).ticked(ticked, NOON + timedelta(milliseconds=400))

    def value(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert value("jobwire_cron_ticks_total", outcome="job") == 2
    assert value("jobwire_cron_ticks_total", outcome="overlap") == 1
    assert value("jobwire_cron_lateness_seconds_count") == 2
    assert value("jobwire_cron_lateness_seconds_sum") == pytest.approx(0.8)
