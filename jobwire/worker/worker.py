"""The worker: one object that runs jobs beside anything else."""

import asyncio
import logging
import os
import secrets
import socket
import threading
from concurrent.futures import Future
from typing import Self

from jobwire.jobs.clock import Clock
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry
from jobwire.models.database_url import DatabaseUrl
from jobwire.worker.control import Control
from jobwire.worker.event_loop import new_event_loop
from jobwire.worker.hooks import WorkerHooks
from jobwire.worker.jobs_thread import Lifespan
from jobwire.worker.mailbox import call_soon
from jobwire.worker.notification_settings import NotificationSettings
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.trigger_settings import TriggerSettings

_log = logging.getLogger(__name__)


class WorkerStartedTwiceError(RuntimeError):
    """A worker serves once: make another one."""

    def __init__(self) -> None:
        super().__init__("This worker was started before. Make a new Worker.")


class Worker:
    """Runs the jobs of a registry, and looks after those on Trigger.dev.

    It works in threads of its own.

    It touches neither signals nor logging configuration nor the event loop policy of
    its host, and blocks nobody's event loop. Any number of workers may serve one
    database; each job has one live attempt at a time.

    A worker whose process dies leaves its running jobs to the others: their leases
    run out, they are rescued, and the attempt counts. A drained worker hands back what
    it could not finish, and the attempt does not count. Code that ignores every
    request to stop is left behind: sync code runs on until it returns or the process
    ends, and its job is rescued when the lease runs out.

    Args:
        url: The database.
        registry: Which types it runs; it may be exchanged at any time.
        schema: Where Jobwire's tables live.
        settings: How much it takes on.
        clock: What time it is; None: PostgreSQL's clock, measured again and again.
        lifespan: Makes an async context manager that is entered before the first job
            and left after the last one, on the event loop of async jobs; what it
            yields is `ctx.resources`.
        doorbell_enabled: Whether NOTIFY may be used; without it everything works, but
            waits for the intervals of the settings.
        hooks: Who counts.
        trigger: The Trigger.dev environment that it hands TRIGGER jobs over to; None:
            it leaves them alone.
        policy: What jobs that are retried in bulk may run on Trigger.dev; None:
            anything.
        notifications: How to notify other back ends; None: it notifies none, not even
            those that types name.
    """

    def __init__(
        self,
        url: DatabaseUrl,
        *,
        registry: Registry,
        schema: str = "public",
        settings: WorkerSettings | None = None,
        clock: Clock | None = None,
        lifespan: Lifespan | None = None,
        doorbell_enabled: bool = True,
        hooks: WorkerHooks | None = None,
        trigger: TriggerSettings | None = None,
        policy: PlacementPolicy | None = None,
        notifications: NotificationSettings | None = None,
    ) -> None:
        #: Its name in leases and attempts: machine, process, and a random part.
        self.id = f"{socket.gethostname()}:{os.getpid()}:{secrets.token_hex(4)}"
        self._url = url
        self._registry = registry
        self._schema = schema
        self._settings = settings or WorkerSettings()
        self._clock = clock
        self._lifespan = lifespan
        self._doorbell_enabled = doorbell_enabled
        self._hooks = hooks or WorkerHooks()
        self._trigger = trigger
        self._policy = policy or PlacementPolicy()
        self._notifications = notifications
        self._ready: Future[None] = Future()
        self._ended: Future[None] = Future()
        for future in (self._ready, self._ended):
            # Nobody who stops waiting may cancel them for the others.
            future.set_running_or_notify_cancel()
        self._thread = threading.Thread(
            target=self._work, name="jobwire-control", daemon=True
        )
        self._lock = threading.Lock()
        self._control: tuple[asyncio.AbstractEventLoop, Control] | None = None
        self._is_started = False
        self._is_draining = False

    @property
    def is_running(self) -> bool:
        """Whether it is started and neither draining nor ended."""
        is_ready = self._ready.done() and self._ready.exception() is None
        return is_ready and not self._is_draining and not self._ended.done()

    async def start(self) -> None:
        """Connect, enter the lifespan and begin to claim.

        Raises:
            WorkerStartedTwiceError: It was started before.
            UnsupportedServerError, OSError, asyncpg.PostgresError: The database cannot
                be used.
            Exception: Whatever the lifespan raised.
        """
        with self._lock:
            if self._is_started:
                raise WorkerStartedTwiceError
            self._is_started = True
            self._thread.start()
        try:
            await asyncio.wrap_future(self._ready)
        except asyncio.CancelledError:
            self._begin_draining()
            raise

    async def drain(self) -> None:
        """Stop claiming, let running jobs end, hand back the rest, and end.

        Takes at most `drain_timeout`, `stop_grace` and some moments for writing. May
        be called any number of times, by anybody, also while it is starting; every
        call returns when the worker has ended.
        """
        with self._lock:
            if not self._is_started:
                self._is_started = True
                self._ended.set_result(None)
        self._begin_draining()
        await asyncio.wrap_future(self._ended)

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Drain."""
        await self.drain()

    def _begin_draining(self) -> None:
        with self._lock:
            self._is_draining = True
            control = self._control
        if control is not None:
            call_soon(control[0], control[1].drain)

    def _work(self) -> None:
        try:
            with asyncio.Runner(loop_factory=new_event_loop) as runner:
                runner.run(self._serve())
        # Nothing that ends the thread may go unheard; whoever waits must not hang.
        except BaseException as error:  # noqa: BLE001 - see above
            _log.exception(
                "worker %s ended unexpectedly",
                self.id,
                extra={"action": "worker-failed", "worker": self.id},
            )
            if not self._ready.done():
                self._ready.set_exception(error)
        finally:
            self._ended.set_result(None)

    async def _serve(self) -> None:
        control = Control(
            worker=self.id,
            url=self._url,
            schema=self._schema,
            registry=self._registry,
            settings=self._settings,
            clock=self._clock,
            lifespan=self._lifespan,
            doorbell_enabled=self._doorbell_enabled,
            hooks=self._hooks,
            trigger=self._trigger,
            policy=self._policy,
            notifications=self._notifications,
        )
        with self._lock:
            self._control = (asyncio.get_running_loop(), control)
            if self._is_draining:
                control.drain()
        await control.run(self._ready)
