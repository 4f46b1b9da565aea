"""The live logs of one process: one look for all who follow, whichever job."""

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from uuid import UUID

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.feed.follower import CONNECTION_LOST, LONGEST_BACKOFF
from jobwire.jobs.logs.read import FOLLOWED_AT_ONCE, LogLine, News, read_news
from jobwire.jobs.wait_at_most import wait_at_most
from jobwire.models.database import Database
from jobwire.models.vocabulary import LogLevel

log = logging.getLogger(__name__)

#: How often the logs are looked at when nobody rings.
POLL_INTERVAL = timedelta(seconds=1)
#: How long rings are gathered after a look, in seconds.
PAUSE_SECONDS = 0.05
#: Jobs that one statement looks at.
BATCH = 500


class _Tail:
    """The newest lines of one log, read once for all who follow it.

    Attributes:
        start: The number behind which no line is missing here; None: nobody stands at
            the edge yet.
        last: The number up to which the log was read.
        has_ended: Whether the job had ended then.
        moved: Set when there are more lines, or the job has ended.
        followers: How many follow.
    """

    def __init__(self) -> None:
        self.start: int | None = None
        self.last = 0
        self.has_ended = False
        self.moved = asyncio.Event()
        self.followers = 0
        self._lines: deque[LogLine] = deque()

    def begin(self, position: int) -> None:
        """Follow the log from where its first follower has read it."""
        self.start = self.last = position

    def holds(self, position: int) -> bool:
        """Whether everything behind a number is here."""
        return self.start is not None and self.start <= position

    def behind(self, position: int) -> list[LogLine]:
        """Return the lines behind a number."""
        return [line for line in self._lines if line.id > position]

    def put(self, news: News) -> None:
        """Take in what was read behind `last`."""
        self._lines.extend(news.lines)
        while len(self._lines) > FOLLOWED_AT_ONCE:
            self.start = self._lines.popleft().id
        if news.lines:
            self.last = news.lines[-1].id
        self.has_ended = news.has_ended and not news.has_more
        if news.lines or self.has_ended:
            moved, self.moved = self.moved, asyncio.Event()
            moved.set()


class LogFeed:
    """Follows logs for any number of readers, on one event loop.

    It looks at all of them together when the doorbell rings, and at least once per
    poll interval; while nobody follows, it does nothing at all.

    Attributes:
        looks: How many statements it has made to look at logs that are followed.
    """

    def __init__(
        self,
        database: Database,
        doorbell: Doorbell,
        *,
        poll_interval: timedelta = POLL_INTERVAL,
    ) -> None:
        """Prepare a feed.

        Args:
            database: The primary.
            doorbell: What wakes it; it may be disabled.
            poll_interval: How often it looks when nobody rings.
        """
        self.looks = 0
        self._database = database
        self._doorbell = doorbell
        self._poll_seconds = poll_interval.total_seconds()
        self._tails: dict[UUID, _Tail] = {}
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._stop_listening: Callable[[], None] = lambda: None

    async def follow(
        self,
        job_id: UUID,
        *,
        after: int = 0,
        min_level: LogLevel = LogLevel.DEBUG,
    ) -> AsyncGenerator[LogLine, None]:
        """Give the lines of a log, and go on until the job has ended.

        Nothing is left out and nothing comes twice, but for what was dropped, of which
        a line tells. It survives the loss of the database.

        Args:
            job_id: The job; the caller has passed its wall.
            after: The number behind which to begin.
            min_level: No lesser lines; notes of what was dropped are always told.
        """
        tail = self._join(job_id)
        position = after
        try:
            while True:
                moved = tail.moved
                if tail.holds(position):
                    lines, is_last = tail.behind(position), tail.has_ended
                    must_wait = not lines
                else:
                    news = await self._read(job_id, position)
                    lines, must_wait = news.lines, False
                    is_last = news.has_ended and not news.has_more
                    if tail.start is None and not news.has_more:
                        tail.begin(lines[-1].id if lines else position)
                        self._woken.set()
                for line in lines:
                    position = line.id
                    if line.is_told(min_level):
                        yield line
                if is_last:
                    return
                if must_wait:
                    await moved.wait()
        finally:
            self._leave(job_id, tail)

    def _join(self, job_id: UUID) -> _Tail:
        tail = self._tails.setdefault(job_id, _Tail())
        tail.followers += 1
        if self._task is None:
            self._stop_listening = self._doorbell.listen(self._hear)
            self._task = asyncio.create_task(self._run(), name="logs")
        return tail

    def _leave(self, job_id: UUID, tail: _Tail) -> None:
        tail.followers -= 1
        if tail.followers:
            return
        del self._tails[job_id]
        if not self._tails and self._task is not None:
            self._stop_listening()
            self._task.cancel()
            self._task = None

    def _hear(self, topics: frozenset[Topic]) -> None:
        if Topic.LOG in topics:
            self._woken.set()

    async def _run(self) -> None:
        is_lost = False
        while True:
            await wait_at_most(self._woken, self._poll_seconds)
            self._woken.clear()
            try:
                await self._look()
            # Whatever it is: else all who follow would wait in silence.
            except Exception as error:  # noqa: BLE001 - see above
                if not is_lost:
                    _say_lost(error)
                is_lost = True
                await asyncio.sleep(LONGEST_BACKOFF)
            else:
                is_lost = False
                await asyncio.sleep(PAUSE_SECONDS)

    async def _look(self) -> None:
        edges = [
            (job_id, tail)
            for job_id, tail in self._tails.items()
            if tail.start is not None and not tail.has_ended
        ]
        for begin in range(0, len(edges), BATCH):
            # If its followers leave meanwhile, a tail is told for nothing.
            batch = dict(edges[begin : begin + BATCH])
            self.looks += 1
            async with self._database.connection() as connection:
                found = await read_news(
                    connection, {job_id: tail.last for job_id, tail in batch.items()}
                )
            for job_id, news in found.items():
                batch[job_id].put(news)
                if news.has_more:
                    self._woken.set()

    async def _read(self, job_id: UUID, position: int) -> News:
        """Read on for one who is behind; wait for a database that is out of reach."""
        is_lost = False
        while True:
            try:
                async with self._database.connection() as connection:
                    return (await read_news(connection, {job_id: position}))[job_id]
            except CONNECTION_LOST as error:
                if not is_lost:
                    _say_lost(error)
                is_lost = True
            await asyncio.sleep(LONGEST_BACKOFF)


def _say_lost(error: Exception) -> None:
    log.warning(
        "the logs that are followed cannot be read: %r",
        error,
        exc_info=None if isinstance(error, CONNECTION_LOST) else error,
        extra={"action": "logs-lost"},
    )
