"""The thread whose event loop runs async jobs and the worker's lifespan."""

import asyncio
import logging
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import timedelta
from functools import partial
from typing import Any

from jobwire.worker.event_loop import new_event_loop
from jobwire.worker.execution import Execution
from jobwire.worker.judge import Judge
from jobwire.worker.mailbox import call_soon

Lifespan = Callable[[], AbstractAsyncContextManager[Any]]

_log = logging.getLogger(__name__)


class JobsThread:
    """Runs async jobs on a loop of their own.

    Args:
        judge: Makes the finish of an execution and hands it back.
        lifespan: Makes a context manager that is entered before the first job and
            left after the last; what it yields is every job's `ctx.resources`.
    """

    def __init__(self, judge: Judge, lifespan: Lifespan | None) -> None:
        self._judge = judge
        self._lifespan = lifespan or nullcontext
        self._loop = new_event_loop()
        self._closing = asyncio.Event()
        self._life: asyncio.Task[None] | None = None
        self._resources: Future[Any] = Future()
        self._left: Future[None] = Future()
        self._is_stopped = False
        self._thread = threading.Thread(
            target=self._work, name="jobwire-jobs", daemon=True
        )

    def start(self) -> Future[Any]:
        """Start the thread and enter the lifespan.

        Returns:
            What the lifespan yields, or the error that it raised.
        """
        self._resources.set_running_or_notify_cancel()
        self._left.set_running_or_notify_cancel()
        self._thread.start()
        return self._resources

    def submit(self, executions: Sequence[Execution]) -> None:
        """Run async jobs; from any thread."""
        call_soon(self._loop, partial(self._start, executions))

    def cancel(self, executions: Sequence[Execution]) -> None:
        """Cancel the tasks of submitted jobs; from any thread."""
        call_soon(self._loop, partial(self._cancel, executions))

    def leave(self) -> Future[None]:
        """Leave the lifespan, or give up entering it; from any thread.

        Returns:
            Done when it has been left; never raises, its errors are logged.
        """
        call_soon(self._loop, self._begin_leaving)
        return self._left

    def stop(self, timeout: timedelta) -> None:
        """End the thread; tasks that ignored their cancel stay where they are.

        Waits for at most `timeout`, because a job may be blocking the loop.
        """
        self._is_stopped = True
        call_soon(self._loop, self._loop.stop)
        if self._thread.is_alive():
            self._thread.join(timeout.total_seconds())

    def _work(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._life = self._loop.create_task(self._live(), name="jobwire-lifespan")
        while not self._is_stopped:
            try:
                self._loop.run_forever()
            # asyncio lets SystemExit and KeyboardInterrupt out of a task that job
            # code has made; neither may end the other jobs.
            except BaseException:  # noqa: BLE001 - see above
                _log.exception(
                    "job code tried to end its event loop, which goes on",
                    extra={"action": "jobs-loop-interrupted"},
                )
        self._close()

    def _close(self) -> None:
        stubborn = [task for task in asyncio.all_tasks(self._loop) if not task.done()]
        if stubborn:
            # Their leases run out and somebody rescues their jobs. Closing the loop
            # under them would only add noise.
            _log.warning(
                "%d tasks of jobs ignored their cancel and are abandoned",
                len(stubborn),
                extra={"action": "jobs-abandoned"},
            )
            return
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _begin_leaving(self) -> None:
        self._closing.set()
        if self._life is not None and not self._resources.done():
            self._life.cancel()

    async def _live(self) -> None:
        try:
            async with self._lifespan() as resources:
                self._resources.set_result(resources)
                await self._closing.wait()
        # The lifespan is the user's; its error belongs to whoever starts the worker,
        # or into the log when nobody waits any more.
        except BaseException as error:  # noqa: BLE001 - see above
            if not self._resources.done():
                self._resources.set_exception(error)
            else:
                _log.exception(
                    "leaving the worker's lifespan failed",
                    extra={"action": "lifespan-failed"},
                )
        finally:
            self._left.set_result(None)

    def _start(self, executions: Sequence[Execution]) -> None:
        for execution in executions:
            task = self._loop.create_task(self._judge.run_async(execution))
            execution.task = task
            task.add_done_callback(partial(self._check, execution))

    def _cancel(self, executions: Sequence[Execution]) -> None:
        for execution in executions:
            if execution.task is not None:
                execution.task.cancel()

    def _check(self, execution: Execution, task: asyncio.Task[None]) -> None:
        # A task that is cancelled before its first step never runs at all.
        if task.cancelled():
            self._judge.raised(execution, asyncio.CancelledError())
