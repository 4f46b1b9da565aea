"""Our client: `python -m benchmarks.queues.enqueue URL ACTION COUNT CONNECTIONS`.

Prints the seconds that it took and the seconds of CPU that it used.
"""

import asyncio
import sys
import time

from benchmarks.queues.jobs import no_op, stamp
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.fair_shares import FairShares
from jobwire.jobs.intake import Intake
from jobwire.jobs.job_ranges import PLAN_SETTINGS
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.schedule import schedule_each
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Database
from jobwire.worker.event_loop import new_event_loop

#: Jobs in one statement.
BATCH = 1000
#: Jobs a second, where they are sent at a pace.
PACE = 20

_VIEWER = trusted("bench")
_POLICY = PlacementPolicy()


class Client:
    """Schedules jobs as `schedule_job` does, one by one or many at once."""

    def __init__(self, database: Database, doorbell: Doorbell) -> None:
        self._database = database
        self._doorbell = doorbell
        self._registry = Registry(collect(no_op, stamp))
        self._clock = SystemClock()
        self._intake = Intake(FairShares(database), self._clock, doorbell)

    async def singly(self, count: int) -> None:
        """Schedule jobs, each when the one before it is committed."""
        request = ScheduleRequest(type="no-op", tag="bench")
        for _ in range(count):
            await self._schedule(request)

    async def batches(self, count: int) -> None:
        """Schedule jobs in a transaction for many."""
        requests = [ScheduleRequest(type="no-op", tag="bench")] * BATCH
        for _ in range(count // BATCH):
            async with self._database.connection() as connection:
                await schedule_each(
                    connection,
                    requests,
                    registry=self._registry,
                    viewer=_VIEWER,
                    now=self._clock.now(),
                )
            self._doorbell.ring(Topic.WORK, Topic.CHANGE)

    async def paced(self, count: int) -> None:
        """Schedule jobs that tell when they started, so many a second."""
        began = time.monotonic()
        for number in range(count):
            await asyncio.sleep(began + number / PACE - time.monotonic())
            data = {"at": time.time()}
            await self._schedule(ScheduleRequest(type="stamp", tag="bench", data=data))

    async def _schedule(self, request: ScheduleRequest) -> None:
        await self._intake.schedule(
            request, registry=self._registry, viewer=_VIEWER, policy=_POLICY
        )


async def main(url: str, action: str, count: int, connections: int) -> None:
    """Do it once to warm up, then measure it, as so many callers at once."""
    database = await Database.open(
        url,
        min_size=connections,
        max_size=connections + 1,
        settings=PLAN_SETTINGS,
    )
    async with Doorbell(database) as doorbell:
        work = getattr(Client(database, doorbell), action)
        if action == "singly":
            await asyncio.gather(*(work(20) for _ in range(connections)))
        began, used = time.perf_counter(), time.process_time()
        await asyncio.gather(*(work(count // connections) for _ in range(connections)))
        print(time.perf_counter() - began, time.process_time() - used)
    await database.close()


if __name__ == "__main__":
    _, url, action, count, connections = sys.argv
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        runner.run(main(url, action, int(count), int(connections)))
