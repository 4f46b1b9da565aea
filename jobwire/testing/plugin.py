"""The plugin: `jobwire_emulator`, and the fixtures to override that it is made of.

pytest loads it in every project that has Jobwire installed, so it imports nothing
until a test wants the emulator.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from jobwire.emulator import Task
    from jobwire.testing.running import Receiver, RunningEmulator


@pytest.fixture
def jobwire_emulator_tasks() -> "Sequence[Task]":
    """The tasks that are deployed; override it to have your own."""
    from jobwire.emulator import TASKS  # noqa: PLC0415 - see the top

    return TASKS


@pytest.fixture
def jobwire_emulator_receiver() -> "Receiver | None":
    """Who hears of runs, by hooks and alerts; override it to name your webhook."""
    return None


@pytest.fixture
def jobwire_emulator_options() -> Mapping[str, Any]:
    """Further arguments of `jobwire.emulator.Emulator`; override it to give some."""
    return {}


@pytest.fixture
def jobwire_emulator(
    tmp_path_factory: pytest.TempPathFactory,
    jobwire_emulator_tasks: "Sequence[Task]",
    jobwire_emulator_receiver: "Receiver | None",
    jobwire_emulator_options: Mapping[str, Any],
) -> "Iterator[RunningEmulator]":
    """A local Trigger.dev with an empty state, on a port of loopback."""
    from jobwire.testing.running import run_emulator  # noqa: PLC0415 - see the top

    with run_emulator(
        tmp_path_factory.mktemp("jobwire_emulator"),
        tasks=jobwire_emulator_tasks,
        receiver=jobwire_emulator_receiver,
        **jobwire_emulator_options,
    ) as running:
        yield running
