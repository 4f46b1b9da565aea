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
from uuid import uuid4

import asyncpg

from jobwire.models.database import Connection, Database

log = logging.getLogger(__name__)

#: How long rings are gathered after one was sent, in seconds.
COALESCE_SECONDS = 0.005
#: How long to wait before a lost connection is opened again, in seconds.
RECONNECT_SECONDS = 1.0
#: How often a silent connection is asked whether it still lives, in seconds.
HEARTBEAT_SECONDS = 15.0
#: How long the server may take to answer, in seconds.
ANSWER_SECONDS = 5.0

# asyncpg's own state machine complains of a statement that meets the server's goodbye.
_LOST = (
    OSError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
)


class Topic(StrEnum):
    """What a ring is about."""

    #: Jobs may be ready, or become due.
    WORK = "w"
    #: The log has grown.
    CHANGE = "e"
    #: A cancel was asked for.
    CANCEL = "c"
    #: An event waits in the inbox.
    INBOX = "i"
    #: A bulk operation was asked for.
    BULK = "b"
    #: Logs have grown, or one that has grown is complete.
    LOG = "l"


_TOPICS = {topic.value: topic for topic in Topic}

Listener = Callable[[frozenset[Topic]], None]


class Doorbell:
    """Rings and listens for one event loop; an async context manager.

    Listeners of the same doorbell are called at once, those of other processes through
    PostgreSQL. Through a pooler in transaction mode it rings for others and hears
    nothing: there a LISTEN would stay with a connection that is soon another's.
    """

    def __init__(
        self, database: Database, *, enabled: bool = True, hears: bool = True
    ) -> None:
        """Prepare a doorbell.

        Args:
            database: Where to ring.
            enabled: Whether to use PostgreSQL at all; False: only local listeners hear.
            hears: Whether listeners here hear other processes. Each ring wakes all who
                do, so it is better not to where nobody would listen.
        """
        self._database = database
        self._enabled = enabled
        self._hears = hears
        self._channel = channel(database.schema)
        self._listeners: list[Listener] = []
        self._unsent: set[Topic] = set()
        # Set by everything that the connection's task must look at.
        self._stirred = asyncio.Event()
        self._closing = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

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
            # A last ring is still sent, so that it wakes the others when the process
            # that made it ends.
            self._closing.set()
            self._stirred.set()
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._task

    def ring(self, *topics: Topic) -> None:
        """Wake whoever listens; call it after the commit. Never waits or raises."""
        self._tell(frozenset(topics))
        if self._enabled:
            self._unsent.update(topics)
            self._stirred.set()

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call a function at every ring; the function returned ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, topics: frozenset[Topic]) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(topics)
            except Exception:
                # Whoever rings has committed; a listener's trouble is not theirs.
                log.exception("a listener of the doorbell failed")

    async def _run(self, first: Connection) -> None:
        connection: Connection | None = first
        while connection is not None:
            try:
                await self._serve(connection)
            except _LOST as error:
                log.warning("the doorbell lost its connection: %s", error)
            finally:
                connection.terminate()
            connection = await self._reconnect()

    async def _serve(self, connection: Connection) -> None:
        """Send rings until the doorbell closes.

        Raises:
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError: The connection is
                lost, or does not answer in time.
        """
        while True:
            try:
                async with asyncio.timeout(HEARTBEAT_SECONDS):
                    await self._stirred.wait()
            except TimeoutError:
                # A connection cut by a firewall says nothing of it by itself.
                await connection.execute("SELECT 1", timeout=ANSWER_SECONDS)
                continue
            self._stirred.clear()
            if connection.is_closed():
                raise asyncpg.ConnectionDoesNotExistError("the server closed it")
            if self._unsent:
                await self._send(connection)
                await asyncio.sleep(COALESCE_SECONDS)
            elif self._closing.is_set():
                return
            if self._closing.is_set():
                self._stirred.set()

    async def _send(self, connection: Connection) -> None:
        sent = frozenset(self._unsent)
        self._unsent.clear()
        try:
            await connection.execute(
                f"NOTIFY {self._channel}, '{''.join(sorted(sent))}'",
                timeout=ANSWER_SECONDS,
            )
        except _LOST:
            self._unsent |= sent
            self._stirred.set()
            raise

    async def _reconnect(self) -> Connection | None:
        """Connect again as soon as that succeeds; None: the doorbell closes."""
        while not self._closing.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(RECONNECT_SECONDS):
                    await self._closing.wait()
                return None
            with suppress(*_LOST):
                connection = await self._connect()
                log.info("the doorbell is connected again")
                # Whatever rang meanwhile was missed.
                self._tell(frozenset(Topic))
                return connection
        return None

    async def _connect(self) -> Connection:
        connection = await self._database.connect(application_name="jobwire doorbell")
        own_pid = connection.get_server_pid()

        def hear(_: Any, pid: int, __: str, payload: object) -> None:
            if pid == own_pid:
                return
            known = frozenset(_TOPICS[one] for one in str(payload) if one in _TOPICS)
            if known:
                self._tell(known)

        try:
            # A ring is no event: to lose one in a crash costs a moment, to wait for the
            # disk would cost one every time.
            if not self._database.url.is_pooled:
                await connection.execute("SET synchronous_commit = off")
                if self._hears:
                    await connection.add_listener(self._channel, hear)
        except BaseException:
            connection.terminate()
            raise
        connection.add_termination_listener(lambda _: self._stirred.set())
        return connection


def channel(schema: str) -> str:
    """Return the channel of a schema; a name of any length and spelling fits."""
    return f"jobwire_{hashlib.sha256(schema.encode()).hexdigest()[:16]}"


async def is_heard(ears: Connection, voice: Connection, *, seconds: float) -> bool:
    """Tell whether one connection hears what another one rings, on a channel apart.

    Args:
        ears: Listens; it should be closed afterwards.
        voice: Rings.
        seconds: How long the ring may take.
    """
    trial = f"jobwire_trial_{uuid4().hex}"
    heard = asyncio.Event()

    def hear(*_: object) -> None:
        heard.set()

    await ears.add_listener(trial, hear)
    await voice.execute(f"NOTIFY {trial}")
    try:
        async with asyncio.timeout(seconds):
            await heard.wait()
    except TimeoutError:
        return False
    return True
