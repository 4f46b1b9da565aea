"""The progress writer: the latest report of each job, at most four times a second."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from jobwire.jobs.clock import Clock
from jobwire.jobs.context import Progress
from jobwire.jobs.transitions.progress import ProgressReport, record_progress
from jobwire.worker.batch import write_batch
from jobwire.worker.execution import Execution, StopReason
from jobwire.worker.link import Link
from jobwire.worker.loop import UNTIL_WOKEN, Loop
from jobwire.worker.mailbox import call_soon
from jobwire.worker.settings import WorkerSettings

Report = tuple[Execution, Progress]


class ProgressLoop(Loop):
    """Writes what code reports; the first report at once, then the latest.

    Args:
        changed: Called when events were written.
    """

    name = "progress"

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
        self._latest: dict[Execution, Progress] = {}
        self._lock = threading.Lock()
        self._writing = asyncio.Lock()
        self._in_flight: set[Execution] = set()

    def report(self, execution: Execution, progress: Progress) -> None:
        """Note the latest progress of an execution; from any thread, never waits."""
        if not execution.is_running:
            return
        with self._lock:
            is_news = execution not in self._latest
            self._latest[execution] = progress
        if is_news:
            call_soon(self._loop, self.wake)

    async def run_once(self) -> float:
        """Write the reports that are due."""
        latest = time.monotonic() - self._interval
        with self._lock:
            due = [one for one in self._latest if one.progressed_at <= latest]
        await self._write(due)
        with self._lock:
            waiting = [one.progressed_at for one in self._latest]
        if not waiting:
            return UNTIL_WOKEN
        return max(min(waiting) + self._interval - time.monotonic(), 0)

    async def flush(self, executions: Sequence[Execution]) -> None:
        """Write what is left to tell of executions whose code has ended.

        When it returns, no write of their progress is under way, so that a finish
        that is written now is the last word.
        """
        with self._lock:
            is_settled = self._latest.keys().isdisjoint(executions)
        if not is_settled or not self._in_flight.isdisjoint(executions):
            await self._write(executions)

    def forget(self, executions: Iterable[Execution]) -> None:
        """Drop what is left of executions that are over."""
        with self._lock:
            for execution in executions:
                self._latest.pop(execution, None)

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
                    self._link, reports, self._record, job_of=lambda one: one[0].job
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

    async def _record(self, reports: Sequence[Report]) -> None:
        now = self._clock.now()
        async with self._link.connection() as connection:
            await record_progress(
                connection,
                [
                    ProgressReport(*execution.key, _encode(progress, now))
                    for execution, progress in reports
                ],
                worker=self._worker,
                now=now,
            )
        written_at = time.monotonic()
        for execution, _ in reports:
            execution.progressed_at = written_at

    def _put_back(self, reports: Sequence[Report]) -> None:
        with self._lock:
            for execution, progress in reports:
                execution.progressed_at = time.monotonic()
                self._latest.setdefault(execution, progress)


def _encode(progress: Progress, now: datetime) -> str:
    return json.dumps(
        {**asdict(progress), "updatedAt": now.isoformat()}, ensure_ascii=False
    )
