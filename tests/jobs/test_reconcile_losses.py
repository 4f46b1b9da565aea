"""Judging what is lost: suspected first, settled later, and never many at once."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs import duties
from jobwire.jobs.job import Job
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.reconcile.judge import LOST_AFTER, SECOND_LOOK
from jobwire.jobs.reconcile.reconciler import DUTY
from jobwire.models.vocabulary import JobStatus
from tests.jobs.losses import gone, twice
from tests.jobs.rig import Rig

SUSPECT = ["ORPHAN_SUSPECT"]


async def details(rig: Rig, job: Job) -> list[Any]:
    """Read what the events of a job tell beside their changes."""
    rows = await rig.fetch(
        "SELECT detail::text FROM job_events WHERE job_id = $1 ORDER BY version", job.id
    )
    return [
        None if row["detail"] is None else json.loads(row["detail"]) for row in rows
    ]


# Quarantine.


async def test_a_young_run_that_is_not_known_is_no_suspect(rig: Rig) -> None:
    job = await rig.linked()
    rig.wire.unknown = None
    rig.clock.advance(LOST_AFTER - timedelta(seconds=1))

    report = await rig.reconciler.reconcile()

    assert (report.suspects, report.lost_jobs) == ([], [])
    assert (await rig.job(job.id)).attention == []


async def test_a_first_look_only_makes_a_suspect(rig: Rig) -> None:
    [job] = await gone(rig, 1)

    report = await rig.reconciler.reconcile()

    after = await rig.job(job.id)
    assert (report.suspects, report.lost_jobs) == ([job.id], [])
    assert report.looks_again
    assert (after.status, after.attention) == (JobStatus.QUEUED, SUSPECT)
    assert (await rig.events(job.id))[-1] == "ATTENTION_CHANGED by RECONCILER"
    assert (await details(rig, job))[-1] == {"was": []}


async def test_a_second_look_that_comes_too_soon_settles_nothing(rig: Rig) -> None:
    [job] = await gone(rig, 1)
    await rig.reconciler.reconcile()
    version = (await rig.job(job.id)).version
    rig.clock.advance(SECOND_LOOK - timedelta(seconds=1))

    report = await rig.reconciler.reconcile()

    assert (report.suspects, report.looks_again) == ([job.id], True)
    assert (await rig.job(job.id)).version == version


async def test_a_second_look_settles_what_is_still_not_known(rig: Rig) -> None:
    [job] = await gone(rig, 1)

    report = await twice(rig)

    after = await rig.job(job.id)
    assert report.lost_jobs == report.orphaned_jobs == [job.id]
    assert (report.suspects, report.looks_again) == ([], False)
    assert (after.status, after.failure_kind) == (JobStatus.FAILED, "ORPHANED")
    assert after.attention == []
    assert (await rig.events(job.id))[-1] == "FAILED by RECONCILER"
    assert (await details(rig, job))[-1] == {"was": SUSPECT}


async def test_a_run_that_is_found_again_is_no_suspect_any_more(rig: Rig) -> None:
    [job] = await gone(rig, 1)
    await rig.reconciler.reconcile()
    rig.wire.heal()
    rig.clock.advance(SECOND_LOOK)

    report = await rig.reconciler.reconcile()

    after = await rig.job(job.id)
    assert (report.suspects, report.lost_jobs, report.corrected) == ([], [], 0)
    assert (after.status, after.attention) == (JobStatus.QUEUED, [])
    assert (await details(rig, job))[-1] == {"was": SUSPECT}


async def test_who_was_found_again_begins_with_a_first_look(rig: Rig) -> None:
    [job] = await gone(rig, 1)
    await rig.reconciler.reconcile()
    unknown, rig.wire.unknown = rig.wire.unknown, set()
    rig.clock.advance(SECOND_LOOK)
    await rig.reconciler.reconcile()
    rig.wire.unknown = unknown
    rig.clock.advance(SECOND_LOOK)

    report = await rig.reconciler.reconcile()

    assert (report.suspects, report.lost_jobs) == ([job.id], [])


async def test_the_regular_look_at_runs_takes_a_suspicion_back_too(rig: Rig) -> None:
    [job] = await gone(rig, 1)
    await rig.reconciler.reconcile()
    rig.wire.heal()

    await rig.syncer.ask_all()

    assert (await rig.job(job.id)).attention == []


async def test_a_job_that_ended_meanwhile_is_not_settled_again(rig: Rig) -> None:
    [job] = await gone(rig, 1, "fails")
    await rig.reconciler.reconcile()
    rig.wire.heal()
    await rig.stage.advance(SECOND_LOOK.total_seconds())
    await rig.syncer.ask_all()
    ended = await rig.job(job.id)
    assert (ended.status, ended.attention) == (JobStatus.FAILED, [])
    rig.wire.unknown = None

    report = await rig.reconciler.reconcile()

    assert report.lost_jobs == []
    assert (await rig.job(job.id)).version == ended.version


# Policies.


async def test_a_type_that_retries_gets_another_run(rig: Rig) -> None:
    [job] = await gone(rig, 1)

    report = await twice(rig, rig.reconciler_of(OrphanPolicy.RETRY))

    waiting = await rig.job(job.id)
    assert report.lost_jobs == report.orphaned_jobs == [job.id]
    assert (waiting.status, waiting.dispatch_state) == (JobStatus.QUEUED, "none")
    assert (waiting.dispatch_number, waiting.trigger_run_id) == (2, None)
    assert (await rig.events(job.id))[-1] == "QUEUED by RECONCILER"
    assert (await details(rig, job))[-1] == {
        "lostRun": job.trigger_run_id,
        "was": SUSPECT,
    }

    [dispatch] = await rig.claim()
    await rig.dispatcher.send(dispatch)

    after = await rig.job(job.id)
    assert after.trigger_run_id not in {None, job.trigger_run_id}
    assert len(await rig.runs(job.id)) == 2


async def test_attempts_of_the_other_run_follow_those_of_the_lost_one(
    rig: Rig,
) -> None:
    job = await rig.linked("fails-once", ttl=timedelta(hours=1))
    await rig.stage.advance(0.5)
    await rig.syncer.ask_all()
    assert (await rig.job(job.id)).attempts == 1
    rig.wire.unknown = {job.trigger_run_id or ""}
    rig.clock.advance(LOST_AFTER)
    await twice(rig, rig.reconciler_of(OrphanPolicy.RETRY))
    # It has started in time: that it now waits again does not let it expire.
    assert (await rig.job(job.id)).expires_at is None

    [dispatch] = await rig.claim()
    await rig.dispatcher.send(dispatch)
    for _ in range(12):
        await rig.stage.advance(0.5)
        await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.attempts) == (JobStatus.SUCCEEDED, 3)
    rows = await rig.fetch(
        "SELECT number, status FROM job_attempts WHERE job_id = $1 ORDER BY number",
        job.id,
    )
    assert [tuple(row) for row in rows] == [
        (1, "LOST"),
        (2, "FAILED"),
        (3, "SUCCEEDED"),
    ]


async def test_the_lost_run_that_comes_back_is_named_and_changes_nothing(
    rig: Rig,
) -> None:
    [job] = await gone(rig, 1)
    await twice(rig, rig.reconciler_of(OrphanPolicy.RETRY))
    [dispatch] = await rig.claim()
    await rig.dispatcher.send(dispatch)
    other = (await rig.job(job.id)).trigger_run_id
    rig.wire.heal()
    await rig.stage.advance(40)

    report = await rig.reconciler.reconcile()

    assert [run.run_id for run in report.orphaned_runs] == [job.trigger_run_id]
    assert (await rig.job(job.id)).trigger_run_id == other


async def test_a_type_that_holds_keeps_its_job_open_until_the_run_comes_back(
    rig: Rig,
) -> None:
    [job] = await gone(rig, 1)
    reconciler = rig.reconciler_of(OrphanPolicy.HOLD)

    report = await twice(rig, reconciler)

    held = await rig.job(job.id)
    assert (report.suspects, report.lost_jobs) == ([job.id], [])
    assert not report.looks_again
    assert (held.status, held.attention) == (JobStatus.QUEUED, SUSPECT)
    rig.wire.heal()
    rig.clock.advance(timedelta(hours=1))
    await reconciler.reconcile()
    assert (await rig.job(job.id)).attention == []


@pytest.mark.rows_by_hand("changes the type of jobs")
async def test_held_jobs_keep_no_others_from_being_settled(rig: Rig) -> None:
    held = await gone(rig, 6)
    await twice(rig, rig.reconciler_of(OrphanPolicy.HOLD))
    for job in held:
        await rig.fetch("UPDATE worker_jobs SET type = 'held' WHERE id = $1", job.id)
    [lost] = await gone(rig, 1)

    report = await twice(
        rig,
        rig.reconciler_of(
            policy_of=lambda name: (
                OrphanPolicy.HOLD if name == "held" else OrphanPolicy.FAIL
            )
        ),
    )

    assert (report.lost_jobs, report.withheld) == ([lost.id], None)


@pytest.mark.parametrize("policy", OrphanPolicy)
async def test_a_pending_cancel_ends_a_lost_job_whatever_its_policy(
    rig: Rig, policy: OrphanPolicy
) -> None:
    [job] = await gone(rig, 1)
    await rig.cancel(job.id)

    await twice(rig, rig.reconciler_of(policy))

    after = await rig.job(job.id)
    assert (after.status, after.failure_kind) == (JobStatus.FAILED, "ORPHANED")
    assert after.cancel_outcome == "FINISHED_FIRST"


# The brake.


async def test_five_losses_are_settled_by_themselves(rig: Rig) -> None:
    jobs = await gone(rig, 5)

    report = await twice(rig)

    assert (len(report.lost_jobs), report.withheld) == (len(jobs), None)


async def test_more_losses_settle_none_and_wait_for_somebody(rig: Rig) -> None:
    jobs = await gone(rig, 6)
    first = await rig.reconciler.reconcile()

    report = await twice(rig)

    assert report.lost_jobs == []
    assert not report.looks_again
    assert report.withheld == first.withheld
    assert report.withheld == (
        "6 of 6 runs are not known at Trigger.dev, and a pass settles at most 5 as lost"
        " by itself. If they are gone for good, run `jobwire reconcile"
        " --accept-losses`."
    )
    assert {(await rig.job(job.id)).status for job in jobs} == {JobStatus.QUEUED}


async def test_those_that_wait_for_a_second_look_count_for_the_brake(
    rig: Rig,
) -> None:
    await gone(rig, 3)
    await rig.reconciler.reconcile()
    await gone(rig, 3)

    report = await rig.reconciler.reconcile()

    assert report.lost_jobs == []
    assert report.withheld is not None


async def test_whoever_accepts_the_losses_settles_them_all(rig: Rig) -> None:
    jobs = await gone(rig, 6)

    report = await twice(rig, accept_losses=True)

    assert report.withheld is None
    assert sorted(report.lost_jobs) == sorted(job.id for job in jobs)


async def test_accepted_losses_are_looked_at_twice_all_the_same(rig: Rig) -> None:
    jobs = await gone(rig, 6)

    report = await rig.reconciler.reconcile(accept_losses=True)

    assert (len(report.suspects), report.lost_jobs) == (len(jobs), [])


async def test_a_tenth_of_many_is_settled_by_itself(rig: Rig) -> None:
    for _ in range(53):
        await rig.linked()
    await gone(rig, 7)

    assert (await twice(rig)).withheld is not None

    for _ in range(10):
        await rig.linked()
    report = await rig.reconciler.reconcile()
    assert (report.checked, len(report.lost_jobs)) == (70, 7)


@pytest.mark.rows_by_hand("moves a job to another environment")
async def test_jobs_of_another_environment_are_neither_asked_nor_lost(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.fetch(
        "UPDATE worker_jobs SET trigger_environment = 'https://elsewhere#env_1'"
        " WHERE id = $1",
        job.id,
    )
    rig.wire.unknown = None
    rig.clock.advance(timedelta(days=30))

    report = await twice(rig, accept_losses=True)

    assert (report.checked, report.suspects, report.lost_jobs) == (0, [], [])
    assert "retrieve" not in rig.wire.sent
    assert (await rig.job(job.id)).attention == []


# The fence.


async def test_whoever_was_taken_over_judges_nothing_more(rig: Rig) -> None:
    jobs = await gone(rig, 2)
    await rig.reconciler.reconcile()
    rig.clock.advance(SECOND_LOOK)
    before = await rig.fetch("SELECT id FROM reconciliations")

    async def taken_over() -> None:
        async with rig.database.connection() as connection:
            taken = await duties.take(
                connection,
                DUTY,
                holder="another",
                span=timedelta(minutes=1),
                now=rig.clock.now() + timedelta(hours=1),
            )
        assert taken is not None

    gate = rig.wire.hold("retrieve")

    async def take_over() -> None:
        await gate.arrived.wait()
        await taken_over()
        gate.open()

    report, _ = await asyncio.gather(rig.reconciler.reconcile(), take_over())

    assert "taken over" in (report.error or "")
    assert report.lost_jobs == []
    assert {(await rig.job(job.id)).status for job in jobs} == {JobStatus.QUEUED}
    assert await rig.fetch("SELECT id FROM reconciliations") == before
