"""Intake: jobs of callers without a transaction, those of a moment written together."""

from collections.abc import Sequence
from typing import NamedTuple

from jobwire.jobs import tracing
from jobwire.jobs.clock import Clock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.errors import JobError
from jobwire.jobs.fair_shares import FairShares
from jobwire.jobs.gathering import Gathering, weight
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import Scheduled, accept, write
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.transitions.create import NewJob
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import SignalSource

#: How many statements write jobs of one line: while one is written, those who were
#: answered ask again.
_AT_ONCE = 2


class _Line(NamedTuple):
    """Those whose jobs can be written by one statement.

    Jobs with idempotency keys stand apart: they may wait for whoever is about to use
    the same, and need a second statement when one is taken. So do those that are
    traced, for their events are not alike.
    """

    viewer: Viewer
    source: SignalSource
    is_keyed: bool
    traceparent: str | None


class Intake:
    """Accepts the jobs of one process.

    Args:
        shares: Lends connections.
        clock: What time it is.
        doorbell: Rings behind each statement that has made jobs.
    """

    def __init__(self, shares: FairShares, clock: Clock, doorbell: Doorbell) -> None:
        self._shares = shares
        self._clock = clock
        self._doorbell = doorbell
        self._gathering = Gathering(
            self._write,
            weigh=lambda job: weight(job.data, job.metadata),
            at_once=_AT_ONCE,
        )

    async def schedule(
        self,
        request: ScheduleRequest,
        *,
        registry: Registry,
        viewer: Viewer,
        policy: PlacementPolicy,
        source: SignalSource = SignalSource.API,
    ) -> Scheduled:
        """Accept a job as `schedule` does; it is committed when this returns.

        Raises:
            JobError: It is refused.
        """
        now = self._clock.now()
        job = accept(request, registry=registry, viewer=viewer, now=now, policy=policy)
        is_keyed = job.idempotency_key is not None
        line = _Line(viewer, source, is_keyed, tracing.current())
        return await self._gathering.ask(line, job)

    async def _write(
        self, line: _Line, jobs: Sequence[NewJob]
    ) -> list[Scheduled | JobError]:
        share = self._shares.of(line.viewer.user_id)
        # One statement is all or nothing by itself.
        several = line.is_keyed and len(jobs) > 1
        async with share.transaction() if several else share.connection() as connection:
            written = await write(
                connection,
                jobs,
                source=line.source,
                viewer=line.viewer,
                traceparent=line.traceparent,
            )
        if any(isinstance(one, Scheduled) and one.created for one in written):
            self._doorbell.ring(Topic.WORK, Topic.CHANGE)
        return written
