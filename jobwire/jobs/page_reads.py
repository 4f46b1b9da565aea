"""Pages of jobs, those alike that are asked for in a moment read by one statement."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

from jobwire.jobs.fair_shares import FairShares
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.gathering import MOST, Gathering
from jobwire.jobs.job_pages import PageStatement, fetch_page, fetch_pages, read_page
from jobwire.jobs.queries import Page, Window
from jobwire.jobs.selected import SelectedRow, Selection
from jobwire.jobs.viewer import Viewer

#: How many pages are read at once. With twice as many, PostgreSQL is asked by too few
#: and the process waits for it.
_AT_ONCE = 8


class _Line(NamedTuple):
    """Those whose pages are alike."""

    user_id: str
    statement: PageStatement


class PageReads:
    """Reads pages of jobs for the operations of one process.

    Args:
        shares: Lends connections.
    """

    def __init__(self, shares: FairShares) -> None:
        self._shares = shares
        self._gathering: Gathering[_Line, Sequence[Any], Sequence[Any]] = Gathering(
            self._fetch, weigh=lambda _: MOST // _AT_ONCE
        )

    async def read(
        self,
        viewer: Viewer,
        filter: JobFilter,
        window: Window[UUID],
        selection: Selection,
        *,
        descending: bool,
        with_as_of: bool,
    ) -> Page[SelectedRow]:
        """Read some columns of one page as `read_page` does.

        Raises:
            ForbiddenError: The filter names other users, and the viewer is no admin.
            SparseFilterError: Too many jobs would have to be looked at.
        """

        async def fetch(
            statement: PageStatement, values: Sequence[Any]
        ) -> Sequence[Any]:
            if statement.jobs.kinds:
                line = _Line(viewer.user_id, statement)
                return await self._gathering.ask(line, values)
            async with self._shares.of(viewer.user_id).connection() as connection:
                return await fetch_page(connection, statement, values)

        return await read_page(
            fetch,
            viewer,
            filter,
            window,
            selection,
            descending=descending,
            with_as_of=with_as_of,
        )

    async def _fetch(self, line: _Line, each: Sequence[Sequence[Any]]) -> Sequence[Any]:
        async with self._shares.of(line.user_id).connection() as connection:
            return await fetch_pages(connection, line.statement, each)
