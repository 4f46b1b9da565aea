"""The doorbell: wakes workers and followers after a commit.

It carries no facts. A NOTIFY holds a lock of the whole database across the commit that
sends it, so it is never sent in a job's transaction: one side connection per process
rings for all of them, at once and then at most every 5 ms. Whoever misses a ring looks
by itself a moment later, so everything is right, if slower, without it.
"""

import asyncio
import hashlib
import logging
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import asyncpg

from jobwire.models.database import Connection, Database

log = logging.getLogger(__name__)

#: How long rings are gathered after one was sent, in seconds.
COALESCE_SECONDS = 0.005
#: How long to wait before a lost connection is opened again, in seconds.
RECONNECT_SECONDS = 1.0


class Topic(StrEnum):
    """What a ring is about."""

    #: Jobs may be ready, or become due.
    WORK = "w"
    #: The log has grown.
    CHANGE = "e"
    #: A cancel was asked for.
    CANCEL = "c"


Listener = Callable[[frozenset[Topic]], None]


class Doorbell:
    """Rings and listens for one event loop; an async context manager.

    Listeners of the same doorbell are called at once, those of other processes through
    PostgreSQL.
    """

    def __init__(self, database: Database, *, enabled: bool = True) -> None:
        self._database = database
        self._enabled = enabled
        self._channel = channel(database.schema)
        self._listeners: list[Listener] = []
        self._waiting: set[Topic] = set()
        self._rung = asyncio.Event()
        self._lost = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._own_pid = 0

    async def __aenter__(self) -> Self:
        if self._enabled:
            connection = await self._connect()
            self._task = asyncio.create_task(self._run(connection), name="doorbell")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    def ring(self, *topics: Topic) -> None:
        """Wake whoever listens, without waiting; call it after the commit."""
        self._tell(frozenset(topics))
        self._waiting.update(topics)
        self._rung.set()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call a function at every ring; the function returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, topics: frozenset[Topic]) -> None:
        for listener in tuple(self._listeners):
            listener(topics)

    async def _run(self, connection: Connection | None) -> None:
        while True:
            if connection is None:
                await asyncio.sleep(RECONNECT_SECONDS)
                with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                    connection = await self._connect()
                    log.info("the doorbell is connected again")
                    # Whatever rang meanwhile was missed.
                    self._tell(frozenset(Topic))
                continue
            try:
                await self._send(connection)
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                log.warning("the doorbell lost its connection: %s", error)
                connection.terminate()
                connection = None
            except asyncio.CancelledError:
                connection.terminate()
                raise

    async def _connect(self) -> Connection:
        connection = await self._database.connect(application_name="jobwire doorbell")
        self._own_pid = connection.get_server_pid()
        self._lost = asyncio.Event()
        lost = self._lost
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(self._channel, self._hear)
        return connection

    def _hear(self, _: Any, pid: int, __: str, payload: object) -> None:
        known = {topic.value for topic in Topic}
        topics = frozenset(Topic(letter) for letter in str(payload) if letter in known)
        if pid != self._own_pid and topics:
            self._tell(topics)

    async def _send(self, connection: Connection) -> None:
        rung = asyncio.ensure_future(self._rung.wait())
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait((rung, lost), return_when=asyncio.FIRST_COMPLETED)
        finally:
            rung.cancel()
            lost.cancel()
        if self._lost.is_set():
            raise asyncpg.ConnectionDoesNotExistError("the server closed it")
        self._rung.clear()
        letters = "".join(sorted(self._waiting))
        self._waiting.clear()
        # A ring is no event: losing it in a crash costs a moment, waiting for the disk
        # would cost one every time.
        await connection.execute(
            f"SET synchronous_commit = off; NOTIFY {self._channel}, '{letters}'"
        )
        await asyncio.sleep(COALESCE_SECONDS)


def channel(schema: str) -> str:
    """Return the channel of a schema; a name of any length and spelling fits."""
    return f"jobwire_{hashlib.sha256(schema.encode()).hexdigest()[:16]}"
