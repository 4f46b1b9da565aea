"""Audiences: readers who are shown the same, so that it is made once for all."""

from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from jobwire.jobs.feed.messages import StreamMessage

R = TypeVar("R")


@dataclass(frozen=True, slots=True)
class Told(Generic[R]):
    """A message, and what its audience is shown of it."""

    message: StreamMessage
    shown: R


@dataclass(frozen=True, slots=True)
class Audience(Generic[R]):
    """Readers who are shown the same of each message.

    Attributes:
        show: Makes what they are shown. An error of it is met by all of them.
        key: What they have in common, beside what they follow.
        reads_long: `show` reads long JSON by itself where it was left out of a row, as
            it then is of what is read from the log; see `jobwire.jobs.long_json`.
        size: How much memory what they are shown takes beside the change, in bytes.
    """

    show: Callable[[StreamMessage], Awaitable[R]]
    key: Hashable = field(default_factory=object)
    reads_long: bool = False
    size: Callable[[R], int] = lambda _: 0

    async def tell(self, message: StreamMessage) -> Told[R]:
        """Make what one of them is told."""
        return Told(message, await self.show(message))


def alone() -> Audience[None]:
    """Return the audience of a reader who takes the messages as they are."""
    return Audience(_nothing)


async def _nothing(_: StreamMessage) -> None:
    return None
