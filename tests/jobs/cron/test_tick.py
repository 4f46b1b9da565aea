"""Ticks: one job for each, over overlaps, outages, clocks and changes."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from jobwire.jobs.cron.forget import forget_schedules
from jobwire.jobs.cron.tick import Ticker, next_due
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry, collect
from jobwire.models.vocabulary import (
    Executor,
    JobStatus,
    MisfirePolicy,
    OverlapPolicy,
    ScheduleOwner,
    SkipReason,
)
from tests.jobs.cron.conftest import NOON, REGISTRY, Crons, report

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


async def test_a_tick_makes_a_job_of_the_schedule_that_is_due_at_the_tick(
    crons: Crons,
) -> None:
    schedule = await crons.schedule(
        data={"n": 1}, tag="hourly", retry_config={"maxAttempts": 7}
    )

    crons.clock.advance(HOUR + timedelta(milliseconds=120))
    ticked = await crons.tick()

    [job] = await crons.jobs()
    assert ticked.made == (NOON + HOUR,)
    assert job.tick_at == job.run_at == NOON + HOUR
    assert job.created_at == crons.clock.now()
    assert (job.schedule_id, job.type, job.tag) == (schedule.id, "report", "hourly")
    assert (job.user_id, job.executor, job.status) == ("user-1", "internal", "QUEUED")
    assert (job.data, '"maxAttempts": 7' in job.retry_config) == ('{"n": 1}', True)
    [event] = await crons.fetch("SELECT kind, source, actor FROM job_events")
    assert tuple(event) == ("CREATED", "WORKER", "cron")


async def test_nothing_ticks_before_its_time(crons: Crons) -> None:
    await crons.schedule()

    crons.clock.advance(HOUR - timedelta(microseconds=1))

    assert (await crons.tick()).count == 0
    assert await crons.jobs() == []


async def test_a_tick_is_used_once_however_often_it_is_looked_for(
    crons: Crons,
) -> None:
    schedule = await crons.schedule()

    crons.clock.advance(HOUR)
    await crons.tick()
    await crons.tick()

    assert await crons.ticks() == ["01-15 13:00"]
    after = await crons.read(schedule)
    assert after.next_tick_at == NOON + 2 * HOUR
    assert (after.last_tick_at, after.version) == (NOON + HOUR, 1)


async def test_two_who_tick_at_once_make_one_job_of_each_tick(crons: Crons) -> None:
    for number in range(40):
        await crons.schedule(tag=f"report-{number}")
    crons.clock.advance(HOUR)

    ticked = await asyncio.gather(*(crons.tick(limit=25) for _ in range(4)))

    assert sum(one.count for one in ticked) == 40
    assert len(await crons.jobs()) == 40


async def test_a_tick_leaves_nothing_behind_when_its_transaction_fails(
    crons: Crons,
) -> None:
    schedule = await crons.schedule()
    crons.clock.advance(HOUR)

    async def tick_and_fail() -> None:
        async with crons.database.transaction() as connection:
            await crons.ticker.tick(connection, now=crons.clock.now(), limit=10)
            await connection.execute("SELECT 1 / 0")

    with pytest.raises(asyncpg.DivisionByZeroError):
        await tick_and_fail()

    assert await crons.jobs() == []
    assert (await crons.read(schedule)).next_tick_at == NOON + HOUR


async def test_the_database_refuses_a_second_job_of_a_tick(crons: Crons) -> None:
    await crons.schedule(overlap_policy=OverlapPolicy.ALLOW)
    crons.clock.advance(HOUR)
    await crons.tick()

    # As if somebody had moved the schedule back by hand.
    await crons.fetch(
        "UPDATE job_schedules SET next_tick_at = $1, last_tick_at = NULL", NOON + HOUR
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await crons.tick()

    assert len(await crons.jobs()) == 1


async def test_thousands_that_are_due_at_the_same_second_tick_batch_by_batch(
    crons: Crons,
) -> None:
    first = await crons.schedule()
    await crons.fetch(
        """INSERT INTO job_schedules (id, key, tag, type, user_id, executor, cron,
             created_at, updated_at, next_tick_at)
           SELECT gen_random_uuid(), 'key-' || n, tag, type, user_id, executor, cron,
                  created_at, updated_at, next_tick_at
             FROM job_schedules CROSS JOIN generate_series(2, 2000) AS n""",
    )
    crons.clock.advance(HOUR)

    counts = [(await crons.tick(limit=500)).count for _ in range(5)]

    assert counts == [500, 500, 500, 500, 0]
    assert len(await crons.jobs(first)) == 1
    assert len(await crons.jobs()) == 2000


async def test_a_schedule_ticks_only_where_its_type_is_known(crons: Crons) -> None:
    await crons.schedule()
    crons.clock.advance(HOUR)
    crons.ticker = Ticker(Registry([]), PlacementPolicy())

    assert (await crons.tick()).count == 0

    crons.ticker = Ticker(Registry(collect(report)), PlacementPolicy())
    assert (await crons.tick()).count == 1


async def test_a_job_of_a_task_that_is_not_registered_ticks_where_tasks_can_run(
    crons: Crons,
) -> None:
    await crons.schedule(
        type="any", trigger_task_id="any-task", executor=Executor.TRIGGER
    )
    crons.clock.advance(HOUR)
    crons.ticker = Ticker(REGISTRY, PlacementPolicy("There is none."))

    assert (await crons.tick()).count == 0

    crons.ticker = Ticker(REGISTRY, PlacementPolicy(any_task=False))
    assert (await crons.tick()).count == 1
    [job] = await crons.jobs()
    assert (job.executor, job.trigger_task_id) == ("trigger", "any-task")


async def test_a_type_on_trigger_dev_ticks_only_where_its_jobs_can_run(
    crons: Crons,
) -> None:
    await crons.schedule(type="nightly")
    crons.clock.advance(HOUR)
    crons.ticker = Ticker(REGISTRY, PlacementPolicy("There is none."))

    assert (await crons.tick()).count == 0
    crons.ticker = Ticker(REGISTRY, PlacementPolicy())
    assert (await crons.tick()).count == 1


async def test_a_type_that_runs_elsewhere_by_now_skips_the_tick_and_says_why(
    crons: Crons,
) -> None:
    schedule = await crons.schedule(
        type="nightly", executor=Executor.TRIGGER, trigger_task_id="nightly-task"
    )
    # The type has moved to another executor since.
    await crons.fetch(
        "UPDATE job_schedules SET executor = 'internal', trigger_task_id = NULL"
    )
    crons.clock.advance(HOUR)

    ticked = await crons.tick()

    after = await crons.read(schedule)
    assert (ticked.made, ticked.skipped) == ((), {SkipReason.REFUSED: 1})
    assert after.last_skip_reason == "REFUSED"
    assert "registered to run TRIGGER" in str(after.last_skip_message)
    assert after.next_tick_at == NOON + 2 * HOUR


async def test_one_that_nobody_can_read_stands_still_and_holds_up_no_other(
    crons: Crons,
) -> None:
    cron, zone = await crons.schedule(tag="a"), await crons.schedule(tag="b")
    await crons.schedule(tag="c")
    update = "UPDATE job_schedules SET {} WHERE id = $1"
    await crons.fetch(update.format("cron = '0 * * * gone'"), cron.id)
    await crons.fetch(update.format("timezone = 'gone'"), zone.id)
    crons.clock.advance(HOUR)

    ticked = await crons.tick()

    assert [one.tag for one in await crons.jobs()] == ["c"]
    assert ticked.skipped == {SkipReason.REFUSED: 2}
    for one in (cron, zone):
        after = await crons.read(one)
        assert (after.next_tick_at, after.last_skip_reason) == (None, "REFUSED")
        assert "gone" in str(after.last_skip_message)
    assert (await crons.schedule(tag="a")).next_tick_at == NOON + 2 * HOUR


async def test_retries_that_do_not_go_with_the_type_any_more_refuse_the_tick(
    crons: Crons,
) -> None:
    odd = await crons.schedule(tag="odd", retry_config={"minTimeoutInMs": 9000})
    await crons.schedule(tag="even")
    await crons.fetch(
        "UPDATE job_schedules SET retry_config = '{\"minTimeoutInMs\": 90000}'"
        " WHERE id = $1",
        odd.id,
    )
    crons.clock.advance(HOUR)

    await crons.tick()

    assert [one.tag for one in await crons.jobs()] == ["even"]
    after = await crons.read(odd)
    assert "must not be above maxTimeoutInMs" in str(after.last_skip_message)
    assert after.next_tick_at == NOON + 2 * HOUR


async def test_the_type_says_how_to_retry_unless_the_schedule_does(
    crons: Crons,
) -> None:
    await crons.schedule()
    crons.clock.advance(HOUR)
    await crons.tick()

    [job] = await crons.jobs()
    assert '"maxAttempts": 3' in job.retry_config


async def test_a_job_is_secret_as_its_schedule_was(crons: Crons) -> None:
    await crons.schedule(type="secret-report")
    crons.clock.advance(HOUR)
    await crons.tick()

    [job] = await crons.jobs()
    assert job.secret_data


async def test_skip_makes_no_job_while_an_earlier_one_is_open(crons: Crons) -> None:
    schedule = await crons.schedule(overlap_policy=OverlapPolicy.SKIP)

    await crons.pass_time(3 * HOUR)
    assert await crons.ticks() == ["01-15 13:00"]
    after = await crons.read(schedule)
    assert (after.last_skipped_at, after.last_skip_reason) == (
        NOON + 3 * HOUR,
        "OVERLAP",
    )

    await crons.end()
    await crons.pass_time(HOUR)
    assert await crons.ticks() == ["01-15 13:00", "01-15 16:00"]


async def test_allow_makes_a_job_of_each_tick(crons: Crons) -> None:
    await crons.schedule(overlap_policy=OverlapPolicy.ALLOW)

    await crons.pass_time(3 * HOUR)

    assert await crons.ticks() == ["01-15 13:00", "01-15 14:00", "01-15 15:00"]


async def test_queue_one_lets_one_tick_wait_for_the_end_of_the_job_before(
    crons: Crons,
) -> None:
    schedule = await crons.schedule(overlap_policy=OverlapPolicy.QUEUE_ONE)

    await crons.pass_time(3 * HOUR + 30 * MINUTE)
    waiting = await crons.read(schedule)
    assert (waiting.is_waiting, waiting.next_tick_at) == (True, NOON + 2 * HOUR)
    assert await crons.ticks() == ["01-15 13:00"]

    await crons.end()
    await crons.go_on()

    after = await crons.read(schedule)
    assert await crons.ticks() == ["01-15 13:00", "01-15 14:00"]
    assert (after.is_waiting, after.next_tick_at) == (False, NOON + 4 * HOUR)
    assert (after.last_skipped_at, after.last_skip_reason) == (
        NOON + 3 * HOUR,
        "OVERLAP",
    )


async def test_cancel_running_asks_the_open_job_to_stop_and_makes_another(
    crons: Crons,
) -> None:
    await crons.schedule(overlap_policy=OverlapPolicy.CANCEL_RUNNING)

    await crons.pass_time(2 * HOUR)

    first, second = await crons.jobs()
    assert (first.status, first.cancel_outcome) == ("CANCELED", "NEVER_STARTED")
    assert first.cancel_requested_by == "cron"
    assert first.cancel_reason == "The next tick of its job schedule has come."
    assert second.status == JobStatus.QUEUED


async def test_cancel_running_waits_for_a_moment_when_somebody_holds_the_job(
    crons: Crons,
) -> None:
    schedule = await crons.schedule(overlap_policy=OverlapPolicy.CANCEL_RUNNING)
    other = await crons.schedule(tag="other")
    await crons.pass_time(HOUR)
    [job] = await crons.jobs(schedule)
    await crons.end(*[one.id for one in await crons.jobs(other)])
    crons.clock.advance(HOUR)

    async with crons.database.transaction() as held:
        await held.execute("SELECT FROM worker_jobs WHERE id = $1 FOR UPDATE", job.id)
        await crons.tick()
        assert await crons.ticks() == ["01-15 13:00", "01-15 13:00", "01-15 14:00"]

    await crons.tick()
    assert len(await crons.jobs(schedule)) == 2


@pytest.mark.parametrize(
    ("policy", "made"),
    [
        (MisfirePolicy.SKIP, []),
        (MisfirePolicy.RUN_ONCE, ["01-15 18:00"]),
        (
            MisfirePolicy.RUN_ALL,
            [f"01-15 {hour}:00" for hour in range(13, 19)],
        ),
    ],
)
async def test_after_hours_of_downtime_the_misfire_policy_decides(
    crons: Crons, policy: MisfirePolicy, made: list[str]
) -> None:
    schedule = await crons.schedule(
        misfire_policy=policy, overlap_policy=OverlapPolicy.ALLOW
    )

    crons.clock.advance(6 * HOUR + 20 * MINUTE)
    await crons.tick()

    assert await crons.ticks() == made
    assert (await crons.read(schedule)).next_tick_at == NOON + 7 * HOUR


@pytest.mark.parametrize("policy", MisfirePolicy)
async def test_a_tick_that_is_a_little_late_is_used_by_every_policy(
    crons: Crons, policy: MisfirePolicy
) -> None:
    await crons.schedule(misfire_policy=policy)

    crons.clock.advance(HOUR + timedelta(seconds=59))
    await crons.tick()

    assert await crons.ticks() == ["01-15 13:00"]


async def test_run_once_stands_for_all_that_was_missed_and_says_so(
    crons: Crons,
) -> None:
    schedule = await crons.schedule()

    crons.clock.advance(5 * HOUR + 20 * MINUTE)
    await crons.tick()

    after = await crons.read(schedule)
    assert (after.last_skipped_at, after.last_skip_reason) == (
        NOON + 4 * HOUR,
        "MISFIRE",
    )
    assert "2026-01-15T17:00:00+00:00 stands for all" in str(after.last_skip_message)


async def test_run_all_reaches_back_as_far_as_its_window(crons: Crons) -> None:
    await crons.schedule(
        misfire_policy=MisfirePolicy.RUN_ALL,
        misfire_window=2 * HOUR,
        overlap_policy=OverlapPolicy.ALLOW,
    )

    crons.clock.advance(48 * HOUR + 10 * MINUTE)
    await crons.tick()

    assert await crons.ticks() == ["01-17 11:00", "01-17 12:00"]


async def test_run_all_goes_on_where_one_decision_ends(crons: Crons) -> None:
    schedule = await crons.schedule(
        "* * * * *",
        misfire_policy=MisfirePolicy.RUN_ALL,
        overlap_policy=OverlapPolicy.ALLOW,
    )

    crons.clock.advance(5 * HOUR)
    while (await crons.tick()).count:
        pass

    ticks = sorted(one.run_at for one in await crons.jobs())
    assert ticks == [NOON + number * MINUTE for number in range(1, 301)]
    assert (await crons.read(schedule)).next_tick_at == NOON + 301 * MINUTE


@pytest.mark.parametrize("overlap", [OverlapPolicy.SKIP, OverlapPolicy.QUEUE_ONE])
async def test_run_all_makes_up_one_after_the_other_where_jobs_must_not_overlap(
    crons: Crons, overlap: OverlapPolicy
) -> None:
    schedule = await crons.schedule(
        misfire_policy=MisfirePolicy.RUN_ALL, overlap_policy=overlap
    )

    crons.clock.advance(4 * HOUR + 10 * MINUTE)
    await crons.tick()
    made = [await crons.ticks()]
    for _ in range(4):
        await crons.end()
        crons.clock.advance(5 * MINUTE)
        await crons.go_on()
        made.append(await crons.ticks())

    all_made = ["01-15 13:00", "01-15 14:00", "01-15 15:00", "01-15 16:00"]
    assert made == [all_made[:n] for n in (1, 2, 3, 4)] + [all_made]
    after = await crons.read(schedule)
    assert (after.is_waiting, after.next_tick_at) == (False, NOON + 5 * HOUR)


async def test_a_year_of_missed_minutes_is_looked_through_at_once(
    crons: Crons,
) -> None:
    await crons.schedule("* * * * *")

    crons.clock.advance(timedelta(days=365) + timedelta(seconds=5))
    await crons.tick()

    assert await crons.ticks() == ["01-15 12:00"]


async def test_a_named_hour_fires_once_where_the_clock_repeats_it(
    crons: Crons,
) -> None:
    crons.clock.advance(datetime(2026, 10, 24, 12, tzinfo=UTC) - NOON)
    await crons.schedule(
        "30 2 * * *", timezone="Europe/Berlin", overlap_policy=OverlapPolicy.ALLOW
    )

    await crons.pass_time(timedelta(days=2), step=5 * MINUTE)

    assert await crons.ticks() == ["10-25 00:30", "10-26 01:30"]


async def test_a_named_hour_fires_where_the_clock_leaves_it_out(crons: Crons) -> None:
    crons.clock.advance(datetime(2026, 3, 28, 12, tzinfo=UTC) - NOON)
    await crons.schedule(
        "30 2 * * *", timezone="Europe/Berlin", overlap_policy=OverlapPolicy.ALLOW
    )

    await crons.pass_time(timedelta(days=2), step=5 * MINUTE)

    assert await crons.ticks() == ["03-29 01:00", "03-30 00:30"]


async def test_every_hour_of_a_day_with_25_of_them_is_used(crons: Crons) -> None:
    crons.clock.advance(datetime(2026, 10, 24, 22, 30, tzinfo=UTC) - NOON)
    await crons.schedule(
        "0 * * * *", timezone="Europe/Berlin", overlap_policy=OverlapPolicy.ALLOW
    )

    await crons.pass_time(5 * HOUR, step=10 * MINUTE)

    assert await crons.ticks() == [f"10-{day}" for day in (
        "24 23:00", "25 00:00", "25 01:00", "25 02:00", "25 03:00",
    )]  # fmt: skip


async def test_a_downtime_over_the_repeated_hour_makes_up_for_it_once(
    crons: Crons,
) -> None:
    crons.clock.advance(datetime(2026, 10, 24, 23, 50, tzinfo=UTC) - NOON)
    await crons.schedule("30 2 * * *", timezone="Europe/Berlin")

    crons.clock.advance(2 * HOUR)
    await crons.tick()
    await crons.tick()

    assert await crons.ticks() == ["10-25 00:30"]


async def test_a_leap_day_comes_every_four_years(crons: Crons) -> None:
    schedule = await crons.schedule("0 0 29 2 *")

    assert schedule.next_tick_at == datetime(2028, 2, 29, tzinfo=UTC)

    crons.clock.advance(schedule.next_tick_at - crons.clock.now())
    await crons.tick()
    after = await crons.read(schedule)
    assert after.next_tick_at == datetime(2032, 2, 29, tzinfo=UTC)


async def test_a_clock_that_is_set_back_makes_no_tick_happen_twice(
    crons: Crons,
) -> None:
    await crons.schedule(overlap_policy=OverlapPolicy.ALLOW)
    await crons.pass_time(3 * HOUR)

    crons.clock.advance(-2 * HOUR)
    assert await crons.correct_clock() == 1
    await crons.pass_time(4 * HOUR)

    assert await crons.ticks() == [
        "01-15 13:00", "01-15 14:00", "01-15 15:00", "01-15 16:00", "01-15 17:00",
    ]  # fmt: skip


async def test_a_clock_that_was_years_ahead_keeps_no_schedule_from_firing(
    crons: Crons,
) -> None:
    schedule = await crons.schedule("0 0 * * *")
    crons.clock.advance(timedelta(days=3650))
    await crons.tick()
    ahead = await crons.read(schedule)
    assert ahead.next_tick_at is not None
    assert ahead.next_tick_at.year == 2036

    crons.clock.advance(NOON + HOUR - crons.clock.now())
    await crons.correct_clock()

    after = await crons.read(schedule)
    assert after.next_tick_at == datetime(2026, 1, 16, tzinfo=UTC)


async def test_a_clock_that_is_a_second_off_corrects_nothing(crons: Crons) -> None:
    await crons.schedule()

    crons.clock.advance(timedelta(seconds=-1))

    assert await crons.correct_clock() == 0


async def test_a_schedule_that_is_changed_before_its_tick_uses_the_new_one_alone(
    crons: Crons,
) -> None:
    await crons.schedule("0 * * * *")
    crons.clock.advance(59 * MINUTE)
    await crons.schedule("30 * * * *")

    await crons.pass_time(HOUR)

    assert await crons.ticks() == ["01-15 13:30"]


async def test_a_change_waits_for_the_tick_that_is_under_way(crons: Crons) -> None:
    schedule = await crons.schedule()
    crons.clock.advance(HOUR)

    async with crons.database.transaction() as connection:
        await crons.ticker.tick(connection, now=crons.clock.now(), limit=10)
        deleting = asyncio.create_task(crons.delete(schedule))
        await _blocked(crons)
        assert not deleting.done()
    await deleting

    assert await crons.ticks() == ["01-15 13:00"]
    await crons.pass_time(2 * HOUR)
    assert await crons.ticks() == ["01-15 13:00"]


async def test_a_tick_passes_by_a_schedule_that_somebody_changes(
    crons: Crons,
) -> None:
    held = await crons.schedule(tag="held")
    await crons.schedule(tag="free")
    crons.clock.advance(HOUR)

    async with crons.database.transaction() as connection:
        await connection.execute(
            "SELECT FROM job_schedules WHERE id = $1 FOR UPDATE", held.id
        )
        assert (await crons.tick()).count == 1

    assert (await crons.tick()).count == 1


async def test_a_paused_schedule_does_not_fire_and_makes_up_for_nothing(
    crons: Crons,
) -> None:
    schedule = await crons.pause(await crons.schedule())
    assert schedule.next_tick_at is None

    await crons.pass_time(3 * HOUR + 10 * MINUTE)
    assert await crons.jobs() == []

    resumed = await crons.resume(schedule)
    assert resumed.next_tick_at == NOON + 4 * HOUR
    await crons.pass_time(HOUR)
    assert await crons.ticks() == ["01-15 16:00"]


async def test_a_pause_drops_the_tick_that_waits(crons: Crons) -> None:
    schedule = await crons.schedule(overlap_policy=OverlapPolicy.QUEUE_ONE)
    await crons.pass_time(2 * HOUR)

    paused = await crons.pause(schedule)
    await crons.end()
    await crons.go_on()

    assert not paused.is_waiting
    assert await crons.ticks() == ["01-15 13:00"]


async def test_a_deleted_schedule_fires_never_again_and_its_jobs_stay(
    crons: Crons,
) -> None:
    schedule = await crons.schedule(data={"n": 1})
    await crons.pass_time(HOUR)
    await crons.end()

    await crons.delete(schedule)
    await crons.pass_time(2 * HOUR)

    assert await crons.ticks() == ["01-15 13:00"]
    assert (await crons.read(schedule)).data == "{}"


async def test_a_deleted_schedule_is_forgotten_once_trigger_dev_knows(
    crons: Crons,
) -> None:
    schedule = await crons.schedule()
    told = await crons.schedule(
        type="nightly", owner=ScheduleOwner.TRIGGER_DEV, key="t"
    )
    await crons.pass_time(HOUR)
    for one in (schedule, told):
        await crons.delete(one)

    async def forget(days: int) -> int:
        before = crons.clock.now() + timedelta(days=days)
        async with crons.database.connection() as connection:
            return await forget_schedules(connection, before=before, limit=10)

    assert await forget(0) == 0
    assert await forget(1) == 1
    assert [one.schedule_id for one in await crons.jobs()] == [schedule.id]
    await crons.fetch("UPDATE job_schedules SET sync_state = NULL")
    assert await forget(1) == 1


async def test_the_next_tick_of_all_is_known(crons: Crons) -> None:
    await crons.schedule("0 0 * * *", tag="daily")
    await crons.schedule("*/5 * * * *", tag="often")
    paused = await crons.schedule("* * * * *", tag="paused")
    await crons.pause(paused)

    async with crons.database.connection() as connection:
        assert await next_due(connection, after=NOON) == NOON + 5 * MINUTE


async def _blocked(crons: Crons) -> None:
    """Wait until a session waits for a lock."""
    while not await crons.fetch(  # noqa: ASYNC110 - PostgreSQL signals no such thing
        "SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
        " AND datname = current_database()"
    ):
        await asyncio.sleep(0)
