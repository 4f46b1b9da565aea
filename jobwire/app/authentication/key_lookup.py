"""Looking API keys up: those of all who ask at the same time by one statement."""

import asyncio
from contextlib import AsyncExitStack

from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import ApiKey
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.models.database import Connections


class KeyLookup:
    """Finds API keys over one connection at a time, however many are asked for.

    Who comes while a statement runs is answered by the next one, together with all
    others that have come. So a flood of wrong keys takes one connection, and whoever
    has the right one waits for two statements at the longest.
    """

    def __init__(self, database: Connections) -> None:
        self._database = database
        self._turn = asyncio.Lock()
        #: What the next statement asks for, and its answer.
        self._gathering: tuple[set[str], asyncio.Task[dict[str, ApiKey]]] | None = None

    async def find(self, secret: str) -> ApiKey:
        """Return what is known of a key at some time from now on, valid or not.

        Raises:
            UnauthenticatedError: There is none like it.
        """
        # What cannot be a key costs no statement.
        if not api_keys.has_shape(secret):
            raise UnauthenticatedError(api_keys.UNKNOWN)
        if self._gathering is None:
            asked: set[str] = set()
            self._gathering = asked, asyncio.create_task(self._look_up(asked))
        asked, answer = self._gathering
        asked.add(secret)
        # Whoever leaves does not end it for the others.
        found = await asyncio.shield(answer)
        if secret not in found:
            raise UnauthenticatedError(api_keys.UNKNOWN)
        return found[secret]

    async def _look_up(self, asked: set[str]) -> dict[str, ApiKey]:
        async with self._turn, AsyncExitStack() as stack:
            try:
                connection = await stack.enter_async_context(
                    self._database.connection()
                )
            finally:
                self._gathering = None
            return await api_keys.find_all(connection, asked)
