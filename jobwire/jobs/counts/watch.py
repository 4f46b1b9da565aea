"""Watching the counts: one reader for all who watch the same jobs in a process."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta

from jobwire.jobs.counts.filter import CountsFilter
from jobwire.jobs.counts.read import CountsBehindError, JobCounts
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.errors import InvalidInputError
from jobwire.jobs.wait_at_most import wait_at_most

log = logging.getLogger(__name__)

#: Between two messages to one who watches.
SHORTEST_INTERVAL = timedelta(milliseconds=100)
LONGEST_INTERVAL = timedelta(hours=1)
#: How often the counts are read when nobody rings, in seconds, or less often when all
#: who watch asked for that.
POLL_SECONDS = 1.0

_HEARD = frozenset({Topic.CHANGE, Topic.WORK})

#: Reads the counts of a filter.
Read = Callable[[CountsFilter], Awaitable[JobCounts]]
#: Waits for an event, at most so many seconds.
Wait = Callable[[asyncio.Event, float], Awaitable[None]]


class CountsWatch:
    """Tells any number of watchers how the counts change; belongs to one event loop.

    Args:
        read: Reads the counts of a filter.
        doorbell: Says when to look.
        wait: How it waits.
    """

    def __init__(
        self, read: Read, doorbell: Doorbell, *, wait: Wait = wait_at_most
    ) -> None:
        self._read = read
        self._doorbell = doorbell
        self._wait = wait
        self._readers: dict[CountsFilter, _Reader] = {}
        self._stop_listening: Callable[[], None] = lambda: None

    @property
    def readers(self) -> int:
        """How many filters are watched; each costs one read per interval."""
        return len(self._readers)

    def watch(
        self, filter: CountsFilter, *, every: timedelta
    ) -> AsyncGenerator[JobCounts, None]:
        """Tell the counts as they stand, then whenever they have changed, without end.

        At most once per interval: what changes meanwhile is told at its end, as it then
        stands. A database that is away is waited for.

        Args:
            filter: Which jobs, behind the wall of whoever asks.
            every: The interval.

        Raises:
            InvalidInputError: It is too short or too long; raised at once.
        """
        if not SHORTEST_INTERVAL <= every <= LONGEST_INTERVAL:
            raise InvalidInputError(
                f"Counts are told every {SHORTEST_INTERVAL.total_seconds()} to"
                f" {LONGEST_INTERVAL.total_seconds():.0f} seconds, not every"
                f" {every.total_seconds()}.",
                path=("every",),
            )
        return self._watch(filter, every.total_seconds())

    async def _watch(
        self, filter: CountsFilter, interval: float
    ) -> AsyncGenerator[JobCounts, None]:
        reader = self._reader(filter)
        watcher = object()
        try:
            counts = await reader.join(watcher, interval)
            while True:
                yield counts
                await self._wait(asyncio.Event(), interval)
                counts = await reader.other_than(counts)
        finally:
            self._leave(reader, watcher)

    def _reader(self, filter: CountsFilter) -> "_Reader":
        reader = self._readers.get(filter)
        if reader is None:
            if not self._readers:
                self._stop_listening = self._doorbell.listen(self._hear)
            reader = self._readers[filter] = _Reader(filter, self._read, self._wait)
        return reader

    def _leave(self, reader: "_Reader", watcher: object) -> None:
        reader.leave(watcher)
        if reader.is_idle and self._readers.get(reader.filter) is reader:
            del self._readers[reader.filter]
            if not self._readers:
                self._stop_listening()

    def _hear(self, topics: frozenset[Topic]) -> None:
        if topics & _HEARD:
            for reader in self._readers.values():
                reader.stir()


class _Reader:
    """Reads the counts of one filter while somebody watches them."""

    def __init__(
        self,
        filter: CountsFilter,
        read: Read,
        wait: Wait,
    ) -> None:
        self.filter = filter
        self._read = read
        self._wait = wait
        self._intervals: dict[object, float] = {}
        self._latest: JobCounts | None = None
        #: The reads that have begun, and the last one of them that has succeeded.
        self._begun = 0
        self._ended = 0
        self._joined = asyncio.Event()
        self._stirred = asyncio.Event()
        # Each is set once and then replaced.
        self._read_ended = asyncio.Event()
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    @property
    def is_idle(self) -> bool:
        """Whether nobody watches."""
        return not self._intervals

    def stir(self) -> None:
        """Learn that something may have changed."""
        self._stirred.set()

    async def join(self, watcher: object, interval: float) -> JobCounts:
        """Begin to watch; return what a read found that begins from now on."""
        self._intervals[watcher] = interval
        wanted = self._begun + 1
        self._joined.set()
        self._stirred.set()
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name="counts")
        while self._latest is None or self._ended < wanted:
            await self._read_ended.wait()
        return self._latest

    async def other_than(self, told: JobCounts) -> JobCounts:
        """Wait until the counts are others than those; return the newest."""
        while self._latest is None or self._latest == told:
            await self._changed.wait()
        return self._latest

    def leave(self, watcher: object) -> None:
        """End watching; the last one stops the reads."""
        self._intervals.pop(watcher, None)
        if self.is_idle and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        is_failing = False
        while True:
            self._joined.clear()
            self._stirred.clear()
            self._begun += 1
            try:
                found = await self._read(self.filter)
            except CountsBehindError:
                # It has come nearer, and goes on.
                continue
            # Whatever it is: a reader that stops leaves all who watch in silence.
            except Exception as error:
                if not is_failing:
                    log.warning(
                        "the counts cannot be read: %r; trying again",
                        error,
                        exc_info=error,
                        extra={"action": "counts-unread"},
                    )
                is_failing = True
                await self._wait(asyncio.Event(), POLL_SECONDS)
            else:
                is_failing = False
                self._tell(found)
                await self._rest()

    def _tell(self, found: JobCounts) -> None:
        self._ended = self._begun
        if found != self._latest:
            self._latest = found
            self._changed.set()
            self._changed = asyncio.Event()
        self._read_ended.set()
        self._read_ended = asyncio.Event()

    async def _rest(self) -> None:
        """Wait for the next read: at once when somebody joins, else for the interval.

        An interval that is shorter than the poll ends when the doorbell rings.
        """
        interval = min(self._intervals.values(), default=POLL_SECONDS)
        await self._wait(self._joined, interval)
        if interval < POLL_SECONDS:
            await self._wait(self._stirred, POLL_SECONDS - interval)
