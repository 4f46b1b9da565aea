"""Whether what let a caller in still holds, for whatever outlives one request."""

from datetime import timedelta

from jobwire.jobs import api_keys
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import UnauthenticatedError
from jobwire.jobs.viewer import Viewer

#: How long a stream may go on behind a revoked key.
LOOK_AFTER = timedelta(seconds=5)


async def ensure_valid(engine: Engine, viewer: Viewer) -> None:
    """Refuse a caller whose token has ended, or whose API key is no longer valid.

    Raises:
        UnauthenticatedError: It is so.
    """
    now = engine.clock.now()
    if viewer.has_expired(now):
        raise UnauthenticatedError("The token has expired.")
    if viewer.api_key_id is not None:
        share = engine.shares.of(viewer.user_id)
        async with share.connection() as connection:
            await api_keys.ensure_valid(connection, viewer.api_key_id, now=now)


class StreamProof:
    """The API key behind a stream, looked at again before it is told more.

    The end of a token needs no look: the feed closes its streams by itself.
    """

    def __init__(self, engine: Engine, viewer: Viewer) -> None:
        self._engine = engine
        self._viewer = viewer
        self._looked_at = engine.clock.now()

    async def ensure_valid(self) -> None:
        """Look at the key, unless that was done within the last five seconds.

        Raises:
            UnauthenticatedError: It is no longer valid.
        """
        if self._viewer.api_key_id is None:
            return
        now = self._engine.clock.now()
        if now - self._looked_at >= LOOK_AFTER:
            await ensure_valid(self._engine, self._viewer)
            self._looked_at = now
