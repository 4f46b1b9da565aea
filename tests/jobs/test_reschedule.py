"""Rescheduling: what has not started moves, and the row decides who was first."""

import asyncio
from datetime import timedelta

import pytest

from jobwire.jobs.errors import (
    InvalidInputError,
    InvalidStateError,
    NotFoundError,
    VersionConflictError,
)
from jobwire.jobs.reschedule import reschedule
from jobwire.jobs.schedule_request import RunTime
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.factories import LEASE

OWNER = Viewer("user-1", frozenset({Scope.JOBS_WRITE}))
LATER = RunTime(delay=timedelta(hours=2))
UNSTARTED = (JobStatus.SCHEDULED, JobStatus.QUEUED)


@pytest.fixture
def move(database: Database, clock: FakeClock):
    async def move(job, when: RunTime = LATER, **options: object):
        given = {"viewer": OWNER, "now": clock.now(), "when": when, **options}
        async with database.transaction() as connection:
            return await reschedule(connection, job.id, **given)

    return move


@pytest.mark.parametrize("status", UNSTARTED)
async def test_a_job_that_has_not_started_waits_for_its_new_time(
    move, make_job, clock: FakeClock, status: JobStatus
) -> None:
    job = await make_job(status=status)

    moved = await move(job)

    assert (moved.status, moved.version) == ("SCHEDULED", job.version + 1)
    assert moved.run_at == moved.next_attempt_at == clock.now() + timedelta(hours=2)


@pytest.mark.parametrize("status", UNSTARTED)
@pytest.mark.parametrize("ago", [0, 60])
async def test_a_time_that_has_come_means_at_once(
    move, make_job, clock: FakeClock, status: JobStatus, ago: int
) -> None:
    job = await make_job(status=status)

    moved = await move(job, RunTime(at=clock.now() - timedelta(seconds=ago)))

    assert moved.status == "QUEUED"


async def test_the_event_tells_the_new_time_and_the_old_one(
    move, make_job, database: Database
) -> None:
    job = await make_job()

    moved = await move(job)

    async with database.connection() as connection:
        event = await connection.fetchrow(
            """SELECT kind, from_status, to_status, actor,
                      (changes ->> 'run_at')::timestamptz AS run_at,
                      (detail ->> 'was')::timestamptz AS was
                 FROM job_events ORDER BY version DESC LIMIT 1"""
        )
    assert tuple(event)[:4] == ("RESCHEDULED", "QUEUED", "SCHEDULED", "user-1")
    assert (event["run_at"], event["was"]) == (moved.run_at, job.run_at)


async def test_the_time_to_live_counts_from_the_new_time(
    move, make_job, clock: FakeClock
) -> None:
    job = await make_job(expires_at=clock.now() + timedelta(minutes=5))

    moved = await move(job)

    assert moved.expires_at == moved.run_at + timedelta(minutes=5)


@pytest.mark.parametrize(
    "status", [one for one in JobStatus if one not in UNSTARTED and one != "WAITING"]
)
async def test_any_other_job_is_refused(move, make_job, status: JobStatus) -> None:
    job = await make_job(status=status)

    with pytest.raises(InvalidStateError) as refusal:
        await move(job)

    assert refusal.value.current_status is status
    assert refusal.value.allowed == UNSTARTED


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        ({"attempts": 1}, "has started before"),
        (
            {"executor": "trigger", "dispatch_state": "sending"},
            "was handed over to Trigger.dev",
        ),
    ],
    ids=str,
)
async def test_a_queued_job_that_may_have_run_is_refused_with_the_reason(
    move, make_job, clock: FakeClock, columns: dict[str, object], why: str
) -> None:
    started = clock.now() if "attempts" in columns else None
    job = await make_job(started=started, **columns)

    with pytest.raises(InvalidStateError, match=why):
        await move(job)


async def test_a_job_on_trigger_dev_that_was_not_handed_over_moves(
    move, make_job
) -> None:
    moved = await move(await make_job(executor="trigger"))

    assert moved.status == "SCHEDULED"


async def test_another_version_than_the_one_that_was_read_is_refused(
    move, make_job
) -> None:
    job = await make_job()
    await move(job, if_version=job.version)

    with pytest.raises(VersionConflictError) as refusal:
        await move(job, if_version=job.version)

    assert refusal.value.current_version == job.version + 1


async def test_another_users_job_does_not_exist(move, make_job) -> None:
    job = await make_job(user_id="user-2")

    with pytest.raises(NotFoundError):
        await move(job)


async def test_a_time_that_is_too_far_away_is_refused(move, make_job) -> None:
    job = await make_job()

    with pytest.raises(InvalidInputError):
        await move(job, RunTime(delay=timedelta(days=9999)))


async def test_whoever_is_first_has_the_job(
    database: Database, make_job, clock: FakeClock
) -> None:
    jobs = [await make_job() for _ in range(20)]

    async def start() -> set[object]:
        claimed = set()
        for _ in range(20):
            async with database.connection() as connection:
                taken = await claim(
                    connection,
                    worker="w",
                    limit=1,
                    lease=LEASE,
                    types=["no-op"],
                    now=clock.now(),
                )
            claimed |= {one.id for one in taken}
        return claimed

    async def move_all() -> set[object]:
        moved = set()
        for job in reversed(jobs):
            async with database.transaction() as connection:
                try:
                    await reschedule(
                        connection, job.id, viewer=OWNER, now=clock.now(), when=LATER
                    )
                except InvalidStateError:
                    continue
            moved.add(job.id)
        return moved

    claimed, moved = await asyncio.gather(start(), move_all())

    assert not claimed & moved
    assert claimed | moved == {job.id for job in jobs}
