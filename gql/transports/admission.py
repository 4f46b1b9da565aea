"""How many connections, streams and operations each user has here."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, asynccontextmanager
from datetime import timedelta
from functools import partial

from graphql import GraphQLFormattedError

from jobwire.gql.context import Context
from jobwire.gql.error_codes import ErrorCode
from jobwire.gql.execution import Operation
from jobwire.gql.transports.terms import Terms
from jobwire.jobs.iso8601 import format_duration
from jobwire.jobs.rate_limits import OperationKind

_OR_ELSEWHERE = "or ask another process"


class TooManyError(Exception):
    """One user has as many as one user may have.

    Attributes:
        message: What, and how many; for the user.
        retry_after: When there may be room again.
    """

    retry_after = timedelta(seconds=10)

    def __init__(self, what: str, most: int, advice: str) -> None:
        self.message = f"One user may have at most {most:,} {what} here; {advice}."
        super().__init__(self.message)

    def formatted(self) -> GraphQLFormattedError:
        """Write it as clients may see it."""
        return {
            "message": self.message,
            "extensions": {
                "code": ErrorCode.LIMIT_EXCEEDED.value,
                "retryAfter": format_duration(self.retry_after),
            },
        }


class Admission:
    """Counts for one process, so that no user takes what belongs to all."""

    def __init__(self, terms: Terms) -> None:
        close = f"close some, {_OR_ELSEWHERE}"
        self._connections = _Count("connections open", terms.connections, close)
        self._streams = _Count("subscriptions open", terms.streams, close)
        self._operations = _Count(
            "queries and mutations under way",
            terms.operations,
            f"wait for the answers to some, {_OR_ELSEWHERE}",
        )
        self._unread = _Count(
            "characters of answers waiting to be read",
            terms.unread,
            "read some. This one is not sent; what it tells of was done",
        )
        self._init = terms.init
        self._most_uninitialised = terms.uninitialised
        #: The deadlines of those who have not said who they are, the oldest first.
        self._uninitialised: dict[asyncio.Timeout, None] = {}

    @asynccontextmanager
    async def initialising(self) -> AsyncIterator[None]:
        """Give a socket time to be initialised; less of it when too many wait.

        Who floods the process with sockets that say nothing thereby loses those, and
        whoever says at once who they are is not kept out.

        Raises:
            TimeoutError: The time is over.
        """
        if len(self._uninitialised) >= self._most_uninitialised:
            oldest = next(iter(self._uninitialised))
            del self._uninitialised[oldest]
            if not oldest.expired():
                oldest.reschedule(asyncio.get_running_loop().time())
        async with asyncio.timeout(self._init) as deadline:
            self._uninitialised[deadline] = None
            try:
                yield
            finally:
                self._uninitialised.pop(deadline, None)

    def connection(self, user_id: str) -> AbstractContextManager[None]:
        """Count a connection while the block lasts.

        Raises:
            TooManyError: At the start of the block: the user has too many already.
        """
        return _OneOf(self._connections, user_id)

    def unread(self, user_id: str, length: int) -> AbstractContextManager[None]:
        """Count an answer while the block lasts, in which it is sent.

        Raises:
            TooManyError: At the start of the block: the user leaves too much unread.
        """
        return _OneOf(self._unread, user_id, number=length)

    def operation(
        self, operation: Operation, context: Context
    ) -> AbstractContextManager[None]:
        """Count an operation while the block lasts, and its start for the minute.

        The fields of a mutation count their starts themselves.

        Raises:
            RateLimitedError: At the start of the block: the user may start no more of
                them now.
            TooManyError: As well: the user has too many under way already.
        """
        user_id = context.viewer.user_id
        if operation.is_subscription:
            start = partial(context.count, OperationKind.SUBSCRIPTION)
            return _OneOf(self._streams, user_id, start)
        if operation.is_mutation:
            return _OneOf(self._operations, user_id)
        start = partial(context.count, OperationKind.QUERY)
        return _OneOf(self._operations, user_id, start)


class _Count:
    """How many of something each user has."""

    def __init__(self, what: str, most: int, advice: str) -> None:
        self._what = what
        self._most = most
        self._advice = advice
        self._by_user: dict[str, int] = {}

    def add(self, user_id: str, number: int) -> None:
        found = self._by_user.get(user_id, 0) + number
        if found > self._most:
            raise TooManyError(self._what, self._most, self._advice)
        self._by_user[user_id] = found

    def remove(self, user_id: str, number: int) -> None:
        self._by_user[user_id] -= number
        if not self._by_user[user_id]:
            del self._by_user[user_id]


class _OneOf:
    """Some more of something while a block lasts, and perhaps the start of it."""

    def __init__(
        self,
        count: _Count,
        user_id: str,
        start: Callable[[], None] | None = None,
        *,
        number: int = 1,
    ) -> None:
        self._count = count
        self._user_id = user_id
        self._start = start
        self._number = number

    def __enter__(self) -> None:
        self._count.add(self._user_id, self._number)
        if self._start is not None:
            try:
                self._start()
            except BaseException:
                self._count.remove(self._user_id, self._number)
                raise

    def __exit__(self, *_: object) -> None:
        self._count.remove(self._user_id, self._number)
