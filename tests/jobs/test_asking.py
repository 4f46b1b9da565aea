"""Asking: what was posted counts when Trigger.dev confirms it."""

import asyncio
import json
import logging
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.asking import PATIENCE
from jobwire.jobs.dispatch import Outcome
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.webhook import Receipt
from jobwire.models.vocabulary import CancelMode, DispatchState, JobStatus
from tests.jobs.rig import GRACE, Rig, hook
from tests.jobs.wire import Fault


async def running(rig: Rig, task: str = "work") -> Job:
    """Hand a job over whose run executes, as far as we know it is queued."""
    job = await rig.linked(task)
    await rig.stage.advance(0.5)
    return job


def of(job: Job) -> str:
    assert job.trigger_run_id is not None
    return job.trigger_run_id


async def unlinked(rig: Rig, task: str = "work") -> tuple[Job, str]:
    """Lose the answer to a dispatch; return the job and the run that it has."""
    dispatch = await rig.claimed(task)
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN
    [run] = await rig.runs(dispatch.id)
    return await rig.job(dispatch.id), run


def alert(rig: Rig, run: str, **more: Any) -> dict[str, Any]:
    now = rig.clock.now().isoformat()
    told = {
        "id": run,
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
            "message": "the alert says no",
            "stackTrace": "",
        },
        "isOutOfMemoryError": False,
        **more,
    }
    return {
        "id": f"alert of {run}",
        "created": now,
        "webhookVersion": "v1",
        "type": "alert.run.failed",
        "object": {
            "task": {"id": "work", "filePath": "src/x.ts", "version": "20261101.1"},
            "run": told,
            "environment": {"id": "env_1", "type": "PRODUCTION", "slug": "prod"},
        },
    }


async def closed(rig: Rig) -> str | None:
    """Return why the only delivery was taken out of the inbox."""
    [row] = await rig.fetch("SELECT handled_at, error FROM webhook_deliveries")
    assert row["handled_at"] == rig.clock.now()
    error: str | None = row["error"]
    return error


# Trigger.dev answers.


async def test_the_end_that_a_hook_told_counts_when_the_run_says_so(rig: Rig) -> None:
    job = await running(rig)
    await rig.stage.advance(60)
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock, output="hook"))
    assert (await rig.job(job.id)).status == JobStatus.QUEUED

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.status, after.success) == (JobStatus.SUCCEEDED, True)
    assert json.loads(after.result or "") == {"got": {}}
    assert (await rig.events(job.id))[-1] == "SUCCEEDED by RECONCILER"
    assert await closed(rig) is None


async def test_a_failure_that_a_hook_told_is_read_from_the_run(rig: Rig) -> None:
    job = await running(rig, "fails")
    await rig.stage.advance(5)
    error = {"name": "Hook", "message": "says the hook"}
    await rig.post(hook("RUN_FAILED", of(job), job.id, rig.clock, error=error))

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.status, after.failure_kind) == (JobStatus.FAILED, "TASK_ERROR")
    assert json.loads(after.result or "")["error"]["message"] == "no way"


async def test_a_hook_before_the_record_is_asked_about_until_it_is_recorded(
    rig: Rig,
) -> None:
    job = await running(rig)
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock))

    assert await rig.ask() == [False]
    assert (await rig.job(job.id)).status == JobStatus.RUNNING
    rig.clock.advance(1)
    assert await rig.ask() == [False]
    await rig.stage.advance(59)
    assert await rig.ask() == [True]

    assert (await rig.job(job.id)).status == JobStatus.SUCCEEDED


async def test_an_end_that_is_never_recorded_is_left_to_the_regular_look(
    rig: Rig,
) -> None:
    job = await running(rig)
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock))
    rig.clock.advance(PATIENCE)

    assert await rig.ask() == [True]

    assert (await rig.job(job.id)).status == JobStatus.RUNNING


async def test_a_canceled_run_whose_hook_says_that_it_stopped_is_over(rig: Rig) -> None:
    job = await running(rig)
    await rig.cancel(job.id)
    await rig.stage.cancel(of(job))
    await rig.post(hook("RUN_CANCELED", of(job), job.id, rig.clock))
    assert "finishedAt" not in await rig.stage.retrieve(of(job))

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")


async def test_a_hook_that_tells_of_a_stop_is_no_proof_that_a_run_was_canceled(
    rig: Rig,
) -> None:
    job = await running(rig)
    await rig.post(hook("RUN_CANCELED", of(job), job.id, rig.clock))

    assert await rig.ask() == [False]

    assert (await rig.job(job.id)).status == JobStatus.RUNNING


async def test_an_alert_leads_to_the_same_question(rig: Rig) -> None:
    job = await running(rig, "fails")
    await rig.stage.advance(5)
    await rig.post(alert(rig, of(job)))

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert json.loads(after.result or "")["error"]["message"] == "no way"
    assert (await rig.events(job.id))[-1] == "FAILED by RECONCILER"


async def test_two_who_work_on_the_same_delivery_end_the_job_once(rig: Rig) -> None:
    job = await running(rig)
    await rig.stage.advance(60)
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock))
    [delivery] = await rig.inbox()

    assert await asyncio.gather(
        rig.asker.handle(delivery), rig.asker.handle(delivery)
    ) == [True, True]

    ends = [one for one in await rig.events(job.id) if one.startswith("SUCCEEDED")]
    assert len(ends) == 1


async def test_what_comes_after_the_end_asks_nothing(rig: Rig) -> None:
    job = await running(rig)
    await rig.stage.advance(60)
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock))
    [delivery] = await rig.inbox()
    await rig.syncer.ask_all()
    before = rig.wire.sent["retrieve"]

    assert await rig.asker.handle(delivery) is True

    assert rig.wire.sent["retrieve"] == before
    assert await closed(rig) is None


# Trigger.dev does not answer.


@pytest.mark.parametrize("fault", [Fault.REFUSED, Fault.ANSWER_LOST, 500, 401, 429])
async def test_only_after_the_grace_the_word_of_a_hook_counts_alone(
    rig: Rig, fault: Fault | int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    job = await running(rig)
    rig.wire.fail("retrieve", fault)
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock, output={"by": 1}))

    assert await rig.ask() == [False]
    rig.clock.advance(GRACE - timedelta(seconds=1))
    assert await rig.ask() == [False]
    assert (await rig.job(job.id)).status == JobStatus.QUEUED
    rig.clock.advance(1)
    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.status, after.result) == (JobStatus.SUCCEEDED, '{"by": 1}')
    assert (await rig.events(job.id))[-1] == "SUCCEEDED by WEBHOOK"
    assert f"the run {of(job)} is taken as ended by the word of its hook" in caplog.text


@pytest.mark.parametrize(
    ("kind", "status"),
    [("RUN_FAILED", JobStatus.FAILED), ("RUN_CANCELED", JobStatus.CANCELED)],
)
async def test_the_other_ends_count_alone_too(
    rig: Rig, kind: str, status: JobStatus
) -> None:
    job = await running(rig)
    rig.wire.fail("retrieve", 500)
    await rig.post(hook(kind, of(job), job.id, rig.clock))
    rig.clock.advance(GRACE)

    assert await rig.ask() == [True]

    assert (await rig.job(job.id)).status == status
    assert (await rig.events(job.id))[-1] == f"{status} by WEBHOOK"


async def test_whoever_answers_within_the_grace_is_believed_over_the_hook(
    rig: Rig,
) -> None:
    job = await running(rig)
    rig.wire.fail("retrieve", 500, times=1)
    await rig.post(hook("RUN_FAILED", of(job), job.id, rig.clock))
    assert await rig.ask() == [False]
    await rig.stage.advance(GRACE.total_seconds())

    assert await rig.ask() == [True]

    assert (await rig.job(job.id)).status == JobStatus.SUCCEEDED


async def test_what_a_hook_sealed_stands_and_another_verdict_is_kept_beside_it(
    rig: Rig,
) -> None:
    job = await running(rig)
    rig.wire.fail("retrieve", 500)
    await rig.post(hook("RUN_FAILED", of(job), job.id, rig.clock))
    rig.clock.advance(GRACE)
    await rig.ask()
    sealed = await rig.job(job.id)
    rig.wire.heal()
    await rig.stage.advance(60)

    await rig.post(alert(rig, of(job), status="CRASHED"))
    assert await rig.ask() == [True]

    assert await rig.job(job.id) == sealed
    [row] = await rig.fetch(
        "SELECT applied FROM job_observations WHERE job_id = $1 AND word = 'CRASHED'",
        job.id,
    )
    assert row["applied"] is False


async def test_an_alert_seals_alone_and_at_once(rig: Rig) -> None:
    job = await running(rig)
    rig.wire.fail("retrieve", Fault.REFUSED)
    await rig.post(alert(rig, of(job), status="CRASHED", isOutOfMemoryError=True))

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.status, after.failure_kind) == (JobStatus.FAILED, "OUT_OF_MEMORY")
    error = json.loads(after.result or "")["error"]
    assert error["message"] == "the alert says no"
    assert (await rig.events(job.id))[-1] == "FAILED by ALERT"


async def test_a_run_that_is_not_known_is_never_settled_by_its_hook(rig: Rig) -> None:
    job = await running(rig)
    rig.wire.unknown = None
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock))
    rig.clock.advance(2 * GRACE)

    assert await rig.ask() == [True]

    assert (await rig.job(job.id)).status == JobStatus.QUEUED
    assert "404" in (await closed(rig) or "")


# The answer to the dispatch is still to come.


async def test_a_hook_links_the_job_whose_answer_was_lost(rig: Rig) -> None:
    job, run = await unlinked(rig)
    received = await rig.post(hook("RUN_STARTED", run, job.id, rig.clock))
    assert received.receipt is Receipt.ACCEPTED

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.trigger_run_id, after.status) == (run, JobStatus.RUNNING)
    assert after.dispatch_state == DispatchState.LINKED
    assert await rig.events(job.id) == [
        "CREATED by API",
        "DISPATCHED by DISPATCH",
        "DISPATCHED by DISPATCH",
        "ORPHAN_ADOPTED by WEBHOOK",
        "STARTED by WEBHOOK",
    ]
    [row] = await rig.fetch("SELECT count, applied FROM job_observations")
    assert (row["count"], row["applied"]) == (1, True)


async def test_a_hook_of_the_end_links_and_ends(rig: Rig) -> None:
    job, run = await unlinked(rig, "fails")
    await rig.stage.advance(5)
    await rig.post(hook("RUN_FAILED", run, job.id, rig.clock))

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.trigger_run_id, after.status) == (run, JobStatus.FAILED)
    assert await rig.take() == []


async def test_a_stop_that_was_told_before_the_link_is_not_forgotten(rig: Rig) -> None:
    job, run = await unlinked(rig)
    await rig.stage.advance(0.5)
    await rig.stage.cancel(run)
    await rig.post(hook("RUN_CANCELED", run, job.id, rig.clock))

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")


async def test_an_alert_links_too(rig: Rig) -> None:
    job, run = await unlinked(rig, "fails")
    await rig.stage.advance(5)
    await rig.post(alert(rig, run, tags=[f"job:{job_id_text(job.id)}"]))

    assert await rig.ask() == [True]

    assert (await rig.job(job.id)).status == JobStatus.FAILED
    assert "ORPHAN_ADOPTED by ALERT" in await rig.events(job.id)


async def test_without_an_answer_nobody_is_linked_however_long_it_takes(
    rig: Rig,
) -> None:
    job, run = await unlinked(rig)
    rig.wire.fail("retrieve", 500)
    await rig.post(hook("RUN_COMPLETED", run, job.id, rig.clock))
    rig.clock.advance(10 * GRACE)

    assert await rig.ask() == [False]

    after = await rig.job(job.id)
    assert (after.status, after.trigger_run_id) == (JobStatus.QUEUED, None)


async def test_a_replay_of_our_run_is_not_ours(rig: Rig) -> None:
    job, own = await unlinked(rig)
    shown = await rig.stage.retrieve(own)
    replay = await rig.stage.triggered(
        "work", None, tags=shown["tags"], metadata=shown["metadata"]
    )
    await rig.post(hook("RUN_STARTED", replay, job.id, rig.clock))

    assert await rig.ask() == [True]

    after = await rig.job(job.id)
    assert (after.status, after.trigger_run_id) == (JobStatus.QUEUED, None)
    assert "not made by the dispatch" in (await closed(rig) or "")


@pytest.mark.rows_by_hand("ends a job beside the run that it got")
async def test_a_job_that_ended_meanwhile_takes_no_run(rig: Rig) -> None:
    job, run = await unlinked(rig)
    await rig.post(hook("RUN_STARTED", run, job.id, rig.clock))
    await rig.fetch(
        "UPDATE worker_jobs SET status = 'CANCELED', finished = $2,"
        " cancel_requested_at = $2, cancel_outcome = 'NEVER_STARTED',"
        " next_attempt_at = NULL WHERE id = $1",
        job.id,
        rig.clock.now(),
    )

    assert await rig.ask() == [True]

    assert (await rig.job(job.id)).trigger_run_id is None
    assert "came too late" in (await closed(rig) or "")
    assert await rig.stage.status(run) == "CANCELED"


async def test_a_late_run_of_a_canceled_job_waits_to_be_stopped_while_nobody_answers(
    rig: Rig,
) -> None:
    job, run = await unlinked(rig)
    await rig.post(hook("RUN_STARTED", run, job.id, rig.clock))
    await rig.cancel(job.id, mode=CancelMode.FORCE, grace_period=timedelta())
    assert await rig.force() == 1
    rig.wire.fail("cancel", Fault.REFUSED)
    assert await rig.ask() == [False]

    rig.wire.heal()

    assert await rig.ask() == [True]
    assert await rig.stage.status(run) == "CANCELED"


async def test_what_cannot_be_read_any_more_is_closed_with_the_reason(rig: Rig) -> None:
    job = await running(rig)
    await rig.post(hook("RUN_COMPLETED", of(job), job.id, rig.clock))
    await rig.fetch("""UPDATE webhook_deliveries SET body = '{"type": "RUN_FAILED"}'""")

    assert await rig.ask() == [True]

    assert "cannot be read" in (await closed(rig) or "")


async def test_the_lines_of_a_run_that_was_found_are_stored_once(rig: Rig) -> None:
    job, run = await unlinked(rig)
    line = {"at": rig.clock.now().isoformat(), "level": "INFO", "message": "hello"}
    await rig.post(hook("RUN_PROGRESS", run, job.id, rig.clock, logs=[line]))
    [delivery] = await rig.inbox()

    # As two holders of the duty would, when one was believed dead.
    assert await asyncio.gather(
        rig.asker.handle(delivery), rig.asker.handle(delivery)
    ) == [True, True]

    rows = await rig.fetch("SELECT job_id, attempt, message FROM job_logs")
    assert [tuple(row) for row in rows] == [(job.id, 1, "hello")]
