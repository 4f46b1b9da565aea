"""Lists of the runs of a Trigger.dev environment; they lag behind what is."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.calls import Calls
from jobwire.jobs.executors.marks import Marks, job_tag
from jobwire.triggerdev import (
    TERMINAL,
    RunFilter,
    RunStatus,
    RunSummary,
    TriggerDevClient,
)

#: How far their clock and ours may differ, when runs are looked for.
SKEW = timedelta(minutes=10)
#: The words of runs that have not ended, as lists are filtered by.
_LIVE = tuple(status.value for status in RunStatus if status not in TERMINAL)

#: Page after page, the newest run first.
Pages = AsyncGenerator[Sequence[RunSummary], None]


class Sought(Protocol):
    """What a run is looked for by."""

    @property
    def id(self) -> UUID:
        """The job."""

    @property
    def task(self) -> str:
        """The id of its task."""

    @property
    def number(self) -> int:
        """Which handing-over it is."""

    @property
    def created_at(self) -> datetime:
        """When the job was accepted."""


class RunLists:
    """Lists the runs of one environment; no method may be called in a transaction.

    Args:
        client: Asks it.
        marks: Returns the marks of the installation that is spoken for.
        calls: Makes each call.
        clock: What time it is.
    """

    def __init__(
        self,
        client: TriggerDevClient,
        marks: Callable[[], Marks],
        calls: Calls,
        clock: Clock,
    ) -> None:
        self._client = client
        self._marks = marks
        self._calls = calls
        self._clock = clock

    async def find(self, sought: Sought) -> str | None:
        """Look for the run of a dispatch; None: it is not listed.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        marks, found = self._marks(), None
        window = RunFilter(
            created_from=sought.created_at - SKEW,
            created_to=self._clock.now() + SKEW,
            tags=(job_tag(sought.id),),
        )
        async with aclosing(self._pages(window)) as pages:
            async for page in pages:
                for run in page:
                    if marks.are_on(run, sought.id, sought.task, sought.number):
                        found = run.id
        return found

    def since(self, start: datetime) -> Pages:
        """List the runs of this installation that were made since an instant.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        return self._ours(start)

    def live(self, start: datetime) -> Pages:
        """List those of them that have not ended.

        Some are missing: lists lag, and the filter for EXECUTING does not find runs
        that wait for their next attempt (`ApiRunListPresenter.server.ts`, read
        2026-11-23).

        Raises:
            TriggerDevError: It cannot be asked.
        """
        return self._ours(start, statuses=_LIVE)

    def of_batch(self, batch_id: str, *, sent_at: datetime) -> Pages:
        """List the runs that a batch has made.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        return self._pages(RunFilter(created_from=sent_at - SKEW, batch_id=batch_id))

    def of_schedule(self, trigger_schedule_id: str, *, since: datetime) -> Pages:
        """List the runs that a schedule of the environment has made.

        Args:
            trigger_schedule_id: `sched_…`.
            since: Not those of an earlier nominal time.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        return self._pages(
            RunFilter(
                created_from=since,
                created_to=self._clock.now() + SKEW,
                schedule_id=trigger_schedule_id,
            )
        )

    async def answer(self) -> None:
        """Ask for the smallest list there is, to hear whether there is an answer.

        Raises:
            TriggerDevError: There is none.
        """
        newest = RunFilter(created_from=self._clock.now() - SKEW)
        await self._calls.make(self._client.runs.list_page(newest, page_size=1))

    def _ours(self, start: datetime, statuses: Sequence[str] = ()) -> Pages:
        return self._pages(
            RunFilter(
                created_from=start,
                created_to=self._clock.now() + SKEW,
                tags=(self._marks().tag,),
                statuses=statuses,
            )
        )

    async def _pages(self, window: RunFilter) -> Pages:
        after: str | None = None
        while True:
            page = await self._calls.make(
                self._client.runs.list_page(window, after=after)
            )
            yield page.runs
            if page.next_cursor is None or page.next_cursor == after:
                return
            after = page.next_cursor
