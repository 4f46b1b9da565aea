"""Rate limits over every transport: what is counted, how it is refused, who is not."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from jobwire.jobs.engine import Engine
from jobwire.jobs.rate_limits import RateLimits
from tests.clock import FakeClock
from tests.gql.client import Api
from tests.gql.host import Host
from tests.gql.types import OpenEvents, OpenSocket

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
VIEWER = "{ viewer { userId } }"
FOLLOW = "subscription { jobListUpdates { __typename } }"
#: Refused for its id, and yet counted.
CANCEL = """cancelJob(input: {id: "nothing"}) {
  errors { __typename code message path ... on RateLimitedError { retryAfter } } }"""
PER_MINUTE = 3


@pytest.fixture
async def host(shared_host: Host, engine: Engine) -> AsyncIterator[Host]:
    """An endpoint at which everybody may start three operations a minute."""
    shared_host.engine = replace(engine, rate_limits=RateLimits(PER_MINUTE))
    yield shared_host
    shared_host.engine = engine


async def _use_up(api: Api, count: int = PER_MINUTE) -> None:
    for _ in range(count):
        await api.data(VIEWER)


@pytest.mark.parametrize("media_type", [JSON, GRAPHQL_RESPONSE])
async def test_a_query_beyond_the_limit_is_answered_with_429(
    api: Api, media_type: str
) -> None:
    await _use_up(api)

    refused = await api.post({"query": VIEWER}, headers={"accept": media_type})

    assert refused.status_code == 429
    assert refused.headers["content-type"] == f"{media_type}; charset=utf-8"
    assert refused.headers["retry-after"] == "20"
    [error] = refused.json()["errors"]
    assert "data" not in refused.json()
    assert error["extensions"] == {"code": "RATE_LIMITED", "retryAfter": "PT20S"}
    assert "One user may start 3 operations a minute here" in error["message"]


async def test_time_brings_new_operations_and_others_have_their_own(
    api: Api, engine: Engine
) -> None:
    clock = engine.clock
    assert isinstance(clock, FakeClock)
    await _use_up(api)
    assert await api.codes(VIEWER) == ["RATE_LIMITED"]

    assert await api.codes(VIEWER, caller="bob") == []
    clock.advance(timedelta(seconds=19, milliseconds=500))
    refused = await api.post({"query": VIEWER})
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["errors"][0]["extensions"]["retryAfter"] == "PT0.5S"
    clock.advance(timedelta(milliseconds=500))
    assert await api.codes(VIEWER) == []
    assert await api.codes(VIEWER) == ["RATE_LIMITED"]


async def test_each_field_of_a_mutation_counts_and_is_refused_as_data(
    api: Api,
) -> None:
    fields = " ".join(f"f{number}: {CANCEL}" for number in range(PER_MINUTE + 2))

    answer = await api.data(f"mutation {{ {fields} }}")

    errors = [payload["errors"][0] for payload in answer.values()]
    assert [error["code"] for error in errors] == [
        *(["NOT_FOUND"] * PER_MINUTE),
        *(["RATE_LIMITED"] * 2),
    ]
    assert errors[-1] == {
        "__typename": "RateLimitedError",
        "code": "RATE_LIMITED",
        "message": errors[-1]["message"],
        "path": None,
        "retryAfter": "PT20S",
    }
    assert await api.codes(VIEWER) == ["RATE_LIMITED"]


async def test_a_mutation_beyond_the_limit_is_refused_before_its_scope_is_looked_at(
    api: Api,
) -> None:
    asked = f"mutation {{ {CANCEL} }}"
    for _ in range(PER_MINUTE):
        answer = await api.data(asked, caller="scopeless")
        assert answer["cancelJob"]["errors"][0]["code"] == "FORBIDDEN"

    answer = await api.data(asked, caller="scopeless")

    assert answer["cancelJob"]["errors"][0]["code"] == "RATE_LIMITED"


async def test_what_does_not_fit_the_schema_is_refused_as_such(api: Api) -> None:
    await _use_up(api)

    assert await api.codes("{ nothing }") == ["GRAPHQL_VALIDATION_FAILED"]
    refused = await api.post({"query": FOLLOW})
    assert refused.status_code == 400


@pytest.mark.parametrize("query", [VIEWER, FOLLOW])
async def test_events_beyond_the_limit_do_not_begin(
    api: Api, open_events: OpenEvents, query: str
) -> None:
    await _use_up(api, PER_MINUTE - 1)
    async with open_events(query) as stream:
        assert stream.response.status_code == 200
        assert await stream.event()
        async with open_events(query) as late:
            assert await late.refused() == "RATE_LIMITED"

    assert late.response.status_code == 429
    assert late.response.headers["retry-after"] == "20"


async def test_a_mutation_over_events_is_refused_as_data(
    api: Api, open_events: OpenEvents
) -> None:
    await _use_up(api)

    async with open_events(f"mutation {{ {CANCEL} }}") as stream:
        payload = await stream.next("cancelJob")

    assert payload["errors"][0]["code"] == "RATE_LIMITED"


async def test_on_a_socket_one_operation_is_refused_and_the_others_go_on(
    open_socket: OpenSocket, engine: Engine
) -> None:
    clock = engine.clock
    assert isinstance(clock, FakeClock)
    async with open_socket() as socket, open_socket() as other:
        await socket.initialise()
        await socket.subscribe(FOLLOW, operation="stream")
        assert await socket.next("jobListUpdates", operation="stream")
        for number in range(1, PER_MINUTE):
            await socket.subscribe(VIEWER, operation=f"{number}")
            assert await socket.next("viewer", operation=f"{number}")
            await socket.completed(operation=f"{number}")

        for query in (VIEWER, FOLLOW):
            await socket.subscribe(query, operation="late")
            message = await socket.receive()
            assert (message["type"], message["id"]) == ("error", "late")
            [error] = message["payload"]
            assert error["extensions"] == {
                "code": "RATE_LIMITED",
                "retryAfter": "PT20S",
            }
        await socket.subscribe(f"mutation {{ {CANCEL} }}", operation="late")
        payload = await socket.next("cancelJob", operation="late")
        assert payload["errors"][0]["code"] == "RATE_LIMITED"
        await socket.completed(operation="late")

        await other.initialise("bob")
        await other.subscribe(VIEWER)
        assert await other.next("viewer") == {"userId": "user-2"}
        clock.advance(timedelta(seconds=20))
        await socket.subscribe(VIEWER, operation="late")
        assert await socket.next("viewer", operation="late")
