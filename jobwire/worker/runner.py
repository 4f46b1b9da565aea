"""The runner: starts claimed jobs where they run, stops them, takes in their ends."""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from jobwire.jobs.clock import Clock
from jobwire.jobs.registry import Registry
from jobwire.jobs.transitions.claim import Claimed
from jobwire.worker import outcome
from jobwire.worker.execution import Ears, Execution, StopReason
from jobwire.worker.finisher import Ending
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.jobs_thread import JobsThread, Lifespan
from jobwire.worker.judge import Judge
from jobwire.worker.lane import Lane
from jobwire.worker.mailbox import Mailbox
from jobwire.worker.roster import Roster
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.sync_threads import SyncThreads

#: For how long after a start the control loop leaves be what can wait, in seconds: it
#: would take the interpreter from the thread in which the code is about to begin.
AFTER_START = 0.001

_log = logging.getLogger(__name__)


class Runner:
    """Runs code: async jobs on the jobs thread, each sync job in a thread.

    Belongs to the control loop, where every method must be called.

    Args:
        ears: Who hears what code says.
        started: Called a moment after attempts have started.
        ended: Takes the ends of attempts, on the control loop.
        freed: Called when stuck code has given its place to another job.
    """

    def __init__(
        self,
        clock: Clock,
        settings: WorkerSettings,
        hooks: WorkerHooks,
        *,
        registry: Registry,
        lifespan: Lifespan | None,
        ears: Ears,
        started: Callable[[], None],
        ended: Callable[[Sequence[Ending]], None],
        freed: Callable[[], None],
    ) -> None:
        self.roster = Roster()
        self.async_lane = Lane(registry, is_async=True, capacity=settings.concurrency)
        self.sync_lane = Lane(registry, is_async=False, capacity=settings.threads)
        self._clock = clock
        self._hooks = hooks
        self._slots = settings.concurrency + settings.threads
        self._ears = ears
        self._started = started
        self._hand_on = ended
        self._freed = freed
        self._stop_grace = settings.stop_grace
        self._reliance = settings.reliance.total_seconds()
        self._loop = asyncio.get_running_loop()
        endings: Mailbox[Ending] = Mailbox(self._loop, self._ended)
        self._judge = Judge(clock, endings.put)
        self._sync_threads = SyncThreads(2 * settings.threads)
        self._jobs_thread = JobsThread(self._judge, lifespan)
        #: When they started, and how many were running then.
        self._untold: list[tuple[datetime, Sequence[Execution], int]] = []
        self._resources: Any = None
        self._is_closing = False

    async def open(self) -> None:
        """Start the jobs thread and enter the lifespan.

        Raises:
            Exception: Whatever the lifespan raised.
        """
        self._resources = await asyncio.wrap_future(self._jobs_thread.start())

    def begin_closing(self) -> None:
        """From now on hand back what is still being claimed."""
        self._is_closing = True

    def leave_lifespan(self) -> Future[None]:
        """Leave the lifespan; done when it is left."""
        return self._jobs_thread.leave()

    def close(self, patience: timedelta) -> None:
        """End the threads, except for code that ignores every request to stop."""
        self._sync_threads.stop()
        self._jobs_thread.stop(patience)

    def start(self, lane: Lane, claimed: Sequence[Claimed], sent_at: float) -> None:
        """Start what a lane has claimed; hand it back when closing or too late.

        Args:
            lane: Which one.
            claimed: Jobs of types that the lane has named.
            sent_at: When the claim was sent, in monotonic seconds: their leases run
                from then.
        """
        executions = [
            Execution(
                job,
                lane.definition(job.type),
                resources=self._resources,
                confirmed_at=sent_at,
                ears=self._ears,
            )
            for job in claimed
        ]
        for execution in executions:
            older = self.roster.of_job(execution.job)
            if older is not None:
                # We claimed it again: somebody has rescued it from ourselves.
                self.stop(older, StopReason.LOST)
            self.roster.add(execution)
        lane.running += len(executions)
        # An answer that was under way for as long as a lease tells of jobs that may run
        # elsewhere by now.
        if self._is_closing or time.monotonic() - sent_at >= self._reliance:
            self._ended([(one, outcome.of_unstarted(one)) for one in executions])
            return
        for execution in executions:
            self._limit(execution)
        if lane.is_async:
            self._jobs_thread.submit(executions)
        else:
            for execution in executions:
                self._sync_threads.submit(partial(self._judge.run, execution))
        self._untold.append((self._clock.now(), executions, self.roster.running))
        self._loop.call_later(AFTER_START, self._tell_started)

    def stop(
        self, execution: Execution, reason: StopReason, grace: timedelta | None = None
    ) -> None:
        """Tell running code to stop; once for each reason.

        Args:
            execution: Whose code.
            reason: Why.
            grace: How long sync code may take before its place is given to another
                job, though it keeps its thread; None: `stop_grace`.
        """
        if not execution.ask_to_stop(reason):
            return
        if execution.definition.is_async:
            self._jobs_thread.cancel([execution])
            return
        wait = self._stop_grace if grace is None else max(grace, timedelta())
        until = self._loop.time() + wait.total_seconds()
        if execution.patience is not None:
            until = min(until, execution.patience.when())
            execution.patience.cancel()
        execution.patience = self._loop.call_at(until, self._give_up, execution)

    def _give_up(self, execution: Execution) -> None:
        """Let another job start in place of code that ignores that it should stop."""
        if not execution.is_running or execution.is_overdue:
            return
        execution.is_overdue = True
        self.sync_lane.overdue += 1
        _log.warning(
            "%s was told to stop (%s) and has not; another job may start in its place",
            execution.job_id,
            execution.stop_reason and execution.stop_reason.value,
            extra={"action": "job-stuck", **execution.named},
        )
        self._freed()

    def _limit(self, execution: Execution) -> None:
        limit = execution.claimed.max_duration
        if limit is not None:
            execution.timer = self._loop.call_later(
                limit.total_seconds(), self.stop, execution, StopReason.TIMEOUT
            )

    def _ended(self, endings: Sequence[Ending]) -> None:
        self._tell_started()
        for execution, _ in endings:
            execution.end()
            self.roster.ended()
            is_async = execution.definition.is_async
            lane = self.async_lane if is_async else self.sync_lane
            lane.running -= 1
            lane.overdue -= execution.is_overdue
        self._hand_on(endings)
        self._hooks.occupied(self.roster.running, self._slots)

    def _tell_started(self) -> None:
        """Tell of all starts of which nobody was told yet."""
        untold, self._untold = self._untold, []
        for at, executions, running in untold:
            for execution in executions:
                job = execution.claimed
                self._hooks.started(job.type, max(at - job.due_at, timedelta()))
            self._hooks.occupied(running, self._slots)
        if untold:
            self._started()
