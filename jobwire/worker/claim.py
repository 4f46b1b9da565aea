"""The claim loop: takes as many ready jobs as there are free slots."""

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from jobwire.jobs import tracing
from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.claim import Claimed, Place, claim
from jobwire.jobs.transitions.claim_limited import LimitedClaim, claim_limited
from jobwire.jobs.transitions.ready_queues import ReadyQueue, read_ready_queues
from jobwire.models.database import Connection
from jobwire.worker.lane import Lane
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.runner import AFTER_START
from jobwire.worker.settings import WorkerSettings


class ClaimLoop(Loop):
    """Claims the jobs of one lane: QUEUED → RUNNING.

    A full batch is followed by another at once, each from where the last one began:
    behind an old snapshot the head of the queue fills with dead rows, and looking
    through them again for every batch is how queues on PostgreSQL collapse. All queues
    are looked at, and looked for, after a short batch and once a second, so that a job
    which became ready out of order waits no longer than that. When nothing waits, a
    ring is first answered from the queues that had jobs before, and the look follows.

    Queues take turns at equal priority. Those with limits are claimed from one by one,
    after the others in one pass and before them in the next.

    Args:
        lane: What it may take.
        start: Takes the claimed jobs, and when the claim was sent, in monotonic
            seconds.
        has_room: Whether the unwritten finishes allow for more.
    """

    name = "claim"

    def __init__(
        self,
        link: Link,
        clock: Clock,
        settings: WorkerSettings,
        *,
        worker: str,
        lane: Lane,
        start: Callable[[Lane, Sequence[Claimed], float], None],
        has_room: Callable[[], bool],
    ) -> None:
        super().__init__()
        self._link = link
        self._kept = link.keep()
        self._clock = clock
        self._settings = settings
        self._worker = worker
        self._lane = lane
        self._start = start
        self._has_room = has_room
        self._open: deque[str] = deque()
        self._last_open: deque[str] = deque()
        self._limited: deque[str] = deque()
        self._after_keys: dict[str, str] = {}
        self._watermarks: dict[Place, datetime] = {}
        self._full_pass_at = 0.0
        self._was_short = True
        self._nothing_waits = False
        self._limited_first = False
        self._is_starved = False
        self._is_rung = False

    def slots_freed(self) -> None:
        """Learn that jobs have ended; wakes the loop if it waits for that."""
        if self._is_starved:
            self.wake()

    def rung(self) -> None:
        """Learn that jobs may be ready; wakes the loop."""
        self._is_rung = True
        self.wake()

    async def run(self) -> None:
        """Do passes until `stop`, then give the loop's connection back."""
        try:
            await super().run()
        finally:
            await self._kept.give_back()

    async def run_once(self) -> float:
        """Claim one batch and start it, or answer a ring."""
        idle = self._settings.poll_interval.total_seconds()
        room = self._room()
        types = self._lane.types()
        self._is_starved = room < 1
        if self._is_starved or not types:
            return idle
        is_quick = self._is_rung and self._nothing_waits and not self._limited
        self._is_rung = self._nothing_waits = False
        if is_quick and await self._answer_ring(types):
            return AFTER_START
        began = time.monotonic()
        since = began - self._full_pass_at
        interval = self._settings.full_pass_interval.total_seconds()
        is_full = self._was_short or since >= interval
        if is_full:
            self._full_pass_at = began
            self._watermarks = {}
            await self._look_for_queues()
        steps = [self._claim_open, self._claim_limited]
        if self._limited_first:
            steps.reverse()
        self._limited_first = not self._limited_first
        goes_on = [await step(types) for step in steps if self._room() > 0]
        self._was_short = not any(goes_on)
        self._nothing_waits = self._was_short and is_full
        return idle if self._nothing_waits else 0

    def _room(self) -> int:
        if not self._has_room():
            return 0
        return min(self._lane.free, self._settings.claim_batch)

    async def _answer_ring(self, types: Sequence[str]) -> bool:
        """Claim where there were jobs before; whether there were some again."""
        self._open, self._watermarks = self._last_open, {}
        return await self._take_open(types, self._room()) > 0

    async def _look_for_queues(self) -> None:
        async with self._link.connection(self._kept) as connection:
            ready = await read_ready_queues(connection, of=self._settings.queues)
        self._open = _in_turn(self._open, ready, is_open=True)
        self._last_open = self._open or self._last_open
        self._limited = _in_turn(self._limited, ready, is_open=False)

    async def _claim_open(self, types: Sequence[str]) -> bool:
        """Claim from all queues without limits; whether more may be there."""
        room = self._room()
        return await self._take_open(types, room) == room

    async def _take_open(self, types: Sequence[str], room: int) -> int:
        """Claim and start jobs of all queues without limits; how many there were."""
        if not self._open:
            return 0
        self._open.rotate(-1)
        sent_at = time.monotonic()
        async with self._link.connection(self._kept) as connection:
            claimed = await claim(
                connection,
                worker=self._worker,
                limit=room,
                lease=self._settings.lease,
                types=types,
                now=self._clock.now(),
                queues=self._open,
                watermarks=self._watermarks,
            )
            claimed = await _traced(connection, claimed)
        if claimed:
            self._start(self._lane, claimed, sent_at)
        if len(claimed) < room:
            self._watermarks = {}
        else:
            self._watermarks |= _earliest(claimed)
        return len(claimed)

    async def _claim_limited(self, types: Sequence[str]) -> bool:
        """Claim from each queue with limits; whether more may be there."""
        goes_on = False
        self._limited.rotate(-1)
        for queue in tuple(self._limited):
            room, sent_at = self._room(), time.monotonic()
            if room < 1:
                return True
            taken = await self._claim_from(queue, room, types)
            if taken.claimed:
                self._start(self._lane, taken.claimed, sent_at)
            self._after_keys[queue] = taken.after_key
            # Behind the keys that were looked at there are others.
            goes_on |= bool(taken.after_key) or len(taken.claimed) == room
        return goes_on

    async def _claim_from(
        self, queue: str, room: int, types: Sequence[str]
    ) -> LimitedClaim:
        async with (
            self._link.connection(self._kept) as connection,
            connection.transaction(),
        ):
            taken = await claim_limited(
                connection,
                queue,
                worker=self._worker,
                limit=room,
                lease=self._settings.lease,
                types=types,
                now=self._clock.now(),
                after_key=self._after_keys.get(queue, ""),
            )
            claimed = await _traced(connection, taken.claimed)
            return replace(taken, claimed=claimed)


async def _traced(connection: Connection, claimed: list[Claimed]) -> list[Claimed]:
    """Return claimed jobs with where their traces come from, if anything is traced."""
    found = await tracing.read_traceparents(connection, [one.id for one in claimed])
    if not found:
        return claimed
    return [one._replace(traceparent=found.get(one.id)) for one in claimed]


def _in_turn(
    turns: deque[str], ready: Sequence[ReadyQueue], *, is_open: bool
) -> deque[str]:
    """Return the queues in the order of their turns, new ones last."""
    names = [
        queue.name
        for queue in ready
        if queue.is_open is is_open and not queue.is_paused
    ]
    known = set(names)
    kept = [name for name in turns if name in known]
    return deque([*kept, *(name for name in names if name not in kept)])


def _earliest(claimed: Sequence[Claimed]) -> dict[Place, datetime]:
    """Return the earliest due time of each place in a batch, which is in their order.

    Those of one place come in the order of their due times.
    """
    earliest: dict[Place, datetime] = {}
    for job in claimed:
        earliest.setdefault((job.queue, job.priority), job.due_at)
    return earliest
