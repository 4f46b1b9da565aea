"""A client, the Trigger.dev that it talks to, and the waits that it would make."""

from collections.abc import AsyncIterator

import pytest

from jobwire.triggerdev import TriggerDevClient
from tests.clock import FakeClock
from tests.triggerdev.server import KEY, FakeTriggerDev


@pytest.fixture
def server() -> FakeTriggerDev:
    return FakeTriggerDev()


@pytest.fixture
def waits() -> list[float]:
    """The seconds of each wait, none of which is waited."""
    return []


@pytest.fixture
def make_client(server: FakeTriggerDev, waits: list[float], clock: FakeClock):
    async def sleep(seconds: float) -> None:
        waits.append(seconds)
        clock.advance(seconds)

    def make(**arguments: object) -> TriggerDevClient:
        given = {
            "secret_key": KEY,
            "api_url": "https://trigger.test",
            "transport": server.transport(),
            "sleep": sleep,
            "now": clock.now,
        }
        return TriggerDevClient(**{**given, **arguments})

    return make


@pytest.fixture
async def client(make_client) -> AsyncIterator[TriggerDevClient]:
    async with make_client() as client:
        yield client
