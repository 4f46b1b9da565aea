"""Turns: whose work comes next on the event loop, which does one thing at a time."""

import asyncio
from collections import OrderedDict, deque


class Turns:
    """Lets one piece of work begin in each round of the event loop, of each user once.

    What asks first while nothing waits begins at once. Of what comes meanwhile each
    user's oldest has its turn, one user after the other: however much one of them asks
    for, others wait for little more than what has begun. Between two turns the loop
    looks after everything else.
    """

    def __init__(self) -> None:
        self._is_taken = False
        #: What waits, by user; whose turn is next comes first.
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    async def take(self, user_id: str) -> None:
        """Wait until it is the turn of a user's next piece of work."""
        loop = asyncio.get_running_loop()
        if not self._is_taken:
            self._is_taken = True
            loop.call_soon(self._pass_on)
            return
        turn = loop.create_future()
        self._waiting.setdefault(user_id, deque()).append(turn)
        await turn

    def _pass_on(self) -> None:
        while self._waiting:
            user_id, queue = next(iter(self._waiting.items()))
            turn = queue.popleft()
            if queue:
                self._waiting.move_to_end(user_id)
            else:
                del self._waiting[user_id]
            if not turn.done():
                turn.set_result(None)
                # It comes behind what was waked just now.
                turn.get_loop().call_soon(self._pass_on)
                return
        self._is_taken = False
