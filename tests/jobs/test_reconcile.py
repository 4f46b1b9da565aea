"""Reconcile: alone it is enough, and it settles nothing that may still come back."""

import logging
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.dispatch import Outcome
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.reconcile import read_withheld
from jobwire.jobs.reconcile.adopt import ORPHANED_AFTER
from jobwire.jobs.reconcile.judge import SECOND_LOOK
from jobwire.jobs.reconcile.reconciler import FIRST_LOOK
from jobwire.jobs.reconcile.report import MOST_NAMED
from jobwire.models.vocabulary import CancelMode, DispatchState, JobStatus
from jobwire.triggerdev import ApiConnectionError
from tests.jobs.losses import gone
from tests.jobs.rig import Rig
from tests.jobs.wire import Fault


async def unlinked(rig: Rig, task: str = "work") -> Job:
    """Lose the answer to a dispatch: its run has no job yet."""
    dispatch = await rig.claimed(task)
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN
    return await rig.job(dispatch.id)


async def stranger(rig: Rig) -> str:
    """Make a run with our tag that no job has."""
    tag = f"jobwire:{rig.executor.marks.installation}"
    return await rig.stage.triggered("work", None, tags=[tag])


async def reports(rig: Rig) -> list[Any]:
    return await rig.fetch(
        "SELECT *, orphaned_runs::text AS runs FROM reconciliations ORDER BY id"
    )


# Healing.


async def test_a_pass_brings_every_job_to_the_state_of_its_run(rig: Rig) -> None:
    failed, same = await rig.linked("fails"), await rig.linked("nobody-deployed-it")
    await rig.stage.advance(5)

    report = await rig.reconciler.reconcile()

    assert (report.checked, report.orphaned_jobs, report.lost_jobs) == (2, [], [])
    assert (await rig.job(failed.id)).status == JobStatus.FAILED
    assert (await rig.job(same.id)).status == JobStatus.QUEUED
    again = await rig.reconciler.reconcile()
    assert (again.checked, again.corrected) == (1, 0)


async def test_only_jobs_that_had_drifted_count_as_corrected(rig: Rig) -> None:
    jobs = [await rig.linked("fails") for _ in range(3)]
    await rig.stage.advance(0.5)
    await rig.syncer.ask_all()
    assert (await rig.reconciler.reconcile()).corrected == 0
    await rig.stage.advance(5)

    report = await rig.reconciler.reconcile()

    assert (report.checked, report.corrected) == (3, len(jobs))


async def test_a_run_whose_answer_was_lost_is_adopted_and_followed(rig: Rig) -> None:
    job = await unlinked(rig, "fails")
    await rig.stage.advance(ORPHANED_AFTER.total_seconds())

    report = await rig.reconciler.reconcile()

    after = await rig.job(job.id)
    assert report.orphaned_jobs == [job.id]
    assert report.lost_jobs == []
    assert report.orphaned_runs == []
    assert [after.trigger_run_id] == await rig.runs(job.id)
    assert after.status == JobStatus.FAILED
    assert "ORPHAN_ADOPTED by RECONCILER" in await rig.events(job.id)


async def test_a_dry_run_tells_what_a_pass_would_do_and_changes_nothing(
    rig: Rig,
) -> None:
    drifted, unknown = await rig.linked("fails"), await unlinked(rig, "fails")
    canceled = await unlinked(rig)
    await rig.cancel(canceled.id, mode=CancelMode.FORCE, grace_period=timedelta())
    await rig.force()
    await rig.stage.advance(5)
    [suspected] = await gone(rig, 1)
    before = await everything(rig)

    told = await rig.reconciler.reconcile(dry_run=True)

    assert await everything(rig) == before
    assert await reports(rig) == []
    assert "cancel" not in rig.wire.sent
    assert (told.corrected, told.orphaned_jobs) == (1, [unknown.id])
    assert told.suspects == [suspected.id]
    done = await rig.reconciler.reconcile()
    # What was adopted is compared in the same pass, too.
    assert done.checked == told.checked + 1
    assert (done.orphaned_jobs, done.suspects) == (told.orphaned_jobs, told.suspects)
    assert (await rig.job(drifted.id)).status == JobStatus.FAILED
    assert rig.wire.sent["cancel"] == 1


async def everything(rig: Rig) -> list[Any]:
    """Return all that is told of jobs and their runs."""
    return [
        await rig.fetch(f"SELECT to_jsonb(t)::text AS row FROM {table} t ORDER BY 1")
        for table in ("worker_jobs", "job_events", "job_attempts", "job_observations")
    ]


async def test_a_young_run_is_left_to_the_job_that_made_it(rig: Rig) -> None:
    job = await unlinked(rig)
    await rig.stage.advance(ORPHANED_AFTER.total_seconds() - 1)

    report = await rig.reconciler.reconcile()

    assert (report.orphaned_jobs, report.orphaned_runs) == ([], [])
    assert (await rig.job(job.id)).dispatch_state == DispatchState.UNKNOWN
    # The next pass looks back far enough to see it.
    await rig.stage.advance(300)
    assert (await rig.reconciler.reconcile()).orphaned_jobs == [job.id]


async def test_runs_without_a_job_are_told_and_left_alone(rig: Rig) -> None:
    run = await stranger(rig)
    made_at = rig.clock.now()
    await rig.stage.triggered("work", None, tags=["jobwire:another-installation"])
    await rig.stage.advance(40)

    report = await rig.reconciler.reconcile()

    [told] = report.orphaned_runs
    assert (told.run_id, told.task, told.word, told.created_at) == (
        run,
        "work",
        "EXECUTING",
        made_at,
    )
    assert await rig.stage.status(run) == "EXECUTING"


async def test_a_replay_is_a_run_without_a_job_even_while_the_job_waits(
    rig: Rig,
) -> None:
    job = await unlinked(rig)
    [own] = await rig.runs(job.id)
    shown = await rig.stage.retrieve(own)
    rig.clock.advance(1)
    replay = await rig.stage.triggered(
        "work", None, tags=shown["tags"], metadata=shown["metadata"]
    )
    await rig.stage.advance(40)

    report = await rig.reconciler.reconcile()

    assert [run.run_id for run in report.orphaned_runs] == [replay]
    assert (await rig.job(job.id)).trigger_run_id == own


async def test_runs_of_jobs_that_have_ended_are_no_orphans(rig: Rig) -> None:
    await rig.linked("fails")
    await rig.stage.advance(40)
    await rig.reconciler.reconcile()

    report = await rig.reconciler.reconcile()

    assert (report.checked, report.orphaned_runs) == (0, [])


async def test_a_report_names_at_most_a_hundred_runs(rig: Rig) -> None:
    for _ in range(MOST_NAMED + 3):
        await stranger(rig)
    rig.clock.advance(ORPHANED_AFTER)

    report = await rig.reconciler.reconcile()

    assert len(report.orphaned_runs) == MOST_NAMED


async def test_the_first_pass_looks_a_day_back_and_later_ones_to_the_last(
    rig: Rig,
) -> None:
    await stranger(rig)
    rig.clock.advance(FIRST_LOOK + timedelta(minutes=11))
    assert (await rig.reconciler.reconcile()).orphaned_runs == []
    run = await stranger(rig)
    rig.clock.advance(timedelta(days=3))

    report = await rig.reconciler.reconcile()

    assert [one.run_id for one in report.orphaned_runs] == [run]


async def test_a_pass_that_failed_is_no_reason_to_look_back_less(rig: Rig) -> None:
    await rig.reconciler.reconcile()
    run = await stranger(rig)
    rig.clock.advance(timedelta(hours=2))
    rig.wire.fail("list", 500, times=1)
    assert (await rig.reconciler.reconcile()).error
    rig.clock.advance(timedelta(hours=2))

    report = await rig.reconciler.reconcile()

    assert [one.run_id for one in report.orphaned_runs] == [run]


# Reports and failures.


async def test_a_report_is_stored_and_logged(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await rig.linked("fails")
    job = await unlinked(rig)
    await rig.stage.advance(40)
    run = await stranger(rig)
    await rig.stage.advance(40)
    caplog.clear()

    report = await rig.reconciler.reconcile()

    [row] = await reports(rig)
    assert row["trigger_environment"] == report.environment
    assert row["started_at"] == row["finished_at"] == rig.clock.now()
    assert (row["checked"], row["corrected"]) == (2, 2)
    assert (row["orphaned_jobs"], row["lost_jobs"]) == ([job.id], [])
    assert run in row["runs"]
    # One list, and each of the two runs.
    assert row["api_requests"] == report.api_requests == 3
    assert (row["withheld"], row["error"]) == (None, None)
    [line] = [
        one
        for one in caplog.records
        if getattr(one, "action", None) == "trigger-reconcile"
    ]
    assert line.getMessage() == (
        "trigger-reconcile: 2 checked, 2 corrected, 1 orphaned jobs (0 lost),"
        " 1 orphaned runs, 3 requests"
    )
    assert line.levelno == logging.INFO


async def test_a_pass_that_fails_midway_says_so_and_settles_nothing_as_lost(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    jobs = await gone(rig, 2)
    alive = await rig.linked("fails")
    await rig.stage.advance(5)
    broken = jobs[0].trigger_run_id or ""
    rig.wire.fail("retrieve", 500, only=lambda one: broken in one.url.path)

    report = await rig.reconciler.reconcile()

    assert report.error is not None
    assert report.error.startswith("1 of 3 runs did not answer: ")
    assert (report.checked, report.lost_jobs, report.withheld) == (2, [], None)
    assert (await rig.job(jobs[1].id)).status == JobStatus.QUEUED
    assert (await rig.job(alive.id)).status == JobStatus.FAILED
    [row] = await reports(rig)
    assert row["error"] == report.error
    assert report.error in caplog.text


async def test_a_list_that_fails_ends_the_pass_before_anything_is_judged(
    rig: Rig,
) -> None:
    [job] = await gone(rig, 1)
    rig.wire.fail("list", 503, words="down for a while")

    report = await rig.reconciler.reconcile()

    assert "down for a while" in (report.error or "")
    assert report.checked == 0
    assert (await rig.job(job.id)).status == JobStatus.QUEUED


async def test_an_environment_that_cannot_be_asked_leaves_no_report(rig: Rig) -> None:
    rig.wire.fail("environment", Fault.REFUSED)

    with pytest.raises(ApiConnectionError):
        await rig.reconciler.reconcile()

    assert await reports(rig) == []


async def test_what_is_withheld_is_remembered_until_a_whole_pass_settles_it(
    rig: Rig,
) -> None:
    await gone(rig, 6)
    environment = await rig.executor.environment()

    async def withheld() -> bool:
        async with rig.database.connection() as connection:
            return await read_withheld(connection, environment) is not None

    assert not await withheld()
    await rig.reconciler.reconcile()
    assert await withheld()
    rig.clock.advance(SECOND_LOOK)
    rig.wire.fail("list", 500, times=1)
    await rig.reconciler.reconcile()
    assert await withheld()
    rig.clock.advance(1)
    await rig.reconciler.reconcile(accept_losses=True)
    assert not await withheld()


async def test_reports_are_kept_for_thirty_days(rig: Rig) -> None:
    await rig.reconciler.reconcile()
    rig.clock.advance(timedelta(days=30))
    await rig.reconciler.reconcile()
    assert len(await reports(rig)) == 2
    rig.clock.advance(1)

    await rig.reconciler.reconcile()

    assert len(await reports(rig)) == 2


async def test_the_tags_of_a_run_alone_prove_nothing(rig: Rig) -> None:
    job = await unlinked(rig)
    [own] = await rig.runs(job.id)
    made = await rig.stage.triggered(
        "work",
        None,
        tags=[
            f"jobwire:{rig.executor.marks.installation}",
            f"job:{job_id_text(job.id)}",
        ],
    )
    await rig.stage.advance(40)

    report = await rig.reconciler.reconcile()

    assert made in [run.run_id for run in report.orphaned_runs]
    assert (await rig.job(job.id)).trigger_run_id == own
