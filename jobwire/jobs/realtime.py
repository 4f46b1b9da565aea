"""Realtime: what Trigger.dev's feed tells of our runs, folded into their jobs.

One poll after the other: what an answer tells is folded in, and only then the place
behind it is noted. So whoever dies between repeats, and never skips.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from enum import StrEnum

from jobwire.jobs.adopt import Adopter
from jobwire.jobs.at_once import at_once
from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.run_words import not_stored, observation_of, output_text
from jobwire.jobs.executors.trigger import Heard, TriggerExecutor
from jobwire.jobs.hook_event import job_id_of
from jobwire.jobs.inbox import Subject, find_subject
from jobwire.jobs.lifecycle import is_terminal
from jobwire.jobs.observe import observe
from jobwire.jobs.realtime_place import LONGEST_LIFE, Reach, note_place, read_place
from jobwire.models.vocabulary import DispatchState, JobStatus, SignalSource
from jobwire.triggerdev import (
    RateLimitedError,
    RealtimeRun,
    RunSubscription,
    TriggerDevError,
)

log = logging.getLogger(__name__)

#: Runs folded in at once.
AT_ONCE = 10


class Told(StrEnum):
    """What became of what the feed told of one run."""

    #: It changed its job.
    APPLIED = "applied"
    #: It changed nothing: as much was known.
    LATE = "late"
    #: No job here has this run, or waits for it.
    IGNORED = "ignored"
    #: It cannot be folded in yet, and is read again.
    UNSETTLED = "unsettled"


class FeedFollower:
    """Follows the feed of this installation's runs, from where the last one left it.

    Belongs to one task at a time.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment to follow.
        clock: What time it is.
    """

    def __init__(
        self, connections: Connections, executor: TriggerExecutor, clock: Clock
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._adopter = Adopter(connections, executor, clock)
        self._shape = self._current_shape
        self._feed: RunSubscription | None = None
        self._begins_anew = False
        self._reach = Reach(clock.now())

    def leave(self) -> None:
        """Forget the feed: the next time it is taken up at the place that is noted."""
        self._feed = None

    async def follow(self) -> Counter[Told]:
        """Wait for one answer of the feed, for 20 s at most, and fold it in.

        May be cancelled at any time. Must not be called inside a transaction.

        Returns:
            How many runs it told of, by what became of it.

        Raises:
            TriggerDevError: The feed refuses, or does not answer.
        """
        # Somebody may have said that we are another installation.
        is_ours = self._shape == self._current_shape
        feed = (self._feed if is_ours else None) or await self._open()
        # Until its answer is folded in and noted, what it told stands nowhere.
        self._feed = None
        rows = await self._poll(feed)
        told: Counter[Told] = Counter()
        if rows is None:
            # Everything that it shows is told now, or was told before.
            self._reach.begins = self._clock.now() - LONGEST_LIFE
        else:
            told = await self._fold(rows)
            if told[Told.UNSETTLED]:
                return told
            await self._note(feed)
        self._feed = feed
        return told

    @property
    def _current_shape(self) -> str:
        return f"tags={self._executor.marks.tag}"

    async def _open(self) -> RunSubscription:
        self._shape = self._current_shape
        environment = await self._executor.environment()
        cursor = None
        if not self._begins_anew:
            async with self._connections() as connection:
                cursor = await read_place(connection, environment, self._shape)
        now = self._clock.now()
        # How many runs were shown before a place that is taken up, nobody knows.
        self._reach = Reach(now - LONGEST_LIFE if cursor is None else now)
        return self._executor.feed(cursor)

    async def _poll(self, feed: RunSubscription) -> Sequence[RealtimeRun] | None:
        try:
            rows = await self._executor.poll(feed)
        except TriggerDevError as error:
            if error.is_retryable:
                self._feed = feed
            # A place that cannot be read would be refused for ever.
            self._begins_anew = not error.is_retryable
            raise
        self._begins_anew = False
        return rows

    async def _note(self, feed: RunSubscription) -> None:
        if feed.cursor is None:
            return
        environment = await self._executor.environment()
        now = self._clock.now()
        async with self._connections() as connection:
            await note_place(
                connection,
                environment,
                self._shape,
                feed.cursor,
                covers_from=self._reach.covers_from(now) if feed.is_live else None,
                now=now,
            )

    async def _fold(self, rows: Sequence[RealtimeRun]) -> Counter[Told]:
        # Of each run only its newest state: the ones before are history, and reading
        # them again would lead its job through it again.
        newest = {row.id: row for row in rows}
        for row in rows:
            self._reach.saw(row.id, row.created_at)

        told: Counter[Told] = Counter()

        async def take_in(row: RealtimeRun) -> None:
            told[await self._take_in(row)] += 1

        await at_once(AT_ONCE, take_in, newest.values())
        return told

    async def _take_in(self, row: RealtimeRun) -> Told:
        async with self._connections() as connection:
            subject = await find_subject(connection, row.id, job_id_of(row.tags))
        if subject is None or not subject.may_have_run:
            return Told.IGNORED
        if not subject.has_run and not await self._adopt(row, subject):
            return Told.IGNORED
        if row.is_terminal and not subject.is_terminal:
            return await self._end(row)
        return await self._observe(_words_of(row))

    async def _adopt(self, row: RealtimeRun, subject: Subject) -> bool:
        """Link a job whose answer is still to come, if the run is its own."""
        is_on_its_way = subject.dispatch_state is DispatchState.SENDING
        if is_on_its_way and _words_of(row).said.status is JobStatus.QUEUED:
            # It tells no more than the answer does, which comes as soon.
            return False
        try:
            return await self._adopter.adopt(
                subject, row.id, source=SignalSource.REALTIME
            )
        except TriggerDevError:
            # Whoever finds out about lost answers looks for it in any case.
            return False

    async def _end(self, row: RealtimeRun) -> Told:
        """Retrieve a run that has ended: only there are its attempts and its output.

        When that fails, or a replica does not know of the end yet, the row's own words
        count: Trigger.dev tells only what it has recorded, and one run that cannot be
        retrieved must not hold up the others. Two such ends wait, and the feed with
        them: one whose output is in the object store would lose it, and the rate limit
        will let us ask in a moment.
        """
        reason = "its answer does not tell of the end yet"
        is_limited = False
        try:
            heard = await self._executor.hear(row.id, source=SignalSource.REALTIME)
        except TriggerDevError as error:
            reason, is_limited = error.message, isinstance(error, RateLimitedError)
        else:
            if heard.said.status is not None and is_terminal(heard.said.status):
                return await self._observe(heard)
        if is_limited or row.is_output_stored:
            return Told.UNSETTLED
        log.warning(
            "the run %s is taken as ended by the word of the feed, for Trigger.dev"
            " cannot be asked: %s",
            row.id,
            reason,
            extra={"action": "trigger-sealed-by-feed", "run_id": row.id},
        )
        return await self._observe(_words_of(row))

    async def _observe(self, heard: Heard) -> Told:
        async with transaction(self._connections) as connection:
            observed = await observe(
                connection, heard.said, now=self._clock.now(), detail=heard.detail
            )
        if observed is None:
            return Told.IGNORED
        return Told.APPLIED if observed.applied else Told.LATE


def _words_of(row: RealtimeRun) -> Heard:
    """Return what a row says by itself."""
    output, refusal = output_text(row.output)
    said = observation_of(row, source=SignalSource.REALTIME, output=output)
    return Heard(said, not_stored(refusal))
