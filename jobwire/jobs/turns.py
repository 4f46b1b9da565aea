"""Turns: whose work comes next on the event loop, which does one thing at a time."""

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator
from itertools import chain, islice, zip_longest

#: How long a round of the loop may have lasted when one more turn begins, in seconds.
ROUND = 0.002
#: A turn that held up the loop for longer is followed by a rest, in seconds.
LONG = 0.01
#: How long that is, as a part of the turn: what others have begun takes several rounds
#: of the loop and waits for the database, and would wait for a turn in each of them.
REST = 0.25
#: How many are waked in a round, of whom those begin that find it short.
WAKED = 16


class Turns:
    """Lets work begin in each round of the event loop until that has become long.

    What is short costs next to nothing and has no round for itself; behind what is long
    nothing begins before the loop has looked after everything else, and whose turn that
    was has none for a while. Of what waits each user's oldest has its turn, one user
    after the other: however much one of them asks for, others wait for little more than
    what has begun.

    Args:
        now: What time it is, in seconds.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        #: What waits, by user; whose turn is next comes first.
        self._waiting: OrderedDict[str, deque[_Waiting]] = OrderedDict()
        #: Until when each user rests.
        self._resting: dict[str, float] = {}
        #: Since when this round lasts; None: nothing has begun in it.
        self._since: float | None = None
        #: Whose turn was the last, and since when.
        self._last: tuple[str, float] | None = None
        #: Whether the next round is about to begin.
        self._is_soon = False
        #: Ends the rest of everybody who waits.
        self._timer: asyncio.TimerHandle | None = None

    async def take(self, user_id: str) -> None:
        """Wait until it is the turn of a user's next piece of work."""
        now = self._now()
        if self._waiting or not self._may_begin(user_id, now):
            await self._wait(user_id)
            now = self._now()
        self._end_last(now)
        self._last = (user_id, now)
        if self._since is None:
            self._since = now
            self._come_back()

    def _may_begin(self, user_id: str, now: float) -> bool:
        is_short = self._since is None or now - self._since < ROUND
        return is_short and not self._rests(user_id, now)

    def _rests(self, user_id: str, now: float) -> bool:
        return self._resting.get(user_id, now) > now

    async def _wait(self, user_id: str) -> None:
        """Wait in the queue of a user until something may begin there."""
        loop, mine = asyncio.get_running_loop(), _Waiting()
        queue = self._waiting.setdefault(user_id, deque())
        queue.append(mine)
        self._come_back()
        try:
            while True:
                mine.waked = loop.create_future()
                await mine.waked
                if self._may_begin(user_id, self._now()):
                    break
        finally:
            queue.remove(mine)
            if queue:
                self._waiting.move_to_end(user_id)
            else:
                del self._waiting[user_id]

    def _come_back(self) -> None:
        """Have a round begin behind what is waked by now."""
        if self._is_soon:
            return
        self._is_soon = True
        if self._timer is not None:
            self._timer.cancel()
        asyncio.get_running_loop().call_soon(self._begin_round)

    def _begin_round(self) -> None:
        now = self._now()
        self._end_last(now)
        self._since = self._timer = None
        self._is_soon = False
        if self._resting:
            self._resting = {one: at for one, at in self._resting.items() if at > now}
        if not self._waiting:
            return
        waked = list(islice(self._in_turn(now), WAKED))
        for one in waked:
            one.wake()
        if waked:
            self._come_back()
        else:
            rest = min(self._resting[user_id] for user_id in self._waiting) - now
            loop = asyncio.get_running_loop()
            self._timer = loop.call_later(rest, self._begin_round)

    def _end_last(self, now: float) -> None:
        """Let whose turn was the last rest, if it was long."""
        if self._last is None:
            return
        user_id, since = self._last
        self._last = None
        if now - since > LONG:
            self._resting[user_id] = now + REST * (now - since)

    def _in_turn(self, now: float) -> Iterator["_Waiting"]:
        """Return what waits and does not rest: the oldest of each user, and so on."""
        queues = [
            queue
            for user_id, queue in self._waiting.items()
            if not self._rests(user_id, now)
        ]
        turns = chain.from_iterable(zip_longest(*queues))
        return (one for one in turns if one is not None)


class _Waiting:
    """A piece of work that waits for its turn."""

    waked: "asyncio.Future[None]"

    def wake(self) -> None:
        """Let it see whether it may begin."""
        if not self.waked.done():
            self.waked.set_result(None)
