"""The roster: every attempt that this worker holds."""

import asyncio
from collections.abc import Iterable, Iterator
from uuid import UUID

from jobwire.worker.execution import Execution


class Roster:
    """The executions whose leases are ours, running or waiting to be written.

    Belongs to the control loop.
    """

    def __init__(self) -> None:
        self._executions: dict[tuple[UUID, int], Execution] = {}
        self._by_job: dict[UUID, Execution] = {}
        self._running = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def __iter__(self) -> Iterator[Execution]:
        return iter(tuple(self._executions.values()))

    def __len__(self) -> int:
        return len(self._executions)

    @property
    def running(self) -> int:
        """Executions whose code has not ended, lost ones included."""
        return self._running

    def of_job(self, job: UUID) -> Execution | None:
        """Return the held execution of a job; None when there is none."""
        return self._by_job.get(job)

    def add(self, execution: Execution) -> None:
        """Take on an execution that starts."""
        self._executions[execution.key] = execution
        self._by_job[execution.job] = execution
        self._running += 1
        self._idle.clear()

    def ended(self) -> None:
        """Note that the code of one execution has ended."""
        self._running -= 1
        if not self._running:
            self._idle.set()

    def drop(self, executions: Iterable[Execution]) -> None:
        """Let go: the finish was accepted or refused, or the lease is lost."""
        for execution in executions:
            self._executions.pop(execution.key, None)
            if self._by_job.get(execution.job) is execution:
                del self._by_job[execution.job]

    async def idle(self) -> None:
        """Wait until no code runs."""
        await self._idle.wait()
