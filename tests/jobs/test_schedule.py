"""Scheduling: what is accepted, and what is refused where."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from jobwire.jobs import identifiers
from jobwire.jobs.errors import (
    ExecutorUnavailableError,
    ForbiddenError,
    InvalidInputError,
    UnknownTypeError,
)
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import RunTime, ScheduleRequest
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.trigger_job import trigger_job
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import Executor
from tests.clock import FakeClock

USER = Viewer("user-1", frozenset({Scope.JOBS_WRITE}))
ADMIN = Viewer("admin-1", frozenset({Scope.ADMIN}))
NAIVE = datetime(2026, 1, 1)  # noqa: DTZ001 - the point
FAR = datetime(2199, 1, 1, tzinfo=UTC)


@pytest.fixture
def accept(database: Database, clock: FakeClock, registry: Registry):
    async def accept(viewer: Viewer = USER, **request: object):
        async with database.connection() as connection:
            scheduled = await schedule(
                connection,
                ScheduleRequest(**{"type": "no-op", "tag": "t", **request}),
                registry=registry,
                viewer=viewer,
                now=clock.now(),
            )
        return scheduled.job

    return accept


async def test_a_job_that_is_due_at_once_is_queued(accept, clock: FakeClock) -> None:
    job = await accept()

    assert (job.status, job.version, job.attempts) == ("QUEUED", 1, 0)
    assert job.user_id == "user-1"
    assert job.run_at == job.next_attempt_at == job.created_at == clock.now()


async def test_a_job_that_is_due_later_is_scheduled(accept, clock: FakeClock) -> None:
    delayed = await accept(when=RunTime(delay=timedelta(seconds=5)))
    at = clock.now() + timedelta(days=1)
    timed = await accept(when=RunTime(at=at))

    assert (delayed.status, timed.status) == ("SCHEDULED", "SCHEDULED")
    assert delayed.run_at == clock.now() + timedelta(seconds=5)
    assert timed.next_attempt_at == at


async def test_a_time_in_the_past_means_at_once(accept, clock: FakeClock) -> None:
    past = clock.now() - timedelta(hours=1)

    job = await accept(when=RunTime(at=past))

    assert (job.status, job.run_at) == ("QUEUED", past)


@pytest.mark.parametrize(
    "past",
    [
        datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC),
        datetime(1, 1, 1, microsecond=1, tzinfo=UTC),
    ],
)
async def test_however_long_past_it_is(
    accept, database: Database, clock: FakeClock, past: datetime
) -> None:
    job = await accept(when=RunTime(at=past))

    async with database.connection() as connection:
        [claimed] = await claim(
            connection,
            worker="worker-1",
            limit=10,
            lease=timedelta(seconds=10),
            types=["no-op"],
            now=clock.now(),
        )
    assert (claimed.id, claimed.due_at) == (job.id, past)


@pytest.mark.parametrize(
    "end",
    [
        datetime.min.replace(tzinfo=UTC),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
    ],
)
async def test_the_calendar_has_an_end(accept, end: datetime) -> None:
    with pytest.raises(InvalidInputError) as refused:
        await accept(when=RunTime(at=end))

    assert refused.value.path == ("when", "at")


async def test_created_at_is_the_millisecond_of_the_id(
    accept, clock: FakeClock
) -> None:
    clock.advance(timedelta(microseconds=1234))

    job = await accept()

    assert job.created_at == identifiers.created_at(job.id)
    assert job.created_at == clock.now() - timedelta(microseconds=234)


async def test_the_first_event_holds_everything_but_the_data(
    accept, database: Database
) -> None:
    job = await accept(
        type="count-primes", data={"limit": 10}, ttl=timedelta(minutes=1)
    )

    async with database.connection() as connection:
        event = await connection.fetchrow(
            "SELECT *, changes::text AS changes FROM job_events"
        )
    changes = json.loads(event["changes"])
    assert (event["kind"], event["version"]) == ("CREATED", 1)
    assert event["from_status"] is None
    assert (changes["type"], changes["status"]) == ("count-primes", "QUEUED")
    assert datetime.fromisoformat(changes["expires_at"]) == job.expires_at
    assert "data" not in changes


async def test_retry_members_that_are_not_given_come_from_the_type(accept) -> None:
    job = await accept(type="flaky", retry_config={"maxAttempts": 9})

    config = json.loads(job.retry_config)
    assert config["maxAttempts"] == 9
    assert config["minTimeoutInMs"] != 1000


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ({"tag": ""}, ("tag",)),
        ({"tag": "x" * 121}, ("tag",)),
        ({"tag": "a,b"}, ("tag",)),
        ({"tag": "a\nb"}, ("tag",)),
        ({"tag": "a\0b"}, ("tag",)),
        ({"tag": "a\ud800b"}, ("tag",)),
        ({"when": RunTime(delay=timedelta(seconds=-1))}, ("when", "delay")),
        ({"when": RunTime(delay=timedelta(days=9999))}, ("when", "delay")),
        ({"when": RunTime(at=NAIVE)}, ("when", "at")),
        ({"when": RunTime(at=FAR)}, ("when", "at")),
        (
            {"when": RunTime(at=FAR, delay=timedelta(seconds=1))},
            ("when",),
        ),
        ({"priority": -1}, ("priority",)),
        ({"priority": 10}, ("priority",)),
        ({"queue": ""}, ("queue",)),
        ({"queue": "x" * 121}, ("queue",)),
        ({"queue": "mail box"}, ("queue",)),
        ({"concurrency_key": ""}, ("concurrencyKey",)),
        ({"concurrency_key": "x" * 256}, ("concurrencyKey",)),
        ({"concurrency_key": "a\0"}, ("concurrencyKey",)),
        ({"idempotency_key": ""}, ("idempotencyKey",)),
        ({"idempotency_key": "x" * 256}, ("idempotencyKey",)),
        ({"metadata": ["a"]}, ("metadata",)),
        ({"metadata": {"a": float("nan")}}, ("metadata",)),
        ({"metadata": {"a": "x" * 65_536}}, ("metadata",)),
        ({"ttl": timedelta()}, ("ttl",)),
        ({"max_duration": timedelta(days=999)}, ("maxDuration",)),
        ({"retry_config": {"maxAttempts": 0}}, ("retryConfig", "maxAttempts")),
        ({"retry_config": {"factor": 0.5}}, ("retryConfig", "factor")),
        ({"retry_config": {"attempts": 5}}, ("retryConfig", "attempts")),
        ({"retry_config": {"maxAttempts": True}}, ("retryConfig", "maxAttempts")),
        (
            {"retry_config": {"minTimeoutInMs": 20_000}},
            ("retryConfig", "minTimeoutInMs"),
        ),
        ({"type": "count-primes", "data": {"limit": "many"}}, ("data", "limit")),
        ({"type": "count-primes", "data": {}}, ("data", "limit")),
    ],
)
async def test_input_that_does_not_fit_is_refused_with_its_path(
    accept, database: Database, request_: dict[str, object], path: tuple[str, ...]
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        await accept(**request_)

    assert refusal.value.path == path
    async with database.connection() as connection:
        assert await connection.fetchval("SELECT count(*) FROM worker_jobs") == 0


@pytest.mark.parametrize(
    "data",
    [
        {"text": "x" * 600_000},
        {"text": "a\0b"},
        {"text": "\ud800"},
        {"text": float("nan")},
        {"text": object()},
    ],
    ids=["too large", "NUL", "lone surrogate", "NaN", "no JSON"],
)
async def test_data_that_postgresql_cannot_hold_are_refused(
    database: Database, clock: FakeClock, data: object
) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        async with database.connection() as connection:
            await schedule(
                connection,
                ScheduleRequest(type="any", tag="t", data=data),
                registry=None,
                viewer=USER,
                now=clock.now(),
            )

    assert refusal.value.path == ("data",)


async def test_an_escaped_backslash_before_u0000_is_no_nul(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        scheduled = await schedule(
            connection,
            ScheduleRequest(type="any", tag="t", data={"text": "\\u0000"}),
            registry=None,
            viewer=USER,
            now=clock.now(),
        )

    assert json.loads(scheduled.job.data) == {"text": "\\u0000"}


async def test_an_unknown_type_is_refused_with_the_near_word(accept) -> None:
    with pytest.raises(UnknownTypeError, match="Did you mean 'flaky'"):
        await accept(type="flakey")


async def test_only_an_admin_schedules_for_another_user(accept) -> None:
    with pytest.raises(ForbiddenError) as refusal:
        await accept(user_id="user-2")
    job = await accept(viewer=ADMIN, user_id="user-2")

    assert refusal.value.required_scope == "admin"
    assert job.user_id == "user-2"


@pytest.fixture
def invoice(registry: Registry) -> None:
    """A task among the registered types."""
    one = trigger_job(
        "invoice", task_id="send-invoice", max_duration=timedelta(minutes=5)
    )
    registry.replace([*registry.definitions(), one])


@pytest.mark.usefixtures("invoice")
async def test_a_registered_task_is_accepted_for_trigger_dev(
    accept, database: Database
) -> None:
    job = await accept(type="invoice")

    assert (job.executor, job.trigger_task_id) == ("trigger", "send-invoice")
    assert (job.status, job.dispatch_state, job.dispatch_number) == (
        "QUEUED",
        "none",
        0,
    )
    assert job.max_duration == timedelta(minutes=5)
    async with database.connection() as connection:
        text = await connection.fetchval("SELECT changes::text FROM job_events")
    changes = json.loads(text)
    assert (changes["executor"], changes["trigger_task_id"]) == (
        "trigger",
        "send-invoice",
    )
    assert changes["dispatch_state"] == "none"


async def test_any_task_is_accepted_by_its_id(accept) -> None:
    job = await accept(type="new", executor=Executor.TRIGGER, trigger_task_id="task-1")

    assert (job.executor, job.type, job.trigger_task_id) == ("trigger", "new", "task-1")


async def test_trigger_dev_knows_no_limit_below_five_seconds(accept) -> None:
    asked = {"type": "new", "trigger_task_id": "task-1"}

    with pytest.raises(InvalidInputError) as refusal:
        await accept(**asked, max_duration=timedelta(seconds=4.9))
    job = await accept(**asked, max_duration=timedelta(seconds=5))

    assert refusal.value.path == ("maxDuration",)
    assert job.max_duration == timedelta(seconds=5)


async def test_nothing_is_accepted_for_trigger_dev_where_it_cannot_run(
    database: Database, clock: FakeClock, registry: Registry
) -> None:
    async with database.connection() as connection:
        with pytest.raises(ExecutorUnavailableError):
            await schedule(
                connection,
                ScheduleRequest(type="new", tag="t", trigger_task_id="task-1"),
                registry=registry,
                viewer=USER,
                now=clock.now(),
                policy=PlacementPolicy("It is switched off."),
            )
        assert await connection.fetchval("SELECT count(*) FROM worker_jobs") == 0
