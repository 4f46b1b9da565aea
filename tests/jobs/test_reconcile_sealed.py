"""Ended jobs that Trigger.dev has still to confirm: named, stopped, never changed."""

import logging

import pytest

from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.reconcile import Disagreement
from jobwire.models.vocabulary import JobStatus
from tests.jobs.rig import GRACE, Rig, hook
from tests.jobs.wire import Fault


async def sealed_by_a_hook(rig: Rig, task: str = "fails") -> Job:
    """Let a hook's word end a job in an outage: it says that its run completed."""
    job = await rig.linked(task)
    await rig.stage.advance(5)
    rig.wire.fail("retrieve", Fault.REFUSED)
    body = hook("RUN_COMPLETED", job.trigger_run_id or "", job.id, rig.clock)
    await rig.post({**body, "output": {"said": "by the hook"}})
    rig.clock.advance(GRACE)
    await rig.ask()
    rig.wire.heal()
    after = await rig.job(job.id)
    assert after.status == JobStatus.SUCCEEDED
    return after


async def forced(rig: Rig) -> Job:
    """End a job by force while its run goes on."""
    job = await rig.linked()
    await rig.stage.advance(1)
    await rig.syncer.ask_all()
    await rig.fetch(
        "UPDATE worker_jobs SET status = 'CANCELED', finished = $2,"
        " cancel_requested_at = $2, cancel_mode = 'FORCE',"
        " cancel_outcome = 'FORCED_UNCONFIRMED', cancel_confirmed_at = $2"
        " WHERE id = $1",
        job.id,
        rig.clock.now(),
    )
    return await rig.job(job.id)


async def test_a_sealed_job_on_which_trigger_dev_disagrees_is_named_once(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    job = await sealed_by_a_hook(rig)

    report = await rig.reconciler.reconcile()

    assert report.disagreements == [
        Disagreement(job.id, job.trigger_run_id or "", "SUCCEEDED", "FAILED")
    ]
    assert f"{job_id_text(job.id)} ended as SUCCEEDED" in caplog.text
    assert await rig.job(job.id) == job
    rows = await rig.fetch(
        "SELECT applied FROM job_observations WHERE job_id = $1 AND word = 'FAILED'",
        job.id,
    )
    assert [row["applied"] for row in rows] == [False]
    assert (await rig.reconciler.reconcile()).disagreements == []


async def test_a_sealed_job_that_trigger_dev_confirms_is_not_named(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(70)
    rig.wire.fail("retrieve", Fault.REFUSED)
    await rig.post(hook("RUN_COMPLETED", job.trigger_run_id or "", job.id, rig.clock))
    rig.clock.advance(GRACE)
    await rig.ask()
    rig.wire.heal()

    report = await rig.reconciler.reconcile()

    assert report.disagreements == []
    before = rig.wire.sent["retrieve"]
    await rig.reconciler.reconcile()
    assert rig.wire.sent["retrieve"] == before


@pytest.mark.rows_by_hand("ends a job by force")
async def test_the_run_of_a_job_that_was_ended_by_force_is_told_to_stop(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    job = await forced(rig)

    await rig.reconciler.reconcile()

    assert rig.wire.sent["cancel"] == 1
    assert "is told to stop" in caplog.text
    await rig.stage.advance(2)
    report = await rig.reconciler.reconcile()
    await rig.reconciler.reconcile()
    assert rig.wire.sent["cancel"] == 1
    assert report.disagreements == []
    assert await rig.job(job.id) == job


@pytest.mark.rows_by_hand("ends a job by force")
async def test_a_run_that_turns_up_after_a_forced_cancel_is_told_to_stop(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed()
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    await rig.dispatcher.send(dispatch)
    await rig.fetch(
        "UPDATE worker_jobs SET status = 'CANCELED', finished = $2,"
        " cancel_requested_at = $2, cancel_outcome = 'FORCED_UNCONFIRMED'"
        " WHERE id = $1",
        dispatch.id,
        rig.clock.now(),
    )
    await rig.stage.advance(40)

    report = await rig.reconciler.reconcile()

    assert rig.wire.sent["cancel"] == 1
    assert report.orphaned_runs == []
