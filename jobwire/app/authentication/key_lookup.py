"""Looking API keys up: those of all who ask at the same time by one statement."""

from collections.abc import Sequence

from jobwire.jobs import api_keys
from jobwire.jobs.api_keys import ApiKey
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.gathering import Gathering
from jobwire.models.database import Connections


class KeyLookup:
    """Finds API keys over one connection at a time, however many are asked for.

    Who comes while a statement runs is answered by the next one, together with all
    others that have come. So a flood of wrong keys takes one connection, and whoever
    has the right one waits for two statements at the longest.
    """

    def __init__(self, database: Connections) -> None:
        self._database = database
        self._gathering = Gathering(
            self._look_up, weigh=lambda _: 0, patience=None, alone_after=()
        )

    async def find(self, secret: str) -> ApiKey:
        """Return what is known of a key at some time from now on, valid or not.

        Raises:
            UnauthenticatedError: There is none like it.
        """
        # What cannot be a key costs no statement.
        if not api_keys.has_shape(secret):
            raise UnauthenticatedError(api_keys.UNKNOWN)
        return await self._gathering.ask(None, secret)

    async def _look_up(
        self, _: None, secrets: Sequence[str]
    ) -> list[ApiKey | UnauthenticatedError]:
        async with self._database.connection() as connection:
            found = await api_keys.find_all(connection, {*secrets})
        return [
            found.get(secret) or UnauthenticatedError(api_keys.UNKNOWN)
            for secret in secrets
        ]
