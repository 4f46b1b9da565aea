"""The loops that notify other back ends: what they share, and their end."""

from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import asyncpg

from jobwire.jobs import slow_statements
from jobwire.jobs.clock import Clock
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.jobs.registry import Registry
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from jobwire.worker.deliver import DeliverLoop
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.notification_settings import (
    NotificationSettings,
    NotificationShare,
)
from jobwire.worker.record import RecordLoop
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.within import within

#: A pool of their own: however many targets there are, no lease of a job waits.
CONNECTIONS = 5
_SESSION = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off"}


class NotificationLoops:
    """Everything that a worker does to notify other back ends.

    Use `open`; it closes with the stack that it was opened on.
    """

    def __init__(self, share: NotificationShare) -> None:
        self._deliver = DeliverLoop(share)
        self._record = RecordLoop(share, recorded=self._deliver.wake)
        self.loops: Sequence[Loop] = (self._record, self._deliver)

    @classmethod
    async def open(
        cls,
        stack: AsyncExitStack,
        url: DatabaseUrl,
        *,
        schema: str,
        settings: NotificationSettings,
        worker_settings: WorkerSettings,
        clock: Clock,
        registry: Registry,
        holder: str,
        hooks: WorkerHooks,
    ) -> "NotificationLoops":
        """Connect to the database and make the loops; nothing is sent yet.

        Raises:
            MissingSecretError: There is nothing to sign with for one of the targets.
        """
        settings.targets(registry)
        database = await Database.open(
            url,
            schema=schema,
            max_size=CONNECTIONS,
            application_name=WORKER_APPLICATION,
            statement_timeout=worker_settings.statement_timeout,
            on_statement=slow_statements.listener(
                worker_settings.slow_statement, hooks.slow_statement
            ),
            settings=_SESSION,
        )
        stack.callback(database.terminate)
        link = Link(database, patience=worker_settings.statement_timeout)
        loops = cls(NotificationShare(link, clock, settings, registry, holder, hooks))
        stack.push_async_callback(loops._deliver.close)
        return loops

    def hear(self, topics: frozenset[Topic]) -> None:
        """Wake the loops that a ring is about."""
        if Topic.CHANGE in topics:
            self._record.wake()

    async def end(self, patience: timedelta) -> None:
        """Claim no more, let what is under way be answered, lay down the duty."""
        self._deliver.stop()
        await within(patience, self._deliver.settled())
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await self._record.lay_down()
