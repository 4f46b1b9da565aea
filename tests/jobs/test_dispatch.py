"""Dispatch: one run of each job, whatever the wire does."""

import asyncio
import json
import logging
from datetime import timedelta

import httpx
import pytest

from jobwire.jobs.dispatch import Dispatcher, DispatchRules, Outcome
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.models.vocabulary import DispatchState, JobStatus
from jobwire.triggerdev import ApiConnectionError, ServerError
from tests.jobs.rig import RULES, Rig
from tests.jobs.wire import Fault

DAY = timedelta(days=1)


async def state(rig: Rig, dispatch: Dispatch) -> tuple[str, str]:
    """Return where the job and its dispatch stand."""
    job = await rig.job(dispatch.id)
    return job.status, job.dispatch_state


async def lost(rig: Rig, task: str = "work", **fields: object) -> Dispatch:
    """Send a dispatch whose answer is lost: a run exists, and we do not know."""
    dispatch = await rig.claimed(task, **fields)
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN
    return dispatch


async def never_arrived(rig: Rig, task: str = "work", **fields: object) -> Dispatch:
    """Send a dispatch that is lost on its way: no run exists, and we do not know."""
    dispatch = await rig.claimed(task, **fields)
    rig.wire.fail("trigger", 500, times=1)
    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN
    return dispatch


# What a send comes to.


async def test_an_accepted_job_is_linked_to_its_run(rig: Rig) -> None:
    dispatch = await rig.claimed()

    assert await rig.dispatcher.send(dispatch) is Outcome.SETTLED

    job = await rig.job(dispatch.id)
    assert [job.trigger_run_id] == await rig.runs(dispatch.id)
    assert (job.status, job.dispatch_state) == (JobStatus.QUEUED, DispatchState.LINKED)
    assert await rig.events(dispatch.id) == [
        "CREATED by API",
        "DISPATCHED by DISPATCH",
        "DISPATCHED by DISPATCH",
    ]


async def test_sending_is_committed_before_anything_is_sent(rig: Rig) -> None:
    dispatch = await rig.claimed()
    gate = rig.wire.hold("trigger")
    sending = asyncio.create_task(rig.dispatcher.send(dispatch))
    await gate.arrived.wait()

    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.SENDING)

    gate.open()
    assert await sending is Outcome.SETTLED


@pytest.mark.parametrize("fault", [Fault.REFUSED, 401, 403, 408, 429])
async def test_what_was_surely_not_accepted_is_ready_again(
    rig: Rig, fault: Fault | int
) -> None:
    dispatch = await rig.claimed()
    rig.wire.fail("trigger", fault)

    assert await rig.dispatcher.send(dispatch) is Outcome.REFUSED_FOR_NOW

    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.NONE)
    [again] = await rig.claim()
    assert (again.id, again.number) == (dispatch.id, dispatch.number)


@pytest.mark.parametrize("status", [400, 404, 413, 422])
async def test_what_is_refused_for_good_fails_with_the_servers_words(
    rig: Rig, status: int
) -> None:
    dispatch = await rig.claimed()
    rig.wire.fail("trigger", status, words="You have run out of credits.")

    assert await rig.dispatcher.send(dispatch) is Outcome.SETTLED

    job = await rig.job(dispatch.id)
    assert (job.status, job.failure_kind) == (JobStatus.FAILED, "DISPATCH_REJECTED")
    error = json.loads(job.result or "")["error"]
    assert "You have run out of credits." in error["message"]
    assert str(status) in error["message"]
    assert (await rig.events(dispatch.id))[-1] == "FAILED by DISPATCH"


async def test_what_the_client_refuses_fails_too(rig: Rig) -> None:
    dispatch = await rig.claimed(task="..")

    assert await rig.dispatcher.send(dispatch) is Outcome.SETTLED

    job = await rig.job(dispatch.id)
    assert (job.status, job.failure_kind) == (JobStatus.FAILED, "DISPATCH_REJECTED")
    assert "trigger" not in rig.wire.sent


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, 409, 500, 502, 503, 504])
async def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown(
    rig: Rig, fault: Fault | int
) -> None:
    dispatch = await rig.claimed()
    rig.wire.fail("trigger", fault)

    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN

    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.UNKNOWN)
    assert await rig.claim() == []


async def test_an_answer_that_cannot_be_read_leaves_the_outcome_unknown(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    rig.wire.answer("trigger", b"<html>a proxy says hello</html>", "text/html")

    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN


async def test_nobody_waits_for_an_answer_longer_than_the_lease(rig: Rig) -> None:
    dispatch = await rig.claimed()
    gate = rig.wire.hold("trigger")
    rules = DispatchRules(answer=timedelta(milliseconds=1))
    impatient = Dispatcher(rig.database.connection, rig.executor, rig.clock, rules)

    assert await impatient.send(dispatch) is Outcome.UNKNOWN

    assert gate.arrived.is_set()
    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.UNKNOWN)


async def test_who_was_held_up_after_the_claim_sends_nothing(rig: Rig) -> None:
    dispatch = await rig.claimed()
    rig.clock.advance(RULES.lease)

    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN

    assert "trigger" not in rig.wire.sent


# Finding out about a lost answer.


async def test_a_run_whose_answer_was_lost_is_found_and_adopted(rig: Rig) -> None:
    dispatch = await lost(rig)

    assert await rig.decide() == [Outcome.SETTLED]

    job = await rig.job(dispatch.id)
    assert [job.trigger_run_id] == await rig.runs(dispatch.id)
    assert job.dispatch_state == DispatchState.LINKED
    assert (await rig.events(dispatch.id))[-1] == "ORPHAN_ADOPTED by DISPATCH"
    assert rig.wire.sent["trigger"] == 1


async def test_a_run_that_failed_while_its_answer_was_lost_is_not_run_again(
    rig: Rig,
) -> None:
    dispatch = await lost(rig, "fails")
    await rig.stage.advance(5)
    [run] = await rig.runs(dispatch.id)
    assert await rig.stage.status(run) == "FAILED"

    assert await rig.decide() == [Outcome.SETTLED]

    assert (await rig.job(dispatch.id)).trigger_run_id == run
    assert await rig.runs(dispatch.id) == [run]
    # The proof that looking before sending is what kept it at one: the key of a run
    # that has failed is free, and the very same request makes another run.
    await rig.executor.send(dispatch, now=rig.clock.now())
    assert len(await rig.runs(dispatch.id)) == 2


async def test_what_is_not_found_twice_is_sent_again_under_its_number_and_key(
    rig: Rig,
) -> None:
    dispatch = await never_arrived(rig)

    assert await rig.decide() == [Outcome.SETTLED]

    job = await rig.job(dispatch.id)
    assert [job.trigger_run_id] == await rig.runs(dispatch.id)
    assert job.dispatch_number == 1
    assert rig.wire.sent["list"] == 2
    first, second = (body["options"] for body in rig.wire.bodies)
    assert first["idempotencyKey"] == second["idempotencyKey"]
    assert first["metadata"] == second["metadata"]


async def test_a_run_that_is_listed_late_is_found_by_the_second_search(
    rig: Rig,
) -> None:
    dispatch = await lost(rig)
    await rig.stage.advance(RULES.lease.total_seconds())
    [taken] = await rig.take()
    rig.wire.hides_runs = True
    slept: list[float] = []

    async def appear(seconds: float) -> None:
        slept.append(seconds)
        rig.wire.hides_runs = False

    dispatcher = Dispatcher(
        rig.database.connection, rig.executor, rig.clock, RULES, sleep=appear
    )
    assert await dispatcher.decide(taken) is Outcome.SETTLED

    assert slept == [RULES.search_gap.total_seconds()]
    assert rig.wire.sent == {"environment": 1, "trigger": 1, "list": 2}
    assert (await rig.job(dispatch.id)).dispatch_state == DispatchState.LINKED


async def test_nothing_is_looked_for_before_a_send_may_have_settled(rig: Rig) -> None:
    await lost(rig)
    rig.clock.advance(RULES.settle - timedelta(seconds=1))
    assert await rig.take() == []

    rig.clock.advance(1)

    assert len(await rig.take()) == 1


async def test_nothing_is_looked_for_soon_after_an_answer_was_given_up(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed("fails")

    def last_moment(_: httpx.Request) -> bool:
        # It was carried out only when nobody waited any more.
        rig.clock.advance(RULES.answer)
        return True

    rig.wire.fail("trigger", Fault.ANSWER_LOST, only=last_moment, times=1)
    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN

    await rig.stage.advance(RULES.settle.total_seconds() - 1)
    assert await rig.take() == []
    await rig.stage.advance(1)

    assert len(await rig.take()) == 1


async def test_what_would_be_sent_too_late_is_not_sent(rig: Rig) -> None:
    dispatch = await rig.claimed()
    late = dispatch.dispatched_at + RULES.lease - RULES.settle
    rig.clock.advance(late - rig.clock.now() + timedelta(seconds=1))

    with pytest.raises(ApiConnectionError, match="too late"):
        await rig.executor.send(dispatch, now=rig.clock.now(), not_after=late)

    assert "trigger" not in rig.wire.sent


async def test_a_dispatch_under_way_is_left_to_its_holder_for_its_lease(
    rig: Rig,
) -> None:
    await rig.claimed()
    rig.clock.advance(RULES.lease - timedelta(seconds=1))
    assert await rig.take() == []

    rig.clock.advance(1)

    assert len(await rig.take()) == 1


async def test_one_decider_at_a_time_looks_for_a_run(rig: Rig) -> None:
    await lost(rig)
    rig.clock.advance(RULES.settle)

    assert len(await rig.take(worker="w1")) == 1
    assert await rig.take(worker="w2") == []


async def test_a_search_that_cannot_be_done_leaves_all_as_it_was(rig: Rig) -> None:
    dispatch = await lost(rig)
    rig.wire.fail("list", 500)

    with pytest.raises(ServerError):
        await rig.decide()

    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.UNKNOWN)
    assert rig.wire.sent["trigger"] == 1
    rig.wire.heal()
    # The lease was given back, so that the next one need not wait for its end.
    [taken] = await rig.take()
    assert await rig.dispatcher.decide(taken) is Outcome.SETTLED
    assert len(await rig.runs(dispatch.id)) == 1


async def test_the_second_search_counts_as_much_as_the_first(rig: Rig) -> None:
    dispatch = await never_arrived(rig)
    await rig.stage.advance(RULES.lease.total_seconds())
    [taken] = await rig.take()

    async def break_the_wire(_: float) -> None:
        rig.wire.fail("list", 500)

    dispatcher = Dispatcher(
        rig.database.connection, rig.executor, rig.clock, RULES, sleep=break_the_wire
    )
    with pytest.raises(ServerError):
        await dispatcher.decide(taken)

    assert rig.wire.sent["trigger"] == 1
    assert (await rig.job(dispatch.id)).dispatch_state == DispatchState.UNKNOWN


async def test_a_resend_whose_answer_is_lost_is_looked_for_again(rig: Rig) -> None:
    dispatch = await never_arrived(rig)
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)

    assert await rig.decide() == [Outcome.UNKNOWN]
    assert await rig.take() == []
    assert await rig.decide() == [Outcome.SETTLED]

    assert rig.wire.sent["trigger"] == 2
    assert len(await rig.runs(dispatch.id)) == 1


async def test_the_key_is_trusted_for_29_days_and_no_longer(rig: Rig) -> None:
    young = await never_arrived(rig)
    rig.clock.advance(29 * DAY - timedelta(minutes=1))

    assert await rig.decide() == [Outcome.SETTLED]
    assert (await rig.job(young.id)).dispatch_state == DispatchState.LINKED

    old = await never_arrived(rig)
    rig.clock.advance(29 * DAY)

    assert await rig.decide() == [Outcome.SETTLED]
    job = await rig.job(old.id)
    assert (job.status, job.failure_kind) == (JobStatus.FAILED, "DISPATCH_REJECTED")
    assert "could run it twice" in (job.result or "")
    assert await rig.runs(old.id) == []


async def test_an_old_run_is_found_outside_of_the_7_days_that_lists_cover(
    rig: Rig,
) -> None:
    dispatch = await lost(rig)
    rig.clock.advance(20 * DAY)

    assert await rig.decide() == [Outcome.SETTLED]

    assert [(await rig.job(dispatch.id)).trigger_run_id] == await rig.runs(dispatch.id)
    assert rig.wire.sent["trigger"] == 1


@pytest.mark.rows_by_hand("moves a job to another environment")
async def test_jobs_of_another_environment_are_not_looked_for(rig: Rig) -> None:
    dispatch = await lost(rig)
    await rig.fetch(
        "UPDATE worker_jobs SET trigger_environment = 'https://elsewhere#env_1'"
        " WHERE id = $1",
        dispatch.id,
    )

    assert await rig.decide() == []


# Cancel and time-to-live.


async def test_a_cancel_while_it_is_sent_waits_for_its_run(rig: Rig) -> None:
    dispatch = await rig.claimed()
    gate = rig.wire.hold("trigger")
    sending = asyncio.create_task(rig.dispatcher.send(dispatch))
    await gate.arrived.wait()

    await rig.cancel(dispatch.id)

    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.SENDING)
    gate.open()
    await sending
    job = await rig.job(dispatch.id)
    assert (job.dispatch_state, job.cancel_outcome) == (DispatchState.LINKED, "PENDING")


@pytest.mark.parametrize("fault", [429, 422])
async def test_a_cancel_while_it_is_sent_settles_what_was_not_accepted(
    rig: Rig, fault: int
) -> None:
    dispatch = await rig.claimed()
    await rig.cancel(dispatch.id)
    rig.wire.fail("trigger", fault)

    await rig.dispatcher.send(dispatch)

    job = await rig.job(dispatch.id)
    assert (job.status, job.cancel_outcome) == (JobStatus.CANCELED, "NEVER_STARTED")
    assert await rig.claim() == []


async def test_a_cancel_while_unknown_settles_what_is_not_found(rig: Rig) -> None:
    dispatch = await never_arrived(rig)
    await rig.cancel(dispatch.id)
    assert (await rig.job(dispatch.id)).status == JobStatus.QUEUED

    assert await rig.decide() == [Outcome.SETTLED]

    job = await rig.job(dispatch.id)
    assert (job.status, job.cancel_outcome) == (JobStatus.CANCELED, "NEVER_STARTED")
    assert rig.wire.sent["trigger"] == 1


async def test_a_cancel_while_unknown_stays_a_wish_for_a_run_that_is_found(
    rig: Rig,
) -> None:
    dispatch = await lost(rig)
    await rig.cancel(dispatch.id)

    assert await rig.decide() == [Outcome.SETTLED]

    job = await rig.job(dispatch.id)
    assert (job.status, job.cancel_outcome) == (JobStatus.QUEUED, "PENDING")
    assert [job.trigger_run_id] == await rig.runs(dispatch.id)


async def test_a_cancel_between_the_search_and_the_resend_is_not_overlooked(
    rig: Rig,
) -> None:
    dispatch = await never_arrived(rig)
    await rig.stage.advance(RULES.lease.total_seconds())
    [taken] = await rig.take()

    async def cancel_meanwhile(_: float) -> None:
        await rig.cancel(dispatch.id)

    dispatcher = Dispatcher(
        rig.database.connection, rig.executor, rig.clock, RULES, sleep=cancel_meanwhile
    )
    assert await dispatcher.decide(taken) is Outcome.SETTLED

    assert (await rig.job(dispatch.id)).status == JobStatus.CANCELED
    assert rig.wire.sent["trigger"] == 1


async def test_a_time_to_live_that_passes_while_unknown_expires_what_is_not_found(
    rig: Rig,
) -> None:
    dispatch = await never_arrived(rig, ttl=timedelta(seconds=20))

    assert await rig.decide() == [Outcome.SETTLED]

    job = await rig.job(dispatch.id)
    assert (job.status, job.failure_kind) == (JobStatus.EXPIRED, "EXPIRED")
    assert rig.wire.sent["trigger"] == 1


async def test_a_time_to_live_that_passes_while_unknown_spares_a_run_that_is_found(
    rig: Rig,
) -> None:
    dispatch = await lost(rig, ttl=timedelta(seconds=20))

    assert await rig.decide() == [Outcome.SETTLED]

    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.LINKED)


# Processes that die or meet.


async def test_a_process_that_died_after_its_claim_leaves_the_job_to_the_next(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()

    assert await rig.decide() == [Outcome.SETTLED]

    assert [(await rig.job(dispatch.id)).trigger_run_id] == await rig.runs(dispatch.id)
    assert rig.wire.sent["trigger"] == 1


async def test_a_process_that_died_after_its_send_leaves_the_run_to_the_next(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed("fails")
    run = await rig.executor.send(dispatch, now=rig.clock.now())
    await rig.stage.advance(5)

    assert await rig.decide() == [Outcome.SETTLED]

    assert (await rig.job(dispatch.id)).trigger_run_id == run
    assert await rig.runs(dispatch.id) == [run]


async def test_who_was_fenced_out_sends_nothing_again(rig: Rig) -> None:
    dispatch = await never_arrived(rig)
    await rig.stage.advance(RULES.lease.total_seconds())
    [slow] = await rig.take(worker="slow")
    await rig.stage.advance((RULES.lease + RULES.search_gap).total_seconds())
    [fast] = await rig.take(worker="fast")

    assert await rig.dispatcher.decide(fast) is Outcome.SETTLED
    rig.wire.hides_runs = True
    assert await rig.dispatcher.decide(slow) is Outcome.SETTLED

    assert rig.wire.sent["trigger"] == 2
    assert len(await rig.runs(dispatch.id)) == 1
    assert (await rig.job(dispatch.id)).dispatch_state == DispatchState.LINKED


async def test_two_processes_at_once_make_one_run_of_each_job(rig: Rig) -> None:
    ids = [await rig.schedule() for _ in range(8)]

    async def work(worker: str) -> None:
        while claimed := await rig.claim(worker=worker, limit=2):
            await asyncio.gather(*map(rig.dispatcher.send, claimed))

    await asyncio.gather(work("w1"), work("w2"))

    assert [len(await rig.runs(id)) for id in ids] == [1] * 8
    assert rig.wire.sent["trigger"] == 8


async def test_a_late_answer_of_a_job_that_has_ended_cancels_the_stray_run(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    dispatch = await rig.claimed()
    await rig.cancel(dispatch.id)
    gate = rig.wire.hold("trigger")
    sending = asyncio.create_task(rig.dispatcher.send(dispatch))
    await gate.arrived.wait()
    assert await rig.decide() == [Outcome.SETTLED]
    assert (await rig.job(dispatch.id)).status == JobStatus.CANCELED

    gate.open()

    assert await sending is Outcome.SETTLED
    [run] = await rig.runs(dispatch.id)
    assert await rig.stage.status(run) == "CANCELED"
    assert (await rig.job(dispatch.id)).trigger_run_id is None
    assert f"the run {run} came too late" in caplog.text


async def test_a_stray_run_that_cannot_be_canceled_is_told(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    dispatch = await rig.claimed()
    await rig.cancel(dispatch.id)
    gate = rig.wire.hold("trigger")
    sending = asyncio.create_task(rig.dispatcher.send(dispatch))
    await gate.arrived.wait()
    await rig.decide()
    rig.wire.fail("cancel", 500, words="no luck today")

    gate.open()

    assert await sending is Outcome.SETTLED
    assert "could not be canceled" in caplog.text
    assert "no luck today" in caplog.text


async def test_a_late_answer_after_another_process_gave_up_still_links(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    gate = rig.wire.hold("trigger")
    slow = asyncio.create_task(rig.dispatcher.send(dispatch))
    await gate.arrived.wait()
    await rig.stage.advance(RULES.lease.total_seconds())
    [taken] = await rig.take()
    rig.wire.heal()
    rig.wire.fail("trigger", 429, times=1, only=lambda _: not gate.opened.is_set())
    assert await rig.dispatcher.decide(taken) is Outcome.REFUSED_FOR_NOW
    assert await state(rig, dispatch) == (JobStatus.QUEUED, DispatchState.NONE)

    gate.open()

    assert await slow is Outcome.SETTLED
    [run] = await rig.runs(dispatch.id)
    assert (await rig.job(dispatch.id)).trigger_run_id == run
    assert await rig.stage.status(run) != "CANCELED"
    assert await rig.claim() == []


async def test_a_late_answer_of_a_run_that_was_adopted_changes_nothing(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    gate = rig.wire.hold("trigger")
    sending = asyncio.create_task(rig.dispatcher.send(dispatch))
    await gate.arrived.wait()
    rig.wire.heal()
    run = await rig.executor.send(dispatch, now=rig.clock.now())
    assert await rig.decide() == [Outcome.SETTLED]
    before = await rig.job(dispatch.id)

    gate.open()

    assert await sending is Outcome.SETTLED
    assert await rig.job(dispatch.id) == before
    assert await rig.runs(dispatch.id) == [run]
    assert await rig.stage.status(run) != "CANCELED"
