"""Batches: each job has one run, or is refused, whatever fails on the way."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta
from operator import attrgetter
from typing import Any
from uuid import UUID

import httpx
import pytest

from jobwire.jobs.dispatch import Outcome
from jobwire.jobs.dispatch_batch import BatchDispatcher
from jobwire.jobs.link_batch import UNSEALED_AFTER
from jobwire.jobs.transitions import row
from jobwire.jobs.transitions.batch import (
    accept,
    leave_batch,
    link_batch,
    put_in_batch,
)
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.jobs.transitions.expire import expire
from jobwire.models.database import Connection
from jobwire.models.vocabulary import JobStatus
from tests.blocked import blocked
from tests.jobs.rig import RULES, Rig
from tests.jobs.wire import Fault

JOBS = 5


async def claimed(rig: Rig, *tasks: str, **fields: Any) -> list[Dispatch]:
    """Claim jobs for a batch."""
    for task in tasks or ("work",) * JOBS:
        await rig.schedule(task, **fields)
    return await rig.claim()


async def states(rig: Rig) -> set[str]:
    rows = await rig.fetch("SELECT dispatch_state FROM worker_jobs")
    return {row["dispatch_state"] for row in rows}


async def runs(rig: Rig, dispatches: list[Dispatch]) -> list[int]:
    """Return how many runs each job has, past the wire."""
    return [len(await rig.runs(one.id)) for one in dispatches]


async def settle(rig: Rig) -> None:
    """Let everything happen that happens by itself, until each job has its run."""
    for _ in range(12):
        await rig.link_batches()
        await rig.decide()
        for dispatch in await rig.claim():
            await rig.dispatcher.send(dispatch)
        rows = await rig.fetch(
            "SELECT 1 FROM worker_jobs WHERE finished IS NULL"
            " AND dispatch_state <> 'linked'"
        )
        if not rows:
            return
    raise AssertionError(await states(rig))


# The way of a batch.


async def test_the_jobs_of_a_batch_get_their_runs(rig: Rig) -> None:
    dispatches = await claimed(rig, "work", "fails", "huge")

    sent = await rig.batch_dispatcher.send(dispatches)

    assert sent.outcome is Outcome.ACCEPTED
    jobs = [await rig.job(one.id) for one in dispatches]
    assert {job.dispatch_state for job in jobs} == {"accepted"}
    [batch] = {job.trigger_batch_id for job in jobs}
    assert batch is not None
    await rig.stage.advance(0.1)
    assert await rig.link_batches() == 3
    jobs = [await rig.job(one.id) for one in dispatches]
    assert {job.dispatch_state for job in jobs} == {"linked"}
    assert [[job.trigger_run_id] for job in jobs] == [
        await rig.runs(job.id) for job in jobs
    ]
    assert rig.wire.sent == {
        "environment": 1,
        "batch": 1,
        "items": 1,
        "list": 1,
    }


async def test_each_step_of_a_batch_is_an_event(rig: Rig) -> None:
    [dispatch] = await claimed(rig, "work")
    await rig.batch_dispatcher.send([dispatch])
    await rig.stage.advance(0.1)
    await rig.link_batches()

    rows = await rig.fetch(
        "SELECT changes FROM job_events WHERE job_id = $1 AND kind = 'DISPATCHED'"
        " ORDER BY version",
        dispatch.id,
    )

    claim, put, accepted, linked = (set(json.loads(row["changes"])) for row in rows)
    assert claim >= {"dispatch_state", "dispatch_number", "dispatched_at"}
    assert put == {"trigger_batch_id"}
    assert accepted == {"dispatch_state"}
    assert linked == {"dispatch_state", "trigger_run_id"}


async def test_an_item_is_sent_as_the_job_would_be_singly(rig: Rig) -> None:
    fields: dict[str, Any] = {"tag": "one", "data": {"n": 1}}
    bodies: list[bytes] = []

    def look(request: httpx.Request) -> bool:
        bodies.append(request.content)
        return False

    rig.wire.fail("items", 500, only=look)
    [dispatch] = await claimed(rig, "work", ttl=timedelta(hours=1), **fields)
    await rig.batch_dispatcher.send([dispatch])
    await rig.executor.send(dispatch, now=rig.clock.now())

    [item] = [httpx.Response(200, content=body).json() for body in bodies]
    assert item.pop("index") == 0
    assert item.pop("task") == "work"
    assert item == rig.wire.bodies[0]
    assert len(await rig.runs(dispatch.id)) == 1


async def test_a_run_that_is_listed_late_is_linked_when_it_is(rig: Rig) -> None:
    dispatches = await claimed(rig)
    await rig.batch_dispatcher.send(dispatches)
    await rig.stage.advance(0.1)
    rig.wire.hides_runs = True
    assert await rig.link_batches() == 0
    assert await states(rig) == {"accepted"}

    rig.wire.hides_runs = False

    assert await rig.link_batches() == JOBS


async def test_a_batch_of_more_than_one_page_is_linked_in_one_go(rig: Rig) -> None:
    dispatches = await claimed(rig, *["work"] * 130)
    dispatches += await rig.claim()
    await rig.batch_dispatcher.send(dispatches)
    await rig.stage.advance(1)

    assert await rig.link_batches() == 130
    assert rig.wire.sent["list"] == 2


# What goes wrong before any item is sent leaves the jobs as they were.


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.REFUSED, 429, 500, 422])
async def test_a_batch_that_is_not_made_leaves_its_jobs_ready(
    rig: Rig, fault: Fault | int
) -> None:
    dispatches = await claimed(rig)
    rig.wire.fail("batch", fault)

    sent = await rig.batch_dispatcher.send(dispatches)

    assert sent.outcome is Outcome.REFUSED_FOR_NOW
    assert sent.error is not None
    assert await states(rig) == {"none"}
    assert rig.wire.sent["batch"] == 1
    await settle(rig)
    assert await runs(rig, dispatches) == [1] * JOBS


@pytest.mark.parametrize("fault", [Fault.REFUSED, 401, 403])
async def test_items_that_nobody_read_leave_their_jobs_ready(
    rig: Rig, fault: Fault | int
) -> None:
    dispatches = await claimed(rig)
    rig.wire.fail("items", fault)

    sent = await rig.batch_dispatcher.send(dispatches)

    assert sent.outcome is Outcome.REFUSED_FOR_NOW
    job = await rig.job(dispatches[0].id)
    assert (job.dispatch_state, job.trigger_batch_id) == ("none", None)
    rig.wire.heal()
    await settle(rig)
    assert await runs(rig, dispatches) == [1] * JOBS


async def test_a_cancel_while_a_batch_is_refused_settles_its_job(rig: Rig) -> None:
    dispatches = await claimed(rig)
    await rig.cancel(dispatches[0].id)
    rig.wire.fail("batch", 503)

    await rig.batch_dispatcher.send(dispatches)

    job = await rig.job(dispatches[0].id)
    assert (job.status, job.cancel_outcome) == (JobStatus.CANCELED, "NEVER_STARTED")
    assert {one.id for one in await rig.claim()} == {one.id for one in dispatches[1:]}


async def test_a_batch_that_was_held_up_sends_no_item(rig: Rig) -> None:
    dispatches = await claimed(rig)
    gate = rig.wire.hold("batch")
    sending = asyncio.create_task(rig.batch_dispatcher.send(dispatches))
    await gate.arrived.wait()
    rig.clock.advance(RULES.lease - RULES.settle + timedelta(seconds=1))
    gate.open()

    assert (await sending).outcome is Outcome.REFUSED_FOR_NOW

    assert "items" not in rig.wire.sent
    await settle(rig)
    assert await runs(rig, dispatches) == [1] * JOBS


# What goes wrong later.


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, 500, 422])
async def test_a_lost_answer_to_the_items_makes_no_second_run(
    rig: Rig, fault: Fault | int
) -> None:
    dispatches = await claimed(rig, "fails", "work", "fails")
    rig.wire.fail("items", fault, carried_out=True)

    sent = await rig.batch_dispatcher.send(dispatches)

    assert sent.outcome is Outcome.UNKNOWN
    assert await states(rig) == {"unknown"}
    rig.wire.heal()
    await settle(rig)
    assert await runs(rig, dispatches) == [1, 1, 1]
    assert "trigger" not in rig.wire.sent


async def test_items_that_never_arrived_are_sent_singly_when_the_batch_is_given_up(
    rig: Rig,
) -> None:
    dispatches = await claimed(rig)
    rig.wire.fail("items", 500)
    await rig.batch_dispatcher.send(dispatches)
    rig.wire.heal()
    await rig.stage.advance(RULES.lease.total_seconds())
    assert await rig.link_batches() == 0
    assert await rig.take() == []

    await rig.stage.advance(UNSEALED_AFTER.total_seconds())

    assert await rig.link_batches() == JOBS
    assert await rig.take() == []
    await settle(rig)
    assert await runs(rig, dispatches) == [1] * JOBS
    assert rig.wire.sent["trigger"] == JOBS
    assert {(await rig.job(one.id)).dispatch_number for one in dispatches} == {1}


async def test_a_batch_that_stays_unsealed_is_given_up(rig: Rig) -> None:
    dispatches = await claimed(rig)
    gate = rig.wire.hold("items")
    sending = asyncio.create_task(rig.batch_dispatcher.send(dispatches))
    await gate.arrived.wait()
    rig.wire.answer(
        "items",
        b'{"id":"batch_1","itemsAccepted":1,"itemsDeduplicated":0,"sealed":false}',
        "application/json",
    )
    gate.open()
    assert (await sending).outcome is Outcome.UNKNOWN
    rig.wire.heal()
    await rig.stage.advance((RULES.lease + UNSEALED_AFTER).total_seconds())

    await settle(rig)

    assert await runs(rig, dispatches) == [1] * JOBS


async def test_an_item_that_fails_by_itself_is_refused_by_itself(rig: Rig) -> None:
    dispatches = await claimed(rig, "work", "work")
    good, bad = dispatches
    rig.wire.fail("trigger", 422)

    class Overfull(type(rig.executor.marks)):  # type: ignore[misc] # a class of the rig
        """Marks that give one job more tags than a run may have."""

        def options(self, dispatch: Dispatch, **given: Any) -> Any:
            made = super().options(dispatch, **given)
            if dispatch.id != bad.id:
                return made
            object.__setattr__(made, "tags", tuple(f"t{n}" for n in range(11)))
            return made

    rig.executor.marks.__class__ = Overfull
    await rig.batch_dispatcher.send(dispatches)
    await rig.stage.advance(RULES.lease.total_seconds())
    rig.executor.marks.__class__ = Overfull.__base__

    await settle(rig)

    assert len(await rig.runs(good.id)) == 1
    assert (await rig.job(good.id)).dispatch_state == "linked"
    job = await rig.job(bad.id)
    assert (job.status, job.failure_kind) == (JobStatus.FAILED, "DISPATCH_REJECTED")
    assert await rig.runs(bad.id) == []


async def test_nothing_is_sent_again_while_the_batch_may_still_make_its_run(
    rig: Rig,
) -> None:
    dispatches = await claimed(rig)
    await rig.batch_dispatcher.send(dispatches)
    working = (
        b'{"id":"batch_1","status":"PROCESSING","createdAt":"2026-01-02T03:04:05.000Z",'
        b'"updatedAt":"2026-01-02T03:04:05.000Z","runCount":5,"runs":[]}'
    )
    rig.wire.answer("standing", working, "application/json")
    rig.wire.hides_runs = True

    for _ in range(5):
        await rig.stage.advance(3600)
        assert await rig.link_batches() == 0
        assert await rig.take() == []

    rig.wire.heal()
    await settle(rig)
    assert await runs(rig, dispatches) == [1] * JOBS
    assert "trigger" not in rig.wire.sent


async def test_a_run_that_fails_within_the_lag_of_the_lists_is_not_made_twice(
    rig: Rig,
) -> None:
    dispatches = await claimed(rig, "fails", "fails")
    await rig.batch_dispatcher.send(dispatches)
    await rig.stage.advance(RULES.settle.total_seconds())
    rig.wire.hides_runs = True
    assert await rig.link_batches() == 2
    assert await states(rig) == {"unknown"}
    # The batch has just made its last run, as far as anybody knows.
    await rig.stage.advance(10)
    assert await rig.take() == []
    rig.wire.hides_runs = False

    await settle(rig)

    assert await runs(rig, dispatches) == [1, 1]
    assert "trigger" not in rig.wire.sent


async def test_a_batch_that_nobody_knows_is_left_and_its_jobs_are_looked_for(
    rig: Rig,
) -> None:
    dispatches = await claimed(rig)
    await rig.batch_dispatcher.send(dispatches)
    rig.wire.fail("standing", 404, times=1)
    rig.wire.hides_runs = True
    await rig.stage.advance(RULES.settle.total_seconds())
    assert await rig.link_batches() == JOBS
    rig.wire.heal()

    await settle(rig)

    assert await runs(rig, dispatches) == [1] * JOBS
    assert "trigger" not in rig.wire.sent


# Processes that die between two steps.


async def crash_at(rig: Rig, step: str, dispatches: list[Dispatch]) -> None:
    """Stop a batch at a step, as if its process were gone."""
    gate = rig.wire.hold(step)
    sending = asyncio.create_task(rig.batch_dispatcher.send(dispatches))
    await gate.arrived.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    rig.wire.heal()


@pytest.mark.parametrize("step", ["batch", "items"])
async def test_who_takes_over_makes_one_run_of_each(rig: Rig, step: str) -> None:
    dispatches = await claimed(rig, "fails", "work")
    await crash_at(rig, step, dispatches)
    assert await rig.link_batches() == 0
    await rig.stage.advance((RULES.lease + UNSEALED_AFTER).total_seconds())

    await settle(rig)

    assert await runs(rig, dispatches) == [1, 1]


async def test_jobs_of_a_batch_are_left_to_its_sender_for_its_lease(rig: Rig) -> None:
    dispatches = await claimed(rig)
    gate = rig.wire.hold("items")
    sending = asyncio.create_task(rig.batch_dispatcher.send(dispatches))
    await gate.arrived.wait()

    assert await rig.link_batches() == 0

    assert "list" not in rig.wire.sent
    gate.open()
    assert (await sending).outcome is Outcome.ACCEPTED


# A batch and the rest of a job's life.


async def test_a_cancel_of_an_accepted_job_waits_for_its_run(rig: Rig) -> None:
    [dispatch] = await claimed(rig, "work")
    await rig.batch_dispatcher.send([dispatch])

    await rig.cancel(dispatch.id)

    job = await rig.job(dispatch.id)
    assert (job.status, job.cancel_outcome) == (JobStatus.QUEUED, "PENDING")
    await rig.stage.advance(0.1)
    await rig.link_batches()
    job = await rig.job(dispatch.id)
    assert (job.dispatch_state, job.cancel_outcome) == ("linked", "PENDING")


async def test_a_time_to_live_ends_no_accepted_job(rig: Rig) -> None:
    [dispatch] = await claimed(rig, "work", ttl=timedelta(seconds=30))
    await rig.batch_dispatcher.send([dispatch])
    rig.clock.advance(60)

    async with rig.database.connection() as connection:
        assert await expire(connection, now=rig.clock.now()) == 0

    job = await rig.job(dispatch.id)
    assert (job.status, job.dispatch_state) == (JobStatus.QUEUED, "accepted")


async def test_reconciliation_alone_gives_accepted_jobs_their_runs(rig: Rig) -> None:
    dispatches = await claimed(rig)
    await rig.batch_dispatcher.send(dispatches)
    await rig.stage.advance(40)

    await rig.reconciler.reconcile()

    assert await states(rig) == {"linked"}
    assert await rig.link_batches() == 0


@pytest.mark.rows_by_hand("ends a job behind its dispatch")
async def test_the_run_of_a_job_that_has_ended_meanwhile_is_canceled(rig: Rig) -> None:
    [dispatch] = await claimed(rig, "work")
    await rig.batch_dispatcher.send([dispatch])
    await rig.stage.advance(0.1)
    gate = rig.wire.hold("list")
    linking = asyncio.create_task(rig.link_batches())
    await gate.arrived.wait()
    await end(rig, dispatch.id)

    gate.open()
    await linking

    [run] = await rig.runs(dispatch.id)
    assert await rig.stage.status(run) == "CANCELED"


async def end(rig: Rig, job_id: UUID) -> None:
    await rig.fetch(
        "UPDATE worker_jobs SET status = 'EXPIRED', finished = now(), success = false,"
        " failure_kind = 'EXPIRED', next_attempt_at = NULL,"
        " result = '{\"error\": {}}' WHERE id = $1",
        job_id,
    )


async def test_who_was_fenced_out_sends_no_item(rig: Rig) -> None:
    dispatches = await claimed(rig)
    rig.clock.advance(RULES.lease)
    assert len(await rig.take()) == JOBS
    slow = BatchDispatcher(rig.database.connection, rig.executor, rig.clock, RULES)

    assert (await slow.send(dispatches)).outcome is Outcome.REFUSED_FOR_NOW

    assert "items" not in rig.wire.sent
    assert await states(rig) == {"sending"}


# Who waits for whom.


async def _put(rig: Rig, connection: Connection, given: list[Dispatch]) -> object:
    return await put_in_batch(connection, given, "batch_1", now=rig.clock.now())


async def _accept(rig: Rig, connection: Connection, given: list[Dispatch]) -> object:
    return await accept(connection, given, now=rig.clock.now())


async def _link(rig: Rig, connection: Connection, given: list[Dispatch]) -> object:
    runs = {one.id: f"run_{one.id}" for one in given}
    return await link_batch(connection, "batch_1", runs, now=rig.clock.now())


async def _leave(rig: Rig, connection: Connection, given: list[Dispatch]) -> object:
    jobs = [one.id for one in given]
    return await leave_batch(connection, "batch_1", jobs, now=rig.clock.now())


@pytest.mark.parametrize("write", [_put, _accept, _link, _leave])
async def test_the_jobs_of_a_batch_are_locked_in_the_order_of_their_ids(
    rig: Rig, write: Callable[[Rig, Connection, list[Dispatch]], Awaitable[object]]
) -> None:
    given = sorted(await claimed(rig), key=attrgetter("id"), reverse=True)
    second, first = given[-2:]
    async with rig.database.connection() as connection:
        await _put(rig, connection, given)
    async with (
        rig.database.transaction() as own,
        rig.database.connection() as other,
        asyncio.timeout(30),
    ):
        assert await row.lock(own, first.id, viewer=None)
        writing = asyncio.create_task(write(rig, other, given))
        await blocked(own)

        # Whoever holds the first one can go on to the next.
        assert await row.lock(own, second.id, viewer=None)

    await writing
