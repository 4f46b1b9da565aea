"""The loops over Trigger.dev of one worker: what they share, and their end."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta

import asyncpg

from jobwire.jobs import slow_statements
from jobwire.jobs.clock import Clock
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.jobs.installation import settle_in
from jobwire.jobs.registry import Registry
from jobwire.jobs.sync_paths import SyncPath
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from jobwire.worker.batches import BatchLoop
from jobwire.worker.decide import DecideLoop
from jobwire.worker.dispatch import DispatchLoop
from jobwire.worker.duty import DutyLoop
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.inbox import InboxLoop
from jobwire.worker.installation import InstallationLoop
from jobwire.worker.link import Link
from jobwire.worker.loop import Loop
from jobwire.worker.realtime import RealtimeLoop
from jobwire.worker.reconcile import ReconcileLoop
from jobwire.worker.schedules import ScheduleLoop
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.stop_runs import StopRunsLoop
from jobwire.worker.sync import SyncLoop
from jobwire.worker.trigger_settings import TriggerSettings, TriggerShare
from jobwire.worker.within import within

#: A pool of their own: whatever Trigger.dev does, no lease of an internal job waits.
CONNECTIONS = 13
#: Who brings what no event tells.
_FOLLOW: Mapping[SyncPath, Callable[[TriggerShare], Loop]] = {
    SyncPath.REALTIME: RealtimeLoop,
    SyncPath.POLL: SyncLoop,
}


class TriggerLoops:
    """Everything that a worker does for TRIGGER jobs.

    Use `open`; it closes with the stack that it was opened on.
    """

    def __init__(self, dispatch: DispatchLoop, others: Sequence[Loop]) -> None:
        self._dispatch = dispatch
        self._others = others
        self.loops: Sequence[Loop] = (dispatch, *others)

    @classmethod
    async def open(
        cls,
        stack: AsyncExitStack,
        url: DatabaseUrl,
        *,
        schema: str,
        settings: TriggerSettings,
        worker_settings: WorkerSettings,
        clock: Clock,
        registry: Registry,
        holder: str,
        changed: Callable[[], None],
        hooks: WorkerHooks,
    ) -> "TriggerLoops":
        """Connect to the database and make the loops; nothing is asked yet."""
        database = await Database.open(
            url,
            schema=schema,
            max_size=CONNECTIONS,
            application_name=WORKER_APPLICATION,
            statement_timeout=worker_settings.statement_timeout,
            on_statement=slow_statements.listener(
                worker_settings.slow_statement, hooks.slow_statement
            ),
        )
        stack.callback(database.terminate)
        async with database.connection() as connection:
            installation = await settle_in(connection)
        executor = await stack.enter_async_context(
            settings.access.executor(installation=installation.id, clock=clock)
        )
        executor.speak_for(installation.id, trouble=installation.trouble)
        link = Link(database, patience=worker_settings.statement_timeout)
        share = TriggerShare(
            link, clock, settings, executor, registry, holder, changed, hooks
        )
        kinds: Sequence[Callable[[TriggerShare], Loop]] = [
            InstallationLoop,
            DecideLoop,
            BatchLoop,
            StopRunsLoop,
            # Whatever the paths: another process, or a host's own route, may have taken
            # something in.
            InboxLoop,
            *(loop for path, loop in _FOLLOW.items() if path in settings.paths),
            ReconcileLoop,
            ScheduleLoop,
        ]
        return cls(DispatchLoop(share), [kind(share) for kind in kinds])

    def hear(self, topics: frozenset[Topic]) -> None:
        """Wake the loops that a ring is about."""
        woken = {
            Topic.WORK: DispatchLoop,
            Topic.CANCEL: StopRunsLoop,
            Topic.INBOX: InboxLoop,
        }
        for topic, kind in woken.items():
            if topic in topics:
                for loop in self.loops:
                    if isinstance(loop, kind):
                        loop.wake()

    def begin_closing(self) -> None:
        """Hand over nothing more."""
        self._dispatch.stop()

    async def end(self, patience: timedelta) -> None:
        """Let what is under way be answered, and lay down the duties."""
        self.begin_closing()
        await within(patience, self._dispatch.settled())
        with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            for loop in self._others:
                if isinstance(loop, DutyLoop):
                    await loop.lay_down()
