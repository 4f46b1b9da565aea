"""Scenarios of job schedules: ticks, what Trigger.dev is told, runs adopted."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

from jobwire.emulator.faults import Answer
from jobwire.jobs.asking import Asker
from jobwire.jobs.cron.adopt import RunAdopter
from jobwire.jobs.cron.change import delete, pause
from jobwire.jobs.cron.request import CronRequest
from jobwire.jobs.cron.schedule_cron import schedule_cron
from jobwire.jobs.cron.sync import Syncer
from jobwire.jobs.cron.tick import Ticker, correct_clock, next_due
from jobwire.jobs.decorator import job
from jobwire.jobs.inbox import read_unhandled
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.reconcile import Reconciler
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.trigger_job import trigger_job
from jobwire.models.vocabulary import OverlapPolicy, ScheduleOwner, SignalSource
from jobwire.triggerdev import TriggerDevError
from jobwire.worker.schedules import ScheduleLoop
from tests.flows.actor import Actor
from tests.flows.posting import posts
from tests.flows.scenario import (
    CANCELED,
    SUCCEEDED,
    Act,
    Facts,
    Prepare,
    Scenario,
)
from tests.jobs.rig import GRACE, VIEWER, Rig, hook

CREATE = "POST /api/v1/schedules"
LIST = "GET /api/v1/runs"
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


@job("local")
async def local(data: Any) -> Any:
    """Never called: only its job is of interest."""
    return data


REGISTRY = Registry([*collect(local), trigger_job("on-time"), trigger_job("late")])
TICKER = Ticker(REGISTRY, PlacementPolicy())
FIRED = {"type": "on-time", "owner": ScheduleOwner.TRIGGER_DEV, "cron": "0 * * * *"}


async def scheduled(rig: Rig, **given: Any) -> None:
    """Make a schedule, or change the one there is."""
    given = {"type": "local", "tag": "cron", "cron": "0 0 * * *", **given}
    async with rig.database.transaction() as connection:
        await schedule_cron(
            connection,
            CronRequest(**given),
            registry=REGISTRY,
            viewer=VIEWER,
            now=rig.clock.now(),
        )


# What there is when the process begins.


def due(*policies: OverlapPolicy, open_jobs: bool = False) -> Prepare:
    """Schedules of which a tick has come, one for each policy."""

    async def prepare(rig: Rig) -> Facts:
        for number, policy in enumerate(policies):
            await scheduled(rig, key=f"key-{number}", overlap_policy=policy)
        if open_jobs:
            await _come_due(rig)
            async with rig.database.transaction() as connection:
                await TICKER.tick(connection, now=rig.clock.now(), limit=10)
        await _come_due(rig)
        return {}

    return prepare


async def _come_due(rig: Rig) -> None:
    """Have every schedule tick now, and then not for long."""
    rig.clock.advance(MINUTE)
    await rig.fetch("UPDATE job_schedules SET next_tick_at = $1", rig.clock.now())


async def waiting(rig: Rig) -> Facts:
    """A tick that has waited for a job that has ended since."""
    await scheduled(rig, overlap_policy=OverlapPolicy.QUEUE_ONE)
    await _come_due(rig)
    await rig.fetch("UPDATE job_schedules SET is_waiting = true")
    return {}


async def used(rig: Rig) -> Facts:
    """A tick that was used by a clock that was set back since."""
    await due(OverlapPolicy.ALLOW)(rig)
    async with rig.database.transaction() as connection:
        await TICKER.tick(connection, now=rig.clock.now(), limit=10)
    await rig.fetch("UPDATE job_schedules SET next_tick_at = $1", rig.clock.now())
    return {}


async def reckoned_ahead(rig: Rig) -> Facts:
    """A tick that a clock has reckoned that was a day ahead."""
    await due(OverlapPolicy.ALLOW)(rig)
    await rig.fetch(
        "UPDATE job_schedules SET reckoned_at = $1", rig.clock.now() + 24 * HOUR
    )
    return {}


def untold(fault: Any = None, **given: Any) -> Prepare:
    """A schedule that Trigger.dev is yet to be told of."""

    async def prepare(rig: Rig) -> Facts:
        await scheduled(rig, **FIRED)
        if given:
            await _sync(rig)
            await scheduled(rig, **FIRED | given)
        if fault is not None:
            rig.stage.emulator.faults.add(fault)
        return {}

    return prepare


async def paused(rig: Rig) -> Facts:
    """A schedule that was paused, which Trigger.dev is yet to be told."""
    await fired(rig)
    [row] = await rig.fetch("SELECT id FROM job_schedules")
    async with rig.database.transaction() as connection:
        await pause(connection, row["id"], viewer=VIEWER, now=rig.clock.now())
    return {}


async def deleted(rig: Rig) -> Facts:
    """The same of one that was deleted, and has a run that no job has."""
    await fired(rig)
    [row] = await rig.fetch("SELECT id FROM job_schedules")
    async with rig.database.transaction() as connection:
        await delete(connection, row["id"], viewer=VIEWER, now=rig.clock.now())
    return {}


async def fired(rig: Rig) -> Facts:
    """A run that a schedule of Trigger.dev has made."""
    await untold()(rig)
    await _sync(rig)
    # A while behind the hour, so that no other one comes meanwhile.
    hour = HOUR.total_seconds()
    await rig.stage.advance(hour - rig.clock.now().timestamp() % hour + 1)
    [run] = await rig.stage.listed_ids(
        **{"filter[taskIdentifier]": "on-time", "filter[createdAt][from]": "0",
           "page[size]": "1"}
    )  # fmt: skip
    return {"run": run}


async def told(rig: Rig) -> Facts:
    """The same, of which a hook has told."""
    facts = await fired(rig)
    await rig.post(hook("RUN_STARTED", facts["run"], None, rig.clock, task="on-time"))
    return facts


async def told_of_another(rig: Rig) -> Facts:
    """A run of such a task that somebody has triggered by hand, and a job."""
    await told(rig)
    run = await rig.stage.triggered("on-time")
    await rig.post(hook("RUN_STARTED", run, None, rig.clock, task="on-time"))
    return {}


async def _sync(rig: Rig) -> None:
    borrow = rig.database.connection
    adopter = RunAdopter(borrow, rig.executor, rig.clock, REGISTRY)
    syncer = Syncer(borrow, rig.executor, rig.clock, adopter)
    for schedule in await syncer.read_due(10):
        await syncer.sync(schedule)


async def go_on(rig: Rig) -> None:
    """Do what healthy workers do for schedules."""
    for step in (TICKER.tick, TICKER.go_on):
        async with rig.database.transaction() as connection:
            await step(connection, now=rig.clock.now(), limit=10)
    await _sync(rig)
    await rig.executor.schedules.end_trial()


# What the process does.


async def ticks(actor: Actor, _: Facts) -> None:
    for step in (TICKER.tick, TICKER.go_on):
        async with actor.database.transaction() as connection:
            await step(connection, now=actor.clock.now(), limit=10)
    async with actor.database.connection() as connection:
        await next_due(connection, after=actor.clock.now())


async def corrects_the_clock(actor: Actor, facts: Facts) -> None:
    async with actor.database.transaction() as connection:
        await correct_clock(connection, now=actor.clock.now(), limit=10)
    await ticks(actor, facts)


async def looks_after(actor: Actor, _: Facts) -> None:
    actor.clock.advance(timedelta(seconds=2))
    share = actor.share()
    loop = ScheduleLoop(share)
    await loop.do_duty()


async def asks_about_tasks(actor: Actor, _: Facts) -> None:
    for task in ("on-time", "work"):
        with suppress(TriggerDevError):
            await actor.executor.schedules.check_task(task)


async def hears(actor: Actor, facts: Facts) -> None:
    await posts(
        actor, hook("RUN_STARTED", facts["run"], None, actor.clock, task="on-time")
    )


async def works_on_the_inbox(actor: Actor, _: Facts) -> None:
    asker = Asker(
        actor.database.connection,
        actor.executor,
        actor.clock,
        registry=REGISTRY,
        grace=GRACE,
    )
    async with actor.database.connection() as connection:
        deliveries = await read_unhandled(connection, limit=10)
    for delivery in deliveries:
        await asker.handle(delivery)


async def reconciles(actor: Actor, _: Facts) -> None:
    await Reconciler(
        actor.database.connection, actor.executor, actor.clock, registry=REGISTRY
    ).reconcile()


async def adopts_twice(actor: Actor, facts: Facts) -> None:
    adopter = RunAdopter(
        actor.database.connection, actor.executor, actor.clock, REGISTRY
    )
    for _ in range(2):
        await adopter.adopt(facts["run"], source=SignalSource.RECONCILER)


def _cron(prepare: Prepare, act: Act, **given: Any) -> Scenario:
    return Scenario(prepare, act, SUCCEEDED, **{"runs": 0, "jobs": 1, **given})


CRON_SCENARIOS = {
    "ticks": _cron(due(OverlapPolicy.SKIP, OverlapPolicy.ALLOW), ticks, jobs=2),
    "ticks, and cancels": _cron(
        due(OverlapPolicy.CANCEL_RUNNING, open_jobs=True),
        ticks,
        jobs=2,
        or_else=CANCELED,
    ),
    "ticks, and skips": _cron(due(OverlapPolicy.SKIP, open_jobs=True), ticks),
    "lets a tick go on": _cron(waiting, ticks),
    "finds a tick used": _cron(used, ticks),
    "corrects the clock": _cron(reckoned_ahead, corrects_the_clock, jobs=None),
    "tells of a schedule": _cron(untold(), looks_after, jobs=None),
    "tells of a change": _cron(untold(cron="30 * * * *"), looks_after, jobs=None),
    "tells of another task": _cron(untold(type="late"), looks_after, jobs=None),
    "tells of a pause": _cron(paused, looks_after),
    "tells of a deletion": _cron(deleted, looks_after),
    "cannot tell of a schedule": _cron(
        untold(fault=Answer(route=CREATE, status=500)), looks_after, jobs=None
    ),
    "asks whether tasks can be scheduled": _cron(untold(), asks_about_tasks, jobs=None),
    "looks for the run of a tick": _cron(fired, looks_after),
    "takes in the hook of a schedule's run": _cron(fired, hears),
    "hears of the run of a schedule": _cron(told, works_on_the_inbox),
    "hears of a run that no schedule made": _cron(told_of_another, works_on_the_inbox),
    "reconciles the runs of schedules": _cron(fired, reconciles),
    "adopts a run that has its job": _cron(fired, adopts_twice),
}
