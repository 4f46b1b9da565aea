"""The deadline of a call, its cancel, and the close of its client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
import pytest

from jobwire.triggerdev import (
    ApiConnectionError,
    InvalidOptionError,
    RetryPolicy,
    ServerError,
    Timeouts,
    TriggerDevClient,
    TriggerOptions,
)
from tests.clock import FakeClock
from tests.triggerdev.server import KEY, FakeTriggerDev, limited
from tests.triggerdev.wire import HANG_UP, SILENCE, Wire, answer

SHORT = timedelta(milliseconds=300)
TRIGGERED = answer(b'{"id":"run_1","isCached":false}')
FAILED = answer(b'{"error":"Internal Server Error"}', "500 Internal Server Error")


class SlowServer(httpx.AsyncBaseTransport):
    """Lets some time pass before each answer of another transport."""

    def __init__(self, inner: httpx.AsyncBaseTransport, clock: FakeClock) -> None:
        self._inner = inner
        self._clock = clock
        self.timeouts: list[dict[str, float | None]] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.timeouts.append(request.extensions["timeout"])
        self._clock.advance(4)
        return await self._inner.handle_async_request(request)


@pytest.fixture
def slow(server: FakeTriggerDev, clock: FakeClock) -> SlowServer:
    return SlowServer(server.transport(), clock)


@pytest.fixture
def wired(make_client):
    """Make clients that use the real network."""

    @asynccontextmanager
    async def wired(wire: Wire, **arguments: object) -> AsyncIterator[TriggerDevClient]:
        async with (
            wire.listening(),
            make_client(transport=None, api_url=wire.url, **arguments) as client,
        ):
            yield client

    return wired


async def test_attempts_and_waits_together_end_at_the_deadline(
    make_client, server: FakeTriggerDev, slow: SlowServer, waits: list[float]
) -> None:
    server.answers.extend([limited({"error": "trouble"}, 500)] * 9)
    policy = RetryPolicy(max_attempts=9)

    async with make_client(
        transport=slow, retries=policy, deadline=timedelta(seconds=10)
    ) as client:
        with pytest.raises(ServerError, match="trouble") as caught:
            await client.runs.retrieve("run_1")

    # 4 + 0.5 + 4 seconds; the next wait would leave 0.7 seconds.
    assert waits == [0.5, 0.8]
    assert caught.value.request is not None
    assert caught.value.request.attempts == 3


async def test_no_phase_is_given_longer_than_the_deadline_leaves(
    make_client, server: FakeTriggerDev, slow: SlowServer
) -> None:
    server.add_run()
    server.answers.append(limited({"error": "trouble"}, 500))
    timeout = Timeouts(
        connect=timedelta(seconds=1),
        send=timedelta(seconds=2),
        receive=timedelta(seconds=30),
    )

    async with make_client(
        transport=slow, timeout=timeout, deadline=timedelta(seconds=10)
    ) as client:
        await client.runs.retrieve("run_1")

    assert slow.timeouts == [
        {"connect": 1, "write": 2, "read": 10, "pool": 10},
        {"connect": 1, "write": 2, "read": 5.5, "pool": 5.5},
    ]


async def test_without_a_deadline_only_the_phases_end(
    make_client, server: FakeTriggerDev, slow: SlowServer
) -> None:
    server.add_run()

    async with make_client(transport=slow, deadline=None) as client:
        await client.runs.retrieve("run_1")

    assert slow.timeouts == [{"connect": 10, "write": 10, "read": 10, "pool": None}]


async def test_a_call_may_have_a_deadline_of_its_own(
    make_client, server: FakeTriggerDev, slow: SlowServer, waits: list[float]
) -> None:
    server.answers.append(limited({"error": "trouble"}, 500))
    options = TriggerOptions(idempotency_key="k")

    async with make_client(transport=slow) as client:
        with pytest.raises(ServerError):
            await client.tasks.trigger(
                "hello", {}, options, deadline=timedelta(seconds=4)
            )

    assert waits == []


@pytest.mark.parametrize("wrong", [timedelta(), timedelta(seconds=-1)])
def test_spans_that_are_none_are_refused(make_client, wrong: timedelta) -> None:
    with pytest.raises(InvalidOptionError, match="deadline must be longer"):
        make_client(deadline=wrong)
    with pytest.raises(InvalidOptionError, match="timeout must be longer"):
        make_client(timeout=wrong)


async def test_an_attempt_that_is_under_way_ends_at_the_deadline(
    wired, waits: list[float]
) -> None:
    wire = Wire(SILENCE)
    async with wired(wire, deadline=SHORT) as client:
        with pytest.raises(ApiConnectionError, match="got no answer") as caught:
            await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown
    assert caught.value.is_retryable
    assert (len(wire.heads), waits) == (1, [])


async def test_an_answer_that_drips_ends_at_the_deadline_too(make_client) -> None:
    async def drip(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, stream=Drops())

    async with make_client(
        transport=httpx.MockTransport(drip), deadline=SHORT
    ) as client:
        with pytest.raises(ApiConnectionError, match=r"deadline of 0\.3 s") as caught:
            await client.tasks.trigger("hello", {})

    assert caught.value.outcome_unknown
    assert caught.value.request is not None


class Drops(httpx.AsyncByteStream):
    """A body that never ends."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)


async def test_a_lost_attempt_and_one_that_ends_at_the_deadline_stay_unknown(
    wired,
) -> None:
    wire = Wire(HANG_UP, SILENCE)
    policy = RetryPolicy(max_attempts=2, min_delay=timedelta(milliseconds=1))
    async with wired(wire, deadline=SHORT, retries=policy) as client:
        with pytest.raises(ApiConnectionError) as caught:
            await client.runs.cancel("run_1")

    assert caught.value.outcome_unknown
    assert caught.value.is_safe_to_retry
    assert caught.value.request is not None
    assert caught.value.request.attempts == 2


async def test_a_call_that_is_canceled_leaves_the_client_as_it_was(wired) -> None:
    wire = Wire(SILENCE, TRIGGERED)
    async with wired(wire) as client:
        call = asyncio.create_task(client.tasks.trigger("hello", {}))
        await wire.arrived.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

        assert (await client.tasks.trigger("hello", {})).id == "run_1"

    assert client.requests == 2


async def test_a_cancel_ends_the_wait_between_attempts(wired) -> None:
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    wire = Wire(FAILED)
    async with wired(wire, sleep=sleep) as client:
        call = asyncio.create_task(client.runs.cancel("run_1"))
        await waiting.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call

    assert len(wire.heads) == 1


async def test_a_close_ends_the_calls_that_are_under_way(wired) -> None:
    wire = Wire(SILENCE, SILENCE)
    async with wired(wire) as client:
        calls = [
            asyncio.create_task(client.tasks.trigger("hello", {})) for _ in range(2)
        ]
        await wire.arrived.wait()
        await client.aclose()

        ended = await asyncio.gather(*calls, return_exceptions=True)

    for error in ended:
        assert isinstance(error, ApiConnectionError)
        assert "the client was closed" in error.message
        assert error.outcome_unknown


async def test_a_close_in_a_wait_raises_what_the_last_attempt_met(wired) -> None:
    waiting = asyncio.Event()

    async def sleep(_: float) -> None:
        waiting.set()
        await asyncio.Event().wait()

    wire = Wire(FAILED)
    async with wired(wire, sleep=sleep) as client:
        call = asyncio.create_task(client.runs.cancel("run_1"))
        await waiting.wait()
        await client.aclose()

        with pytest.raises(ServerError, match="Internal Server Error"):
            await call


async def test_a_closed_client_makes_no_calls(
    client: TriggerDevClient, server: FakeTriggerDev
) -> None:
    await client.aclose()
    await client.aclose()

    with pytest.raises(RuntimeError, match="The client is closed"):
        await client.tasks.trigger("hello", {})

    assert server.received == []


def test_a_client_belongs_to_the_event_loop_of_its_first_call(
    server: FakeTriggerDev,
) -> None:
    client = TriggerDevClient(secret_key=KEY, transport=server.transport())
    asyncio.run(_trigger(client))

    with pytest.raises(RuntimeError, match="make a client for each"):
        asyncio.run(_trigger(client))

    assert len(server.received) == 1


async def _trigger(client: TriggerDevClient) -> None:
    await client.tasks.trigger("hello", {})
