from pathlib import Path

import pytest

from jobwire.emulator import Retry, Task, TaskError
from jobwire.emulator.job_retries import with_retries_of_job
from tests.clock import FakeClock
from tests.emulator.stage import opened

CONFIG = {
    "maxAttempts": 3,
    "minTimeoutInMs": 4000,
    "maxTimeoutInMs": 5000,
    "factor": 2,
}
FAILS = Task("fails", duration=0.1, error=TaskError("no"))


async def test_a_run_of_jobwire_is_tried_again_as_its_job_says(
    tmp_path: Path, clock: FakeClock
) -> None:
    metadata = {"jobwire": {"retryConfig": CONFIG}}
    async with opened(tmp_path, clock, tasks=[FAILS]) as stage:
        run = await stage.triggered("fails", metadata=metadata)
        counts = []
        for _ in range(12):
            await stage.advance(1)
            counts.append((await stage.retrieve(run))["attemptCount"])

    # The second attempt after 4 seconds, the third after 5 more.
    assert [counts.count(attempt) for attempt in (1, 2)] == [4, 5]
    assert counts[-1] == 3


@pytest.mark.parametrize(
    "metadata",
    [
        None,
        {},
        {"jobwire": "mine"},
        {"jobwire": {"retryConfig": None}},
        {"jobwire": {"retryConfig": CONFIG | {"factor": "2"}}},
        {"jobwire": {"retryConfig": CONFIG | {"maxAttempts": True}}},
    ],
)
def test_metadata_of_another_shape_change_nothing(metadata) -> None:
    assert with_retries_of_job(FAILS, metadata) is FAILS


def test_a_task_that_is_never_retried_stays_so() -> None:
    once = Task("once", retry=None)

    assert with_retries_of_job(once, {"jobwire": {"retryConfig": CONFIG}}) is once


def test_the_delays_are_those_of_the_job() -> None:
    found = with_retries_of_job(FAILS, {"jobwire": {"retryConfig": CONFIG}})

    assert found.retry == Retry(
        max_attempts=3, min_seconds=4.0, factor=2, max_seconds=5.0
    )
