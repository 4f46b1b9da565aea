"""The deliver loop: sends notifications, to each target at its own pace."""

import asyncio
import logging
from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from jobwire.jobs.notifications.deliver import Answer, Claimed, claim, settle
from jobwire.jobs.notifications.send import Sender
from jobwire.jobs.notifications.targets import Target
from jobwire.models.vocabulary import NotificationStatus
from jobwire.triggerdev.network import Network
from jobwire.worker.backoff import Backoff
from jobwire.worker.link import CONTENDED, is_away
from jobwire.worker.loop import Loop
from jobwire.worker.notification_settings import NotificationShare

#: Seconds until the end of an attempt is written again, when the database was away.
_SETTLE_AGAIN = 0.5

_log = logging.getLogger(__name__)


class _Channel:
    """The way to one target: how much may be under way there.

    When it takes nothing, it is one message at a time, after a pause that grows, until
    one is taken: a target that is away costs nobody else anything, and the attempts of
    what waits for it are not used up.
    """

    def __init__(
        self, sender: Sender, most: int, backoff: Backoff, longest: timedelta
    ) -> None:
        self.sender = sender
        self.under_way: set[asyncio.Task[None]] = set()
        self.is_full = False
        self._most = most
        self._width = most
        self._backoff = backoff
        self._longest = longest
        self._opens_at = 0.0

    def room(self) -> int:
        """Return how many more may be sent now."""
        if asyncio.get_running_loop().time() < self._opens_at:
            return 0
        return max(self._width - len(self.under_way), 0)

    def is_half_free(self) -> bool:
        """Whether at least half of what may be under way has ended."""
        return 2 * len(self.under_way) <= self._width

    def note(self, answer: Answer) -> None:
        """Learn from an answer how much the target bears."""
        target = self.sender.target
        if answer.is_success:
            if self._backoff.wait:
                _log.info(
                    "%s takes notifications again",
                    target.origin,
                    extra={"action": "notifications-taken-again"},
                )
            self._backoff.succeeded()
            self._width = min(2 * self._width, self._most)
            return
        if not answer.tells_of_target:
            return
        if not self._backoff.wait:
            _log.warning(
                "%s does not take notifications: %s",
                target.origin,
                answer.error,
                extra={"action": "notifications-not-taken"},
            )
        self._width = 1
        asked = min(answer.retry_after or timedelta(), self._longest)
        pause = max(self._backoff.failed(), asked.total_seconds())
        self._opens_at = asyncio.get_running_loop().time() + pause


class DeliverLoop(Loop):
    """Claims what is due for the targets of this worker, and sends it.

    Every worker delivers; a notification is one worker's at a time, by its lease.
    """

    name = "deliver"

    def __init__(self, share: NotificationShare) -> None:
        super().__init__()
        self._share = share
        # Made for the first target: it reads the certificates.
        self._network: Network | None = None
        self._channels: dict[str, _Channel] = {}

    async def run_once(self) -> float:
        """Claim as much as may be under way, and begin to send it."""
        targets = self._share.targets().by_name()
        await self._follow(targets)
        room = {
            name: one.room()
            for name, one in self._channels.items()
            # One that is changed or left ends what is under way first.
            if one.sender.target == targets.get(name) and one.room()
        }
        if room and not self._stopping:
            for one in await self._claim(room):
                self._begin(self._channels[one.target], one)
        return self._share.idle

    async def settled(self) -> None:
        """Wait until nothing is under way."""
        while under_way := self._under_way():
            await asyncio.wait(under_way)

    async def close(self) -> None:
        """Give up what is under way, and close the connections.

        What was given up is sent again when its lease has passed.
        """
        for task in self._under_way():
            task.cancel()
        await self.settled()
        for channel in self._channels.values():
            await channel.sender.close()

    async def _claim(self, room: dict[str, int]) -> Sequence[Claimed]:
        async with self._share.link.connection() as connection:
            claimed = await claim(
                connection,
                room,
                lease=self._share.settings.lease,
                now=self._share.clock.now(),
            )
        for name, most in room.items():
            taken = sum(one.target == name for one in claimed)
            self._channels[name].is_full = taken == most
        return claimed

    async def _follow(self, targets: dict[str, Target]) -> None:
        """Open and close channels as the targets of the types change."""
        for name, channel in list(self._channels.items()):
            if targets.get(name) != channel.sender.target and not channel.under_way:
                await channel.sender.close()
                del self._channels[name]
        settings = self._share.settings
        if targets and self._network is None:
            self._network = Network()
        for name, target in targets.items():
            if name not in self._channels and self._network is not None:
                sender = Sender(
                    target,
                    self._network,
                    connections=settings.at_once,
                    timeout=settings.timeout,
                )
                backoff = Backoff(
                    settings.first_pause, settings.last_pause, self._share.random
                )
                self._channels[name] = _Channel(
                    sender, settings.at_once, backoff, settings.last_pause
                )

    def _begin(self, channel: _Channel, claimed: Claimed) -> None:
        task = asyncio.create_task(
            self._deliver(channel, claimed), name=f"deliver {claimed.message_id}"
        )
        channel.under_way.add(task)

        def ended(task: "asyncio.Task[None]") -> None:
            channel.under_way.discard(task)
            # Several at a time: each claim is a commit.
            if channel.is_full and channel.is_half_free():
                self.wake()
            if not task.cancelled() and task.exception() is not None:
                _log.error(
                    "the notification %s was not sent, and is when its lease ends",
                    claimed.message_id,
                    exc_info=task.exception(),
                    extra={"action": "notification-crashed"},
                )

        task.add_done_callback(ended)

    async def _deliver(self, channel: _Channel, claimed: Claimed) -> None:
        answer = await channel.sender.send(claimed, now=self._share.clock.now())
        channel.note(answer)
        status = await self._settle(claimed, answer)
        if status is None:
            return
        self._share.hooks.notified(status)
        if status is NotificationStatus.FAILED:
            _log.error(
                "the notification %s (%s) to %s is given up after attempt %d: %s",
                claimed.message_id,
                claimed.type,
                channel.sender.target.origin,
                claimed.attempt,
                answer.error,
                extra={"action": "notification-failed"},
            )

    async def _settle(
        self, claimed: Claimed, answer: Answer
    ) -> NotificationStatus | None:
        """Write the end of an attempt; None: its lease has passed."""
        while self._share.clock.now() < claimed.leased_until:
            try:
                async with self._share.link.connection() as connection:
                    return await settle(
                        connection,
                        claimed,
                        answer,
                        random=self._share.random,
                        now=self._share.clock.now(),
                    )
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                if not is_away(error) and not isinstance(error, CONTENDED):
                    raise
            await asyncio.sleep(_SETTLE_AGAIN)
        return None

    def _under_way(self) -> set["asyncio.Task[None]"]:
        return {task for one in self._channels.values() for task in one.under_way}
