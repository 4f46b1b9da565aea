"""Knocking at doors: what a caller learns, in words and in statements."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from tests.gql.client import COMPLETE, Api
from tests.gql.doors import Door
from tests.gql.types import OpenEvents
from tests.gql.world import World

#: A stream reads the log once more when another transaction of this server, in whatever
#: database, has ended since it began: now and then, and for no name more than another.
STREAM_TRIES = 10


@dataclass(frozen=True, slots=True)
class Learned:
    """What an answer tells.

    Attributes:
        told: The answer, without the name that was sent.
        statements: The SQL that it took, but for the ends of transactions: a stream is
            told before its own is over.
    """

    told: str
    statements: list[str]


class Knock:
    """Asks at doors: `await knock(door, name, caller)`."""

    def __init__(
        self, api: Api, open_events: OpenEvents, world: World, statements: list[str]
    ) -> None:
        self._api = api
        self._open_events = open_events
        self._world = world
        self._statements = statements

    async def __call__(self, door: Door, name: str, caller: str) -> Learned:
        """Ask for something by its name."""
        own = self._world.own
        variables = {one: own[one] for one in own if f"${one}:" in door.document}
        variables["given"] = name
        self._statements.clear()
        if door.is_stream:
            told = await self._watch(door, caller, variables)
        else:
            body = {"query": door.document, "variables": variables}
            response = await self._api.post(body, caller=caller)
            told = f"{response.status_code} {response.text}"
        statements = [one for one in self._statements if one != "COMMIT;"]
        return Learned(self._without(name, told), statements)

    async def both(
        self, door: Door, name: str, other: str, caller: str
    ) -> tuple[Learned, Learned]:
        """Ask for two things; of a stream again while it tells them apart."""
        for _ in range(STREAM_TRIES if door.is_stream else 1):
            learned = (
                await self(door, name, caller),
                await self(door, other, caller),
            )
            if learned[0] == learned[1]:
                break
        return learned

    async def _watch(self, door: Door, caller: str, variables: dict[str, Any]) -> str:
        """Return what a stream tells until it ends or is live."""
        told = []
        opened = self._open_events(door.document, caller=caller, **variables)
        async with opened as stream:
            while (event := await stream.event()) is not None:
                told.append(event.data)
                is_live = "StreamCaughtUp" in event.data or not door.catches_up
                if event == COMPLETE or is_live:
                    break
        return "\n".join(told)

    def _without(self, name: str, told: str) -> str:
        """Take out what the caller has sent; a job's UUID comes back as its id."""
        names = self._world.names
        for one, other in zip(names["job"], names["uuid"], strict=True):
            if name in (one, other):
                told = told.replace(one, "…").replace(other, "…")
        return told.replace(name, "…")


#: Makes things of a user, for one to knock for.
Settle = Callable[..., Awaitable[tuple[World, Knock]]]
