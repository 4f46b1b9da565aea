"""Scenarios: what a process was doing when it died, and how its jobs have to end.

`prepare` runs in the test, `act` in the process that may die; every await of the
modules concerned is reached by one of them.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from jobwire.emulator.faults import Answer
from jobwire.jobs.asking import Asker
from jobwire.jobs.cancel import cancel
from jobwire.jobs.decorator import job
from jobwire.jobs.dispatch import Dispatcher
from jobwire.jobs.dispatch_batch import BatchDispatcher
from jobwire.jobs.inbox import read_unhandled
from jobwire.jobs.link_batch import (
    UNSEALED_AFTER,
    BatchLinker,
    read_open_batches,
)
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.realtime import FeedFollower
from jobwire.jobs.reconcile import Reconciler
from jobwire.jobs.reconcile.judge import SECOND_LOOK
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.set_queue import set_queue
from jobwire.jobs.sync import Syncer
from jobwire.jobs.transitions.claim import Claimed
from jobwire.jobs.transitions.dispatch import Dispatch, claim_dispatches
from jobwire.models.vocabulary import CancelMode
from jobwire.worker.batches import BatchLoop
from jobwire.worker.claim import ClaimLoop
from jobwire.worker.decide import DecideLoop
from jobwire.worker.dispatch import DispatchLoop
from jobwire.worker.lane import Lane
from jobwire.worker.settings import WorkerSettings
from tests.factories import insert_job
from tests.flows.actor import Actor
from tests.flows.cron_scenarios import CRON_SCENARIOS
from tests.flows.posting import Post, posts, posts_in_transaction
from tests.flows.scenario import (
    CANCELED,
    FAILED,
    REJECTED,
    SUCCEEDED,
    Act,
    Facts,
    Prepare,
    Scenario,
)
from tests.jobs.rig import GRACE, RULES, VIEWER, Rig, hook

TRIGGER, LIST, RETRIEVE = (
    "POST /api/v1/tasks/*/trigger",
    "GET /api/v1/runs",
    "GET /api/v3/runs/*",
)
QUEUE = "GET /api/v1/queues/*"
BATCH, ITEMS = "POST /api/v3/batches", "POST /api/v3/batches/*/items"
LINE = {"at": "2026-01-02T03:04:05.000Z", "level": "INFO", "message": "row 7"}


# What there is when the process begins.


def ready(*tasks: str, fault: Any = None, **fields: Any) -> Prepare:
    async def prepare(rig: Rig) -> Facts:
        if fault is not None:
            rig.stage.emulator.faults.add(fault)
        for task in tasks:
            await rig.schedule(task, **fields)
        return {}

    return prepare


def undecided(
    task: str = "fails", *, is_sent: bool, wants_cancel: bool = False, **fields: Any
) -> Prepare:
    async def prepare(rig: Rig) -> Facts:
        dispatch = await rig.claimed(task, **fields)
        if is_sent:
            await rig.executor.send(dispatch, now=rig.clock.now())
        if wants_cancel:
            await rig.cancel(dispatch.id)
        await rig.stage.advance(RULES.lease.total_seconds())
        return {}

    return prepare


async def too_old(rig: Rig) -> Facts:
    await rig.claimed("work")
    rig.clock.advance(timedelta(days=29, minutes=1))
    return {}


async def unsearchable(rig: Rig) -> Facts:
    facts = await undecided(is_sent=True)(rig)
    rig.stage.emulator.faults.add(Answer(route=LIST, status=500))
    return facts


def linked(task: str = "work", *, runs_for: float = 1, fault: Any = None) -> Prepare:
    async def prepare(rig: Rig) -> Facts:
        job = await rig.linked(task)
        await rig.stage.advance(runs_for)
        if fault is not None:
            rig.stage.emulator.faults.add(fault)
        return {"job": str(job.id), "run": job.trigger_run_id}

    return prepare


async def canceled(rig: Rig) -> Facts:
    facts = await linked()(rig)
    await rig.cancel(UUID(facts["job"]))
    await rig.stage.cancel(facts["run"])
    return facts


async def heard(rig: Rig) -> Facts:
    """A run of which its job knows all."""
    facts = await linked()(rig)
    await rig.syncer.ask_all()
    return facts


async def suspected(rig: Rig, policy: OrphanPolicy = OrphanPolicy.FAIL) -> Facts:
    """A run that was not found once."""
    facts = await linked(runs_for=400)(rig)
    rig.stage.emulator.faults.add(Answer(route=RETRIEVE, status=404))
    await rig.reconciler_of(policy).reconcile()
    rig.clock.advance(SECOND_LOOK)
    return facts


async def redispatched(rig: Rig) -> Facts:
    """A second run, after one that was lost."""
    facts = await suspected(rig, OrphanPolicy.RETRY)
    await rig.reconciler_of(OrphanPolicy.RETRY).reconcile()
    rig.stage.emulator.faults.clear()
    [dispatch] = await rig.claim()
    await rig.dispatcher.send(dispatch)
    await rig.stage.advance(1)
    return facts


async def foreign_run(rig: Rig) -> Facts:
    facts = await linked()(rig)
    return facts | {"run": await rig.stage.triggered("work")}


async def in_batch(rig: Rig) -> Facts:
    for task in ("work", "work"):
        await rig.schedule(task)
    await rig.batch_dispatcher.send(await rig.claim())
    await rig.stage.advance(1)
    return {}


async def in_unsealed_batch(rig: Rig) -> Facts:
    for task in ("work", "work"):
        await rig.schedule(task)
    fault = rig.stage.emulator.faults.add(Answer(route=ITEMS, status=500))
    await rig.batch_dispatcher.send(await rig.claim())
    rig.stage.emulator.faults.remove(fault.id)
    await rig.stage.advance(UNSEALED_AFTER.total_seconds())
    return {}


def posted(kind: str, prepare: Prepare, *, waits: float = 0, **more: Any) -> Prepare:
    async def prepared(rig: Rig) -> Facts:
        facts = await prepare(rig)
        body = hook(kind, facts["run"], UUID(facts["job"]), rig.clock, **more)
        await rig.post(body)
        rig.clock.advance(waits)
        return facts

    return prepared


async def sent(rig: Rig) -> Facts:
    """A run whose answer is still to come."""
    dispatch = await rig.claimed("work")
    run = await rig.executor.send(dispatch, now=rig.clock.now())
    await rig.stage.advance(1)
    return {"job": str(dispatch.id), "run": run}


async def sent_and_over(rig: Rig) -> Facts:
    facts = await sent(rig)
    await rig.stage.advance(60)
    return facts


async def sent_and_forced(rig: Rig) -> Facts:
    """A run whose job was ended by force before its answer came."""
    facts = await sent(rig)
    await rig.cancel(
        UUID(facts["job"]), mode=CancelMode.FORCE, grace_period=timedelta()
    )
    await rig.force()
    return facts


async def of_another_run(rig: Rig) -> Facts:
    facts = await sent(rig)
    return facts | {"run": await rig.stage.triggered("work")}


async def of_no_run(rig: Rig) -> Facts:
    return await sent(rig) | {"run": "run_123456789abcdefghijkmnopq"}


async def of_a_job_that_has_another(rig: Rig) -> Facts:
    dispatch = await rig.claimed("work")
    facts = {
        "job": str(dispatch.id),
        "run": await rig.stage.triggered("work"),
    }
    await rig.post(hook("RUN_STARTED", facts["run"], dispatch.id, rig.clock))
    await rig.dispatcher.send(dispatch)
    return facts


async def unreadable(rig: Rig) -> Facts:
    facts = await posted("RUN_STARTED", sent)(rig)
    await rig.fetch("""UPDATE webhook_deliveries SET body = '{"type": 1}'""")
    return facts


def internal(**limits: int) -> Prepare:
    """A job of our own workers, in a queue with limits or without."""

    async def prepare(rig: Rig) -> Facts:
        now, queue = rig.clock.now(), "narrow" if limits else "default"
        async with rig.database.transaction() as connection:
            await set_queue(connection, "narrow", viewer=VIEWER, now=now, **limits)
            # So many of one key that the claim looks at others.
            for _ in range(4 if "limit_per_key" in limits else 1):
                await insert_job(
                    connection,
                    now=now,
                    type="local",
                    queue=queue,
                    concurrency_key="key",
                )
        return {}

    return prepare


# What the process does.


async def dispatches(actor: Actor, _: Facts) -> None:
    loop = DispatchLoop(actor.share(poll_interval=timedelta(milliseconds=1)))
    # The second pass waits if the first one failed.
    for _pass in range(2):
        await loop.run_once()
        await loop.settled()


async def dispatches_many(actor: Actor, _: Facts) -> None:
    loop = DispatchLoop(actor.share(dispatches=1, batch_least=2))
    for _pass in range(2):
        await loop.run_once()
        await loop.settled()


async def decides(actor: Actor, _: Facts) -> None:
    await DecideLoop(actor.share()).run_once()


async def finds_batches(actor: Actor, _: Facts) -> None:
    await BatchLoop(actor.share()).run_once()


async def claim_all(actor: Actor) -> list[Dispatch]:
    environment = await actor.executor.environment()
    async with actor.database.connection() as connection:
        return await claim_dispatches(
            connection,
            worker="actor",
            limit=10,
            lease=RULES.lease,
            environment=environment,
            now=actor.clock.now(),
        )


async def sends_late(actor: Actor, _: Facts) -> None:
    [dispatch] = await claim_all(actor)
    actor.clock.advance(11)
    await _dispatcher(actor).send(dispatch)


async def sends_and_gives_up(actor: Actor, _: Facts) -> None:
    [dispatch] = await claim_all(actor)
    await _dispatcher(actor, answer=timedelta()).send(dispatch)


async def sends_what_is_canceled(actor: Actor, _: Facts) -> None:
    [dispatch] = await claim_all(actor)
    async with actor.database.transaction() as connection:
        await cancel(connection, dispatch.id, viewer=VIEWER, now=actor.clock.now())
    await _dispatcher(actor).send(dispatch)


async def links_another_run(actor: Actor, facts: Facts) -> None:
    await _dispatcher(actor).link(UUID(facts["job"]), facts["run"])


def _dispatcher(actor: Actor, **given: Any) -> Dispatcher:
    rules = replace(RULES, **given)
    return Dispatcher(actor.database.connection, actor.executor, actor.clock, rules)


def sends_a_batch(*, is_taken: bool = False, has_all: bool = True) -> Act:
    async def act(actor: Actor, _: Facts) -> None:
        claimed = await claim_all(actor)
        if is_taken:
            async with actor.database.connection() as connection:
                await connection.execute(
                    "UPDATE worker_jobs SET fence = fence + 1 WHERE id = $1",
                    claimed[0].id,
                )
        if not has_all:
            actor.executor.batches.fill = _lacks_items  # type: ignore[method-assign] # no server does so on demand
        await BatchDispatcher(
            actor.database.connection, actor.executor, actor.clock, RULES
        ).send(claimed)

    return act


async def _lacks_items(*_: object, **__: object) -> bool:
    return False


async def finds_what_is_linked(actor: Actor, _: Facts) -> None:
    environment = await actor.executor.environment()
    async with actor.database.connection() as connection:
        [batch] = await read_open_batches(
            connection, environment, now=actor.clock.now(), limit=10
        )
    pages = actor.executor.lists.of_batch(batch.id, sent_at=batch.sent_at)
    async for run in (run async for page in pages for run in page):
        for waiting in batch.jobs:
            if actor.executor.marks.are_on(run, waiting.id, "work", 1):
                await _dispatcher(actor).link(waiting.id, run.id)
    linker = BatchLinker(actor.database.connection, actor.executor, actor.clock, RULES)
    await linker.link(batch)


def receives(kind: str, by: Post = posts, **more: Any) -> Act:
    async def act(actor: Actor, facts: Facts) -> None:
        job_id = UUID(facts["job"]) if "job" in facts else None
        await by(actor, hook(kind, facts["run"], job_id, actor.clock, **more))

    return act


async def receives_an_alert(actor: Actor, facts: Facts) -> None:
    now = actor.clock.now().isoformat()
    run = {
        "id": facts["run"],
        "number": 0,
        "status": "FAILED",
        "createdAt": now,
        "startedAt": now,
        "completedAt": now,
        "isTest": False,
        "tags": [],
        "error": {
            "type": "BUILT_IN_ERROR",
            "name": "TypeError",
            "message": "no way",
            "stackTrace": "",
        },
        "isOutOfMemoryError": False,
    }
    alert = {
        "id": "alert-1",
        "created": now,
        "webhookVersion": "v1",
        "type": "alert.run.failed",
        "object": {"task": {"id": "fails"}, "run": run, "environment": {"id": "e"}},
    }
    await posts(actor, alert)


async def works_on_the_inbox(actor: Actor, _: Facts) -> None:
    asker = Asker(
        actor.database.connection,
        actor.executor,
        actor.clock,
        registry=Registry([]),
        grace=GRACE,
    )
    async with actor.database.connection() as connection:
        deliveries = await read_unhandled(connection, limit=10)
    for delivery in deliveries:
        await asker.handle(delivery)


async def asks(actor: Actor, _: Facts) -> None:
    await Syncer(actor.database.connection, actor.executor, actor.clock).ask_all()


async def reconciles(actor: Actor, _: Facts) -> None:
    await Reconciler(actor.database.connection, actor.executor, actor.clock).reconcile()


async def follows_the_feed(actor: Actor, _: Facts) -> None:
    follower = FeedFollower(actor.database.connection, actor.executor, actor.clock)
    await follower.follow()


async def looks_at_health(actor: Actor, _: Facts) -> None:
    # What was heard when it connected is too old.
    actor.clock.advance(60)
    await actor.executor.state()


@job("local")
async def local(data: Any) -> Any:
    """Never called: only its claim is of interest."""
    return data


async def claims(actor: Actor, _: Facts) -> None:
    def start(lane: Lane, claimed: Any, sent_at: float) -> None:
        del lane, sent_at
        assert isinstance(claimed[0], Claimed)

    share = actor.share()
    loop = ClaimLoop(
        share.link,
        actor.clock,
        WorkerSettings(),
        worker="actor",
        lane=Lane(Registry(collect(local)), is_async=True, capacity=3),
        start=start,
        has_room=lambda: True,
    )
    await loop.run_once()
    # And once more from where the last job was, as when somebody rings.
    loop.rung()
    await loop.run_once()


COMPLETED = {"output": {"got": None}}

SCENARIOS = {
    "dispatches": Scenario(ready("fails"), dispatches, FAILED),
    "is refused": Scenario(
        ready("work", fault=Answer(route=TRIGGER, status=422)),
        dispatches,
        REJECTED,
        runs=0,
        heals=False,
    ),
    "is refused, and canceled": Scenario(
        ready("work", fault=Answer(route=TRIGGER, status=422)),
        sends_what_is_canceled,
        CANCELED,
        runs=0,
        heals=False,
    ),
    "is not accepted": Scenario(
        ready("fails", fault=Answer(route=TRIGGER, status=429)), dispatches, FAILED
    ),
    "loses the answer": Scenario(
        ready("fails", fault=Answer(route=TRIGGER, status=500, accepted=True, times=1)),
        dispatches,
        FAILED,
    ),
    "gives up an answer": Scenario(ready("fails"), sends_and_gives_up, FAILED),
    "is held up": Scenario(ready("fails"), sends_late, FAILED),
    "finds a run": Scenario(undecided(is_sent=True), decides, FAILED),
    "finds none": Scenario(undecided(is_sent=False), decides, FAILED),
    "finds none, and it is canceled": Scenario(
        undecided(is_sent=False, wants_cancel=True), decides, CANCELED, runs=0
    ),
    "finds none, and it expired": Scenario(
        undecided(is_sent=False, ttl=timedelta(seconds=20)),
        decides,
        ("EXPIRED", "EXPIRED"),
        runs=0,
    ),
    "finds none, and it is old": Scenario(too_old, decides, REJECTED, runs=0),
    "cannot search": Scenario(unsearchable, decides, FAILED),
    "meets a stray run": Scenario(foreign_run, links_another_run, SUCCEEDED),
    "sends a batch": Scenario(ready("fails", "work"), sends_a_batch(), SUCCEEDED),
    "sends a batch under load": Scenario(
        ready(*["work"] * 4), dispatches_many, SUCCEEDED
    ),
    "has no batch": Scenario(
        ready("work", "work", fault=Answer(route=BATCH, status=429)),
        sends_a_batch(),
        SUCCEEDED,
    ),
    "is overtaken": Scenario(
        ready("work", "work"), sends_a_batch(is_taken=True), SUCCEEDED
    ),
    "has items refused unread": Scenario(
        ready("work", "work", fault=Answer(route=ITEMS, status=403)),
        sends_a_batch(),
        SUCCEEDED,
    ),
    "loses the answer to items": Scenario(
        ready(
            "work",
            "work",
            fault=Answer(route=ITEMS, status=500, accepted=True, times=1),
        ),
        sends_a_batch(),
        SUCCEEDED,
    ),
    "has a batch that lacks items": Scenario(
        ready("work", "work"), sends_a_batch(has_all=False), SUCCEEDED
    ),
    "finds the runs of a batch": Scenario(in_batch, finds_batches, SUCCEEDED),
    "gives up a batch": Scenario(in_unsealed_batch, finds_batches, SUCCEEDED),
    "finds runs of a batch that are linked": Scenario(
        in_batch, finds_what_is_linked, SUCCEEDED
    ),
    "hears a start": Scenario(linked(), receives("RUN_STARTED"), SUCCEEDED),
    "hears a start in a transaction of its own": Scenario(
        linked(), receives("RUN_STARTED", by=posts_in_transaction), SUCCEEDED
    ),
    "hears a line": Scenario(
        linked(), receives("RUN_PROGRESS", logs=[LINE]), SUCCEEDED
    ),
    "hears a report": Scenario(
        posted("RUN_STARTED", linked()),
        receives("RUN_PROGRESS", progress={"fraction": 0.5}),
        SUCCEEDED,
    ),
    "hears an end": Scenario(
        linked(), receives("RUN_COMPLETED", **COMPLETED), SUCCEEDED
    ),
    "hears of a run of no job": Scenario(
        foreign_run, receives("RUN_STARTED"), SUCCEEDED
    ),
    "hears an alert": Scenario(linked("fails", runs_for=5), receives_an_alert, FAILED),
    "asks about an end": Scenario(
        posted("RUN_COMPLETED", linked(runs_for=61), **COMPLETED),
        works_on_the_inbox,
        SUCCEEDED,
    ),
    "adopts a run that started": Scenario(
        posted("RUN_STARTED", sent), works_on_the_inbox, SUCCEEDED
    ),
    "adopts a run that ended": Scenario(
        posted("RUN_COMPLETED", sent_and_over, **COMPLETED),
        works_on_the_inbox,
        SUCCEEDED,
    ),
    "hears of a run that is not the job's": Scenario(
        posted("RUN_STARTED", of_another_run), works_on_the_inbox, SUCCEEDED
    ),
    "hears of a run that nobody knows": Scenario(
        posted("RUN_STARTED", of_no_run), works_on_the_inbox, SUCCEEDED
    ),
    "hears of a run that came too late": Scenario(
        of_a_job_that_has_another, works_on_the_inbox, SUCCEEDED
    ),
    "hears of a run whose job was ended by force": Scenario(
        posted("RUN_STARTED", sent_and_forced), works_on_the_inbox, CANCELED
    ),
    "finds an event that cannot be read": Scenario(
        unreadable, works_on_the_inbox, SUCCEEDED
    ),
    "cannot ask about an end": Scenario(
        posted(
            "RUN_COMPLETED",
            linked(runs_for=61, fault=Answer(route=RETRIEVE, status=500)),
            waits=GRACE.total_seconds(),
            **COMPLETED,
        ),
        works_on_the_inbox,
        SUCCEEDED,
    ),
    "asks a run": Scenario(linked(), asks, SUCCEEDED),
    "asks a run that has ended": Scenario(linked(runs_for=61), asks, SUCCEEDED),
    "asks a run that was canceled": Scenario(canceled, asks, CANCELED),
    "asks a run that is not found": Scenario(
        linked(fault=Answer(route=RETRIEVE, status=404)), asks, SUCCEEDED
    ),
    "asks a run that is not told of": Scenario(
        linked(fault=Answer(route=RETRIEVE, status=400)), asks, SUCCEEDED
    ),
    "asks the second run of a job": Scenario(redispatched, asks, SUCCEEDED, runs=2),
    "follows the feed": Scenario(linked(), follows_the_feed, SUCCEEDED),
    "adopts a run that the feed shows": Scenario(sent, follows_the_feed, SUCCEEDED),
    "reconciles": Scenario(linked(), reconciles, SUCCEEDED),
    "reconciles what is right": Scenario(heard, reconciles, SUCCEEDED),
    "reconciles a lost run": Scenario(
        suspected, reconciles, ("FAILED", "ORPHANED"), heals=False
    ),
    "looks at health": Scenario(ready("work"), looks_at_health, SUCCEEDED),
    "claims": Scenario(internal(), claims, SUCCEEDED, runs=0),
    "claims from a queue with a limit": Scenario(
        internal(limit=1), claims, SUCCEEDED, runs=0
    ),
    "claims from a queue with a limit per key": Scenario(
        internal(limit=2, limit_per_key=1), claims, SUCCEEDED, runs=0
    ),
    "names a queue": Scenario(ready("fails", queue="mail"), dispatches, FAILED),
    "names a queue that is not there": Scenario(
        ready("work", queue="nowhere"), dispatches, REJECTED, runs=0
    ),
    "names queues in a batch": Scenario(
        ready("work", "work", queue="mail"), sends_a_batch(), SUCCEEDED
    ),
    "names queues in a batch that are not there": Scenario(
        ready("work", "work", queue="nowhere"), sends_a_batch(), REJECTED, runs=0
    ),
    "cannot ask for a queue": Scenario(
        ready("work", "work", queue="mail", fault=Answer(route=QUEUE, status=500)),
        sends_a_batch(),
        SUCCEEDED,
    ),
} | CRON_SCENARIOS
