from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened
from tests.node_project import install_node_project
from tools.record_hooks import Receiver, receive


@pytest.fixture(scope="session")
def node_project(shared_folder: Path) -> Path:
    """The folder trigger/ with what an older Node needs to strip types."""
    return install_node_project(shared_folder)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A server on loopback that events are posted to."""
    with receive() as running:
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def stage(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Stage]:
    """An emulator with the tasks that come with it."""
    async with opened(tmp_path, clock) as stage:
        yield stage
