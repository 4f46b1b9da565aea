"""The retention loop: one worker takes away what is over, and tells how much."""

from datetime import timedelta

from jobwire.jobs.clock import SystemClock
from jobwire.jobs.decorator import job
from jobwire.jobs.delete import delete
from jobwire.jobs.retention import Prunable, Retention
from jobwire.jobs.viewer import trusted
from jobwire.worker.hooks import WorkerHooks
from tests.worker.conftest import Workbench, until

SOON = timedelta(milliseconds=20)
#: Nothing is kept.
NOTHING = Retention(events=SOON, succeeded=SOON, failed=None)


@job("here")
async def here() -> None:
    """Run at once."""


@job("fails")
async def fails() -> None:
    """Fail at once."""
    raise ValueError


class Counted(WorkerHooks):
    """What was taken."""

    def __init__(self) -> None:
        self.taken: dict[Prunable, int] = {}

    def pruned(self, what: Prunable, count: int) -> None:
        self.taken[what] = self.taken.get(what, 0) + count


async def test_one_worker_takes_what_is_over_and_keeps_the_rest(
    bench: Workbench,
) -> None:
    hooks = Counted()
    await bench.start(
        here, fails, hooks=hooks, retention=NOTHING, retention_interval=SOON
    )
    await bench.schedule("here")
    failed = await bench.schedule("fails", retry_config={"maxAttempts": 1})
    deleted = await bench.schedule("fails", retry_config={"maxAttempts": 1})
    for id in (failed, deleted):
        await bench.ended(id)
    async with bench.database.transaction() as connection:
        await delete(
            connection, deleted, viewer=trusted("admin"), now=SystemClock().now()
        )

    async def is_left() -> bool:
        rows = await bench.fetch("SELECT id FROM worker_jobs")
        return [row["id"] for row in rows] == [failed]

    async def is_counted() -> bool:
        return hooks.taken == {Prunable.SUCCEEDED: 1, Prunable.DELETED: 1}

    await until(is_left)
    # The rows may be gone before their worker has counted them.
    await until(is_counted)
    holders = await bench.fetch("SELECT holder FROM duties WHERE name = 'retention'")
    assert len(holders) == 1
