"""Writing to the log and reading streams, for the tests of the feed."""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from jobwire.jobs.feed import Changed, StreamMessage
from jobwire.jobs.job import Job
from jobwire.jobs.transitions.events import append_events, changed
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Connection, Database

T = TypeVar("T")
#: How long anything may take that is expected to come.
PATIENCE = 20.0

USER = Viewer("user-1", frozenset({Scope.JOBS_READ}))
STRANGER = Viewer("user-2", frozenset({Scope.JOBS_READ}))
ADMIN = Viewer("admin", frozenset({Scope.ADMIN}))

_PROGRESS = f"""
WITH u AS (UPDATE worker_jobs SET progress = $2::text::jsonb, version = version + 1
            WHERE id = $1 RETURNING *),
e AS ({
    append_events(
        "u",
        kind="'PROGRESS'",
        from_status="status",
        changes=changed(("progress",)),
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
    )
})
SELECT version FROM u"""

_MOVE = f"""
WITH u AS (UPDATE worker_jobs j
              SET status = $2, version = j.version + 1,
                  finished = CASE WHEN $2 = 'SUCCEEDED' THEN $3::timestamptz END,
                  success = CASE WHEN $2 = 'SUCCEEDED' THEN true END,
                  leased_by = CASE WHEN $2 = 'RUNNING' THEN 'w' END,
                  leased_until = CASE WHEN $2 = 'RUNNING' THEN $3::timestamptz END,
                  next_attempt_at = CASE WHEN $2 = 'QUEUED' THEN $3::timestamptz END,
                  started = COALESCE(j.started, $3)
             FROM worker_jobs before
            WHERE j.id = $1 AND before.id = j.id
           RETURNING j.*, before.status AS status_before),
e AS ({
    append_events(
        "u",
        kind="CASE status WHEN 'RUNNING' THEN 'STARTED' ELSE status END",
        from_status="status_before",
        changes=changed(("status",)),
        source="'WORKER'",
        actor="NULL",
        now="updated_at",
    )
})
SELECT version FROM u"""


async def report(connection: Connection, job_id: UUID, **progress: Any) -> int:
    """Append a PROGRESS event; returns the version that it made."""
    version: int = await connection.fetchval(_PROGRESS, job_id, json.dumps(progress))
    return version


async def move(
    connection: Connection, job: Job, status: str, now: datetime | None = None
) -> int:
    """Append a change of status; returns the version that it made."""
    version: int = await connection.fetchval(
        _MOVE, job.id, status, now or job.created_at
    )
    return version


async def reports(database: Database, job: Job, count: int) -> None:
    """Append many PROGRESS events, each in a transaction of its own."""
    async with database.connection() as connection:
        for number in range(count):
            await report(connection, job.id, current=number)


async def reconnected(database: Database) -> None:
    """Wait until the pool has replaced connections that the end of a server cut."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                async with database.connection() as connection:
                    await connection.execute("SELECT 1")
                    return
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await asyncio.sleep(0.05)


@asynccontextmanager
async def opened(
    stream: AsyncGenerator[T, None],
) -> AsyncIterator["Reader[T]"]:
    """Read a stream, and close it at the end."""
    try:
        yield Reader(stream)
    finally:
        await stream.aclose()


class Reader(AsyncIterator[T]):
    """A stream whose every message is waited for with a limit."""

    def __init__(self, stream: AsyncGenerator[T, None]) -> None:
        self._stream = stream

    async def __anext__(self) -> T:
        async with asyncio.timeout(PATIENCE):
            return await anext(self._stream)

    async def expect(self, kind: type[Any]) -> Any:
        message = await anext(self)
        assert isinstance(message, kind), message
        return message

    async def until(self, kind: type[Any]) -> list[Any]:
        """Read up to and with the first message of a kind."""
        found: list[Any] = []
        async for message in self:
            found.append(message)
            if isinstance(message, kind):
                return found
        raise AssertionError(found)

    async def rest(self) -> list[T]:
        return [message async for message in self]


def versions(messages: list[StreamMessage]) -> list[int]:
    return [one.event.version for one in messages if isinstance(one, Changed)]
