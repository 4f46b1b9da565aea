"""Idempotency keys: a repeat finds the first job, whatever happens at once."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.jobs.errors import IdempotencyConflictError, InvalidInputError
from jobwire.jobs.idempotency import differing_fields, input_of
from jobwire.jobs.schedule import Scheduled, schedule, schedule_each
from jobwire.jobs.schedule_request import RunTime, ScheduleRequest
from jobwire.jobs.viewer import Viewer, trusted
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock
from tests.emptying import empty

USER = trusted("user-1")
NOON = datetime(2026, 2, 1, 12, tzinfo=UTC)
#: One request with everything that a caller can say, and for each member another value.
GIVEN: dict[str, Any] = {
    "tag": "tag-1",
    "data": {"a": 1},
    "when": RunTime(delay=timedelta(hours=1)),
    "retry_config": {"maxAttempts": 2},
    "max_duration": timedelta(minutes=1),
    "ttl": timedelta(minutes=2),
    "priority": 3,
    "queue": "mail",
    "concurrency_key": "key-1",
    "metadata": {"b": [1, 2]},
}
OTHER: dict[str, tuple[str, Any]] = {
    "tag": ("tag", "tag-2"),
    "data": ("data", {"a": 2}),
    "when": ("when", RunTime(at=NOON)),
    "retry_config": ("retryConfig", {"maxAttempts": 2, "factor": 3}),
    "max_duration": ("maxDuration", None),
    "ttl": ("ttl", timedelta(minutes=3)),
    "priority": ("priority", None),
    "queue": ("queue", "post"),
    "concurrency_key": ("concurrencyKey", None),
    "metadata": ("metadata", {"b": [2, 1]}),
}


async def _schedule(
    connection: Connection, clock: FakeClock, *, viewer: Viewer = USER, **given: Any
) -> Scheduled:
    request = ScheduleRequest(
        **{"type": "any", "idempotency_key": "key", **GIVEN, **given}
    )
    return await schedule(
        connection, request, registry=None, viewer=viewer, now=clock.now()
    )


async def test_a_repeat_finds_the_first_job_as_it_stands_now(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        first = await _schedule(connection, clock)
        clock.advance(timedelta(days=30))

        repeat = await _schedule(connection, clock)

        assert (first.created, repeat.created) == (True, False)
        assert repeat.job == first.job
        assert await connection.fetchval("SELECT count(*) FROM job_events") == 1


@pytest.mark.parametrize("name", OTHER)
async def test_another_input_is_refused_and_says_what_differs(
    database: Database, clock: FakeClock, name: str
) -> None:
    member, other = OTHER[name]
    async with database.connection() as connection:
        first = await _schedule(connection, clock)

        with pytest.raises(IdempotencyConflictError) as refusal:
            await _schedule(connection, clock, **{name: other})

    assert refusal.value.differing_fields == (member,)
    assert refusal.value.job == first.job
    assert f"another {member}" in refusal.value.message


async def test_a_key_counts_for_one_user_and_type(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        made = [
            await _schedule(connection, clock),
            await _schedule(connection, clock, type="other"),
            await _schedule(connection, clock, viewer=trusted("user-2")),
            await _schedule(connection, clock, idempotency_key="KEY"),
        ]

    assert [one.created for one in made] == [True] * 4


async def test_a_repeat_that_no_longer_fits_is_refused_first(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        await _schedule(connection, clock)

        with pytest.raises(InvalidInputError):
            await _schedule(connection, clock, priority=10)


def test_the_same_instant_elsewhere_is_the_same_input() -> None:
    here = ScheduleRequest(type="any", tag="t", when=RunTime(at=NOON))
    there = datetime.fromisoformat("2026-02-01T14:00:00+02:00")
    same = ScheduleRequest(type="any", tag="t", when=RunTime(at=there))

    assert differing_fields(input_of(here), input_of(same)) == []


def test_what_is_left_out_is_what_is_null() -> None:
    bare = ScheduleRequest(type="any", tag="t")
    nulls = ScheduleRequest(
        type="any",
        tag="t",
        data={},
        metadata={},
        retry_config={"maxAttempts": None},
        when=RunTime(),
    )

    assert input_of(bare) == input_of(nulls)


async def test_fifty_repeats_at_once_make_one_job(
    database: Database, clock: FakeClock
) -> None:
    begin = asyncio.Event()

    async def repeat() -> Scheduled:
        async with database.connection() as connection:
            await begin.wait()
            return await _schedule(connection, clock)

    # As many connections as the pool has; each asks several times.
    async def repeats() -> list[Scheduled]:
        return [await repeat() for _ in range(5)]

    running = [asyncio.create_task(repeats()) for _ in range(10)]
    begin.set()
    made = [one for each in await asyncio.gather(*running) for one in each]

    assert [one.created for one in made].count(True) == 1
    assert len({one.job.id for one in made}) == 1


async def test_a_repeat_waits_for_a_first_that_is_not_committed_yet(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as other:
        async with database.transaction() as connection:
            first = await _schedule(connection, clock)
            waiting = asyncio.create_task(_schedule(other, clock))
            await asyncio.wait({waiting}, timeout=0.05)
            assert not waiting.done()
        repeat = await waiting

    assert (repeat.created, repeat.job) == (False, first.job)


async def test_a_first_that_is_rolled_back_leaves_its_key_to_the_next(
    database: Database, clock: FakeClock
) -> None:
    async with database.connection() as connection:
        transaction = connection.transaction()
        await transaction.start()
        lost = await _schedule(connection, clock)
        await transaction.rollback()

        next_one = await _schedule(connection, clock)

    assert next_one.created
    assert next_one.job.id != lost.job.id


@settings(
    max_examples=50,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    asked=st.lists(
        st.lists(
            st.tuples(st.sampled_from("ab"), st.sampled_from([1, 2])),
            min_size=1,
            max_size=5,
        ),
        min_size=1,
        max_size=5,
    )
)
async def test_in_batches_at_once_the_first_input_of_a_key_is_its_only_one(
    database: Database, asked: list[list[tuple[str, int]]]
) -> None:
    clock = FakeClock()
    async with database.connection() as connection:
        await empty(connection)

    async def batch(items: list[tuple[str, int]]) -> list[Any]:
        requests = [
            ScheduleRequest(type="any", tag="t", data=data, idempotency_key=key)
            for key, data in items
        ]
        async with database.transaction() as connection:
            return await schedule_each(
                connection, requests, registry=None, viewer=USER, now=clock.now()
            )

    outcomes = await asyncio.gather(*map(batch, asked))

    told = [
        (key, data, outcome)
        for items, each in zip(asked, outcomes, strict=True)
        for (key, data), outcome in zip(items, each, strict=True)
    ]
    for key in {key for key, _, _ in told}:
        mine = [(data, outcome) for one, data, outcome in told if one == key]
        scheduled = [one for one in mine if isinstance(one[1], Scheduled)]
        [accepted] = {data for data, _ in scheduled}
        assert len({outcome.job.id for _, outcome in scheduled}) == 1
        assert [outcome.created for _, outcome in scheduled].count(True) == 1
        refused = [one for one in mine if not isinstance(one[1], Scheduled)]
        assert {data for data, _ in refused} <= {3 - accepted}
