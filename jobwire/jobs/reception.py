"""Reception: posted events of one process, those of a moment in one transaction."""

from collections.abc import Sequence

from jobwire.jobs.clock import Clock
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.gathering import Gathering, weight
from jobwire.jobs.posted import Posted
from jobwire.jobs.webhook import Received, take_in
from jobwire.models.database import Database


class Reception:
    """Takes in events, in the order in which they come.

    Args:
        database: Where jobs live.
        clock: What time it is.
        doorbell: Rings behind each transaction.
    """

    def __init__(self, database: Database, clock: Clock, doorbell: Doorbell) -> None:
        self._database = database
        self._clock = clock
        self._doorbell = doorbell
        self._gathering: Gathering[None, Posted, Received] = Gathering(
            self._take_in, weigh=lambda one: weight(one.text)
        )

    async def take_in(self, posted: Posted) -> Received:
        """Take in an event as `take_in` does; it is committed when this returns."""
        return await self._gathering.ask(None, posted)

    async def _take_in(self, _: None, posted: Sequence[Posted]) -> list[Received]:
        async with self._database.transaction() as connection:
            received = await take_in(connection, posted, now=self._clock.now())
            self._gathering.let_next_begin()
        self._doorbell.ring(Topic.INBOX, Topic.CHANGE, Topic.LOG)
        return received
