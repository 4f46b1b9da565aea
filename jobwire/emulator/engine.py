"""The engine: moves runs on when the clock says so."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from jobwire.emulator.clock import Now, Sleep, from_ms, to_ms
from jobwire.emulator.clockwork import Clockwork
from jobwire.emulator.deliveries import Deliveries
from jobwire.emulator.hook_moments import HookMoment
from jobwire.emulator.queues import next_queued, next_resuming
from jobwire.emulator.run import Run, RunStep, find_run
from jobwire.emulator.state import State
from jobwire.emulator.transitions import Transitions

#: Machines sleep, and clocks are set.
_LONGEST_REST_SECONDS = 30.0
_BACKOFF_SECONDS = 1.0
_LAST_KINDS = frozenset({"SUCCESS", "FAILURE", "CANCEL"})

#: What is canceled holds its place until it has stopped.
_TAKEN = """
SELECT (SELECT count(*) FROM runs
        WHERE status IN ('DEQUEUED', 'EXECUTING', 'RETRYING_AFTER_FAILURE'))
     + (SELECT count(*) FROM runs WHERE status = 'CANCELED' AND step IS NOT NULL)
"""
_DUE = """
SELECT * FROM runs WHERE due_at <= ? ORDER BY due_at, created_at, id LIMIT 1
"""

_log = logging.getLogger(__name__)


class Engine:
    """Takes every step that is due, in order, each in a transaction of its own.

    Args:
        concurrency: How many runs a worker may have at once; the others wait.
        beside: What else goes by the clock.
        stands_still: Whether nothing happens, whatever is due.
    """

    def __init__(
        self,
        state: State,
        transitions: Transitions,
        deliveries: Deliveries,
        *,
        now: Now,
        sleep: Sleep,
        concurrency: int,
        beside: Sequence[Clockwork] = (),
        stands_still: Callable[[], bool] = lambda: False,
    ) -> None:
        self._state = state
        self._transitions = transitions
        self._deliveries = deliveries
        self._now = now
        self._sleep = sleep
        self._concurrency = concurrency
        self._beside = tuple(beside)
        self._stands_still = stands_still
        self._woken = asyncio.Event()
        self._ending: set[asyncio.Task[None]] = set()

    def wake(self) -> None:
        """Have it look again: something may be due."""
        self._woken.set()

    def next_due(self) -> datetime | None:
        """Return when the next step is due, which may be in the past."""
        if self._stands_still():
            return None
        of_runs = self._state.connection.execute(
            "SELECT min(due_at) FROM runs"
        ).fetchone()[0]
        dues = (of_runs, *(one.next_due() for one in self._beside))
        due_at = min((due for due in dues if due is not None), default=None)
        return None if due_at is None else from_ms(due_at)

    def deploy(self) -> None:
        """Queue what waited for a version that holds it, and now is there."""
        rows = self._state.connection.execute(
            "SELECT * FROM runs WHERE status = 'PENDING_VERSION' ORDER BY created_at"
        ).fetchall()
        for run in map(Run.from_row, rows):
            if self._transitions.is_deployed(run.task, run.queue):
                with self._state.transaction() as connection:
                    self._transitions.deploy(connection, run, to_ms(self._now()))

    async def run(self) -> None:
        """Take steps until this is cancelled."""
        while True:
            self._woken.clear()
            try:
                await self.take_due_steps()
            except sqlite3.Error:
                # A full disk, say: nothing was written, so nothing is lost.
                _log.exception(
                    "the emulator cannot write its state and tries again",
                    extra={"action": "emulator-failed"},
                )
                await asyncio.sleep(_BACKOFF_SECONDS)
            else:
                await self._rest()

    async def take_due_steps(self) -> bool:
        """Take all steps that are due; return whether there were any."""
        took = False
        while not self._stands_still() and (
            self._take_step() or self._dequeue() or self._take_beside()
        ):
            took = True
            # Whoever asks for something is answered in between.
            await asyncio.sleep(0)
        return took

    async def settle(self) -> None:
        """Take all steps that are due, and wait until their hooks have run."""
        while (
            await self.take_due_steps()
            or self._ending
            or any(one.is_busy for one in self._beside)
        ):
            if self._ending:
                await asyncio.wait(self._ending)
            await self._deliveries.settle()
            for one in self._beside:
                await one.settle()

    async def close(self) -> None:
        """Drop the hooks that are on their way."""
        for ending in self._ending:
            ending.cancel()
        await asyncio.gather(*self._ending, return_exceptions=True)

    def _take_step(self) -> bool:
        now = to_ms(self._now())
        with self._state.transaction() as connection:
            row = connection.execute(_DUE, (now,)).fetchone()
            if row is None:
                return False
            moment = self._transitions.take_step(connection, Run.from_row(row), now)
        if moment is None:
            return True
        if moment.kind in _LAST_KINDS:
            ending = asyncio.create_task(self._end(moment))
            self._ending.add(ending)
            ending.add_done_callback(self._ending.discard)
        else:
            self._deliveries.post(moment)
        return True

    def _dequeue(self) -> bool:
        with self._state.transaction() as connection:
            taken = connection.execute(_TAKEN).fetchone()[0]
            if taken >= self._concurrency:
                return False
            row = next_resuming(connection)
            if row is not None:
                run, now = Run.from_row(row), to_ms(self._now())
                self._transitions.resume(connection, run, now)
                return True
            row = next_queued(connection)
            if row is None:
                return False
            self._transitions.dequeue(connection, Run.from_row(row), to_ms(self._now()))
            return True

    def _take_beside(self) -> bool:
        now = to_ms(self._now())
        return any(one.take_due(now) for one in self._beside)

    async def _end(self, moment: HookMoment) -> None:
        """Record an end when its hook has run; if that takes long, the clock does."""
        await self._deliveries.deliver(moment)
        if self._stands_still():
            return
        with self._state.transaction() as connection:
            run = find_run(connection, moment.run_id)
            if (
                run is not None
                and run.step is RunStep.RECORD
                and run.attempt == moment.attempt
            ):
                self._transitions.record(connection, run, to_ms(self._now()))
        self.wake()

    async def _rest(self) -> None:
        due = self.next_due()
        waits: set[asyncio.Task[Any]] = {asyncio.create_task(self._woken.wait())}
        if due is not None:
            seconds = (due - self._now()).total_seconds()
            pause = min(max(seconds, 0.0), _LONGEST_REST_SECONDS)
            waits.add(asyncio.create_task(self._slept(pause)))
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _slept(self, seconds: float) -> None:
        await self._sleep(seconds)
