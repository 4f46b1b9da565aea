"""Writers of what running code says of itself: the latest of each job."""

import asyncio
import threading
import time
from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from jobwire.jobs.clock import Clock
from jobwire.worker.batch import write_batch
from jobwire.worker.execution import Execution, StopReason
from jobwire.worker.link import Link
from jobwire.worker.loop import UNTIL_WOKEN, Loop
from jobwire.worker.mailbox import call_soon
from jobwire.worker.settings import WorkerSettings

Said = TypeVar("Said")


class LatestLoop(Loop, Generic[Said]):
    """Writes what code says; the first at once, then the latest, at most four a second.

    Args:
        changed: Called when events were written.
    """

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        worker: str,
        changed: Callable[[], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._interval = settings.progress_interval.total_seconds()
        self._worker = worker
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._latest: dict[Execution, Said] = {}
        self._lock = threading.Lock()
        self._writing = asyncio.Lock()
        self._in_flight: set[Execution] = set()

    def report(self, execution: Execution, said: Said) -> None:
        """Note the latest of an execution; from any thread, never waits."""
        if not execution.is_running:
            return
        with self._lock:
            is_news = execution not in self._latest
            self._latest[execution] = said
        if is_news:
            call_soon(self._loop, self.wake)

    async def run_once(self) -> float:
        """Write the reports that are due."""
        latest = time.monotonic() - self._interval
        with self._lock:
            due = [one for one in self._latest if self._written_at(one) <= latest]
        await self._write(due)
        with self._lock:
            waiting = [self._written_at(one) for one in self._latest]
        if not waiting:
            return UNTIL_WOKEN
        return max(min(waiting) + self._interval - time.monotonic(), 0)

    async def flush(self, executions: Sequence[Execution]) -> None:
        """Write what is left to tell of executions whose code has ended.

        When it returns, no write of theirs is under way, so that a finish that is
        written now is the last word.
        """
        with self._lock:
            is_settled = self._latest.keys().isdisjoint(executions)
        if not is_settled or not self._in_flight.isdisjoint(executions):
            await self._write(executions)

    def forget(self, executions: Iterable[Execution]) -> None:
        """Drop what is left of executions that are over."""
        with self._lock:
            if self._latest:
                for execution in executions:
                    self._latest.pop(execution, None)

    @abstractmethod
    async def _record(self, reports: Sequence[tuple[Execution, Said]]) -> None:
        """Write a batch in one statement."""

    async def _write(self, executions: Sequence[Execution]) -> None:
        async with self._writing:
            with self._lock:
                reports = [
                    (execution, self._latest.pop(execution))
                    for execution in executions
                    if execution in self._latest
                ]
            reports = [
                one for one in reports if one[0].stop_reason is not StopReason.LOST
            ]
            self._in_flight = {execution for execution, _ in reports}
            try:
                refused = await write_batch(
                    self._link, reports, self._note, job_of=lambda one: one[0].job
                )
            except BaseException:
                self._put_back(reports)
                raise
            finally:
                self._in_flight = set()
        # Locked by somebody's transaction: a later pass tries again.
        self._put_back([report for report, _ in refused])
        if len(refused) < len(reports):
            self._changed()

    async def _note(self, reports: Sequence[tuple[Execution, Said]]) -> None:
        await self._record(reports)
        self._have_pause(reports)

    def _put_back(self, reports: Sequence[tuple[Execution, Said]]) -> None:
        self._have_pause(reports)
        with self._lock:
            for execution, said in reports:
                self._latest.setdefault(execution, said)

    def _have_pause(self, reports: Sequence[tuple[Execution, Said]]) -> None:
        for execution, _ in reports:
            execution.written_at[self.name] = time.monotonic()

    def _written_at(self, execution: Execution) -> float:
        return execution.written_at.get(self.name, 0.0)
