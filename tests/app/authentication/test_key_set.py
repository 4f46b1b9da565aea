import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from jobwire.app.authentication.key_set import MAX_AGE, MAX_BYTES, PAUSE, KeySet
from jobwire.jobs.errors import UnauthenticatedError
from tests.app.authentication.provider import URL, Provider, jwk
from tests.clock import FakeClock


@pytest.fixture
def provider(clock: FakeClock) -> Provider:
    return Provider(clock, jwk("P-256", kid="first"))


@pytest.fixture
async def key_set(provider: Provider, clock: FakeClock) -> AsyncIterator[KeySet]:
    async with KeySet(URL, clock, transport=provider.transport) as key_set:
        yield key_set


async def knows(key_set: KeySet, kid: str) -> bool:
    try:
        await key_set.find(kid, "ES256")
    except UnauthenticatedError:
        return False
    return True


async def test_nothing_is_fetched_before_a_token_needs_it(
    key_set: KeySet, provider: Provider
) -> None:
    assert provider.asked == 0
    assert await knows(key_set, "first")
    assert provider.asked == 1


async def test_those_who_come_at_once_wait_for_one_fetch(
    key_set: KeySet, provider: Provider
) -> None:
    known = await asyncio.gather(*(knows(key_set, "first") for _ in range(50)))

    assert all(known)
    assert provider.asked == 1


async def test_one_who_goes_away_leaves_the_fetch_to_the_others(
    key_set: KeySet, provider: Provider
) -> None:
    leaving = asyncio.create_task(knows(key_set, "first"))
    staying = asyncio.create_task(knows(key_set, "first"))
    await asyncio.sleep(0)
    leaving.cancel()

    assert await staying
    assert provider.asked == 1


async def test_a_rotated_key_is_known_as_soon_as_a_token_names_it(
    key_set: KeySet, provider: Provider, clock: FakeClock
) -> None:
    await knows(key_set, "first")
    clock.advance(PAUSE)
    provider.keys = [jwk("P-256", 1, kid="second")]

    assert await knows(key_set, "second")
    assert not await knows(key_set, "first")


async def test_a_storm_of_unknown_names_asks_once_every_thirty_seconds(
    key_set: KeySet, provider: Provider, clock: FakeClock
) -> None:
    for second in range(60):
        await asyncio.gather(*(knows(key_set, f"{second}-{n}") for n in range(10)))
        assert await knows(key_set, "first")
        clock.advance(1)

    assert provider.asked == 2


async def test_keys_that_are_an_hour_old_are_fetched_again(
    key_set: KeySet, provider: Provider, clock: FakeClock
) -> None:
    await knows(key_set, "first")
    provider.keys = [jwk("P-256", 1, kid="second")]

    clock.advance(MAX_AGE - timedelta(seconds=1))
    assert await knows(key_set, "first")
    clock.advance(1)
    assert not await knows(key_set, "first")
    assert provider.asked == 2


async def test_in_an_outage_the_known_keys_go_on(
    key_set: KeySet,
    provider: Provider,
    clock: FakeClock,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "jobwire")
    await knows(key_set, "first")
    provider.is_away = True

    for _ in range(4):
        clock.advance(MAX_AGE)
        assert await knows(key_set, "first")
        with pytest.raises(UnauthenticatedError, match="cannot be asked at the moment"):
            await key_set.find("second", "ES256")
    provider.is_away = False
    provider.keys.append(jwk("P-256", 1, kid="second"))
    clock.advance(PAUSE)
    assert await knows(key_set, "second")

    lost, found = caplog.records
    assert (lost.levelname, found.levelname) == ("WARNING", "INFO")
    assert f"cannot be fetched from {URL}: connection refused." in lost.message
    assert "answers again" in found.message


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(Response(status_code=503), "answered 503", id="an error"),
        pytest.param(RedirectResponse("/elsewhere"), "answered 307", id="elsewhere"),
        pytest.param(PlainTextResponse("<html>"), "no key set", id="no JSON"),
        pytest.param(PlainTextResponse("[" * 100_000), "no key set", id="too deep"),
        pytest.param(PlainTextResponse("[]"), "no key set", id="another JSON"),
        pytest.param(PlainTextResponse('{"keys": 5}'), "no key set", id="no keys"),
        pytest.param(PlainTextResponse('{"keys": []}'), "no key that", id="empty"),
        pytest.param(
            PlainTextResponse(" " * (MAX_BYTES + 1)), "more than", id="too long"
        ),
    ],
)
async def test_an_answer_that_is_no_key_set_is_an_outage(
    key_set: KeySet,
    provider: Provider,
    caplog: pytest.LogCaptureFixture,
    answer: Response,
    reason: str,
) -> None:
    provider.answer = answer

    with pytest.raises(UnauthenticatedError, match="cannot be asked"):
        await key_set.find("first", "ES256")

    assert reason in caplog.text


class Silent(httpx.AsyncBaseTransport):
    """A provider that takes requests and never answers."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.left = asyncio.Event()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.asked.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        return httpx.Response(200, request=request)


async def test_closing_ends_a_fetch_that_hangs(clock: FakeClock) -> None:
    silent = Silent()
    async with KeySet(URL, clock, transport=silent) as key_set:
        waiting = asyncio.create_task(knows(key_set, "first"))
        await silent.asked.wait()

    assert silent.left.is_set()
    assert not await waiting


async def test_a_provider_that_does_not_answer_is_an_outage(
    clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    async with KeySet(URL, clock, transport=Silent(), timeout=0.01) as key_set:
        with pytest.raises(UnauthenticatedError, match="cannot be asked"):
            await key_set.find("first", "ES256")

    assert "TimeoutError" in caplog.text


async def test_in_an_outage_nobody_waits_whose_key_is_known(
    provider: Provider, clock: FakeClock
) -> None:
    async with (
        KeySet(URL, clock, transport=provider.transport, timeout=60) as key_set,
        asyncio.timeout(10),
    ):
        await knows(key_set, "first")
        provider.is_away = True
        clock.advance(MAX_AGE)
        await knows(key_set, "first")
        clock.advance(PAUSE)
        provider.hold = asyncio.Event()

        assert await knows(key_set, "first")
