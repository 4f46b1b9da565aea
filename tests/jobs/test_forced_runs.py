"""Forced runs: told to stop though their job was ended by force before."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs.delete import delete
from jobwire.jobs.dispatch import Outcome
from jobwire.jobs.forced_runs import ForcedRuns
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import trusted
from jobwire.models.vocabulary import CancelMode, JobStatus
from jobwire.triggerdev import TriggerDevError
from tests.jobs.rig import RULES, Rig
from tests.jobs.wire import Fault

NOW = {"mode": CancelMode.FORCE, "grace_period": timedelta()}


def forced_runs(rig: Rig) -> ForcedRuns:
    return ForcedRuns(
        rig.database.connection,
        rig.executor,
        rig.clock,
        lease=RULES.lease,
        search_gap=RULES.search_gap,
    )


async def tell(rig: Rig) -> int:
    return await forced_runs(rig).tell(limit=10)


async def forced(rig: Rig, job_id: UUID) -> Job:
    """End a job by force before its run is told."""
    await rig.cancel(job_id, **NOW)
    assert await rig.force() == 1
    job = await rig.job(job_id)
    assert (job.status, job.cancel_outcome) == (
        JobStatus.CANCELED,
        "FORCED_UNCONFIRMED",
    )
    return job


async def words(rig: Rig) -> list[tuple[Any, ...]]:
    rows = await rig.fetch(
        "SELECT word, count, detail ->> 'runId' FROM job_observations ORDER BY word"
    )
    return [tuple(row) for row in rows]


async def test_a_run_is_told_once_though_its_job_is_sealed_and_stays_as_it_is(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    sealed = await forced(rig, job.id)

    assert [await tell(rig), await tell(rig)] == [1, 0]

    assert job.trigger_run_id is not None
    assert await rig.stage.status(job.trigger_run_id) == "CANCELED"
    assert rig.wire.sent["cancel"] == 1
    assert await rig.job(job.id) == sealed
    assert await words(rig) == [("TOLD_TO_STOP", 1, job.trigger_run_id)]


async def test_the_run_of_a_deleted_job_is_told_like_any_other(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    await forced(rig, job.id)
    async with rig.database.transaction() as connection:
        await delete(connection, job.id, viewer=trusted("admin"), now=rig.clock.now())

    assert [await tell(rig), await tell(rig)] == [1, 0]

    assert job.trigger_run_id is not None
    assert await rig.stage.status(job.trigger_run_id) == "CANCELED"


async def test_a_run_is_told_when_trigger_dev_can_be_reached_again(rig: Rig) -> None:
    job = await rig.linked()
    await forced(rig, job.id)
    rig.wire.fail("cancel", Fault.REFUSED)
    for _ in range(2):
        with pytest.raises(TriggerDevError):
            await tell(rig)
    rig.wire.heal()

    assert await tell(rig) == 1

    assert job.trigger_run_id is not None
    assert await rig.stage.status(job.trigger_run_id) == "CANCELED"


async def test_a_run_that_is_gone_is_told_twice_and_not_again(rig: Rig) -> None:
    job = await rig.linked()
    await forced(rig, job.id)
    rig.wire.unknown = None

    told = [await tell(rig), await tell(rig)]
    rig.clock.advance(RULES.search_gap)
    told += [await tell(rig), await tell(rig)]
    rig.clock.advance(RULES.search_gap)

    assert [*told, await tell(rig)] == [1, 0, 1, 0, 0]


async def test_a_run_that_is_not_known_yet_is_told_when_it_is(rig: Rig) -> None:
    job = await rig.linked()
    await forced(rig, job.id)
    rig.wire.unknown = None
    await tell(rig)
    rig.wire.heal()
    rig.clock.advance(RULES.search_gap)

    assert await tell(rig) == 1

    assert job.trigger_run_id is not None
    assert await rig.stage.status(job.trigger_run_id) == "CANCELED"


@pytest.mark.rows_by_hand("acknowledges a cancel that nobody told")
async def test_a_run_that_was_told_before_the_force_is_not_told_again(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.cancel(job.id, **NOW)
    await rig.fetch("UPDATE worker_jobs SET cancel_acknowledged_at = now()")
    assert await rig.force() == 1

    assert await tell(rig) == 0


@pytest.mark.parametrize("is_noticed", [True, False], ids=["unknown", "sending"])
async def test_a_run_whose_answer_was_lost_is_looked_for_and_told(
    rig: Rig, *, is_noticed: bool
) -> None:
    dispatch = await rig.claimed()
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    if is_noticed:
        assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN
    else:
        with pytest.raises(TriggerDevError):
            await rig.executor.send(dispatch, now=rig.clock.now())
    [run] = await rig.runs(dispatch.id)
    sealed = await forced(rig, dispatch.id)
    assert await tell(rig) == 0, "its sender may still be at it"
    await rig.stage.advance(RULES.lease.total_seconds())

    assert [await tell(rig), await tell(rig)] == [1, 0]

    assert await rig.stage.status(run) == "CANCELED"
    assert await rig.job(dispatch.id) == sealed
    assert sealed.trigger_run_id is None


async def test_two_empty_searches_prove_that_there_is_no_run(rig: Rig) -> None:
    dispatch = await rig.claimed()
    await forced(rig, dispatch.id)
    await rig.stage.advance(RULES.lease.total_seconds())

    told = [await tell(rig), await tell(rig)]
    rig.clock.advance(RULES.search_gap)
    told += [await tell(rig), await tell(rig)]
    rig.clock.advance(RULES.search_gap)

    assert [*told, await tell(rig)] == [1, 0, 1, 0, 0]
    assert await words(rig) == [("NO_RUN_FOUND", 2, None)]


async def test_an_answer_that_comes_after_the_force_stops_its_run(rig: Rig) -> None:
    dispatch = await rig.claimed()
    sealed = await forced(rig, dispatch.id)

    assert await rig.dispatcher.send(dispatch) is Outcome.SETTLED

    [run] = await rig.runs(dispatch.id)
    assert await rig.stage.status(run) == "CANCELED"
    assert await rig.job(dispatch.id) == sealed


async def test_a_late_answer_is_remembered_while_its_run_cannot_be_stopped(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    await forced(rig, dispatch.id)
    rig.wire.fail("cancel", Fault.REFUSED, times=1)
    await rig.dispatcher.send(dispatch)
    await rig.stage.advance(RULES.lease.total_seconds())

    assert await tell(rig) == 1

    [run] = await rig.runs(dispatch.id)
    assert await rig.stage.status(run) == "CANCELED"


async def test_a_run_that_turns_up_later_is_stopped_by_reconciliation(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    await rig.dispatcher.send(dispatch)
    [run] = await rig.runs(dispatch.id)
    sealed = await forced(rig, dispatch.id)
    await rig.stage.advance(31)

    report = await rig.reconciler.reconcile()

    assert await rig.stage.status(run) == "CANCELED"
    assert (report.orphaned_runs, report.orphaned_jobs) == ([], [])
    assert await rig.job(dispatch.id) == sealed
