"""Turns: whose work comes next on the event loop, which does one thing at a time."""

import asyncio
from collections import OrderedDict, deque

#: A turn that held up the loop for longer is followed by a rest, in seconds.
LONG = 0.01
#: How long that is, as a part of the turn: what others have begun takes several rounds
#: of the loop and waits for the database, and would wait for a turn in each of them.
REST = 0.25


class Turns:
    """Lets one piece of work begin in each round of the event loop, of each user once.

    What asks first while nothing waits begins at once. Of what comes meanwhile each
    user's oldest has its turn, one user after the other: however much one of them asks
    for, others wait for little more than what has begun. Between two turns the loop
    looks after everything else, and whose turn was long has none for a while.
    """

    def __init__(self) -> None:
        #: What waits, by user; whose turn is next comes first.
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()
        #: Until when each user rests, by the clock of the loop.
        self._resting: dict[str, float] = {}
        #: Whose turn it is in this round, and since when.
        self._begun: tuple[str, float] | None = None
        self._passing_on: asyncio.Handle | None = None

    async def take(self, user_id: str) -> None:
        """Wait until it is the turn of a user's next piece of work."""
        loop = asyncio.get_running_loop()
        rests = self._rests(user_id, loop.time())
        if self._passing_on is None and not rests:
            self._begin(user_id, loop)
            return
        turn = loop.create_future()
        self._waiting.setdefault(user_id, deque()).append(turn)
        if self._begun is None and not rests:
            # Whoever else waits is resting.
            if self._passing_on is not None:
                self._passing_on.cancel()
            self._passing_on = loop.call_soon(self._pass_on)
        elif self._passing_on is None:
            self._passing_on = loop.call_at(self._resting[user_id], self._pass_on)
        await turn

    def _rests(self, user_id: str, now: float) -> bool:
        until = self._resting.get(user_id)
        if until is not None and until <= now:
            del self._resting[user_id]
            until = None
        return until is not None

    def _begin(self, user_id: str, loop: asyncio.AbstractEventLoop) -> None:
        self._begun = (user_id, loop.time())
        # It comes behind what was waked just now.
        self._passing_on = loop.call_soon(self._pass_on)

    def _pass_on(self) -> None:
        loop = asyncio.get_running_loop()
        now = loop.time()
        self._passing_on = None
        if self._begun is not None:
            user_id, since = self._begun
            self._begun = None
            if now - since > LONG:
                self._resting[user_id] = now + REST * (now - since)
        while (next_user := self._next(now)) is not None:
            if self._give_turn(next_user):
                self._begin(next_user, loop)
                return
        self._resting = {one: at for one, at in self._resting.items() if at > now}
        if self._waiting:
            at = min(self._resting[user_id] for user_id in self._waiting)
            self._passing_on = loop.call_at(at, self._pass_on)

    def _next(self, now: float) -> str | None:
        """Return the first who waits and does not rest; None: nobody does."""
        return next((one for one in self._waiting if not self._rests(one, now)), None)

    def _give_turn(self, user_id: str) -> bool:
        """Wake what a user has waiting the longest; false: all of it has given up."""
        queue = self._waiting[user_id]
        is_given = False
        while queue and not is_given:
            turn = queue.popleft()
            if not turn.done():
                turn.set_result(None)
                is_given = True
        if queue:
            self._waiting.move_to_end(user_id)
        else:
            del self._waiting[user_id]
        return is_given
