"""Forced runs: runs to be told to stop whose jobs were ended by force before.

The row of such a job is sealed. What became of its run is counted beside it, in
`job_observations`, so that whoever looks next knows what is left to do.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Self
from uuid import UUID

from jobwire.jobs.at_once import at_once
from jobwire.jobs.borrowing import Connections
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.transitions.tell_run import (
    NOT_FOUND_WORD,
    TOLD_WORD,
    count_telling,
)
from jobwire.triggerdev import NotFoundError

#: For how long a run that cannot be told is remembered.
MEMORY = timedelta(days=30)
#: Requests under way at once.
_AT_ONCE = 10

# Those of deleted jobs, too: their runs must not go on. A job that was being handed
# over when it was forced has no run yet. Its sender may be at it for the length of a
# lease, and lists lag: only then is its run looked for. What was not known twice does
# not exist.
_READ = f"""
SELECT id, trigger_run_id, trigger_task_id, dispatch_number, created_at
  FROM worker_jobs j
 WHERE executor = 'trigger' AND cancel_outcome = 'FORCED_UNCONFIRMED'
   AND cancel_acknowledged_at IS NULL AND trigger_environment = $1
   AND cancel_confirmed_at > $5
   AND (trigger_run_id IS NOT NULL OR dispatched_at <= $2)
   AND NOT EXISTS (
     SELECT FROM job_observations o
      WHERE o.job_id = j.id AND (o.word = '{TOLD_WORD}'
        OR o.word = '{NOT_FOUND_WORD}' AND (o.count > 1 OR o.last_at > $3)))
 ORDER BY cancel_confirmed_at LIMIT $4"""


@dataclass(frozen=True, slots=True)
class ForcedRun:
    """The run of a job that was ended by force, or the search for it.

    Attributes:
        id: The job.
        run_id: Its run; None: it is not known.
        task: The id of its task.
        number: Which handing-over it was.
        created_at: When the job was accepted.
    """

    id: UUID
    run_id: str | None
    task: str
    number: int
    created_at: datetime

    @classmethod
    def from_record(cls, record: Mapping[str, Any]) -> Self:
        """Read a row of `worker_jobs`."""
        return cls(
            record["id"],
            record["trigger_run_id"],
            record["trigger_task_id"],
            record["dispatch_number"],
            record["created_at"],
        )


class ForcedRuns:
    """Tells the runs of jobs that were ended by force; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment.
        clock: What time it is.
        lease: How long the sender of a dispatch may be at it.
        search_gap: How long to wait before what is not known is looked for again.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        *,
        lease: timedelta,
        search_gap: timedelta,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._lease = lease
        self._search_gap = search_gap

    async def tell(self, *, limit: int) -> int:
        """Tell one batch of runs to stop, the longest untold first.

        Returns:
            How many there were; `limit` means that there may be more.

        Raises:
            TriggerDevError: The environment cannot be asked; what is left is still to
                be told.
        """
        environment = await self._executor.environment()
        now = self._clock.now()
        async with self._connections() as connection:
            records = await connection.fetch(
                _READ,
                environment,
                now - self._lease,
                now - self._search_gap,
                limit,
                now - MEMORY,
            )
        await at_once(_AT_ONCE, self._tell, map(ForcedRun.from_record, records))
        return len(records)

    async def _tell(self, run: ForcedRun) -> None:
        run_id = run.run_id or await self._executor.lists.find(run)
        word = NOT_FOUND_WORD
        if run_id is not None:
            with suppress(NotFoundError):
                await self._executor.cancel(run_id)
                word = TOLD_WORD
        async with self._connections() as connection:
            now = self._clock.now()
            await count_telling(connection, run.id, run_id, word, now=now)
