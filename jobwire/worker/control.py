"""The control loop of a worker: its parts, how they meet, and how they end."""

import asyncio
import logging
from asyncio import FIRST_COMPLETED
from collections.abc import Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from typing import Any

import asyncpg

from jobwire.jobs import slow_statements
from jobwire.jobs.bulk import BulkOperation
from jobwire.jobs.clock import Clock, DatabaseClock
from jobwire.jobs.cron.tick import Ticked
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.executors.internal import WORKER_APPLICATION
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.jobs.transitions.finish import Outcome
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from jobwire.models.vocabulary import BulkAction
from jobwire.worker.attention import AttentionLoop
from jobwire.worker.bulk import BulkLoop
from jobwire.worker.cancel import CancelLoop
from jobwire.worker.claim import ClaimLoop
from jobwire.worker.clock_sync import ClockLoop
from jobwire.worker.counts import CountsLoop
from jobwire.worker.cron import CronLoop
from jobwire.worker.execution import Ears, StopReason
from jobwire.worker.expire import ExpireLoop
from jobwire.worker.finisher import Ending, FinisherLoop
from jobwire.worker.force import ForceLoop
from jobwire.worker.heartbeat import HeartbeatLoop, LeaseWatch
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.horizon import HorizonLoop
from jobwire.worker.jobs_thread import Lifespan
from jobwire.worker.link import Link
from jobwire.worker.log import LogLoop
from jobwire.worker.loop import Loop
from jobwire.worker.metadata import MetadataLoop
from jobwire.worker.notification_settings import NotificationSettings
from jobwire.worker.notifications import NotificationLoops
from jobwire.worker.progress import ProgressLoop
from jobwire.worker.promote import PromoteLoop
from jobwire.worker.queues import QueueLoop
from jobwire.worker.rescue import RescueLoop
from jobwire.worker.retention import RetentionLoop
from jobwire.worker.runner import Runner
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.trigger import TriggerLoops
from jobwire.worker.trigger_settings import TriggerSettings
from jobwire.worker.within import within

#: Every loop can hold a connection at the same time: none waits for another.
CONNECTIONS = 24
#: The planner takes `unnest` for ten rows and a status for almost none: only a generic
#: plan is the same for every batch, and it walks the primary key.
_SESSION = {
    "plan_cache_mode": "force_generic_plan",
    # A plan made while the table was small must not scan it when it has grown.
    "enable_seqscan": "off",
}
_MILLISECOND = timedelta(milliseconds=1)

_log = logging.getLogger(__name__)


class Control:
    """Everything of a worker that runs on its control loop.

    Args:
        worker: The name in leases and attempts, unlike any other's.
    """

    def __init__(
        self,
        *,
        worker: str,
        url: DatabaseUrl,
        schema: str,
        registry: Registry,
        settings: WorkerSettings,
        clock: Clock | None,
        lifespan: Lifespan | None,
        doorbell_enabled: bool,
        hooks: WorkerHooks,
        trigger: TriggerSettings | None,
        policy: PlacementPolicy,
        notifications: NotificationSettings | None,
    ) -> None:
        self._worker = worker
        self._url = url
        self._schema = schema
        self._registry = registry
        self._settings = settings
        self._clock = clock or DatabaseClock()
        self._lifespan = lifespan
        self._doorbell_enabled = doorbell_enabled
        self._hooks = hooks
        self._trigger_settings = trigger
        self._trigger: TriggerLoops | None = None
        self._policy = policy
        self._notification_settings = notifications
        self._notifications: NotificationLoops | None = None
        self._draining = asyncio.Event()

    def drain(self) -> None:
        """Begin to end."""
        self._draining.set()

    async def run(self, ready: Future[None]) -> None:
        """Open everything, serve until `drain`, end everything.

        Args:
            ready: Done when jobs are being claimed, or when it was drained before;
                gets the error when opening fails.
        """
        async with AsyncExitStack() as stack:
            try:
                loops = await self._open_unless_drained(stack)
            # Whatever it is belongs to whoever waits for the start.
            except Exception as error:  # noqa: BLE001 - see above
                ready.set_exception(error)
                return
            ready.set_result(None)
            if loops is None:
                return
            tasks = [
                asyncio.create_task(loop.run(), name=f"jobwire-{loop.name}")
                for loop in loops
            ]
            self._say("worker-started", f"serves {', '.join(self._registry.names())}")
            await self._draining.wait()
            self._say("worker-draining", "is draining")
            await self._close(tasks)
        self._say("worker-ended", "ended")

    async def _open_unless_drained(
        self, stack: AsyncExitStack
    ) -> Sequence[Loop] | None:
        opening = asyncio.ensure_future(self._open(stack))
        draining = asyncio.ensure_future(self._draining.wait())
        await asyncio.wait({opening, draining}, return_when=FIRST_COMPLETED)
        draining.cancel()
        if opening.done():
            return opening.result()
        # A lifespan may take its time.
        opening.cancel()
        await asyncio.wait({opening})
        return None

    async def _open(self, stack: AsyncExitStack) -> Sequence[Loop]:
        settings = self._settings
        database = await Database.open(
            self._url,
            schema=self._schema,
            # A floor would be rebuilt, and logged about, during every outage.
            min_size=0,
            max_size=CONNECTIONS,
            application_name=WORKER_APPLICATION,
            statement_timeout=settings.statement_timeout,
            on_statement=slow_statements.listener(
                settings.slow_statement, self._hooks.slow_statement
            ),
            settings={
                **_SESSION,
                "lock_timeout": str(settings.lock_timeout // _MILLISECOND),
            },
        )
        stack.push_async_callback(_close_database, database, settings.flush_timeout)
        self._doorbell = await stack.enter_async_context(
            Doorbell(database, enabled=self._doorbell_enabled)
        )
        link = Link(database, patience=settings.statement_timeout)
        if isinstance(self._clock, DatabaseClock):
            async with link.connection() as connection:
                await self._clock.synchronize(connection)
        said: dict[str, Any] = {"worker": self._worker, "changed": self._changed}
        self._progress = ProgressLoop(link, self._clock, settings, **said)
        self._metadata = MetadataLoop(link, self._clock, settings, **said)
        self._log = LogLoop(link, settings, changed=self._logged)
        self._runner = Runner(
            self._clock,
            settings,
            self._hooks,
            registry=self._registry,
            lifespan=self._lifespan,
            ears=Ears(
                self._progress.report,
                self._metadata.report,
                self._log.keep,
                settings.log_level,
                self._clock.now,
            ),
            started=self._changed,
            ended=self._ended,
            freed=self._free_slots,
        )
        stack.callback(self._runner.close, settings.stop_grace)
        stack.push_async_callback(self._leave_lifespan)
        await self._runner.open()
        loops = self._make_loops(link)
        # No job of a queue may start before its limits are known.
        await self._queues.run_once()
        if self._trigger_settings is not None:
            self._trigger = await TriggerLoops.open(
                stack,
                self._url,
                schema=self._schema,
                settings=self._trigger_settings,
                worker_settings=settings,
                clock=self._clock,
                registry=self._registry,
                holder=self._worker,
                changed=self._changed,
                hooks=self._hooks,
            )
            loops = [*loops, *self._trigger.loops]
        if self._notification_settings is not None:
            self._notifications = await NotificationLoops.open(
                stack,
                self._url,
                schema=self._schema,
                settings=self._notification_settings,
                worker_settings=settings,
                clock=self._clock,
                registry=self._registry,
                holder=self._worker,
                hooks=self._hooks,
            )
            loops = [*loops, *self._notifications.loops]
        stack.callback(self._doorbell.listen(self._hear))
        return loops

    def _make_loops(self, link: Link) -> Sequence[Loop]:
        clock, settings, runner = self._clock, self._settings, self._runner
        shared: dict[str, Any] = {"worker": self._worker, "roster": runner.roster}
        self._finisher = FinisherLoop(
            link,
            clock,
            settings,
            self._hooks,
            latest=(self._progress, self._metadata),
            log=self._log,
            written=self._written,
            **shared,
        )
        self._claims = [
            ClaimLoop(
                link,
                clock,
                settings,
                worker=self._worker,
                lane=lane,
                start=runner.start,
                has_room=lambda: self._finisher.backlog < settings.backlog,
            )
            for lane in (runner.async_lane, runner.sync_lane)
        ]
        self._cancels = CancelLoop(
            link, clock, settings, stop=runner.stop, changed=self._changed, **shared
        )
        self._forcer = ForceLoop(
            link,
            clock,
            interval=settings.cancel_interval,
            moved=lambda _: self._queued(),
        )
        self._queues = QueueLoop(link, clock, settings, registry=self._registry)
        self._promoter = PromoteLoop(link, clock, settings, promoted=self._queued)
        self._attention = AttentionLoop(
            link,
            clock,
            settings,
            holder=self._worker,
            registry=self._registry,
            changed=self._changed,
        )
        self._bulk = BulkLoop(
            link,
            clock,
            settings,
            registry=self._registry,
            policy=self._policy,
            handled=self._handled,
        )
        self._cron = CronLoop(
            link,
            clock,
            settings,
            registry=self._registry,
            policy=self._policy,
            ticked=self._ticked,
        )
        self._counts = CountsLoop(link, clock, settings, holder=self._worker)
        self._retention = RetentionLoop(
            link,
            clock,
            settings,
            holder=self._worker,
            pruned=self._hooks.pruned,
        )
        self._horizon = HorizonLoop(link, clock, settings, holder=self._worker)
        loops: list[Loop] = [
            *self._claims,
            HeartbeatLoop(
                link,
                clock,
                settings,
                stop=runner.stop,
                hear_cancel=self._cancels.wake,
                **shared,
            ),
            LeaseWatch(settings, roster=runner.roster, stop=runner.stop),
            self._cancels,
            self._forcer,
            self._progress,
            self._metadata,
            self._log,
            self._finisher,
            self._promoter,
            ExpireLoop(
                link,
                clock,
                interval=settings.expire_interval,
                moved=lambda _: self._changed(),
            ),
            RescueLoop(
                link, clock, interval=settings.rescue_interval, moved=self._rescued
            ),
            self._queues,
            self._attention,
            self._bulk,
            self._cron,
            self._counts,
            self._retention,
            self._horizon,
        ]
        if isinstance(clock, DatabaseClock):
            loops.append(ClockLoop(link, clock, settings))
        return loops

    def _hear(self, topics: frozenset[Topic]) -> None:
        if Topic.WORK in topics:
            for loop in self._claims:
                loop.rung()
            self._promoter.rung()
        if Topic.CANCEL in topics:
            self._cancels.wake()
            self._forcer.wake()
        if Topic.BULK in topics:
            self._bulk.wake()
        if self._trigger is not None:
            self._trigger.hear(topics)
        if self._notifications is not None:
            self._notifications.hear(topics)

    def _changed(self) -> None:
        self._doorbell.ring(Topic.CHANGE)

    def _logged(self) -> None:
        self._doorbell.ring(Topic.LOG)

    def _queued(self) -> None:
        self._doorbell.ring(Topic.WORK, Topic.CHANGE)

    def _handled(self, operation: BulkOperation) -> None:
        is_cancel = operation.action == BulkAction.CANCEL
        self._doorbell.ring(Topic.CANCEL if is_cancel else Topic.WORK, Topic.CHANGE)

    def _ticked(self, ticked: Ticked, now: datetime) -> None:
        self._hooks.ticked(ticked, now)
        if ticked.canceled:
            self._doorbell.ring(Topic.CANCEL)
        if ticked.made:
            self._queued()

    def _rescued(self, count: int) -> None:
        self._hooks.rescued(count)
        self._queued()

    def _ended(self, endings: Sequence[Ending]) -> None:
        self._finisher.add(endings)
        self._free_slots()

    def _written(self, endings: Sequence[Ending], frees: bool) -> None:  # noqa: FBT001 - a callback
        for _, finish in endings:
            if finish.retry_at is not None:
                self._promoter.expect(finish.retry_at)
        # Jobs that were handed back, and those that waited for a place of a queue, may
        # start on any worker.
        if frees or any(end.outcome is Outcome.HANDED_BACK for _, end in endings):
            self._queued()
        else:
            self._changed()
        self._free_slots()

    def _free_slots(self) -> None:
        for loop in self._claims:
            loop.slots_freed()

    async def _close(self, tasks: Sequence[asyncio.Task[None]]) -> None:
        """Stop claiming, let running code end, then stop it, then write the rest."""
        settings, roster = self._settings, self._runner.roster
        self._runner.begin_closing()
        if self._trigger is not None:
            self._trigger.begin_closing()
        for loop in self._claims:
            loop.stop()
        claims = tasks[: len(self._claims)]
        await asyncio.wait(claims, timeout=settings.flush_timeout.total_seconds())
        if not await within(settings.drain_timeout, roster.idle()):
            running = [one for one in roster if one.is_running]
            self._say("drain-timeout", f"stops {len(running)} running jobs")
            for execution in running:
                self._runner.stop(execution, StopReason.DRAIN)
            await within(settings.stop_grace, roster.idle())
        await within(settings.flush_timeout, self._finisher.flushed())
        if self._trigger is not None:
            await self._trigger.end(settings.flush_timeout)
        if self._notifications is not None:
            await self._notifications.end(settings.flush_timeout)
        for duty in (self._attention, self._counts, self._retention, self._horizon):
            with suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await within(settings.flush_timeout, duty.lay_down())
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        left = [execution.job_id for execution in roster]
        if left:
            _log.warning(
                "worker %s leaves %d jobs to be rescued when their lease runs out: %s",
                self._worker,
                len(left),
                ", ".join(left[:10]),
                extra={"action": "jobs-left", "worker": self._worker},
            )

    async def _leave_lifespan(self) -> None:
        left = asyncio.wrap_future(self._runner.leave_lifespan())
        await asyncio.wait({left}, timeout=self._settings.stop_grace.total_seconds())

    def _say(self, action: str, what: str) -> None:
        _log.info(
            "worker %s %s",
            self._worker,
            what,
            extra={"action": action, "worker": self._worker},
        )


async def _close_database(database: Database, patience: timedelta) -> None:
    if not await within(patience, database.close()):
        database.terminate()
