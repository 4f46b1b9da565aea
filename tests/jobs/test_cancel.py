"""Canceling: what is settled at once, what is asked, what is left alone."""

from datetime import timedelta

import pytest

from jobwire.jobs import identifiers
from jobwire.jobs.cancel import MAX_GRACE, cancel
from jobwire.jobs.errors import InvalidInputError, NotFoundError
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import CancelMode, JobStatus
from tests.clock import FakeClock

OWNER = Viewer("user-1", frozenset({Scope.JOBS_WRITE}))
STRANGER = Viewer("user-2", frozenset({Scope.JOBS_WRITE}))


@pytest.fixture
def ask(database: Database, clock: FakeClock):
    async def ask(job, viewer: Viewer = OWNER, **options: object):
        async with database.transaction() as connection:
            return await cancel(
                connection, job.id, viewer=viewer, now=clock.now(), **options
            )

    return ask


async def _kinds(database: Database) -> list[str]:
    async with database.connection() as connection:
        records = await connection.fetch("SELECT kind FROM job_events ORDER BY version")
    return [record["kind"] for record in records]


@pytest.mark.parametrize("status", [JobStatus.SCHEDULED, JobStatus.QUEUED])
async def test_a_job_that_has_not_started_is_canceled_at_once(
    ask, make_job, database: Database, clock: FakeClock, status: JobStatus
) -> None:
    job = await make_job(status=status)

    result = await ask(job, reason="not needed")

    after = result.job
    assert not result.already_settled
    assert (after.status, after.cancel_outcome) == ("CANCELED", "NEVER_STARTED")
    assert (after.cancel_reason, after.cancel_requested_by) == ("not needed", "user-1")
    assert after.finished == after.cancel_confirmed_at == clock.now()
    assert after.success is None
    assert await _kinds(database) == ["CREATED", "CANCELED"]


async def test_a_job_between_two_attempts_has_stopped(ask, make_job) -> None:
    job = await make_job(status=JobStatus.RETRYING)

    result = await ask(job)

    assert (result.job.status, result.job.cancel_outcome) == ("CANCELED", "STOPPED")


async def test_a_running_job_keeps_its_status_until_its_code_stops(
    ask, make_job, database: Database
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    result = await ask(job)

    assert (result.job.status, result.job.cancel_outcome) == ("RUNNING", "PENDING")
    assert await _kinds(database) == ["CREATED", "CANCEL_REQUESTED"]


async def test_a_wish_names_its_mode_and_when_its_grace_ends(
    ask, make_job, clock: FakeClock
) -> None:
    asked = await ask(await make_job(status=JobStatus.RUNNING))
    forced = await ask(
        await make_job(status=JobStatus.RUNNING),
        mode=CancelMode.FORCE,
        grace_period=timedelta(seconds=5),
    )

    assert (asked.job.cancel_mode, asked.job.cancel_grace_until) == (
        "GRACEFUL",
        clock.now() + timedelta(seconds=60),
    )
    assert (forced.job.cancel_mode, forced.job.cancel_grace_until) == (
        "FORCE",
        clock.now() + timedelta(seconds=5),
    )


async def test_what_is_settled_at_once_has_no_grace_and_says_by_what(
    ask, make_job, database: Database
) -> None:
    result = await ask(await make_job(), mode=CancelMode.FORCE)

    assert (result.job.status, result.job.cancel_outcome) == (
        "CANCELED",
        "NEVER_STARTED",
    )
    assert result.job.cancel_grace_until is None
    async with database.connection() as connection:
        detail = await connection.fetchval(
            "SELECT detail::text FROM job_events WHERE version = 2"
        )
    assert detail == '{"settledBy": "NOT_RUNNING"}'


async def test_force_escalates_a_graceful_wish_and_never_lengthens_its_grace(
    ask, make_job, database: Database, clock: FakeClock
) -> None:
    job = await make_job(status=JobStatus.RUNNING)
    first = (await ask(job, reason="first")).job
    clock.advance(1)

    after = (await ask(job, mode=CancelMode.FORCE, grace_period=MAX_GRACE)).job

    assert (after.cancel_mode, after.version) == ("FORCE", first.version + 1)
    assert after.cancel_grace_until == first.cancel_grace_until
    assert after.cancel_requested_at == first.cancel_requested_at
    assert after.cancel_reason == "first"
    assert await _kinds(database) == [
        "CREATED",
        "CANCEL_REQUESTED",
        "CANCEL_REQUESTED",
    ]


async def test_an_escalation_may_shorten_the_grace_and_say_why(
    ask, make_job, clock: FakeClock
) -> None:
    job = await make_job(status=JobStatus.RUNNING)
    await ask(job, reason="first")

    after = await ask(
        job, mode=CancelMode.FORCE, grace_period=timedelta(), reason="now"
    )

    assert after.job.cancel_grace_until == clock.now()
    assert after.job.cancel_reason == "now"


@pytest.mark.parametrize("mode", CancelMode)
async def test_asking_again_after_force_changes_nothing(
    ask, make_job, clock: FakeClock, mode: CancelMode
) -> None:
    job = await make_job(status=JobStatus.RUNNING)
    first = await ask(job, mode=CancelMode.FORCE)
    clock.advance(1)

    second = await ask(job, mode=mode, grace_period=timedelta(), reason="again")

    assert second.job == first.job


@pytest.mark.parametrize(
    "grace", [timedelta(microseconds=-1), MAX_GRACE + timedelta(microseconds=1)]
)
async def test_a_grace_out_of_range_is_refused(ask, make_job, grace: timedelta) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    with pytest.raises(InvalidInputError) as refusal:
        await ask(job, grace_period=grace)

    assert refusal.value.path == ("gracePeriod",)


async def test_asking_again_changes_nothing(ask, make_job, database: Database) -> None:
    job = await make_job(status=JobStatus.RUNNING)
    first = await ask(job, reason="first")

    second = await ask(job, reason="second")

    assert second.job == first.job
    assert not second.already_settled
    assert await _kinds(database) == ["CREATED", "CANCEL_REQUESTED"]


@pytest.mark.parametrize("status", TERMINAL)
async def test_a_job_that_has_ended_is_left_as_it_is(
    ask, make_job, database: Database, status: JobStatus
) -> None:
    job = await make_job(status=status)

    result = await ask(job)

    assert result.already_settled
    assert result.job == job
    assert await _kinds(database) == ["CREATED"]


async def test_another_users_job_does_not_exist(ask, make_job) -> None:
    job = await make_job()

    with pytest.raises(NotFoundError) as refusal:
        await ask(job, STRANGER)

    assert refusal.value.id == identifiers.job_id_text(job.id)


async def test_an_admin_cancels_any_job(ask, make_job) -> None:
    job = await make_job()

    result = await ask(job, Viewer("admin-1", frozenset({Scope.ADMIN})))

    assert result.job.cancel_requested_by == "admin-1"


async def test_a_reason_that_is_too_long_is_refused(ask, make_job) -> None:
    job = await make_job()

    with pytest.raises(InvalidInputError) as refusal:
        await ask(job, reason="x" * 1001)

    assert refusal.value.path == ("reason",)


@pytest.mark.parametrize("state", ["sending", "unknown", "accepted", "linked"])
@pytest.mark.parametrize("status", ["QUEUED", "RUNNING", "WAITING"])
async def test_a_job_that_trigger_dev_may_know_is_only_asked_to_stop(
    ask, make_run_job, database: Database, state: str, status: str
) -> None:
    job = await make_run_job(state, status=status)

    result = await ask(job)

    assert not result.already_settled
    assert (result.job.status, result.job.cancel_outcome) == (status, "PENDING")
    assert result.job.dispatch_state == state
    assert await _kinds(database) == ["CREATED", "CANCEL_REQUESTED"]


@pytest.mark.parametrize("status", ["SCHEDULED", "QUEUED"])
async def test_a_job_that_was_not_handed_over_is_canceled_at_once(
    ask, make_run_job, status: str
) -> None:
    job = await make_run_job("none", status=status)

    result = await ask(job)

    assert (result.job.status, result.job.cancel_outcome) == (
        "CANCELED",
        "NEVER_STARTED",
    )
