"""Reception: posted events of one process, those of a moment together."""

from collections.abc import Sequence

from jobwire.jobs.clock import Clock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.gathering import Gathering, weight
from jobwire.jobs.posted import Posted
from jobwire.jobs.reports import may_be_report, take_in_reports
from jobwire.jobs.webhook import APPLIED, Received, take_in
from jobwire.models.database import Database

#: How long reports hold up the next ones, in seconds: while PostgreSQL writes some, the
#: next ones are read. Less parts them into more batches than that is worth.
PATIENCE = 0.004


class Reception:
    """Takes in events: reports without a lock, and the others in their order.

    Args:
        database: Where jobs live.
        clock: What time it is.
        doorbell: Rings behind each transaction.
    """

    def __init__(self, database: Database, clock: Clock, doorbell: Doorbell) -> None:
        self._database = database
        self._clock = clock
        self._doorbell = doorbell
        self._reports: Gathering[None, Posted, bool] = Gathering(
            self._take_in_reports, weigh=_weight, patience=PATIENCE
        )
        self._others: Gathering[None, Posted, Received] = Gathering(
            self._take_in_others, weigh=_weight
        )

    async def take_in(self, posted: Posted) -> Received:
        """Take in an event as `take_in` does; it is committed when this returns."""
        if may_be_report(posted) and await self._reports.ask(None, posted):
            return APPLIED
        return await self._others.ask(None, posted)

    async def _take_in_reports(self, _: None, posted: Sequence[Posted]) -> list[bool]:
        async with self._database.connection() as connection:
            taken = await take_in_reports(connection, posted, now=self._clock.now())
        if any(taken):
            self._doorbell.ring(Topic.CHANGE)
        return taken

    async def _take_in_others(
        self, _: None, posted: Sequence[Posted]
    ) -> list[Received]:
        async with self._database.transaction() as connection:
            received = await take_in(connection, posted, now=self._clock.now())
            self._others.let_next_begin()
        self._doorbell.ring(Topic.INBOX, Topic.CHANGE, Topic.LOG)
        return received


def _weight(posted: Posted) -> int:
    return weight(posted.text)
