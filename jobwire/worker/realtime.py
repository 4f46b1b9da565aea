"""The Realtime loop: one process follows the feed, and the others stand by."""

import asyncio
from collections import Counter

from jobwire.jobs.realtime import FeedFollower, Told
from jobwire.worker.duty import DutyLoop
from jobwire.worker.trigger_settings import TriggerShare

#: Seconds that an answer without news takes at least: one that comes back at once must
#: not be asked for again at once. An end that cannot be folded in yet waits as long.
_SHORTEST = 1.0


class RealtimeLoop(DutyLoop):
    """Follows Trigger.dev's Realtime feed while it holds the duty.

    A poll takes up to 20 s, and the duty is renewed meanwhile; when it is lost or laid
    down the poll is broken off, and what it would have told is left to the next holder.
    """

    name = "realtime"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__(share)
        self._follower = FeedFollower(
            share.link.connection, share.executor, share.clock
        )
        self._following: asyncio.Task[Counter[Told]] | None = None
        self._asked_at = 0.0

    async def do_duty(self) -> float:
        """Wait for an answer of the feed, as long as the duty needs no renewal."""
        loop = asyncio.get_running_loop()
        if self._following is None:
            self._following = asyncio.create_task(self._follower.follow())
            self._asked_at = loop.time()
        following = self._following
        try:
            await asyncio.wait({following}, timeout=self._renewal)
        except asyncio.CancelledError:
            following.cancel()
            raise
        if not following.done():
            return 0.0
        self._following = None
        if following.cancelled():
            return 0.0
        told = following.result()
        self._share.hooks.followed(told)
        if told[Told.APPLIED]:
            self._share.changed()
        if told and not told[Told.UNSETTLED]:
            return 0.0
        return max(self._asked_at + _SHORTEST - loop.time(), 0.0)

    async def let_go(self) -> None:
        """Break off the poll: somebody else goes on from the place that is noted."""
        following, self._following = self._following, None
        if following is not None:
            following.cancel()
            # Nobody waits any more for what it has met.
            await asyncio.gather(following, return_exceptions=True)
        self._follower.leave()
