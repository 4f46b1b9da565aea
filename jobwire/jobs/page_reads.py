"""Pages of jobs, those alike that are asked for in a moment read by one statement."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from jobwire.jobs.fair_shares import FairShares
from jobwire.jobs.gathering import MOST, Gathering
from jobwire.jobs.job_pages import PageStatement, fetch_page, fetch_pages

#: How many pages one statement reads. With twice as many, PostgreSQL is asked by too
#: few and the process waits for it.
_PAGES = 8


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
            self._fetch, weigh=lambda _: MOST // _PAGES
        )

    async def fetch(
        self, user_id: str, statement: PageStatement, values: Sequence[Any]
    ) -> Sequence[Any]:
        """Read the rows of one page of a user; see `read_page`.

        Args:
            user_id: Whose share is taken.
            statement: What reads them.
            values: The values of its parameters, the user's wall among them.
        """
        if statement.jobs.kinds:
            return await self._gathering.ask(_Line(user_id, statement), values)
        async with self._shares.of(user_id).connection() as connection:
            return await fetch_page(connection, statement, values)

    async def _fetch(self, line: _Line, each: Sequence[Sequence[Any]]) -> Sequence[Any]:
        async with self._shares.of(line.user_id).connection() as connection:
            return await fetch_pages(connection, line.statement, each)
