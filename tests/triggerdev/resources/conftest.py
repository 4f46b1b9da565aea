"""A client whose server is an emulator that stands still until it is moved."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from jobwire.triggerdev import TriggerDevClient
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened


@pytest.fixture
async def stage(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Stage]:
    async with opened(tmp_path, clock, list_lag=timedelta()) as stage:
        yield stage


@pytest.fixture
async def real(stage: Stage, clock: FakeClock) -> AsyncIterator[TriggerDevClient]:
    """A client of the stage; its waits move the clock of both."""
    async with TriggerDevClient(
        secret_key=stage.emulator.secret_key,
        api_url="https://trigger.test",
        transport=httpx.ASGITransport(stage.emulator.app),
        sleep=stage.advance,
        now=clock.now,
    ) as client:
        yield client
