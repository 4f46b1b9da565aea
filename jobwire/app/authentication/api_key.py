"""API keys, which programs keep for long."""

import asyncio
import logging
from collections.abc import Awaitable
from types import TracebackType
from typing import Self
from uuid import UUID

import asyncpg

from jobwire.app.authentication.chain import Asking
from jobwire.app.authentication.key_lookup import KeyLookup
from jobwire.jobs import api_keys
from jobwire.jobs.clock import Clock
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Database

log = logging.getLogger(__name__)


class ByApiKey:
    """Authenticates by API keys; an async context manager.

    Each request looks its key up, so that a revoked one ends everywhere at once.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._lookup = KeyLookup(database)
        #: Notes of a use that are being written, by key.
        self._noting: dict[UUID, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await asyncio.gather(*self._noting.values())

    def __call__(self, asking: Asking) -> Awaitable[Viewer] | None:
        """Return whom the key speaks for; None: what was sent is no API key.

        Raises:
            UnauthenticatedError: It is unknown, revoked or expired.
        """
        if asking.token is None or not api_keys.is_api_key(asking.token):
            return None
        return self._authenticate(asking.token)

    async def _authenticate(self, token: str) -> Viewer:
        now = self._clock.now()
        key = await self._lookup.find(token)
        viewer = key.viewer(now)
        if key.use_is_worth_noting(now) and key.id not in self._noting:
            noting = asyncio.create_task(self._note_use(key.id))
            self._noting[key.id] = noting
            noting.add_done_callback(lambda _: self._noting.pop(key.id))
        return viewer

    async def _note_use(self, id: UUID) -> None:
        try:
            async with self._database.connection() as connection:
                await api_keys.note_use(connection, id, now=self._clock.now())
        except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            # The next use notes it.
            log.info("The use of an API key was not noted: %s", error)
