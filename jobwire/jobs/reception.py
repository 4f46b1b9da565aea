"""Reception: posted events of one process, those of a moment in one transaction."""

from collections.abc import Sequence

from jobwire.jobs.clock import Clock
from jobwire.jobs.gathering import Gathering, weight
from jobwire.jobs.posted import Posted
from jobwire.jobs.webhook import Received, take_in
from jobwire.models.database import Database

#: How long events hold up the next ones, in seconds. They take several statements: an
#: empty moment between two of them is for the next batch, which costs little more.
PATIENCE = 0.005


class Reception:
    """Takes in events, in the order in which they come.

    Args:
        database: Where jobs live.
        clock: What time it is.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._gathering = Gathering(
            self._take_in, weigh=lambda one: weight(one.text), patience=PATIENCE
        )

    async def take_in(self, posted: Posted) -> Received:
        """Take in an event as `take_in` does; it is committed when this returns."""
        return await self._gathering.ask(None, posted)

    async def _take_in(self, _: None, posted: Sequence[Posted]) -> list[Received]:
        async with self._database.transaction() as connection:
            return await take_in(connection, posted, now=self._clock.now())
