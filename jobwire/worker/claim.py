"""The claim loop: takes as many ready jobs as there are free slots."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

from jobwire.jobs.clock import Clock
from jobwire.jobs.transitions.claim import Claimed, claim
from jobwire.worker.lane import Lane
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.settings import WorkerSettings


class ClaimLoop(Loop):
    """Claims the jobs of one lane: QUEUED → RUNNING.

    A full batch is followed by another at once, each from where the last one began:
    behind an old snapshot the head of the queue fills with dead rows, and looking
    through them again for every batch is how queues on PostgreSQL collapse. The whole
    queue is looked at after a short batch and once a second, so that a job which
    became ready out of order waits no longer than that.

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
        self._clock = clock
        self._settings = settings
        self._worker = worker
        self._lane = lane
        self._start = start
        self._has_room = has_room
        self._watermarks: dict[int, datetime] = {}
        self._full_pass_at = 0.0
        self._is_starved = False

    def slots_freed(self) -> None:
        """Learn that jobs have ended; wakes the loop if it waits for that."""
        if self._is_starved:
            self.wake()

    async def run_once(self) -> float:
        """Claim one batch and start it."""
        idle = self._settings.poll_interval.total_seconds()
        limit = min(self._lane.free, self._settings.claim_batch)
        types = self._lane.types()
        self._is_starved = limit < 1 or not self._has_room()
        if self._is_starved or not types:
            return idle
        sent_at = time.monotonic()
        since = sent_at - self._full_pass_at
        is_full = (
            not self._watermarks
            or since >= self._settings.full_pass_interval.total_seconds()
        )
        async with self._link.connection() as connection:
            claimed = await claim(
                connection,
                worker=self._worker,
                limit=limit,
                lease=self._settings.lease,
                types=types,
                now=self._clock.now(),
                queue=self._settings.queue,
                watermarks=None if is_full else self._watermarks,
            )
        if claimed:
            self._start(self._lane, claimed, sent_at)
        if is_full:
            self._full_pass_at = sent_at
        if len(claimed) < limit:
            self._watermarks = {}
            return idle if is_full else 0
        self._watermarks |= _earliest(claimed)
        return 0


def _earliest(claimed: Sequence[Claimed]) -> dict[int, datetime]:
    """Return the earliest due time of each priority in a batch."""
    earliest: dict[int, datetime] = {}
    for job in claimed:
        known = earliest.setdefault(job.priority, job.due_at)
        earliest[job.priority] = min(known, job.due_at)
    return earliest
