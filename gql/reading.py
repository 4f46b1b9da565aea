"""Live operations whose values one client reads by itself, beside the event log."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from typing import Any

from graphql import Executor

from jobwire.gql.answers import answer_event
from jobwire.gql.context import Context
from jobwire.gql.documents.plans import Plan
from jobwire.gql.errors import refusal
from jobwire.gql.proof import StreamProof
from jobwire.gql.result import RequestError, Result
from jobwire.gql.subscriptions.source import Reading
from jobwire.jobs.errors import JobError

_OVER = object()


class ReadingOperation:
    """A subscription to a reading, on its way to one client.

    It completes when the reading ends, and by itself when the server drains or the
    caller's token ends: it has no place in the log that a client could resume from.
    """

    def __init__(
        self, reading: Reading[object], executor: Executor[Any], plan: Plan
    ) -> None:
        context: Context = executor.context_value
        self._reading = reading
        self._executor = executor
        self._plan = plan
        self._engine = context.engine
        self._viewer = context.viewer
        self._proof = StreamProof(context.engine, context.viewer)
        self._end = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None

    async def results(self, _: object = None) -> AsyncGenerator[Result, None]:
        """Give its results until it ends or the generator is closed.

        Raises:
            RequestError: It was refused; at any time, when the API key behind it is no
                longer valid.
        """
        self._watch_expiry()
        forget = self._engine.feed.when_closing(self._end.set)
        try:
            async with (
                aclosing(self._reading.values()) as values,
                aclosing(_until(self._end, values)) as told,
            ):
                async for value in told:
                    await self._proof.ensure_valid()
                    yield await answer_event(self._plan, self._executor, value)
        except JobError as refused:
            raise RequestError([refusal(refused)]) from None
        finally:
            forget()
            if self._timer is not None:
                self._timer.cancel()

    def finish(self, reason: str, reconnect_after: timedelta) -> None:
        """Have it end by itself; it has no message that could say why."""
        del reason, reconnect_after
        self._end.set()

    def _watch_expiry(self) -> None:
        expires_at = self._viewer.expires_at
        if expires_at is None:
            return
        now = self._engine.clock.now()
        if self._viewer.has_expired(now):
            self._end.set()
            return
        self._timer = asyncio.get_running_loop().call_later(
            (expires_at - now).total_seconds(), self._watch_expiry
        )


async def _until(
    end: asyncio.Event, values: AsyncGenerator[object, None]
) -> AsyncGenerator[object, None]:
    """Give values until there are no more, or until the end is set."""
    ended = asyncio.create_task(end.wait())
    try:
        while not end.is_set():
            upcoming = asyncio.ensure_future(anext(values, _OVER))
            try:
                await asyncio.wait(
                    {upcoming, ended}, return_when=asyncio.FIRST_COMPLETED
                )
            finally:
                if not upcoming.done():
                    # A generator can only be closed when nothing waits inside it.
                    upcoming.cancel()
                    await asyncio.wait({upcoming})
            if upcoming.cancelled() or (value := upcoming.result()) is _OVER:
                return
            yield value
    finally:
        ended.cancel()
