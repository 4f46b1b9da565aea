"""A connection that one loop keeps, with the statements that it knows."""

from contextlib import AbstractAsyncContextManager
from types import TracebackType
from typing import Any

from jobwire.models.database import Connection, Database
from jobwire.models.lending import is_open


class KeptConnection:
    """A borrowed connection that is not given back as long as it is in order.

    To a connection that has not seen a statement before, PostgreSQL has to explain it
    first: that takes several times as long as a claim. Whoever is in a hurry keeps
    theirs. An async context manager for each use; one at a time.

    Args:
        database: Whose connection it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lent: AbstractAsyncContextManager[Connection] | None = None
        self._connection: Any = None

    async def __aenter__(self) -> Connection:
        if self._lent is not None and not is_open(self._connection):
            await self.give_back()
        if self._lent is None:
            lent = self._database.connection()
            self._connection = await lent.__aenter__()
            self._lent = lent
        return self._connection

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            await self.give_back(error)

    async def give_back(self, error: BaseException | None = None) -> None:
        """Give it back, if there is one.

        Args:
            error: What was broken off on it.
        """
        lent, self._lent, self._connection = self._lent, None, None
        if lent is not None:
            await lent.__aexit__(None if error is None else type(error), error, None)
