"""`Jobwire`: the whole system of one process, open for the length of a block."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack, suppress
from datetime import timedelta
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self

import asyncpg

from jobwire.app.authentication import Chain, open_chain, viewer_signer
from jobwire.app.counting import CountingHooks, counting_refusals
from jobwire.app.figures import PROBE_SECONDS, refresh
from jobwire.app.notifications import notification_settings
from jobwire.app.postgres import acquire
from jobwire.app.settings import Settings
from jobwire.app.trigger import (
    placement_policy,
    sync_paths,
    trigger_access,
    webhook_secrets,
)
from jobwire.jobs import slow_statements, tracing
from jobwire.jobs.clock import Clock, DatabaseClock
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.doorbell import Doorbell
from jobwire.jobs.engine import Engine
from jobwire.jobs.examples import example_jobs
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.executors.internal import count_workers
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.feed import RECONNECT_AFTER, Feed
from jobwire.jobs.installation import settle_in
from jobwire.jobs.job_ranges import PLAN_SETTINGS
from jobwire.jobs.loading import JobSource
from jobwire.jobs.rate_limits import RateLimits
from jobwire.jobs.registry import Registry, collect
from jobwire.migrations import migrate, standing
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl, parse
from jobwire.web.metrics import Metrics
from jobwire.worker.jobs_thread import Lifespan
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.trigger_settings import TriggerSettings
from jobwire.worker.worker import Worker

log = logging.getLogger(__name__)

#: How long a read or a write of the API may take.
STATEMENT_TIMEOUT = timedelta(seconds=10)
#: How long the server may take to tell that one took longer.
ANSWER_TIME = timedelta(seconds=5)
#: How often PostgreSQL's clock is measured again, in seconds.
CLOCK_SECONDS = 30.0

_UNREACHABLE = (OSError, asyncpg.InterfaceError, asyncpg.InternalClientError)

#: A module with marked functions, a marked function, or a definition.
JobsGiven = ModuleType | Callable[..., Any] | JobDefinition
#: Tells a person what is being done.
Progress = Callable[[str], None]

_open: dict[Settings, "Jobwire"] = {}


class NotMigratedError(Exception):
    """The database lacks versions of the schema."""

    def __init__(self, url: DatabaseUrl, missing: Sequence[str]) -> None:
        super().__init__(
            f"The database {url.display} lacks {len(missing)} version(s) of Jobwire's"
            " schema. Run `jobwire migrate` first."
        )


class NotOpenError(RuntimeError):
    """Something was asked of a Jobwire that is not open."""

    def __init__(self) -> None:
        super().__init__(
            "Jobwire is not open. Enter `async with Jobwire(settings)` in your"
            " application's lifespan, with equal settings."
        )


class Jobwire:
    """The database, the feed, the types of job and, if wanted, a worker.

    An async context manager; once left, make another one. It touches neither signals
    nor the root logger nor the event loop policy of its host.

    Args:
        settings: Everything that can be set.
        jobs: Types of job beside those that `settings.jobs` names.
        worker: Whether this process runs jobs, in threads of its own.
        lifespan: Makes an async context manager around the worker's jobs; what it
            yields is `context.resources`.
        local_trigger: A local Trigger.dev to work with when the settings name none.
        migrate: Whether a database that was named may be migrated; the embedded one
            always is.
        progress: Told what the opening does.
        is_watched: Whether somebody follows jobs through this process; False: what is
            followed here all the same is looked at once a second.

    Raises:
        TracingUnavailableError: Tracing is set, and `jobwire[otel]` is not installed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        jobs: Sequence[JobsGiven] = (),
        worker: bool = True,
        lifespan: Lifespan | None = None,
        local_trigger: TriggerAccess | None = None,
        migrate: bool = False,
        progress: Progress = lambda _: None,
        is_watched: bool = True,
    ) -> None:
        if settings.tracing:
            tracing.switch_on()
        self.settings = settings
        self.metrics = Metrics()
        self.source = JobSource(settings.jobs, directory=Path.cwd())
        self._given = collect(*jobs)
        self._runs_jobs = worker
        self._lifespan = lifespan
        self._trigger = trigger_access(settings, local=local_trigger)
        self._paths = sync_paths(settings)
        self._migrates = migrate
        self._progress = progress
        self._is_watched = is_watched
        self._stack = AsyncExitStack()
        self._engine: Engine | None = None
        self._is_leaving = False
        self._authenticate: Chain | None = None
        self._worker: Worker | None = None

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as stack:
            settings = self.settings
            registry = Registry(self.definitions())
            stack.callback(self.source.close)
            url = await self._resolve_database(stack)
            await self._bring_up_to_date(url)
            database = await Database.open(
                url,
                schema=settings.db_schema,
                max_size=settings.pool_size,
                application_name="jobwire api",
                statement_timeout=STATEMENT_TIMEOUT,
                patience=STATEMENT_TIMEOUT + ANSWER_TIME,
                settings=PLAN_SETTINGS,
                on_statement=slow_statements.listener(
                    settings.slow_statement, self.metrics.slow_statements.inc
                ),
            )
            stack.push_async_callback(database.close)
            clock = DatabaseClock()
            async with database.connection() as connection:
                await clock.synchronize(connection)
            stack.push_async_callback(
                _cancel, asyncio.create_task(_keep_synchronous(clock, database))
            )
            doorbell = await stack.enter_async_context(
                Doorbell(database, enabled=settings.notify, hears=self._is_watched)
            )
            feed = await stack.enter_async_context(
                Feed(database, doorbell, clock=clock)
            )
            executor = await self._open_executor(database, clock, stack)
            self._authenticate = await stack.enter_async_context(
                open_chain(settings, database, clock)
            )
            if self._runs_jobs:
                self._worker = await stack.enter_async_context(
                    self._make_worker(url, registry)
                )
            self._engine = Engine(
                database,
                registry,
                clock,
                doorbell,
                feed,
                policy=placement_policy(settings, self._trigger),
                trigger=executor,
                paths=self._paths,
                webhook_secrets=webhook_secrets(settings),
                rate_limits=RateLimits(
                    settings.operations_per_minute,
                    on_refusal=counting_refusals(self.metrics),
                ),
                sign_viewer=viewer_signer(settings),
            )
            _open[settings] = self
            stack.callback(self._forget)
            self._stack = stack.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.begin_closing()
        await self._stack.__aexit__(kind, error, traceback)

    @property
    def engine(self) -> Engine:
        """The open parts.

        Raises:
            NotOpenError: The block was not entered, or was left.
        """
        if self._engine is None:
            raise NotOpenError
        return self._engine

    @property
    def authenticate(self) -> Chain:
        """Tells who is asking, by the API keys and tokens that the settings allow.

        Raises:
            NotOpenError: The block was not entered, or was left.
        """
        if self._authenticate is None:
            raise NotOpenError
        return self._authenticate

    @property
    def is_open(self) -> bool:
        """Whether the block was entered, and not left."""
        return self._engine is not None

    @property
    def is_working(self) -> bool:
        """Whether this process runs jobs at the moment."""
        return self._worker is not None and self._worker.is_running

    @property
    def is_leaving(self) -> bool:
        """Whether nobody should count on this process any more."""
        return self._is_leaving

    def begin_leaving(self) -> None:
        """Be no longer ready, and go on with all else."""
        self._is_leaving = True

    def begin_closing(self) -> None:
        """Tell every live stream to end and to connect elsewhere.

        From then on it is not ready.
        """
        self.begin_leaving()
        if self._engine is not None:
            self._engine.feed.begin_closing(
                "The server is shutting down.", RECONNECT_AFTER
            )

    def definitions(self) -> tuple[JobDefinition, ...]:
        """Load the types of job anew: the user's, those given, the examples.

        Raises:
            JobLoadError: A file or module of the settings cannot be loaded.
            RegistryError: Two types have the same name, or declare other limits of
                one queue.
            MissingSecretError: A type notifies somebody, this process has a worker, and
                there is nothing to sign with.
        """
        own = collect(*self.source.load(), *self._given)
        if self._runs_jobs:
            # Better now than when there is something to sign.
            notification_settings(self.settings).targets(Registry(own))
        if not self.settings.examples:
            return own
        # Whoever has a job of the same name means their own.
        taken = {definition.name for definition in own}
        examples = example_jobs(
            self.settings.files_dir, trigger=self._trigger is not None
        )
        return (*own, *(one for one in examples if one.name not in taken))

    async def missing(self) -> list[str]:
        """Say what keeps jobs from being scheduled and run; empty: nothing."""
        if self._engine is None:
            return ["Jobwire is not open."]
        if self._is_leaving:
            return ["The process is shutting down. Send requests to another one."]
        database = self._engine.database
        try:
            async with asyncio.timeout(PROBE_SECONDS), database.connection() as one:
                workers = await count_workers(one)
        except (*_UNREACHABLE, asyncpg.PostgresError) as error:
            reason = str(error) or type(error).__name__
            told = (
                f"The database {database.url.display} does not answer: {reason}. Start"
                " PostgreSQL, or see what stands between; it is tried again by itself."
            )
            return [told]
        if self._worker is not None and not self._worker.is_running:
            told = (
                "The worker of this process does not run: it is starting or ending, or"
                " has failed, which the log tells. If that lasts, restart the process."
            )
            return [told]
        if self._worker is None and not workers and not self._is_renamed():
            return ["No worker is connected. Start one with `jobwire worker`."]
        return []

    def _is_renamed(self) -> bool:
        """Whether the database's URL gives all connections one name."""
        url = self.engine.database.url
        return any(name == "application_name" for name, _ in url.options)

    async def fresh_metrics(self) -> Metrics:
        """Return the figures, those included that are only read when asked for.

        What only the database knows is left out while it does not answer.
        """
        if self._engine is not None:
            await refresh(self.metrics, self._engine)
        return self.metrics

    async def _resolve_database(self, stack: AsyncExitStack) -> DatabaseUrl:
        given = self.settings.parsed_database_url
        if given is not None:
            return given
        acquiring = asyncio.ensure_future(
            asyncio.to_thread(acquire, self.settings.data_dir, progress=self._progress)
        )
        try:
            cluster = await asyncio.shield(acquiring)
        except asyncio.CancelledError:
            # A thread cannot be cancelled, and nobody else would release its server.
            await asyncio.to_thread((await acquiring).release)
            raise
        stack.push_async_callback(asyncio.to_thread, cluster.release)
        return parse(cluster.url)

    async def _bring_up_to_date(self, url: DatabaseUrl) -> None:
        schema = self.settings.db_schema
        if self.settings.database_url is None or self._migrates:
            applied = await migrate(url, schema=schema)
            if applied:
                self._progress(f"migrated the database to version {applied[-1]}")
            return
        stand = await standing(url, schema=schema)
        if stand.missing:
            raise NotMigratedError(url, stand.missing)
        if stand.is_ahead:
            log.info(
                "the database is at version %s, which is newer than this code",
                stand.found,
                extra={"action": "schema-ahead"},
            )

    async def _open_executor(
        self, database: Database, clock: Clock, stack: AsyncExitStack
    ) -> TriggerExecutor | None:
        if self._trigger is None:
            return None
        async with database.connection() as connection:
            installation = await settle_in(connection)
        executor = await stack.enter_async_context(
            self._trigger.executor(installation=installation.id, clock=clock)
        )
        executor.speak_for(installation.id, trouble=installation.trouble)
        return executor

    def _make_worker(self, url: DatabaseUrl, registry: Registry) -> Worker:
        settings = self.settings
        return Worker(
            url,
            registry=registry,
            schema=settings.db_schema,
            settings=WorkerSettings(
                concurrency=settings.worker_concurrency,
                threads=settings.worker_threads,
                queues=settings.worker_queues or None,
                lease=settings.lease,
                drain_timeout=settings.drain,
                start_overdue=timedelta(seconds=settings.start_overdue_seconds),
                heartbeat_late=timedelta(seconds=settings.heartbeat_late_seconds),
                run_silent=timedelta(seconds=settings.run_silent_seconds),
                log_level=settings.job_log_level,
                retention=settings.retention,
                slow_statement=settings.slow_statement,
                long_transaction=settings.long_transaction,
            ),
            lifespan=self._lifespan,
            doorbell_enabled=settings.notify,
            hooks=CountingHooks(self.metrics),
            trigger=self._trigger_settings(),
            policy=placement_policy(settings, self._trigger),
            notifications=notification_settings(settings),
        )

    def _trigger_settings(self) -> TriggerSettings | None:
        if self._trigger is None:
            return None
        settings = self.settings
        return TriggerSettings(
            access=self._trigger,
            paths=self._paths,
            hook_grace=timedelta(seconds=settings.trigger_hook_grace),
            reconcile_interval=timedelta(seconds=settings.reconcile_seconds),
        )

    def _forget(self) -> None:
        self._engine = None
        self._authenticate = None
        if _open.get(self.settings) is self:
            del _open[self.settings]


def open_jobwire(settings: Settings) -> Jobwire:
    """Return the Jobwire of this process that is open with these settings.

    Raises:
        NotOpenError: There is none.
    """
    try:
        return _open[settings]
    except KeyError:
        raise NotOpenError from None


async def _keep_synchronous(clock: DatabaseClock, database: Database) -> None:
    while True:
        await asyncio.sleep(CLOCK_SECONDS)
        with suppress(*_UNREACHABLE, asyncpg.PostgresError):
            async with database.connection() as connection:
                await clock.synchronize(connection)


async def _cancel(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
