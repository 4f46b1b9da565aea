"""Drift: what a pass corrects is one event, and says who had missed it."""

import json
from typing import Any

from jobwire.jobs.job import Job
from jobwire.jobs.sync_paths import SyncPath
from jobwire.models.vocabulary import JobStatus
from tests.jobs.rig import Rig, hook

ALL = ["webhook", "realtime", "poll"]


async def last_event(rig: Rig, job: Job) -> Any:
    """Read the last event of a job."""
    [row] = await rig.fetch(
        "SELECT kind, from_status, to_status, source, detail::text AS detail,"
        " changes::text AS changes FROM job_events WHERE job_id = $1"
        " ORDER BY version DESC LIMIT 1",
        job.id,
    )
    detail = None if row["detail"] is None else json.loads(row["detail"])
    return {**row, "detail": detail, "changes": json.loads(row["changes"])}


async def test_a_correction_is_one_event_with_before_after_and_who_missed_it(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(5)

    report = await rig.reconciler.reconcile()

    event = await last_event(rig, job)
    assert report.corrected == 1
    assert (event["kind"], event["source"]) == ("DRIFT_CORRECTED", "RECONCILER")
    assert (event["from_status"], event["to_status"]) == ("QUEUED", "FAILED")
    assert event["detail"] == {
        "before": {
            "status": "QUEUED",
            "attempts": 0,
            "cancelOutcome": None,
            "triggerStatus": None,
        },
        "after": {
            "status": "FAILED",
            "attempts": 1,
            "cancelOutcome": None,
            "triggerStatus": "FAILED",
        },
        "missedBy": ALL,
    }
    after = await rig.job(job.id)
    assert (after.version, after.attention) == (job.version + 1, [])


async def test_a_job_that_stays_open_is_marked_until_a_pass_finds_it_right(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.stage.advance(1)

    await rig.reconciler.reconcile()

    drifted = await rig.job(job.id)
    event = await last_event(rig, job)
    assert (drifted.status, drifted.attention) == (JobStatus.RUNNING, ["DRIFTED"])
    assert drifted.version == job.version + 1
    assert event["kind"] == "DRIFT_CORRECTED"
    assert event["detail"]["was"] == []

    report = await rig.reconciler.reconcile()

    event = await last_event(rig, job)
    assert report.corrected == 0
    assert (await rig.job(job.id)).attention == []
    assert (event["kind"], event["detail"]) == (
        "ATTENTION_CHANGED",
        {"was": ["DRIFTED"]},
    )


async def test_a_marked_job_that_ends_is_marked_no_more(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(1)
    await rig.reconciler.reconcile()
    await rig.stage.advance(70)

    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.attention) == (JobStatus.SUCCEEDED, [])


async def test_the_polling_loop_corrects_nothing(rig: Rig) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(5)

    await rig.syncer.ask_all()

    assert (await rig.events(job.id))[-1] == "FAILED by RECONCILER"


async def test_only_paths_that_were_on_can_have_missed_it(rig: Rig) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(5)

    await rig.reconciler_of(paths={SyncPath.POLL}).reconcile()

    assert (await last_event(rig, job))["detail"]["missedBy"] == ["poll"]


async def test_a_path_that_had_told_it_has_not_missed_it(rig: Rig) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(5)
    # The word of a hook does not end the job, and nobody has asked yet.
    await rig.post(hook("RUN_FAILED", job.trigger_run_id or "", job.id, rig.clock))

    await rig.reconciler.reconcile()

    assert (await last_event(rig, job))["detail"]["missedBy"] == ["realtime", "poll"]


async def test_news_and_progress_are_no_drift(rig: Rig) -> None:
    job = await rig.linked("nobody-deployed-it")
    await rig.stage.advance(1)

    report = await rig.reconciler.reconcile()

    after = await rig.job(job.id)
    assert (report.corrected, after.attention) == (0, [])
    assert after.trigger_status == "PENDING_VERSION"
    assert (await last_event(rig, job))["kind"] == "QUEUED"
