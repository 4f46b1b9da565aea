"""Schedules that Trigger.dev fires: told and adopted exactly once."""

import json
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from jobwire.emulator import Task
from jobwire.jobs.cron.adopt import RunAdopter, read_passed
from jobwire.jobs.cron.job_schedule import JobSchedule
from jobwire.jobs.cron.run_now import run_now
from jobwire.jobs.cron.sync import AFTER_REFUSAL, LOOK_AGAIN, Syncer
from jobwire.jobs.identifiers import schedule_id_text
from jobwire.jobs.job import Job
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.transitions.leave_schedules import leave_schedules
from jobwire.models.database import Database
from jobwire.models.vocabulary import Executor, ScheduleOwner, SignalSource
from jobwire.triggerdev import ApiStatusError, UnprocessableError
from tests.clock import FakeClock
from tests.jobs.cron.conftest import NOON, REGISTRY, VIEWER, Crons
from tests.jobs.rig import Rig, hook, open_rig
from tests.jobs.wire import Fault

HOUR = timedelta(hours=1)
TASKS = (
    Task(
        "nightly-task",
        duration=60,
        is_scheduled=True,
        output=lambda payload, _: {"at": payload["timestamp"]},
    ),
    Task("other-task", duration=1, is_scheduled=True),
    Task("plain", duration=1),
)


@pytest.fixture
async def rig(
    crons: Crons, database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    """A Trigger.dev with tasks that schedules can trigger, at noon."""
    assert crons.clock.now() == NOON
    async with open_rig(database, clock, tmp_path, tasks=TASKS) as rig:
        yield rig


@pytest.fixture
def adopter(rig: Rig) -> RunAdopter:
    return RunAdopter(rig.database.connection, rig.executor, rig.clock, REGISTRY)


@pytest.fixture
def syncer(rig: Rig, adopter: RunAdopter) -> Syncer:
    return Syncer(rig.database.connection, rig.executor, rig.clock, adopter)


async def sync(syncer: Syncer) -> list[bool]:
    """Tell everything that is due to be told."""
    return [await syncer.sync(one) for one in await syncer.read_due(100)]


async def fired(crons: Crons, syncer: Syncer, **given: Any) -> JobSchedule:
    """Make a schedule that Trigger.dev fires, and tell it."""
    given = {"type": "nightly", "owner": ScheduleOwner.TRIGGER_DEV, **given}
    schedule = await crons.schedule(given.pop("cron", "0 * * * *"), **given)
    assert await sync(syncer) == [True]
    return await crons.read(schedule)


async def theirs(rig: Rig) -> list[dict[str, Any]]:
    """Return the schedules that the other side has, past the wire."""
    answer = await rig.stage.http.get("/api/v1/schedules?perPage=100")
    found: list[dict[str, Any]] = answer.json()["data"]
    return found


async def runs_of(rig: Rig, schedule: JobSchedule) -> list[str]:
    """Return the runs that a schedule has made, the newest first."""
    return await rig.stage.listed_ids(
        **{
            "filter[schedule]": schedule.trigger_schedule_id,
            "filter[createdAt][from]": "0",
        }
    )


# Telling.


async def test_trigger_dev_is_told_of_a_schedule_under_a_key_of_its_environment(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer, cron="30 9 * * MON", timezone="Asia/Tokyo")

    [made] = await theirs(rig)
    environment = await rig.executor.environment()
    assert made["deduplicationKey"] == ":".join(
        (
            rig.executor.marks.tag,
            environment.partition("#")[2],
            schedule_id_text(schedule.id),
        )
    )
    assert (made["task"], made["externalId"]) == ("nightly-task", schedule.public_id)
    assert made["generator"]["expression"] == "30 9 * * MON"
    assert (made["timezone"], made["active"]) == ("Asia/Tokyo", True)
    assert (schedule.sync_state, schedule.trigger_schedule_id) == ("SYNCED", made["id"])
    assert schedule.trigger_environment == environment
    # Monday 9:30 in Tokyo, half past midnight in UTC.
    assert schedule.next_tick_at == NOON.replace(day=19, hour=0, minute=30)
    assert schedule.version == 1


async def test_an_alias_is_told_as_the_five_fields_that_it_stands_for(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    await fired(crons, syncer, cron="@daily")

    [made] = await theirs(rig)
    assert made["generator"]["expression"] == "0 0 * * *"


@pytest.mark.parametrize("fault", [Fault.ANSWER_LOST, Fault.REFUSED, 503])
async def test_an_unreachable_trigger_dev_is_told_again_and_makes_one_schedule(
    crons: Crons, rig: Rig, syncer: Syncer, fault: Fault | int
) -> None:
    rig.wire.fail("schedules", fault, times=3)
    schedule = await crons.schedule(type="nightly", owner=ScheduleOwner.TRIGGER_DEV)

    assert await sync(syncer) == [False]
    waiting = await crons.read(schedule)
    assert (waiting.sync_state, bool(waiting.sync_error)) == ("PENDING", True)
    assert await sync(syncer) == []

    for _ in range(4):
        crons.clock.advance(10)
        await sync(syncer)

    after = await crons.read(schedule)
    assert (after.sync_state, after.sync_error) == ("SYNCED", None)
    assert len(await theirs(rig)) == 1


async def test_a_change_is_told_and_the_runs_stay_those_of_one_schedule(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    before = await fired(crons, syncer)

    after = await fired(crons, syncer, cron="30 * * * *", timezone="America/New_York")

    [made] = await theirs(rig)
    assert made["id"] == before.trigger_schedule_id == after.trigger_schedule_id
    assert (made["generator"]["expression"], made["timezone"]) == (
        "30 * * * *",
        "America/New_York",
    )


async def test_another_task_needs_another_schedule_over_there(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    before = await fired(crons, syncer, type="any", trigger_task_id="nightly-task",
                         executor=Executor.TRIGGER)  # fmt: skip

    after = await fired(crons, syncer, type="any", trigger_task_id="other-task",
                        executor=Executor.TRIGGER)  # fmt: skip

    [made] = await theirs(rig)
    assert made["task"] == "other-task"
    assert made["id"] == after.trigger_schedule_id != before.trigger_schedule_id


async def test_pause_and_resume_are_told(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)

    assert (await crons.pause(schedule)).sync_state == "PENDING"
    await sync(syncer)
    assert [one["active"] for one in await theirs(rig)] == [False]

    await crons.resume(schedule)
    await sync(syncer)
    assert [one["active"] for one in await theirs(rig)] == [True]


async def test_a_deletion_is_told_until_that_works(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    rig.wire.fail("schedules", 503, times=1)

    await crons.delete(schedule)
    assert await sync(syncer) == [False]
    crons.clock.advance(10)
    assert await sync(syncer) == [True]

    assert await theirs(rig) == []
    assert (await crons.read(schedule)).sync_state is None


async def test_a_task_that_no_schedule_may_trigger_is_a_failure_that_says_why(
    crons: Crons, syncer: Syncer
) -> None:
    schedule = await crons.schedule(
        type="any",
        trigger_task_id="plain",
        executor=Executor.TRIGGER,
        owner=ScheduleOwner.TRIGGER_DEV,
    )

    assert await sync(syncer) == [False]

    after = await crons.read(schedule)
    assert after.sync_state == "FAILED"
    assert "plain is not a scheduled task" in str(after.sync_error)
    assert await sync(syncer) == []
    crons.clock.advance(AFTER_REFUSAL)
    assert await sync(syncer) == [False]


async def test_a_trial_of_a_task_tells_what_it_is_and_leaves_nothing(rig: Rig) -> None:
    await rig.executor.schedules.check_task("nightly-task")

    for task, words in (("plain", "not a scheduled task"), ("none", "not found")):
        with pytest.raises(UnprocessableError, match=words):
            await rig.executor.schedules.check_task(task)
    assert await theirs(rig) == []


async def test_a_trial_that_was_cut_short_is_taken_back_later(rig: Rig) -> None:
    rig.wire.fail("schedules", 500, only=lambda request: request.method == "DELETE")
    with pytest.raises(ApiStatusError):
        await rig.executor.schedules.check_task("nightly-task")
    assert len(await theirs(rig)) == 1
    rig.wire.heal()

    await rig.executor.schedules.end_trial()

    assert await theirs(rig) == []


async def test_what_somebody_did_over_there_is_put_right(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    path = f"/api/v1/schedules/{schedule.trigger_schedule_id}"
    await rig.stage.http.post(f"{path}/deactivate")
    crons.clock.advance(LOOK_AGAIN)

    assert await sync(syncer) == [True]
    assert [one["active"] for one in await theirs(rig)] == [True]

    await rig.stage.http.delete(path)
    crons.clock.advance(LOOK_AGAIN)
    await sync(syncer)

    [made] = await theirs(rig)
    assert (await crons.read(schedule)).trigger_schedule_id == made["id"]


async def test_a_change_amid_the_telling_is_told_too(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    old = await crons.schedule(type="nightly", owner=ScheduleOwner.TRIGGER_DEV)
    [due] = await syncer.read_due(10)
    new = await crons.schedule(
        "30 * * * *", type="nightly", owner=ScheduleOwner.TRIGGER_DEV
    )

    await syncer.sync(due)
    assert (await crons.read(old)).sync_state == "PENDING"
    await sync(syncer)

    [made] = await theirs(rig)
    assert (made["generator"]["expression"], new.id) == ("30 * * * *", old.id)


async def test_our_clock_takes_over_once_theirs_is_gone(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    await fired(crons, syncer)
    rig.wire.fail("schedules", 503, times=1)

    schedule = await crons.schedule(type="nightly")
    assert (schedule.owner, schedule.next_tick_at) == ("JOBWIRE", None)
    assert schedule.sync_state == "PENDING"
    await sync(syncer)
    await crons.pass_time(2 * HOUR)
    assert await crons.jobs() == []

    await sync(syncer)
    assert await theirs(rig) == []
    assert (await crons.read(schedule)).sync_state is None
    await crons.pass_time(HOUR)
    assert await crons.ticks() == ["01-15 15:00"]


async def test_a_schedule_of_another_environment_is_left_to_it(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    await rig.fetch("UPDATE job_schedules SET trigger_environment = 'elsewhere#1'")
    crons.clock.advance(LOOK_AGAIN)

    assert await sync(syncer) == []

    # Somebody has changed it, from here.
    await fired(crons, syncer, cron="30 * * * *")
    after = await crons.read(schedule)
    assert after.trigger_environment == await rig.executor.environment()


async def test_run_now_makes_an_ordinary_job_with_what_their_schedules_give(
    crons: Crons, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)

    async with crons.database.transaction() as connection:
        job = await run_now(
            connection,
            schedule.id,
            registry=REGISTRY,
            viewer=VIEWER,
            now=crons.clock.now(),
        )

    data = json.loads(job.data)
    assert data.pop("upcoming")[:2] == [
        "2026-01-15T13:00:00.000Z",
        "2026-01-15T14:00:00.000Z",
    ]
    assert data == {
        "scheduleId": schedule.trigger_schedule_id,
        "type": "IMPERATIVE",
        "timestamp": "2026-01-15T12:00:00.000Z",
        "externalId": schedule.public_id,
        "timezone": "UTC",
    }
    assert (job.schedule_id, job.tick_at, job.dispatch_state) == (
        schedule.id,
        None,
        "none",
    )


async def test_what_only_another_environment_can_be_told_says_so(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    await rig.fetch("UPDATE job_schedules SET trigger_environment = 'elsewhere#1'")
    await crons.delete(schedule)

    assert await sync(syncer) == []
    after = await crons.read(schedule)
    assert after.sync_state == "PENDING"
    assert "in the environment elsewhere#1" in str(after.sync_error)


async def test_a_copy_of_the_database_leaves_the_schedules_of_its_original_alone(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    fired_there = await fired(crons, syncer, key="theirs")
    ours = await crons.schedule(type="nightly", key="ours")
    local = await crons.schedule(key="local")
    gone = await fired(crons, syncer, key="gone")
    await crons.delete(gone)
    await sync(syncer)
    before = await theirs(rig)

    async with crons.database.transaction() as connection:
        assert await leave_schedules(connection, now=crons.clock.now()) == 2
    rig.executor.speak_for(UUID(int=7), trouble=None)
    await sync(syncer)

    for one in (fired_there, ours):
        assert (await crons.read(one)).is_paused
    assert not (await crons.read(local)).is_paused
    after = await theirs(rig)
    assert [one for one in after if one in before] == before
    # It has one of its own, which does not fire until somebody resumes it.
    [own] = [one for one in after if one not in before]
    assert (own["active"], own["deduplicationKey"].split(":")[1]) == (
        False,
        str(UUID(int=7)),
    )


# Adopting.


async def adopted(rig: Rig, schedule: JobSchedule) -> list[Job]:
    rows = await rig.fetch(
        "SELECT id FROM worker_jobs WHERE schedule_id = $1 ORDER BY run_at", schedule.id
    )
    return [await rig.job(row["id"]) for row in rows]


async def test_a_run_is_adopted_as_a_job_of_its_schedule_with_its_nominal_time(
    crons: Crons, rig: Rig, syncer: Syncer, adopter: RunAdopter
) -> None:
    schedule = await fired(crons, syncer, tag="reports")
    await rig.stage.advance(3605)

    looked = await adopter.look(schedule, since=NOON, source=SignalSource.RECONCILER)

    [job] = await adopted(rig, schedule)
    [run] = await runs_of(rig, schedule)
    assert (looked.adopted, looked.last_at, looked.is_whole) == (
        (job.id,),
        NOON + HOUR,
        True,
    )
    assert (job.trigger_run_id, job.tick_at, job.run_at) == (
        run,
        NOON + HOUR,
        NOON + HOUR,
    )
    assert (job.type, job.tag, job.user_id) == ("nightly", "reports", "user-1")
    assert (job.status, job.trigger_status) == ("RUNNING", "EXECUTING")
    assert (job.dispatch_state, job.dispatch_number) == ("linked", 0)
    payload = json.loads(job.data)
    assert payload["timestamp"] == "2026-01-15T13:00:00.000Z"
    assert payload["externalId"] == schedule.public_id
    assert await rig.events(job.id) == [
        "CREATED by RECONCILER",
        "STARTED by RECONCILER",
    ]


async def test_a_run_is_adopted_once_however_often_it_is_told_of(
    crons: Crons, rig: Rig, syncer: Syncer, adopter: RunAdopter
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    [run] = await runs_of(rig, schedule)

    await rig.post(hook("RUN_STARTED", run, None, rig.clock, task="nightly-task"))
    await rig.ask()
    assert await adopter.adopt(run, source=SignalSource.RECONCILER) is None
    await adopter.look(schedule, since=NOON, source=SignalSource.RECONCILER)
    await rig.reconciler_of(registry=REGISTRY).reconcile()

    assert len(await adopted(rig, schedule)) == 1


async def test_a_hook_has_its_run_adopted_and_is_folded_in(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    [run] = await runs_of(rig, schedule)

    received = await rig.post(
        hook("RUN_PROGRESS", run, None, rig.clock, progress={"fraction": 0.5},
             task="nightly-task")
    )  # fmt: skip
    assert received.receipt == "accepted"
    assert await rig.ask() == [True]

    [job] = await adopted(rig, schedule)
    assert (await rig.events(job.id))[0] == "CREATED by WEBHOOK"
    assert json.loads(job.progress or "{}")["fraction"] == 0.5
    assert await rig.inbox() == []


async def test_an_alert_has_its_run_adopted_and_ends_it(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    [run] = await runs_of(rig, schedule)

    await rig.post(
        {
            "id": "alert-1",
            "created": rig.clock.now().isoformat(),
            "webhookVersion": "v1",
            "type": "alert.run.failed",
            "object": {
                "task": {"id": "nightly-task"},
                "run": {"id": run, "status": "FAILED", "tags": []},
                "environment": {"id": "env-1"},
            },
        }
    )
    await rig.ask()

    [job] = await adopted(rig, schedule)
    assert (await rig.events(job.id))[0] == "CREATED by ALERT"


async def test_a_hook_of_a_run_that_no_schedule_of_ours_made_is_closed(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    await fired(crons, syncer)
    run = await rig.stage.triggered("nightly-task", {"by": "hand"})

    await rig.post(hook("RUN_STARTED", run, None, rig.clock, task="nightly-task"))
    assert await rig.ask() == [True]

    assert await rig.fetch("SELECT FROM worker_jobs") == []


async def test_a_hook_waits_while_trigger_dev_cannot_be_asked(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    [run] = await runs_of(rig, schedule)
    rig.wire.fail("retrieve", 503, times=1)

    await rig.post(hook("RUN_STARTED", run, None, rig.clock, task="nightly-task"))
    assert await rig.ask() == [False]
    assert await rig.ask() == [True]

    assert len(await adopted(rig, schedule)) == 1


async def test_reconciliation_adopts_all_that_fired_while_we_were_down(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    await rig.reconciler_of(registry=REGISTRY).reconcile()
    await rig.stage.advance(4 * 3600 + 30)

    report = await rig.reconciler_of(registry=REGISTRY).reconcile()

    jobs = await adopted(rig, schedule)
    assert [job.tick_at for job in jobs] == [NOON + n * HOUR for n in (1, 2, 3, 4)]
    assert [job.status for job in jobs] == ["SUCCEEDED"] * 3 + ["RUNNING"]
    assert json.loads(jobs[0].result or "{}") == {"at": "2026-01-15T13:00:00.000Z"}
    assert set(report.orphaned_jobs) == {job.id for job in jobs}
    assert report.orphaned_runs == []


async def test_the_last_runs_of_a_deleted_schedule_are_adopted_too(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    await crons.delete(schedule)
    await sync(syncer)

    assert len(await adopted(rig, schedule)) == 1


async def test_an_adopted_job_is_canceled_like_all_others(
    crons: Crons, rig: Rig, syncer: Syncer, adopter: RunAdopter
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    await adopter.look(schedule, since=NOON, source=SignalSource.RECONCILER)
    [job] = await adopted(rig, schedule)

    await rig.cancel(job.id)
    await rig.executor.cancel(job.trigger_run_id or "")
    await rig.stage.advance(60)
    await rig.reconciler_of(registry=REGISTRY).reconcile()

    after = await rig.job(job.id)
    assert (after.status, after.cancel_outcome) == ("CANCELED", "STOPPED")


@pytest.mark.rows_by_hand("a second run of the same tick")
async def test_a_replay_of_a_run_is_a_job_without_a_tick_of_its_own(
    crons: Crons, rig: Rig, syncer: Syncer, adopter: RunAdopter
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    [run] = await runs_of(rig, schedule)
    job_id = await adopter.adopt(run, source=SignalSource.RECONCILER)
    assert job_id is not None

    await rig.fetch("UPDATE worker_jobs SET trigger_run_id = 'run_another'")
    again = await adopter.adopt(run, source=SignalSource.RECONCILER)

    assert again is not None
    assert (await rig.job(again)).tick_at is None


async def test_a_lost_run_of_a_schedule_is_never_started_anew(
    crons: Crons, rig: Rig, syncer: Syncer, adopter: RunAdopter
) -> None:
    schedule = await fired(crons, syncer)
    await rig.stage.advance(3605)
    await adopter.look(schedule, since=NOON, source=SignalSource.RECONCILER)
    rig.wire.unknown = None
    reconciler = rig.reconciler_of(OrphanPolicy.RETRY, registry=REGISTRY)
    for _ in range(3):
        await rig.stage.advance(400)
        await reconciler.reconcile()

    [job, *_] = await adopted(rig, schedule)
    assert (job.status, job.failure_kind) == ("FAILED", "ORPHANED")


async def test_schedules_of_which_a_tick_has_passed_are_looked_at(
    crons: Crons, rig: Rig, syncer: Syncer
) -> None:
    schedule = await fired(crons, syncer)
    environment = await rig.executor.environment()

    async def passed(before: datetime) -> list[str]:
        async with rig.database.connection() as connection:
            found = await read_passed(connection, environment, before=before)
        return [one.public_id for one in found]

    assert await passed(NOON + HOUR) == [schedule.public_id]
    assert await passed(NOON + HOUR - timedelta(seconds=1)) == []
    assert await passed(NOON + 2 * HOUR) == [schedule.public_id]
    await crons.pause(schedule)
    assert await passed(NOON + 2 * HOUR) == []
