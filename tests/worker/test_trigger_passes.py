"""The loops over Trigger.dev, one pass at a time, over a wire that fails."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from jobwire.app.counting import CountingHooks
from jobwire.jobs import duties, tracing
from jobwire.jobs.reconcile import PassUnderWayError
from jobwire.jobs.reconcile.judge import SECOND_LOOK
from jobwire.models.database import Database
from jobwire.models.vocabulary import CancelMode, JobStatus
from jobwire.triggerdev import ApiConnectionError, BadRequestError, ServerError
from jobwire.web.metrics import Metrics
from jobwire.worker.decide import DecideLoop
from jobwire.worker.dispatch import DispatchLoop
from jobwire.worker.inbox import InboxLoop
from jobwire.worker.reconcile import ReconcileLoop
from jobwire.worker.stop_runs import StopRunsLoop
from jobwire.worker.sync import SyncLoop
from tests.clock import FakeClock
from tests.jobs.losses import gone
from tests.jobs.rig import RULES, Rig, hook, open_rig
from tests.jobs.wire import Fault
from tests.worker.shared import share

#: Long enough that a test which has to wait it out is stopped.
LONG = timedelta(hours=1)


async def sent_in_one_pass(rig: Rig, loop: DispatchLoop) -> int:
    """Do a pass and let it end; return how many triggers it sent."""
    before = rig.wire.sent.get("trigger", 0)
    await loop.run_once()
    await loop.settled()
    return rig.wire.sent.get("trigger", 0) - before


# Dispatch.


async def test_a_pass_sends_no_more_at_once_than_it_may(rig: Rig) -> None:
    for _ in range(5):
        await rig.schedule()
    loop = DispatchLoop(share(rig, dispatches=3))
    gate = rig.wire.hold("trigger")

    assert await loop.run_once() == 0
    await gate.arrived.wait()
    assert await loop.run_once() > 0
    assert rig.wire.sent["trigger"] == 3

    gate.open()
    await loop.settled()
    assert await sent_in_one_pass(rig, loop) == 2


async def test_a_dispatch_goes_on_from_the_trace_of_its_job(rig: Rig) -> None:
    exporter, provider = InMemorySpanExporter(), TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.switch_on(provider)
    try:
        with tracing.span("request", "server"):
            await rig.schedule()
        loop = DispatchLoop(share(rig))
        await loop.run_once()
        await loop.settled()
    finally:
        tracing.switch_off()

    [request, dispatch] = exporter.get_finished_spans()
    assert dispatch.name == "dispatch work"
    assert dispatch.parent is not None
    assert request.context is not None
    assert dispatch.parent.span_id == request.context.span_id


async def test_after_a_failure_a_single_job_is_tried(rig: Rig) -> None:
    for _ in range(6):
        await rig.schedule()
    loop = DispatchLoop(share(rig, dispatches=3))
    rig.wire.fail("trigger", Fault.REFUSED)
    assert await sent_in_one_pass(rig, loop) == 3

    async with asyncio.timeout(10):
        while not (sent := await sent_in_one_pass(rig, loop)):
            pass
    assert sent == 1
    rig.wire.heal()
    async with asyncio.timeout(10):
        while not (sent := await sent_in_one_pass(rig, loop)):
            pass
    assert sent == 1
    assert await sent_in_one_pass(rig, loop) == 3


async def test_jobs_that_fail_together_count_as_one_failure(rig: Rig) -> None:
    for _ in range(20):
        await rig.schedule()
    # Twenty failures in a row would mean to wait for almost nine minutes.
    loop = DispatchLoop(
        share(rig, dispatches=20, last_backoff=LONG, poll_interval=LONG)
    )
    rig.wire.fail("trigger", Fault.REFUSED)
    assert await sent_in_one_pass(rig, loop) == 20

    async with asyncio.timeout(10):
        while not await sent_in_one_pass(rig, loop):
            pass


async def test_while_the_environment_cannot_be_asked_nothing_is_claimed(
    rig: Rig,
) -> None:
    id = await rig.schedule()
    rig.wire.fail("environment", Fault.REFUSED)

    await sent_in_one_pass(rig, DispatchLoop(share(rig)))

    assert (await rig.job(id)).dispatch_state == "none"


async def test_after_stop_nothing_is_claimed(rig: Rig) -> None:
    id = await rig.schedule()
    loop = DispatchLoop(share(rig))
    gate = rig.wire.hold("environment")
    passing = asyncio.create_task(loop.run_once())
    await gate.arrived.wait()

    loop.stop()
    await loop.settled()
    gate.open()
    await passing

    assert (await rig.job(id)).dispatch_state == "none"


async def test_a_dispatch_that_cannot_be_written_down_is_left_to_the_decider(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    id = await rig.schedule()
    loop = DispatchLoop(share(rig))
    gate = rig.wire.hold("trigger")
    await loop.run_once()
    await gate.arrived.wait()
    await rig.fetch("ALTER TABLE worker_jobs RENAME TO renamed")
    gate.open()

    await loop.settled()

    await rig.fetch("ALTER TABLE renamed RENAME TO worker_jobs")
    assert "was not written down" in caplog.text
    assert (await rig.job(id)).dispatch_state == "sending"
    assert len(await rig.runs(id)) == 1


async def test_the_decider_settles_what_is_in_doubt(rig: Rig) -> None:
    dispatch = await rig.claimed()
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    await rig.dispatcher.send(dispatch)
    rig.clock.advance(RULES.settle)

    assert await DecideLoop(share(rig)).run_once() > 0

    assert (await rig.job(dispatch.id)).dispatch_state == "linked"


async def test_the_decider_waits_while_nobody_can_be_asked(rig: Rig) -> None:
    dispatch = await rig.claimed()
    rig.clock.advance(RULES.lease)
    rig.wire.fail("list", 500)
    loop = DecideLoop(share(rig, first_backoff=timedelta(seconds=7)))

    assert 3.5 <= await loop.run_once() <= 7
    assert 7 <= await loop.run_once() <= 14

    assert (await rig.job(dispatch.id)).dispatch_state == "sending"


# Stop, sync, inbox, reconcile.


async def test_a_run_that_cannot_be_told_to_stop_keeps_no_other_from_it(
    rig: Rig,
) -> None:
    jobs = []
    for _ in range(3):
        jobs.append(await rig.linked("nobody-deployed-it"))
        rig.clock.advance(1)
    for job in jobs:
        await rig.cancel(job.id)
        rig.clock.advance(1)
    broken = jobs[0].trigger_run_id or ""
    rig.wire.fail("cancel", 500, only=lambda one: broken in one.url.path)

    with pytest.raises(ServerError):
        await StopRunsLoop(share(rig)).do_duty()

    statuses = [(await rig.job(job.id)).status for job in jobs]
    assert statuses == [JobStatus.QUEUED, JobStatus.CANCELED, JobStatus.CANCELED]


async def test_a_run_that_is_gone_is_told_once(rig: Rig) -> None:
    job = await rig.linked()
    await rig.cancel(job.id)
    rig.wire.unknown = None
    loop = StopRunsLoop(share(rig))

    await loop.do_duty()
    await loop.do_duty()

    assert rig.wire.sent["cancel"] == 1
    assert (await rig.job(job.id)).status == JobStatus.QUEUED


async def test_running_code_is_told_once_and_then_followed(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    await rig.cancel(job.id)
    loop = StopRunsLoop(share(rig))
    await loop.do_duty()
    await loop.do_duty()
    assert rig.wire.sent["cancel"] == 1
    assert (await rig.job(job.id)).cancel_acknowledged_at is not None

    await rig.stage.advance(2)
    await SyncLoop(share(rig)).do_duty()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")


async def test_a_run_that_goes_on_though_it_was_told_is_told_again(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    await rig.cancel(job.id)
    rig.wire.fail("cancel", 404, times=1)
    loop = StopRunsLoop(share(rig))
    await loop.do_duty()
    await rig.stage.advance(29)
    await loop.do_duty()
    assert rig.wire.sent["cancel"] == 1
    await rig.stage.advance(1)

    await loop.do_duty()
    await rig.stage.advance(2)
    await SyncLoop(share(rig)).do_duty()

    after = await rig.job(job.id)
    assert rig.wire.sent["cancel"] == 2
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")


async def test_forced_runs_are_told_though_another_run_cannot_be(rig: Rig) -> None:
    broken, forced = await rig.linked(), await rig.linked()
    await rig.cancel(broken.id)
    await rig.cancel(forced.id, mode=CancelMode.FORCE, grace_period=timedelta())
    assert await rig.force() == 1
    path = broken.trigger_run_id or ""
    rig.wire.fail("cancel", 500, only=lambda one: path in one.url.path)

    with pytest.raises(ServerError):
        await StopRunsLoop(share(rig)).do_duty()

    assert forced.trigger_run_id is not None
    assert await rig.stage.status(forced.trigger_run_id) == "CANCELED"


async def test_a_cancel_is_remembered_while_trigger_dev_is_down(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    await rig.cancel(job.id)
    rig.wire.fail("cancel", Fault.REFUSED)
    loop = StopRunsLoop(share(rig))
    for _ in range(3):
        with pytest.raises(ApiConnectionError):
            await loop.do_duty()
    waiting = await rig.job(job.id)
    assert (waiting.status, waiting.cancel_acknowledged_at) == ("QUEUED", None)
    rig.wire.heal()

    await loop.do_duty()
    await rig.stage.advance(2)
    await SyncLoop(share(rig)).do_duty()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")


async def test_sync_asks_those_who_were_silent(rig: Rig) -> None:
    job = await rig.linked("fails")
    loop = SyncLoop(share(rig))
    await loop.do_duty()
    assert "retrieve" not in rig.wire.sent
    await rig.stage.advance(5)

    assert await loop.do_duty() == 1

    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_sync_goes_on_past_a_run_that_nobody_can_answer_for(rig: Rig) -> None:
    jobs = [await rig.linked("fails") for _ in range(12)]
    broken = {job.trigger_run_id for job in jobs[:11]}
    await rig.stage.advance(5)
    rig.wire.fail(
        "retrieve", 400, only=lambda one: one.url.path.split("/")[4] in broken
    )
    loop = SyncLoop(share(rig))

    for _ in range(2):
        with suppress(BadRequestError):
            await loop.do_duty()

    assert (await rig.job(jobs[11].id)).status == JobStatus.FAILED


async def test_sync_does_not_wait_longer_for_one_of_many(rig: Rig) -> None:
    jobs = [await rig.linked() for _ in range(2)]
    await rig.stage.advance(5)
    broken = jobs[0].trigger_run_id or ""
    rig.wire.fail("retrieve", 500, only=lambda one: broken in one.url.path)

    assert await SyncLoop(share(rig)).do_duty() == 1


async def test_sync_waits_longer_when_nobody_answers(rig: Rig) -> None:
    await rig.linked()
    await rig.stage.advance(5)
    rig.wire.fail("retrieve", 500)

    with pytest.raises(ServerError):
        await SyncLoop(share(rig)).do_duty()


async def test_sync_leaves_the_rest_of_the_rate_limit_to_others(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    async with open_rig(database, clock, tmp_path, rate_limit=10) as rig:
        job = await rig.linked()
        rig.clock.advance(5)
        loop = SyncLoop(share(rig))
        for _ in range(8):
            await rig.executor.retrieve(job.trigger_run_id or "")
        before = rig.wire.sent["retrieve"]

        assert await loop.do_duty() == 1
        assert rig.wire.sent["retrieve"] == before

        rig.clock.advance(10)
        await loop.do_duty()
        assert rig.wire.sent["retrieve"] == before + 1


async def test_the_inbox_comes_back_to_what_has_to_wait(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    loop = InboxLoop(share(rig))
    assert await loop.do_duty() == 1
    await rig.post(hook("RUN_COMPLETED", job.trigger_run_id or "", job.id, rig.clock))

    assert 0 < await loop.do_duty() <= 0.2
    assert 0 < await loop.do_duty() <= 0.2
    assert rig.wire.sent["retrieve"] == 1
    await rig.stage.advance(60)
    async with asyncio.timeout(10):
        while await rig.inbox():
            pause = await loop.do_duty()
            await asyncio.sleep(pause)

    assert rig.wire.sent["retrieve"] == 2
    assert (await rig.job(job.id)).status == JobStatus.SUCCEEDED


async def test_a_pass_of_reconciliation_is_due_at_the_start_and_then_by_its_interval(
    rig: Rig,
) -> None:
    loop = ReconcileLoop(share(rig, reconcile_interval=LONG))

    for _ in range(2):
        assert 0 < await loop.do_duty() <= LONG.total_seconds()

    assert len(await rig.fetch("SELECT id FROM reconciliations")) == 1


async def test_suspects_are_looked_at_again_before_the_interval_has_passed(
    rig: Rig,
) -> None:
    await gone(rig, 1)
    loop = ReconcileLoop(share(rig, reconcile_interval=LONG))

    assert 29 < await loop.do_duty() <= SECOND_LOOK.total_seconds()


async def test_after_a_pass_the_figures_are_told(rig: Rig) -> None:
    await rig.linked("fails")
    await rig.stage.advance(5)
    metrics = Metrics()
    shared = replace(share(rig), hooks=CountingHooks(metrics))

    await ReconcileLoop(shared).do_duty()

    def figure(name: str, **labels: str) -> float | None:
        return metrics.registry.get_sample_value(name, labels)

    assert figure("jobwire_reconciled_jobs_total", finding="corrected") == 1
    lag = figure("jobwire_path_lag_seconds", source="RECONCILER", percentile="99")
    assert lag is not None
    assert 0 < lag <= 5


async def test_a_pass_waits_for_that_of_somebody_else(rig: Rig) -> None:
    await rig.linked()
    gate = rig.wire.hold("list")
    by_hand = asyncio.create_task(rig.reconciler.reconcile())
    await gate.arrived.wait()
    loop = ReconcileLoop(share(rig, reconcile_interval=LONG))

    assert 0 < await loop.do_duty() <= 5

    assert rig.wire.sent["list"] == 1
    gate.open()
    await by_hand
    assert len(await rig.fetch("SELECT id FROM reconciliations")) == 1


async def test_a_person_hears_who_makes_a_pass(rig: Rig) -> None:
    gate = rig.wire.hold("list")
    passing = asyncio.create_task(
        rig.reconciler_of(holder="worker-7").reconcile(),
    )
    await gate.arrived.wait()

    with pytest.raises(PassUnderWayError, match=r"by worker-7/"):
        await rig.reconciler.reconcile(patience=timedelta(seconds=2))

    gate.open()
    await passing


async def test_fifteen_instances_that_start_at_once_change_nothing(rig: Rig) -> None:
    for _ in range(9):
        await rig.linked()
    await rig.stage.advance(2)
    await rig.syncer.ask_all()

    async def everything() -> list[Any]:
        return [
            *await rig.fetch("SELECT id, version FROM worker_jobs ORDER BY id"),
            *await rig.fetch("SELECT job_id, kind FROM job_events ORDER BY xid, id"),
        ]

    before = await everything()
    loops = [
        ReconcileLoop(share(rig, f"w{number}", reconcile_interval=LONG))
        for number in range(15)
    ]

    await asyncio.gather(*(loop.run_once() for loop in loops))

    assert await everything() == before
    assert len(await rig.fetch("SELECT id FROM reconciliations")) == 1


# Duties.


async def test_a_long_pass_goes_on_holding_its_duty(rig: Rig) -> None:
    await rig.linked()
    await rig.stage.advance(5)
    first = SyncLoop(share(rig, "w1", duty=timedelta(milliseconds=40)))
    gate = rig.wire.hold("retrieve")
    passing = asyncio.create_task(first.run_once())
    await gate.arrived.wait()
    rig.clock.advance(timedelta(minutes=5))
    async with asyncio.timeout(10):
        while not await rig.fetch(
            "SELECT FROM duties WHERE until > $1", rig.clock.now()
        ):
            pass

    await SyncLoop(share(rig, "w2")).run_once()

    gate.open()
    await passing
    [row] = await rig.fetch("SELECT holder, term FROM duties")
    assert (row["holder"], row["term"]) == ("w1", 1)


async def test_who_has_no_duty_does_nothing(rig: Rig) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(5)
    first, second = SyncLoop(share(rig, "w1")), SyncLoop(share(rig, "w2"))
    await first.run_once()
    assert (await rig.job(job.id)).status == JobStatus.FAILED
    later = await rig.linked("fails")
    await rig.stage.advance(4)

    # It looks again before the other one can have been silent for its span.
    assert await second.run_once() == 2.5
    assert (await rig.job(later.id)).status == JobStatus.QUEUED

    rig.clock.advance(1)
    await second.run_once()
    assert (await rig.job(later.id)).status == JobStatus.FAILED


async def test_a_duty_that_was_laid_down_is_free_at_once(rig: Rig) -> None:
    first, second = SyncLoop(share(rig, "w1")), SyncLoop(share(rig, "w2"))
    await first.run_once()
    job = await rig.linked("fails")
    await rig.stage.advance(3)

    await first.lay_down()
    await second.run_once()

    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_a_duty_that_was_laid_down_is_not_taken_up_by_a_late_pass(
    rig: Rig,
) -> None:
    loop = SyncLoop(share(rig))
    await loop.run_once()

    await loop.lay_down()
    await loop.run_once()

    rows = await rig.fetch("SELECT name FROM duties WHERE until > $1", rig.clock.now())
    assert rows == []


async def test_nobody_lays_down_the_duty_of_another(rig: Rig) -> None:
    first, second = SyncLoop(share(rig, "w1")), SyncLoop(share(rig, "w2"))
    await first.run_once()

    await second.lay_down()

    [row] = await rig.fetch("SELECT holder, until FROM duties")
    assert (row["holder"], row["until"] > rig.clock.now()) == ("w1", True)


async def test_the_term_of_a_duty_rises_with_every_new_holder(rig: Rig) -> None:
    span = timedelta(seconds=5)

    async def take(holder: str) -> int | None:
        async with rig.database.connection() as connection:
            return await duties.take(
                connection, "d", holder=holder, span=span, now=rig.clock.now()
            )

    terms = [await take("w1"), await take("w1"), await take("w2")]
    rig.clock.advance(span)
    terms += [await take("w2"), await take("w1")]

    assert terms == [1, 1, None, 2, None]


async def test_an_environment_that_cannot_be_asked_makes_a_duty_patient(
    rig: Rig,
) -> None:
    rig.wire.fail("environment", Fault.REFUSED)
    loop = SyncLoop(
        share(rig, first_backoff=timedelta(seconds=1), duty=timedelta(minutes=1))
    )

    pauses = [await loop.run_once() for _ in range(7)]
    rig.wire.heal()
    pauses.append(await loop.run_once())

    # Never longer than until the duty has to be renewed.
    spans = [1, 2, 4, 8, 16, 30, 30]
    assert all(
        span / 2 <= pause <= span for span, pause in zip(spans, pauses, strict=False)
    )
    assert pauses[-1] == 1
