"""Link batch: find out which runs a batch has made, and give them to its jobs.

A job of a batch is never sent again while the batch may still make its run. What does
not turn up when the batch is over is looked for by its tag, twice, like any dispatch
whose answer was lost.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from jobwire.jobs.borrowing import Connections
from jobwire.jobs.clock import Clock
from jobwire.jobs.dispatch import Dispatcher, DispatchRules
from jobwire.jobs.executors.batches import Standing
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.hook_event import job_id_of
from jobwire.jobs.transitions.batch import leave_batch, link_batch
from jobwire.models.database import Connection

#: When a batch that lacks items is given up: its sender has long stopped.
UNSEALED_AFTER = timedelta(minutes=1)

# What a process is just sending is left to it for its lease.
_WAITING = """
SELECT trigger_batch_id, id, trigger_task_id, dispatch_number, dispatched_at
  FROM worker_jobs
 WHERE executor = 'trigger' AND finished IS NULL AND trigger_run_id IS NULL
   AND trigger_batch_id IS NOT NULL AND trigger_environment = $1
   AND (leased_until IS NULL OR leased_until <= $2)
 ORDER BY dispatched_at, trigger_batch_id, id LIMIT $3"""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A job that waits for the run of its batch.

    Attributes:
        id: The job.
        task: The id of its task.
        number: Which dispatch it is.
    """

    id: UUID
    task: str
    number: int


@dataclass(frozen=True, slots=True)
class OpenBatch:
    """A batch some of whose runs are not known.

    Attributes:
        id: `batch_…`.
        sent_at: When its jobs were claimed.
        jobs: Those that wait.
    """

    id: str
    sent_at: datetime
    jobs: list[Waiting]


async def read_open_batches(
    connection: Connection, environment: str, *, now: datetime, limit: int
) -> list[OpenBatch]:
    """Read the batches that jobs wait for, the oldest first.

    Args:
        connection: Any connection.
        environment: The environment that can be asked.
        now: The time of leases.
        limit: Jobs read at most; the last batch may lack some of its own.
    """
    found: dict[str, OpenBatch] = {}
    for record in await connection.fetch(_WAITING, environment, now, limit):
        id = record["trigger_batch_id"]
        batch = found.setdefault(id, OpenBatch(id, record["dispatched_at"], []))
        batch.jobs.append(
            Waiting(record["id"], record["trigger_task_id"], record["dispatch_number"])
        )
    return list(found.values())


class BatchLinker:
    """Asks batches; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment.
        clock: What time it is.
        rules: How long things may take.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        rules: DispatchRules,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._rules = rules
        self._singly = Dispatcher(connections, executor, clock, rules)

    async def link(self, batch: OpenBatch) -> int:
        """Give the jobs of a batch their runs, as far as they are listed.

        sending, unknown or accepted → linked; → unknown, without the batch, when it is
        over and has not made the run.

        Returns:
            How many jobs changed.

        Raises:
            TriggerDevError: It cannot be asked; what was found before is linked.
        """
        found = await self._find(batch)
        linked: set[UUID] = set()
        if found:
            async with self._connections() as connection:
                linked = await link_batch(
                    connection, batch.id, found, now=self._clock.now()
                )
        for job_id in found.keys() - linked:
            # The job has ended meanwhile, or has another run.
            await self._singly.link(job_id, found[job_id])
        missing = [one.id for one in batch.jobs if one.id not in found]
        if not missing or not await self._is_over(batch):
            return len(linked)
        async with self._connections() as connection:
            await leave_batch(connection, batch.id, missing, now=self._clock.now())
        return len(linked) + len(missing)

    async def _find(self, batch: OpenBatch) -> dict[UUID, str]:
        waiting = {one.id: one for one in batch.jobs}
        found: dict[UUID, str] = {}
        pages = self._executor.lists.of_batch(batch.id, sent_at=batch.sent_at)
        async for run in (run async for page in pages for run in page):
            job_id = job_id_of(run.tags)
            job = None if job_id is None else waiting.get(job_id)
            if job is not None and self._executor.marks.are_on(
                run, job.id, job.task, job.number
            ):
                found[job.id] = run.id
        return found

    async def _is_over(self, batch: OpenBatch) -> bool:
        age = self._clock.now() - batch.sent_at
        if age < self._rules.settle:
            return False
        standing = await self._executor.batches.standing(batch.id)
        if standing is Standing.OPEN:
            return age >= UNSEALED_AFTER
        return standing is Standing.OVER
