"""Sources: what the fields of Subscription resolve to."""

from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Callable
from contextlib import aclosing
from typing import Generic, TypeVar

from jobwire.jobs.feed import Follow, StreamMessage

T = TypeVar("T")


class Reading(AsyncIterable[T], Generic[T]):
    """Something that one client reads by itself, beside the event log.

    Args:
        values: Opens what the field answers, value by value; closed when the client
            leaves, when its proof ends and when the server drains.
    """

    def __init__(self, values: Callable[[], AsyncGenerator[T, None]]) -> None:
        self.values = values

    async def __aiter__(self) -> AsyncIterator[T]:
        """Give the values."""
        async with aclosing(self.values()) as values:
            async for value in values:
                yield value


class Source(AsyncIterable[T], Generic[T]):
    """Something that is followed, and how the API shows it.

    Nothing is read before somebody is told: those who are shown the same share the
    work, which only the whole operation can decide.

    Attributes:
        follow: What is followed.
        shown_as: Makes what the field answers for a message; None: it is not told.
        is_resumable: Whether the field can begin behind a cursor.
    """

    def __init__(
        self,
        follow: Follow,
        shown_as: Callable[[StreamMessage], T | None],
        *,
        is_resumable: bool = True,
    ) -> None:
        self.follow = follow
        self.shown_as = shown_as
        self.is_resumable = is_resumable

    async def __aiter__(self) -> AsyncIterator[T]:
        """Give what a reader who shares with nobody is told."""
        async with aclosing(self.follow.messages()) as messages:
            async for message in messages:
                shown = self.shown_as(message)
                if shown is not None:
                    yield shown
