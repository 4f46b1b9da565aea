"""Sync: open runs are asked, and their jobs follow without any hook."""

import asyncio
import json
import logging
from datetime import timedelta

import pytest

from jobwire.jobs.fold import STOP_DEADLINE
from jobwire.jobs.job import Job
from jobwire.jobs.open_runs import (
    OpenRun,
    read_open,
    read_silent,
    read_to_cancel,
)
from jobwire.jobs.transitions.tell_run import acknowledge_by_run
from jobwire.models.vocabulary import JobStatus
from tests.jobs.rig import Rig, hook
from tests.jobs.wire import Fault


def of(job: Job) -> str:
    assert job.trigger_run_id is not None
    return job.trigger_run_id


async def silent(rig: Rig, limit: int = 100) -> list[OpenRun]:
    environment = await rig.executor.environment()
    async with rig.database.connection() as connection:
        return await read_silent(
            connection, environment, now=rig.clock.now(), limit=limit
        )


async def test_a_job_follows_its_run_to_the_end_without_any_hook(rig: Rig) -> None:
    job = await rig.linked(data={"n": 1})
    seen = []
    for seconds in (0, 0.5, 60):
        await rig.stage.advance(seconds)
        await rig.syncer.ask_all()
        seen.append((await rig.job(job.id)).status)

    assert seen == [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.SUCCEEDED]
    after = await rig.job(job.id)
    assert json.loads(after.result or "") == {"got": {"n": 1}}
    assert after.trigger_status == "COMPLETED"
    assert after.started is not None
    assert after.finished is not None


async def test_attempts_inside_a_run_are_followed(rig: Rig) -> None:
    job = await rig.linked("fails-once")
    for _ in range(12):
        await rig.stage.advance(0.5)
        await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.attempts) == (JobStatus.SUCCEEDED, 2)
    rows = await rig.fetch(
        "SELECT status FROM job_attempts WHERE job_id = $1 ORDER BY number", job.id
    )
    assert [row["status"] for row in rows] == ["FAILED", "SUCCEEDED"]


async def test_what_a_hook_never_told_is_corrected(rig: Rig) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(0.5)
    await rig.post(hook("RUN_STARTED", of(job), job.id, rig.clock))
    await rig.stage.advance(5)

    synced = await rig.syncer.ask_all()

    assert (synced.checked, synced.gone, synced.errors) == (1, [], [])
    assert [run.job_id for run in synced.corrected] == [job.id]
    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_a_run_without_news_corrects_nothing(rig: Rig) -> None:
    await rig.linked()
    await rig.syncer.ask_all()

    synced = await rig.syncer.ask_all()

    assert (synced.checked, synced.corrected) == (1, [])


async def test_a_run_that_expired_expires_its_job(rig: Rig) -> None:
    job = await rig.linked("nobody-deployed-it", ttl=timedelta(seconds=1))
    rig.wire.answer(
        "retrieve",
        json.dumps(
            {
                "id": of(job),
                "taskIdentifier": "nobody-deployed-it",
                "status": "EXPIRED",
                "createdAt": rig.clock.now().isoformat(),
                "updatedAt": rig.clock.now().isoformat(),
                "error": {"message": "Run expired because the TTL was reached"},
                "tags": [],
                "isCompleted": False,
            }
        ).encode(),
        "application/json",
    )

    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.failure_kind) == (JobStatus.EXPIRED, "EXPIRED")


async def test_a_word_that_nobody_knows_leaves_the_job_where_it_is(rig: Rig) -> None:
    job = await rig.linked()
    now = rig.clock.now().isoformat()
    body = {
        "id": of(job),
        "taskIdentifier": "work",
        "status": "HIBERNATING",
        "createdAt": now,
        "updatedAt": now,
        "tags": [],
    }
    rig.wire.answer("retrieve", json.dumps(body).encode(), "application/json")

    synced = await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.trigger_status) == (JobStatus.QUEUED, "HIBERNATING")
    assert synced.errors == []


# Cancel.


async def test_a_cancel_of_a_run_that_waits_means_that_it_never_started(
    rig: Rig,
) -> None:
    job = await rig.linked("nobody-deployed-it")
    await rig.cancel(job.id)
    await rig.executor.cancel(of(job))

    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (
        JobStatus.CANCELED,
        "NEVER_STARTED",
    )


async def test_a_cancel_of_running_code_is_confirmed_when_the_run_is_finished(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    await rig.cancel(job.id)
    await rig.executor.cancel(of(job))
    await rig.syncer.ask_all()
    pending = await rig.job(job.id)
    assert (pending.status, pending.cancel_outcome) == (JobStatus.QUEUED, "PENDING")
    assert pending.trigger_status == "CANCELED"

    await rig.stage.advance(1)
    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")


async def test_a_cancel_of_parked_code_is_confirmed_by_the_deadline(rig: Rig) -> None:
    job = await rig.linked()
    now = rig.clock.now().isoformat()
    body = {
        "id": of(job),
        "taskIdentifier": "work",
        "status": "CANCELED",
        "createdAt": now,
        "startedAt": now,
        "updatedAt": now,
        "attemptCount": 1,
        "tags": [],
    }
    rig.wire.answer("retrieve", json.dumps(body).encode(), "application/json")
    await rig.syncer.ask_all()
    rig.clock.advance(STOP_DEADLINE - timedelta(seconds=1))
    await rig.syncer.ask_all()
    assert (await rig.job(job.id)).status == JobStatus.QUEUED

    rig.clock.advance(1)
    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")


async def test_a_cancel_that_came_too_late_leaves_the_run_its_own_end(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.stage.advance(70)
    await rig.cancel(job.id)
    await rig.executor.cancel(of(job))

    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (
        JobStatus.SUCCEEDED,
        "FINISHED_FIRST",
    )


async def test_a_cancel_in_trigger_dev_itself_ends_the_job_too(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    await rig.stage.cancel(of(job))
    await rig.stage.advance(1)

    await rig.syncer.ask_all()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == (JobStatus.CANCELED, "STOPPED")
    assert after.cancel_requested_at == rig.clock.now()


# What does not answer.


async def test_a_run_that_is_not_known_is_told_and_not_settled(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    job = await rig.linked()
    rig.wire.unknown = None
    rig.clock.advance(timedelta(days=3))

    synced = await rig.syncer.ask_all()

    assert (synced.checked, synced.corrected) == (1, [])
    assert [run.run_id for run in synced.gone] == [of(job)]
    assert (await rig.job(job.id)).status == JobStatus.QUEUED
    assert f"does not know the run {of(job)}" in caplog.text


async def test_one_run_that_does_not_answer_keeps_no_other_from_it(rig: Rig) -> None:
    jobs = [await rig.linked("fails") for _ in range(12)]
    await rig.stage.advance(5)
    broken = of(jobs[0])
    rig.wire.fail("retrieve", 500, only=lambda one: broken in one.url.path)

    synced = await rig.syncer.ask_all()

    assert synced.checked == 11
    assert len(synced.errors) == 1
    statuses = [(await rig.job(job.id)).status for job in jobs]
    assert statuses == [JobStatus.QUEUED] + [JobStatus.FAILED] * 11


async def test_at_most_ten_runs_are_asked_at_once(rig: Rig) -> None:
    for _ in range(12):
        await rig.linked()
    gate = rig.wire.hold("retrieve")
    asking = asyncio.create_task(rig.syncer.ask_all())
    await gate.arrived.wait()
    for _ in range(100):
        await asyncio.sleep(0)

    assert rig.wire.sent["retrieve"] == 10

    gate.open()
    assert (await asking).checked == 12


# Which runs are asked.


async def test_the_older_a_run_the_longer_it_may_be_silent(rig: Rig) -> None:
    await rig.linked()

    async def pause() -> float:
        """Ask it now, and return the seconds until it is to be asked again."""
        await rig.syncer.ask_all()
        waited = 0.0
        while not await silent(rig):
            rig.clock.advance(1)
            waited += 1
        return waited

    pauses = [await pause()]
    for age in (timedelta(seconds=40), timedelta(minutes=10), timedelta(hours=2)):
        rig.clock.advance(age)
        pauses.append(await pause())

    assert pauses == [1, 3, 15, 60]


async def test_a_run_that_is_to_stop_is_asked_every_second(rig: Rig) -> None:
    job = await rig.linked()
    rig.clock.advance(timedelta(hours=2))
    await rig.cancel(job.id)
    await rig.syncer.ask_all()
    assert await silent(rig) == []

    rig.clock.advance(1)

    assert len(await silent(rig)) == 1


async def test_who_was_silent_longest_is_asked_first(rig: Rig) -> None:
    first = await rig.linked()
    rig.clock.advance(1)
    second = await rig.linked()
    rig.clock.advance(5)
    assert [run.job_id for run in await silent(rig, limit=1)] == [first.id]
    rig.wire.fail("retrieve", 400, only=lambda one: of(first) in one.url.path)

    # What nobody can ever answer makes way for the others, like what is gone.
    await rig.syncer.ask(await silent(rig, limit=1))

    assert [run.job_id for run in await silent(rig, limit=1)] == [second.id]


async def test_who_is_not_asked_for_an_outage_keeps_their_turn(rig: Rig) -> None:
    first = await rig.linked()
    rig.clock.advance(1)
    await rig.linked()
    rig.clock.advance(5)
    rig.wire.fail("retrieve", Fault.REFUSED)

    await rig.syncer.ask(await silent(rig, limit=1))

    assert [run.job_id for run in await silent(rig, limit=1)] == [first.id]


@pytest.mark.rows_by_hand("moves a job to another environment")
async def test_open_runs_are_those_of_the_environment_that_have_not_ended(
    rig: Rig,
) -> None:
    jobs = []
    for _ in range(3):
        rig.clock.advance(0.001)
        jobs.append(await rig.linked("fails"))
    ended, elsewhere, open_ = jobs
    await rig.claimed()
    await rig.stage.advance(5)
    environment = await rig.executor.environment()
    await rig.fetch(
        "UPDATE worker_jobs SET trigger_environment = 'elsewhere' WHERE id = $1",
        elsewhere.id,
    )
    async with rig.database.connection() as connection:
        runs = await read_open(connection, environment)
        assert [run.job_id for run in runs] == [ended.id, open_.id]
        await rig.syncer.ask(runs[:1])

        assert [run.job_id for run in await read_open(connection, environment)] == [
            open_.id
        ]
    assert (await rig.job(elsewhere.id)).status == JobStatus.QUEUED


@pytest.mark.rows_by_hand("acknowledges a cancel that nobody told")
async def test_runs_to_cancel_are_those_that_nobody_has_told(rig: Rig) -> None:
    told, untold, _ = [await rig.linked() for _ in range(3)]
    for job in (told, untold):
        rig.clock.advance(1)
        await rig.cancel(job.id)
    async with rig.database.transaction() as connection:
        await acknowledge_by_run(connection, told.id, now=rig.clock.now())
    environment = await rig.executor.environment()

    async def read() -> list[OpenRun]:
        async with rig.database.connection() as connection:
            return await read_to_cancel(
                connection, environment, now=rig.clock.now(), limit=10
            )

    runs = await read()
    rig.clock.advance(30)
    again = await read()

    assert [(run.job_id, run.cancel_pending) for run in runs] == [(untold.id, True)]
    assert [run.job_id for run in again] == [untold.id, told.id]
