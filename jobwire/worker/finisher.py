"""The finisher: writes how attempts ended, many in one statement."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.finish import Finish, finish
from jobwire.worker import outcome
from jobwire.worker.batch import write_batch
from jobwire.worker.execution import Execution, StopReason
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.latest import LatestLoop
from jobwire.worker.link import CONTENDED, Link
from jobwire.worker.log import LogLoop
from jobwire.worker.loop import UNTIL_WOKEN, Loop
from jobwire.worker.roster import Roster
from jobwire.worker.settings import WorkerSettings

#: Seconds until a finish whose row somebody has locked is tried again.
_RETRY = 0.5

Ending = tuple[Execution, Finish]
#: A job and its fence.
Key = tuple[UUID, int]

_log = logging.getLogger(__name__)


class FinisherLoop(Loop):
    """Writes finishes until the database has accepted or fenced out each one.

    While the database is away they are kept. A finish that it refuses for its content
    becomes FAILED; one whose row is locked by somebody's transaction waits by itself.

    Args:
        latest: Writers of what code says of itself; flushed before each finish.
        log: The writer of what code logs; flushed before each finish.
        written: Called after a statement with the endings that were accepted, and
            whether jobs of their queues may have waited for them.
    """

    name = "finisher"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        hooks: WorkerHooks,
        *,
        worker: str,
        roster: Roster,
        latest: Sequence[LatestLoop[Any]],
        log: LogLoop,
        written: Callable[[Sequence[Ending], bool], None],
    ) -> None:
        super().__init__()
        self._link = link
        self._clock = clock
        self._batch = settings.finish_batch
        self._hooks = hooks
        self._worker = worker
        self._roster = roster
        self._latest = latest
        self._log = log
        self._written = written
        self._waiting: deque[Ending] = deque()
        self._blocked: list[Ending] = []
        self._blocked_until = 0.0
        self._empty = asyncio.Event()
        self._empty.set()

    @property
    def backlog(self) -> int:
        """Finishes that are not written yet."""
        return len(self._waiting) + len(self._blocked)

    def add(self, endings: Sequence[Ending]) -> None:
        """Take in the ends of attempts."""
        self._waiting.extend(endings)
        self._empty.clear()
        self.wake()

    async def flushed(self) -> None:
        """Wait until every finish has been written."""
        await self._empty.wait()

    async def run_once(self) -> float:
        """Write one batch."""
        if self._blocked and time.monotonic() >= self._blocked_until:
            blocked, self._blocked = self._blocked, []
            await self._attempt(blocked)
        batch = [
            self._waiting.popleft() for _ in range(min(len(self._waiting), self._batch))
        ]
        await self._attempt(batch)
        if self._waiting:
            return 0
        if self._blocked:
            return max(self._blocked_until - time.monotonic(), 0)
        self._empty.set()
        return UNTIL_WOKEN

    async def _attempt(self, endings: Sequence[Ending]) -> None:
        """Write endings; those that could not be written are kept."""
        pending = {execution.key: (execution, end) for execution, end in endings}

        async def write(part: Sequence[Ending]) -> None:
            await self._write(part)
            for execution, _ in part:
                del pending[execution.key]

        try:
            # What a lost attempt has logged counts too.
            held = await self._log.flush([execution for execution, _ in endings])
            for execution in held:
                self._block(pending.pop(execution.key))
            ours = self._without_lost(pending)
            for latest in self._latest:
                await latest.flush([execution for execution, _ in ours])
            refused = await write_batch(
                self._link, ours, write, job_of=lambda one: one[0].job
            )
        except BaseException:
            self._waiting.extendleft(reversed(pending.values()))
            raise
        for (execution, _), error in refused:
            if isinstance(error, CONTENDED):
                self._block(pending[execution.key])
            else:
                _log.warning(
                    "the end of %s was refused: %s",
                    execution.job_id,
                    error,
                    extra={"action": "finish-refused", **execution.named},
                )
                self._waiting.append((execution, outcome.of_refusal(execution, error)))

    def _block(self, ending: Ending) -> None:
        """Have an ending wait by itself."""
        self._blocked.append(ending)
        self._blocked_until = time.monotonic() + _RETRY

    def _without_lost(self, pending: dict[Key, Ending]) -> list[Ending]:
        """Discard the endings whose lease was lost; return the others."""
        lost = [
            one for one in pending.values() if one[0].stop_reason is StopReason.LOST
        ]
        for execution, _ in lost:
            del pending[execution.key]
        self._lose(lost)
        return list(pending.values())

    async def _write(self, endings: Sequence[Ending]) -> None:
        async with self._link.connection() as connection:
            accepted = await finish(
                connection,
                [end for _, end in endings],
                worker=self._worker,
                now=self._clock.now(),
            )
        kept = [one for one in endings if one[1].id in accepted]
        self._lose([one for one in endings if one[1].id not in accepted])
        self._release(kept)
        for execution, end in kept:
            self._hooks.finished(
                execution.claimed.type, end.outcome, execution.duration
            )
        if kept:
            self._written(kept, any(accepted.values()))

    def _lose(self, endings: Sequence[Ending]) -> None:
        self._release(endings)
        for execution, end in endings:
            _log.warning(
                "%s was no longer ours when attempt %d ended (%s); its end is"
                " discarded",
                execution.job_id,
                execution.claimed.attempt,
                end.outcome,
                extra={"action": "lease-lost", **execution.named},
            )
            self._hooks.lost(execution.claimed.type)

    def _release(self, endings: Sequence[Ending]) -> None:
        executions = [execution for execution, _ in endings]
        self._roster.drop(executions)
        for latest in self._latest:
            latest.forget(executions)
        self._log.forget(executions)
