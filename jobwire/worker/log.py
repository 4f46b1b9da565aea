"""The log writer: some lines of each job at a time, and the last ones at its end."""

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import (
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Sequence,
)
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobwire.jobs.logs.append import MAX_LINES, Portion, append
from jobwire.jobs.logs.line import Line, note_of_dropped
from jobwire.worker.batch import write_batch
from jobwire.worker.execution import Execution
from jobwire.worker.link import CONTENDED, Link
from jobwire.worker.loop import UNTIL_WOKEN, Loop
from jobwire.worker.mailbox import call_soon
from jobwire.worker.settings import WorkerSettings

#: Characters of lines that wait of one attempt; the oldest of what exceeds them, and of
#: what exceeds the lines that a job keeps, are dropped.
MAX_WAITING = 1024 * 1024
#: Lines and characters of one attempt that are written at once: with the pause behind
#: them that is all that a flood of lines can cost.
PORTION_LINES = 100
PORTION_SIZE = 256 * 1024
#: Lines in one statement, but for those of its last portion.
_BATCH_LINES = 1000

_MICROSECOND = timedelta(microseconds=1)

_log = logging.getLogger(__name__)


class _Waiting:
    """The lines of one attempt that wait; the newest are kept.

    Attributes:
        has_written: Whether any line was written.
    """

    def __init__(self) -> None:
        self.has_written = False
        self._in_doubt_until: datetime | None = None
        self._lines: deque[Line] = deque()
        self._size = 0
        self._dropped = 0
        self._last: Line | None = None

    def __bool__(self) -> bool:
        return bool(self._lines)

    def add(self, line: Line) -> None:
        """Take in a line behind all others, at a time of its own."""
        if self._last is not None and line.at <= self._last.at:
            line = replace(line, at=self._last.at + _MICROSECOND)
        self._last = line
        self._lines.append(line)
        self._size += line.size
        self._bound()

    def take(self) -> list[Line]:
        """Take out the next portion, with a line of what was dropped before it."""
        taken: list[Line] = []
        if self._dropped and self._lines:
            taken.append(
                note_of_dropped(self._lines[0].at - _MICROSECOND, self._dropped)
            )
            self._dropped = 0
        size = 0
        while self._lines and len(taken) < PORTION_LINES:
            size += self._lines[0].size
            if taken and size > PORTION_SIZE:
                break
            taken.append(self._lines.popleft())
            self._size -= taken[-1].size
        return taken

    def is_in_doubt(self, lines: Sequence[Line]) -> bool:
        """Whether some of a portion may be stored already."""
        until = self._in_doubt_until
        return until is not None and lines[0].at <= until

    def put_back(self, lines: Sequence[Line], *, in_doubt: bool) -> None:
        """Take in a portion again, ahead of all others.

        Args:
            lines: Those of the portion.
            in_doubt: Whether some of them may be stored already.
        """
        if in_doubt:
            self._in_doubt_until = lines[-1].at
        self._lines.extendleft(reversed(lines))
        self._size += sum(line.size for line in lines)
        self._bound()

    def _bound(self) -> None:
        while len(self._lines) > MAX_LINES or self._size > MAX_WAITING:
            oldest = self._lines.popleft()
            self._size -= oldest.size
            self._dropped += oldest.dropped or 1


@dataclass(frozen=True, slots=True)
class _Taken:
    """A portion on its way to the database."""

    execution: Execution
    portion: Portion
    in_doubt: bool


class LogLoop(Loop):
    """Writes what code logs: at once, then some lines of each job four times a second.

    Lines need no fence: what a lost attempt has written is as true as anything.

    Args:
        changed: Called when lines were written, and when a job that has written some
            is over.
    """

    name = "log"

    def __init__(
        self, link: Link, settings: WorkerSettings, *, changed: Callable[[], None]
    ) -> None:
        super().__init__()
        self._link = link
        self._interval = settings.log_interval.total_seconds()
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._waiting: dict[Execution, _Waiting] = {}
        self._lock = threading.Lock()
        self._writing = asyncio.Lock()
        self._in_flight: set[Execution] = set()

    def keep(self, execution: Execution, line: Line) -> None:
        """Have a line written; from any thread, never waits.

        After the attempt has ended there is nothing to write to.
        """
        if not execution.is_running:
            return
        with self._lock:
            waiting = self._waiting.get(execution)
            if waiting is None:
                waiting = self._waiting[execution] = _Waiting()
            is_news = not waiting
            waiting.add(line)
        if is_news:
            call_soon(self._loop, self.wake)

    async def run_once(self) -> float:
        """Write a portion of each job whose pause is over."""
        latest = time.monotonic() - self._interval
        await self._write([e for e in self._untold() if _written_at(e) <= latest])
        pauses = [_written_at(execution) for execution in self._untold()]
        if not pauses:
            return UNTIL_WOKEN
        return max(min(pauses) + self._interval - time.monotonic(), 0)

    async def flush(self, executions: Collection[Execution]) -> set[Execution]:
        """Write all lines of executions whose code has ended.

        Returns:
            Those of whom lines are left, because somebody else is writing to the same
            log for so long; they can be written later.
        """
        held: set[Execution] = set()
        while True:
            open = (self._in_flight | set(self._untold())).intersection(executions)
            if not open - held:
                return held
            held |= await self._write(list(open - held))

    def forget(self, executions: Iterable[Execution]) -> None:
        """Drop what is left of executions that are over."""
        with self._lock:
            if not self._waiting:
                return
            over = [self._waiting.pop(execution, None) for execution in executions]
        if any(one is not None and one.has_written for one in over):
            self._changed()

    def _untold(self) -> list[Execution]:
        with self._lock:
            return [one for one, waiting in self._waiting.items() if waiting]

    async def _write(self, executions: Sequence[Execution]) -> set[Execution]:
        """Write the next portion of each; return those that have to wait."""
        held: set[Execution] = set()
        async with self._writing:
            taken = self._take(executions)
            left = {one.execution: one for one in taken}
            self._in_flight = set(left)

            async def write(part: Sequence[_Taken]) -> None:
                await self._append(part)
                for one in part:
                    del left[one.execution]

            try:
                for batch in _batches(taken):
                    refused = await self._write_apart(batch, write)
                    for one, error in refused:
                        if isinstance(error, CONTENDED):
                            held.add(one.execution)
                        else:
                            _say_refused(left.pop(one.execution), error)
            finally:
                self._put_back(left.values(), are_in_doubt=left.keys() != held)
                self._in_flight = set()
        if len(left) < len(taken):
            self._changed()
        return held

    async def _write_apart(
        self,
        batch: Sequence[_Taken],
        write: Callable[[Sequence[_Taken]], Awaitable[None]],
    ) -> list[tuple[_Taken, Exception]]:
        """Write a batch; a log that somebody is writing to does not hold the rest."""

        async def attempt(part: Sequence[_Taken]) -> list[tuple[_Taken, Exception]]:
            return await write_batch(
                self._link, part, write, job_of=lambda one: one.execution.job
            )

        refused = await attempt(batch)
        held = [one for one, error in refused if isinstance(error, CONTENDED)]
        if len(held) < 2:  # noqa: PLR2004 - it is the one
            return refused
        final = [one for one in refused if not isinstance(one[1], CONTENDED)]
        for one in held:
            final += await attempt([one])
        return final

    def _take(self, executions: Sequence[Execution]) -> list[_Taken]:
        taken = []
        with self._lock:
            for execution in executions:
                waiting = self._waiting.get(execution)
                if waiting:
                    lines = waiting.take()
                    portion = Portion(execution.job, execution.claimed.attempt, lines)
                    in_doubt = waiting.is_in_doubt(lines)
                    taken.append(_Taken(execution, portion, in_doubt))
        return taken

    def _put_back(self, unwritten: Collection[_Taken], *, are_in_doubt: bool) -> None:
        with self._lock:
            for one in unwritten:
                waiting = self._waiting.get(one.execution)
                _have_pause(one.execution)
                if waiting is not None:
                    waiting.put_back(one.portion.lines, in_doubt=are_in_doubt)

    async def _append(self, part: Sequence[_Taken]) -> None:
        async with self._link.connection() as connection, connection.transaction():
            await append(
                connection,
                [one.portion for one in part],
                in_doubt=[one.execution.job for one in part if one.in_doubt],
            )
        with self._lock:
            for one in part:
                _have_pause(one.execution)
                waiting = self._waiting.get(one.execution)
                if waiting is not None:
                    waiting.has_written = True


def _batches(taken: Sequence[_Taken]) -> Iterator[list[_Taken]]:
    """Split portions into statements; two attempts of one job never share one."""
    batch: list[_Taken] = []
    for one in taken:
        lines = sum(len(other.portion.lines) for other in batch)
        is_double = any(other.execution.job == one.execution.job for other in batch)
        if lines >= _BATCH_LINES or is_double:
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


def _written_at(execution: Execution) -> float:
    return execution.written_at.get(LogLoop.name, 0.0)


def _have_pause(execution: Execution) -> None:
    execution.written_at[LogLoop.name] = time.monotonic()


def _say_refused(one: _Taken, error: Exception) -> None:
    _log.warning(
        "%d lines of the log of %s were refused: %s",
        len(one.portion.lines),
        one.execution.job_id,
        error,
        extra={"action": "log-refused", **one.execution.named},
    )
