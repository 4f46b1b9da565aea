"""Realtime: what the feed tells reaches the jobs, once, whatever breaks meanwhile."""

import asyncio
import json
import logging
from datetime import datetime, timedelta
from typing import Any

import pytest
from asyncpg import CheckViolationError

from jobwire.jobs.dispatch import Outcome
from jobwire.jobs.job import Job
from jobwire.jobs.open_runs import read_silent
from jobwire.jobs.realtime import FeedFollower, Told
from jobwire.jobs.realtime_place import LONGEST_LIFE
from jobwire.models.database import Connection
from jobwire.models.vocabulary import DispatchState, JobStatus
from jobwire.triggerdev import TriggerDevError
from tests.factories import insert_job
from tests.jobs.rig import Rig, hook
from tests.jobs.wire import Fault


def of(job: Job) -> str:
    assert job.trigger_run_id is not None
    return job.trigger_run_id


async def told(follower: FeedFollower) -> dict[Told, int]:
    """Take in one answer of the feed."""
    async with asyncio.timeout(40):
        return dict(await follower.follow())


async def place(rig: Rig) -> Any:
    rows = await rig.fetch("SELECT * FROM realtime_cursors")
    return rows[0] if rows else None


async def unlinked(rig: Rig, task: str = "work") -> tuple[Job, str]:
    """Lose the answer to a dispatch; return the job and the run that it has."""
    dispatch = await rig.claimed(task)
    rig.wire.fail("trigger", Fault.ANSWER_LOST, times=1)
    assert await rig.dispatcher.send(dispatch) is Outcome.UNKNOWN
    [run] = await rig.runs(dispatch.id)
    return await rig.job(dispatch.id), run


async def test_a_job_follows_its_run_by_the_feed_alone(rig: Rig) -> None:
    job = await rig.linked(data={"n": 1})
    follower = rig.follower()
    seen = []
    for seconds in (0, 0.5, 60):
        await rig.stage.advance(seconds)
        await told(follower)
        seen.append((await rig.job(job.id)).status)

    assert seen == [JobStatus.QUEUED, JobStatus.RUNNING, JobStatus.SUCCEEDED]
    after = await rig.job(job.id)
    assert json.loads(after.result or "") == {"got": {"n": 1}}
    assert (after.attempts, after.trigger_status) == (1, "COMPLETED")
    assert (await rig.events(job.id))[-2:] == [
        "STARTED by REALTIME",
        "SUCCEEDED by REALTIME",
    ]


async def test_the_attempts_of_a_run_are_known_with_its_end(rig: Rig) -> None:
    job = await rig.linked("fails-once")
    follower = rig.follower()
    for _ in range(12):
        await rig.stage.advance(0.5)
    await told(follower)

    after = await rig.job(job.id)
    assert (after.status, after.attempts) == (JobStatus.SUCCEEDED, 2)


async def test_what_is_read_again_changes_nothing(rig: Rig) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    await told(rig.follower())
    before = await rig.job(job.id)
    await rig.fetch("DELETE FROM realtime_cursors")

    assert await told(rig.follower()) == {Told.LATE: 1}

    assert (await rig.job(job.id)).version == before.version


async def test_of_each_run_only_the_newest_state_of_an_answer_counts(
    rig: Rig,
) -> None:
    job = await rig.linked()
    follower = rig.follower()
    await told(follower)
    await rig.stage.advance(0.5)
    await rig.stage.advance(60)

    assert await told(follower) == {Told.APPLIED: 1}

    assert (await rig.events(job.id))[-1:] == ["SUCCEEDED by REALTIME"]
    assert "STARTED by REALTIME" not in await rig.events(job.id)


async def test_an_end_that_is_known_is_only_counted(rig: Rig) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(5)
    await rig.syncer.ask_all()
    asked = rig.wire.sent["retrieve"]

    assert await told(rig.follower()) == {Told.LATE: 1}

    assert rig.wire.sent["retrieve"] == asked
    rows = await rig.fetch(
        "SELECT word, applied FROM job_observations"
        " WHERE job_id = $1 AND source = 'REALTIME'",
        job.id,
    )
    assert [tuple(row) for row in rows] == [("FAILED", False)]


async def test_runs_of_others_change_nothing(rig: Rig) -> None:
    await rig.stage.triggered("work", None, tags=[rig.executor.marks.tag])
    await rig.stage.triggered("work", None, tags=["elsewhere"])

    assert await told(rig.follower()) == {Told.IGNORED: 1}


# The place.


async def test_another_process_goes_on_where_the_last_one_stood(rig: Rig) -> None:
    await rig.linked("fails")
    await told(rig.follower())
    await rig.stage.advance(5)
    sent = []

    async def asked_from(follower: FeedFollower) -> dict[Told, int]:
        before = rig.wire.sent["feed"]
        answer = await told(follower)
        sent.append(rig.wire.sent["feed"] - before)
        return answer

    assert await asked_from(rig.follower()) == {Told.APPLIED: 1}
    # Nothing has happened since, and nothing is told again.
    assert await asked_from(rig.follower()) == {}
    assert sent == [1, 1]


@pytest.mark.parametrize("dies", [True, False], ids=["dies", "lives on"])
async def test_who_cannot_note_the_place_repeats_and_skips_nothing(
    rig: Rig, *, dies: bool
) -> None:
    job = await rig.linked("fails")
    follower = rig.follower()
    await told(follower)
    before = await place(rig)
    await rig.stage.advance(5)
    await rig.fetch(
        f"""ALTER TABLE realtime_cursors ADD CONSTRAINT stands
            CHECK ("offset" = '{before["offset"]}')"""
    )
    try:
        with pytest.raises(CheckViolationError):
            await told(follower)
    finally:
        await rig.fetch("ALTER TABLE realtime_cursors DROP CONSTRAINT stands")
    ended = await rig.job(job.id)
    assert ended.status == JobStatus.FAILED
    assert await place(rig) == before

    assert await told(rig.follower() if dies else follower) == {Told.LATE: 1}

    assert (await rig.job(job.id)).version == ended.version
    assert await place(rig) != before


async def test_a_feed_that_restarts_under_a_new_handle_is_read_from_its_beginning(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    await told(rig.follower())
    follower = rig.follower()
    await told(follower)
    await rig.stage.advance(5)
    rig.wire.fail("feed", 409, times=1, headers={"electric-handle": "another"})

    assert await told(follower) == {}
    assert await told(follower) == {Told.APPLIED: 1}

    assert (await rig.job(job.id)).status == JobStatus.FAILED
    # All that it shows was read, whatever was known before.
    covered = (await place(rig))["covers_from"]
    assert covered == rig.clock.now() - LONGEST_LIFE


async def test_a_place_that_nobody_knows_any_more_is_given_up(rig: Rig) -> None:
    job = await rig.linked("fails")
    await told(rig.follower())
    await rig.stage.advance(5)
    await rig.fetch("UPDATE realtime_cursors SET \"offset\" = 'nonsense'")
    follower = rig.follower()

    with pytest.raises(TriggerDevError):
        await told(follower)
    await told(follower)

    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_an_outage_of_the_feed_skips_nothing(rig: Rig) -> None:
    job = await rig.linked("fails")
    follower = rig.follower()
    await told(follower)
    rig.wire.fail("feed", Fault.ANSWER_LOST, times=1)
    await rig.stage.advance(5)

    with pytest.raises(TriggerDevError):
        await told(follower)
    assert await told(follower) == {Told.APPLIED: 1}

    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_who_is_broken_off_while_it_folds_reads_the_answer_again(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    follower = rig.follower()
    await told(follower)
    await rig.stage.advance(5)
    gate = rig.wire.hold("retrieve")
    following = asyncio.create_task(follower.follow())
    await gate.arrived.wait()
    following.cancel()
    await asyncio.wait({following})
    gate.open()

    assert await told(follower) == {Told.APPLIED: 1}

    assert (await rig.job(job.id)).status == JobStatus.FAILED


# What the feed shows.


async def test_a_feed_that_is_followed_says_since_when(rig: Rig) -> None:
    follower = rig.follower()
    await told(follower)

    noted = await place(rig)
    assert noted["updated_at"] == rig.clock.now()
    assert noted["covers_from"] == rig.clock.now() - LONGEST_LIFE

    # How many runs it had shown before, the next process does not know.
    rig.clock.advance(60)
    await told(rig.follower())
    assert (await place(rig))["covers_from"] == rig.clock.now()


async def test_a_feed_that_has_not_caught_up_covers_nothing(rig: Rig) -> None:
    await rig.linked()
    await told(rig.follower())
    # Not the end of what has happened meanwhile.
    headers = {
        "electric-handle": "h",
        "electric-offset": "2_2",
        "electric-schema": "{}",
    }
    rig.wire.answer("feed", b"[]", "application/json", **headers)

    await told(rig.follower())

    noted = await place(rig)
    assert (noted["offset"], noted["covers_from"]) == ("2_2", None)


async def test_of_1200_runs_the_feed_brings_1000_and_the_rest_is_asked(
    rig: Rig, connection: Connection
) -> None:
    environment = await rig.executor.environment()
    began, rows = rig.clock.now(), []
    for number in range(1_200):
        made = began + timedelta(seconds=number / 10)
        job = await insert_job(
            connection,
            now=made,
            executor="trigger",
            dispatch_state="linked",
            dispatch_number=1,
            dispatched_at=made,
            trigger_environment=environment,
            trigger_run_id=f"run_{number}",
        )
        rows.append(row_of(of(job), made))
    rig.clock.advance(600)
    # The newest ones, as the server that holds the shape does.
    headers = {
        "electric-handle": "h",
        "electric-offset": "1_1",
        "electric-schema": '{"runTags": {"type": "text", "dims": 1}}',
    }
    body = json.dumps([*rows[-1_000:], {"headers": {"control": "up-to-date"}}])
    rig.wire.answer("feed", body.encode(), "application/json", **headers)

    assert await told(rig.follower()) == {Told.LATE: 1_000}

    silent = await read_silent(connection, environment, now=rig.clock.now(), limit=2000)
    assert {run.run_id for run in silent} == {f"run_{one}" for one in range(200)}
    # Now nobody has heard of the others for a while, and the feed is still followed.
    rig.clock.advance(29)
    silent = await read_silent(connection, environment, now=rig.clock.now(), limit=2000)
    assert len(silent) == 200


def row_of(run: str, made: datetime) -> dict[str, Any]:
    """Make the row of a run that waits in its queue."""
    value = {
        "id": run,
        "friendlyId": run,
        "taskIdentifier": "work",
        "status": "PENDING",
        "createdAt": made.isoformat(),
        "updatedAt": made.isoformat(),
    }
    return {"key": run, "value": value, "headers": {"operation": "insert"}}


async def test_the_feed_may_be_silent_for_as_long_as_a_poll_takes(
    rig: Rig, connection: Connection
) -> None:
    environment = await rig.executor.environment()
    job = await rig.linked()
    await told(rig.follower())
    asked = []
    for _ in range(40):
        rig.clock.advance(1)
        runs = await read_silent(connection, environment, now=rig.clock.now(), limit=10)
        asked.append([run.job_id for run in runs])

    # Then it counts as gone, and the run is asked in the rhythm of its age.
    assert asked == [[]] * 29 + [[job.id]] * 11


async def test_a_run_that_the_feed_shows_is_asked_now_and_then_lest_it_be_wrong(
    rig: Rig, connection: Connection
) -> None:
    environment = await rig.executor.environment()
    job = await rig.linked()
    await told(rig.follower())
    for seconds, asked in ((119, []), (1, [job.id])):
        rig.clock.advance(seconds)
        # It answers, and tells nothing.
        await rig.fetch("UPDATE realtime_cursors SET updated_at = $1", rig.clock.now())
        runs = await read_silent(connection, environment, now=rig.clock.now(), limit=10)

        assert [run.job_id for run in runs] == asked


async def test_a_run_that_is_to_stop_is_asked_every_second_all_the_same(
    rig: Rig, connection: Connection
) -> None:
    environment = await rig.executor.environment()
    job = await rig.linked()
    await rig.cancel(job.id)
    await told(rig.follower())
    rig.clock.advance(1)

    runs = await read_silent(connection, environment, now=rig.clock.now(), limit=10)

    assert [run.job_id for run in runs] == [job.id]


async def test_a_feed_that_has_not_caught_up_brings_nothing_to_count_on(
    rig: Rig, connection: Connection
) -> None:
    environment = await rig.executor.environment()
    job = await rig.linked()
    await told(rig.follower())
    await rig.fetch("UPDATE realtime_cursors SET covers_from = NULL")
    rig.clock.advance(1)

    runs = await read_silent(connection, environment, now=rig.clock.now(), limit=10)

    assert [run.job_id for run in runs] == [job.id]


# Ends that cannot be asked about.


@pytest.mark.parametrize("trouble", [Fault.REFUSED, 500, 404], ids=str)
async def test_an_end_that_cannot_be_retrieved_counts_by_the_rows_own_words(
    rig: Rig, trouble: Fault | int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    done, failed = await rig.linked(data={"n": 1}), await rig.linked("fails")
    await rig.stage.advance(61)
    rig.wire.fail("retrieve", trouble)

    assert await told(rig.follower()) == {Told.APPLIED: 2}

    after = await rig.job(done.id)
    assert (after.status, after.attempts) == (JobStatus.SUCCEEDED, 1)
    assert json.loads(after.result or "") == {"got": {"n": 1}}
    after = await rig.job(failed.id)
    assert (after.status, after.failure_kind) == (JobStatus.FAILED, "TASK_ERROR")
    assert json.loads(after.result or "")["error"]["message"] == "no way"
    assert "by the word of the feed" in caplog.text


async def test_an_end_that_a_replica_does_not_know_yet_counts_all_the_same(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    await rig.stage.advance(0.5)
    shown = await rig.stage.retrieve(of(job))
    await rig.stage.advance(5)
    rig.wire.answer("retrieve", json.dumps(shown).encode(), "application/json")

    await told(rig.follower())

    assert (await rig.job(job.id)).status == JobStatus.FAILED


async def test_an_end_whose_output_is_in_the_store_waits_to_be_retrieved(
    rig: Rig,
) -> None:
    job = await rig.linked("large")
    await rig.stage.advance(5)
    rig.wire.fail("retrieve", 500, times=1)
    follower = rig.follower()

    assert await told(follower) == {Told.UNSETTLED: 1}
    assert await place(rig) is None
    assert await told(follower) == {Told.APPLIED: 1}

    after = await rig.job(job.id)
    assert json.loads(after.result or "") == "x" * 600_000


async def test_an_end_waits_for_the_rate_limit(rig: Rig) -> None:
    job = await rig.linked("fails-once")
    for _ in range(12):
        await rig.stage.advance(0.5)
    rig.wire.fail("retrieve", 429, times=1)
    follower = rig.follower()

    assert await told(follower) == {Told.UNSETTLED: 1}
    await told(follower)

    assert (await rig.job(job.id)).attempts == 2


# Runs whose jobs wait for an answer.


async def test_a_run_whose_answer_was_lost_is_adopted(rig: Rig) -> None:
    job, run = await unlinked(rig)

    await told(rig.follower())

    after = await rig.job(job.id)
    assert (after.dispatch_state, after.trigger_run_id) == (DispatchState.LINKED, run)
    assert (await rig.events(job.id))[-1] == "ORPHAN_ADOPTED by REALTIME"


async def test_an_answer_that_is_on_its_way_is_not_forestalled(rig: Rig) -> None:
    dispatch = await rig.claimed()
    gate = rig.wire.hold("trigger")
    sending = asyncio.create_task(rig.dispatcher.send(dispatch))
    await gate.arrived.wait()
    await rig.stage.triggered("work", None, **_options(rig, rig.wire.bodies[-1]))

    assert await told(rig.follower()) == {Told.IGNORED: 1}
    gate.open()
    await sending

    assert "ORPHAN_ADOPTED" not in " ".join(await rig.events(dispatch.id))


def _options(rig: Rig, body: dict[str, Any]) -> dict[str, Any]:
    options: dict[str, Any] = body["options"]
    assert rig.executor.marks.tag in options["tags"]
    return options


async def test_a_run_that_has_ended_is_adopted_while_its_job_is_still_sending(
    rig: Rig,
) -> None:
    dispatch = await rig.claimed("fails")
    run = await rig.executor.send(dispatch, now=rig.clock.now())
    await rig.stage.advance(5)

    await told(rig.follower())

    after = await rig.job(dispatch.id)
    assert (after.status, after.trigger_run_id) == (JobStatus.FAILED, run)


async def test_a_run_with_the_tags_of_a_job_and_not_its_key_is_not_adopted(
    rig: Rig,
) -> None:
    job, own = await unlinked(rig)
    shown = await rig.stage.retrieve(own)
    await rig.stage.triggered(
        "fails", None, tags=shown["tags"], metadata=shown["metadata"]
    )
    await rig.stage.advance(5)

    await told(rig.follower())

    assert (await rig.job(job.id)).trigger_run_id == own


# Beside the others.


async def test_a_hook_that_knows_the_attempt_is_not_held_back_by_the_feed(
    rig: Rig,
) -> None:
    job = await rig.linked()
    await rig.stage.advance(0.5)
    follower = rig.follower()
    await told(follower)
    event = hook("RUN_STARTED", of(job), job.id, rig.clock)
    event["run"]["attempt"] = 2
    await rig.post(event)

    assert (await rig.job(job.id)).attempts == 2
    await rig.fetch("DELETE FROM realtime_cursors")
    await told(rig.follower())
    assert (await rig.job(job.id)).attempts == 2


async def test_two_who_follow_at_once_do_the_same_work_twice_and_no_harm(
    rig: Rig,
) -> None:
    job = await rig.linked("fails")
    one, two = rig.follower(), rig.follower()
    await asyncio.gather(told(one), told(two))
    await rig.stage.advance(5)

    await asyncio.gather(told(one), told(two))

    events = await rig.events(job.id)
    assert events.count("FAILED by REALTIME") == 1
    assert (await rig.job(job.id)).version == len(events)
