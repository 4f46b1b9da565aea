"""`scheduleJobs`: many at once, all or none, or each by itself."""

from typing import Any

import pytest

from jobwire.jobs.engine import Engine
from jobwire.jobs.schedule import MAX_BATCH
from jobwire.jobs.transitions.claim import claim
from tests.clock import FakeClock
from tests.factories import LEASE
from tests.gql.client import Api
from tests.gql.types import OpenSocket

SCHEDULE = """mutation ($input: ScheduleJobsInput!) { scheduleJobs(input: $input) {
  items { created job { tag status asOf } errors { __typename code path } }
  errors { __typename code path message }
} }"""
WATCH = """subscription ($after: EventCursor) {
  jobListUpdates(after: $after) {
    __typename ... on JobChange { job { tag } } ... on StreamCaughtUp { cursor }
  }
}"""


async def _schedule(api: Api, *tags: str, atomic: bool | None = None) -> Any:
    asked: dict[str, Any] = {"jobs": [{"type": "no-op", "tag": tag} for tag in tags]}
    if atomic is not None:
        asked["atomic"] = atomic
    return (await api.data(SCHEDULE, input=asked))["scheduleJobs"]


async def _count(engine: Engine) -> int:
    async with engine.database.connection() as connection:
        return await connection.fetchval("SELECT count(*) FROM worker_jobs")


async def test_jobs_are_accepted_in_their_order(api: Api, engine: Engine) -> None:
    payload = await _schedule(api, "a", "b", "c")

    assert [one["job"]["tag"] for one in payload["items"]] == ["a", "b", "c"]
    assert all(one["created"] for one in payload["items"])
    assert payload["errors"] == []
    assert await _count(engine) == 3


async def test_by_default_one_refusal_refuses_all_and_tells_its_place(
    api: Api, engine: Engine
) -> None:
    payload = await _schedule(api, "a", "b,c", "d", "")

    assert payload["items"] == []
    assert [(one["code"], one["path"]) for one in payload["errors"]] == [
        ("VALIDATION", ["input", "jobs", "1", "tag"]),
        ("VALIDATION", ["input", "jobs", "3", "tag"]),
    ]
    assert await _count(engine) == 0


async def test_otherwise_each_one_that_fits_is_accepted(
    api: Api, engine: Engine
) -> None:
    payload = await _schedule(api, "a", "b,c", "d", atomic=False)

    assert [one["created"] for one in payload["items"]] == [True, False, True]
    assert payload["items"][1]["errors"] == [
        {
            "__typename": "ValidationError",
            "code": "VALIDATION",
            "path": ["input", "jobs", "1", "tag"],
        }
    ]
    assert payload["errors"] == []
    assert await _count(engine) == 2


@pytest.mark.parametrize("atomic", [True, False])
async def test_a_key_that_is_taken_by_another_input_is_a_refusal(
    api: Api, engine: Engine, *, atomic: bool
) -> None:
    jobs = [
        {"type": "no-op", "tag": "a", "idempotencyKey": "k"},
        {"type": "no-op", "tag": "a", "idempotencyKey": "k"},
        {"type": "no-op", "tag": "b", "idempotencyKey": "k"},
    ]

    payload = (await api.data(SCHEDULE, input={"jobs": jobs, "atomic": atomic}))[
        "scheduleJobs"
    ]

    told = payload["errors"] if atomic else payload["items"][2]["errors"]
    assert [(one["__typename"], one["path"]) for one in told] == [
        ("IdempotencyConflictError", ["input", "jobs", "2", "idempotencyKey"])
    ]
    if not atomic:
        assert [one["created"] for one in payload["items"]] == [True, False, False]
    assert await _count(engine) == (0 if atomic else 1)


@pytest.mark.parametrize("count", [0, MAX_BATCH + 1])
async def test_a_batch_of_no_or_too_many_jobs_is_refused(api: Api, count: int) -> None:
    payload = await _schedule(api, *["t"] * count)

    [error] = payload["errors"]
    assert error["path"] == ["input", "jobs"]
    assert f"1 to {MAX_BATCH:,}" in error["message"]


async def test_a_whole_batch_is_accepted(api: Api, engine: Engine) -> None:
    payload = await _schedule(api, *map(str, range(MAX_BATCH)))

    assert len(payload["items"]) == await _count(engine) == MAX_BATCH


async def test_jobs_that_are_alike_start_in_the_order_of_the_batch(
    api: Api, engine: Engine, clock: FakeClock
) -> None:
    tags = [f"tag-{number}" for number in range(20)]
    await _schedule(api, *tags)

    async with engine.database.connection() as connection:
        claimed = await claim(
            connection,
            worker="w",
            limit=20,
            lease=LEASE,
            types=["no-op"],
            now=clock.now(),
        )

    assert [one.tag for one in claimed] == tags


async def test_waiting_for_runs_is_refused_with_the_reason(api: Api) -> None:
    jobs = [{"type": "no-op", "tag": "a", "waitForRun": "PT1S"}]

    payload = (await api.data(SCHEDULE, input={"jobs": jobs}))["scheduleJobs"]

    [error] = payload["errors"]
    assert error["path"] == ["input", "jobs", "0", "waitForRun"]


async def test_whoever_follows_from_as_of_is_not_told_of_them_again(
    api: Api, open_socket: OpenSocket
) -> None:
    payload = await _schedule(api, "a", "b")
    [as_of] = {one["job"]["asOf"] for one in payload["items"]}

    async with open_socket() as socket:
        await socket.initialise()
        await socket.subscribe(WATCH, after=as_of)

        message = await socket.next("jobListUpdates")

    assert message["__typename"] == "StreamCaughtUp"
