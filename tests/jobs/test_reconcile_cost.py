"""What a pass costs: lists answer for what is alive, and only the rest is asked."""

import asyncio
from pathlib import Path

import pytest

from jobwire.jobs.job import Job
from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.jobs.rig import Rig, open_rig

MANY = 250


async def many(rig: Rig, count: int, task: str = "work") -> list[Job]:
    """Hand over many jobs."""
    ids = {await rig.schedule(task) for _ in range(count)}
    claimed = await rig.claim(limit=count)
    await asyncio.gather(*map(rig.dispatcher.send, claimed))
    assert {one.id for one in claimed} == ids
    return [await rig.job(id) for id in ids]


def sent(rig: Rig) -> tuple[int, int]:
    """Return how many lists and how many retrievals there were so far."""
    return rig.wire.sent.get("list", 0), rig.wire.sent.get("retrieve", 0)


async def test_live_runs_cost_a_request_for_a_hundred_of_them(rig: Rig) -> None:
    await many(rig, MANY)
    await rig.stage.advance(2)
    rig.clock.advance(1800)
    # The runs of before the last pass are only in the list of those that are alive.
    await rig.reconciler.reconcile()
    rig.clock.advance(1800)
    before = sent(rig)

    report = await rig.reconciler.reconcile()

    lists, retrievals = (
        now - then for now, then in zip(sent(rig), before, strict=True)
    )
    assert (lists, retrievals) == (1 + 3, 0)
    assert (report.checked, report.listed, report.api_requests) == (MANY, MANY, 4)


async def test_only_what_ended_or_is_not_listed_is_asked(rig: Rig) -> None:
    ended = await many(rig, 3, "fails")
    await rig.stage.advance(0.5)
    jobs = await many(rig, 120)
    await rig.stage.advance(5)
    rig.wire.unlisted = {job.trigger_run_id or "" for job in jobs[:4]}
    before = sent(rig)

    report = await rig.reconciler.reconcile()

    assert sent(rig)[1] - before[1] == 3 + 4
    assert (report.checked, report.listed) == (123, 116)
    statuses = {(await rig.job(job.id)).status for job in ended}
    assert statuses == {JobStatus.FAILED}


async def test_a_list_moves_the_jobs_of_runs_that_started(rig: Rig) -> None:
    jobs = await many(rig, 9)
    await rig.stage.advance(2)

    report = await rig.reconciler.reconcile()

    assert (report.corrected, sent(rig)[1]) == (9, 0)
    for job in jobs:
        after = await rig.job(job.id)
        assert (after.status, after.attempts) == (JobStatus.RUNNING, 1)
        assert after.started is not None


async def test_a_list_says_how_fresh_its_jobs_are(rig: Rig) -> None:
    jobs = await many(rig, 3)
    await rig.stage.advance(2)
    await rig.reconciler.reconcile()
    await rig.reconciler.reconcile()
    version = (await rig.job(jobs[0].id)).version
    rig.clock.advance(40)

    await rig.reconciler.reconcile()

    after = await rig.job(jobs[0].id)
    assert (after.trigger_observed_at, after.version) == (rig.clock.now(), version)
    [row] = await rig.fetch(
        "SELECT sum(count) AS count FROM job_observations"
        " WHERE job_id = $1 AND word = 'EXECUTING'",
        after.id,
    )
    assert row["count"] == 3


async def test_what_was_heard_after_the_list_was_asked_for_is_newer(rig: Rig) -> None:
    jobs = await many(rig, 2)
    await rig.stage.advance(1)
    gate = rig.wire.hold("list")
    passing = asyncio.create_task(rig.reconciler.reconcile())
    await gate.arrived.wait()
    rig.clock.advance(1)
    await rig.fetch(
        "UPDATE worker_jobs SET trigger_observed_at = $1, trigger_status = 'WAITING'",
        rig.clock.now(),
    )
    gate.open()

    report = await passing

    assert report.corrected == 0
    for job in jobs:
        assert (await rig.job(job.id)).trigger_status == "WAITING"


@pytest.mark.rows_by_hand("starts a job whose run waits")
async def test_a_run_that_stands_in_a_queue_again_does_not_move_its_job_back(
    rig: Rig,
) -> None:
    [job] = await many(rig, 1)
    await rig.fetch(
        "UPDATE worker_jobs SET status = 'RUNNING', started = $1, attempts = 1",
        rig.clock.now(),
    )

    report = await rig.reconciler.reconcile()

    assert report.corrected == 0
    assert (await rig.job(job.id)).status == JobStatus.RUNNING


async def test_a_pass_waits_while_the_rate_limit_leaves_no_room(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    async with open_rig(database, clock, tmp_path, rate_limit=50) as rig:
        for _ in range(4):
            await rig.linked("fails")
            rig.clock.advance(10)
        began = rig.clock.now()
        [job, *_] = await rig.fetch("SELECT trigger_run_id FROM worker_jobs")
        while rig.executor.has_budget:
            await rig.executor.retrieve(job["trigger_run_id"])

        report = await rig.reconciler.reconcile()

        assert (report.error, report.checked) == (None, 4)
        assert rig.clock.now() > began
