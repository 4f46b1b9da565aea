"""Glimpses: what lists tell of many runs with one request."""

from collections.abc import AsyncGenerator, Collection, Iterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from jobwire.jobs.executors.run_lists import SKEW
from jobwire.jobs.reconcile.one_pass import Pass
from jobwire.triggerdev import RunSummary

#: So few runs are asked one by one: a list could leave them to be asked all the same.
_FEW = 2


@dataclass(frozen=True, slots=True)
class Glimpse:
    """A run as a list showed it.

    Attributes:
        run: The run.
        asked_at: When the list was asked for: whatever was heard later is newer.
    """

    run: RunSummary
    asked_at: datetime


@dataclass(slots=True)
class Glimpses:
    """The runs that were seen in lists during one pass, by their ids."""

    seen: dict[str, Glimpse] = field(default_factory=dict)

    def get(self, run_id: str) -> Glimpse | None:
        """Return what was seen of a run; None: it was in no list."""
        return self.seen.get(run_id)

    def __iter__(self) -> Iterator[Glimpse]:
        return iter(self.seen.values())

    async def look_since(self, one: Pass, start: datetime) -> None:
        """See all runs of this installation that were made since an instant.

        Raises:
            TriggerDevError: They cannot be listed.
        """
        await self._look(one, one.executor.lists.since(start))

    async def look_for(
        self, one: Pass, wanted: Collection[str], *, since: datetime
    ) -> None:
        """See live runs, from the newest, until all that are wanted were seen.

        Args:
            one: The pass.
            wanted: The ids of runs that may be alive.
            since: No run of them was made before.

        Raises:
            TriggerDevError: They cannot be listed.
        """
        missing = set(wanted) - self.seen.keys()
        if len(missing) >= _FEW:
            await self._look(one, one.executor.lists.live(since - SKEW), missing)

    async def _look(
        self,
        one: Pass,
        pages: AsyncGenerator[Sequence[RunSummary], None],
        missing: set[str] | None = None,
    ) -> None:
        """See page after page, and no more once nothing is missing."""
        async with aclosing(pages):
            while True:
                await one.has_room()
                asked_at = one.clock.now()
                page = await anext(pages, None)
                if page is None:
                    return
                for run in page:
                    self.seen.setdefault(run.id, Glimpse(run, asked_at))
                if missing is not None:
                    missing.difference_update(run.id for run in page)
                    if not missing:
                        return
