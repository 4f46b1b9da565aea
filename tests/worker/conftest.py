"""A workbench: workers with short spans, jobs for them, ways to wait for both."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import pytest

from jobwire.jobs.cancel import cancel
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.decorator import definition_of, job
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import RunTime, ScheduleRequest
from jobwire.jobs.transitions.claim import Claimed
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus, LogLevel
from jobwire.worker.execution import Ears, Execution
from jobwire.worker.settings import WorkerSettings
from jobwire.worker.worker import Worker
from tests.clock import FakeClock
from tests.jobs.rig import Rig, open_rig

#: Short enough to wait for, long enough for a busy machine. Tests about leases set
#: shorter ones.
SETTINGS = WorkerSettings(
    lease=timedelta(seconds=5),
    drain_timeout=timedelta(seconds=10),
    stop_grace=timedelta(seconds=1),
)
#: Seconds that anything may take before a test gives up.
PATIENCE = 40.0

Found = TypeVar("Found")

NOW = datetime(2026, 1, 2, tzinfo=UTC)
VIEWER = Viewer("user-1", frozenset(Scope))
_LOOK = 0.01


class Workbench:
    """Starts workers, schedules and cancels jobs, and waits for rows."""

    def __init__(self, database: Database, doorbell: Doorbell) -> None:
        self.database = database
        self._doorbell = doorbell
        self._stack = AsyncExitStack()

    def worker(self, *functions: Any, **options: Any) -> Worker:
        """Make a worker for functions; single settings may be given by name."""
        names = WorkerSettings.__dataclass_fields__
        settings = {name: options.pop(name) for name in names if name in options}
        options.setdefault("registry", Registry(collect(*functions)))
        return Worker(
            options.pop("url", self.database.url),
            schema=self.database.schema,
            settings=replace(SETTINGS, **settings),
            **options,
        )

    async def start(self, *functions: Any, **options: Any) -> Worker:
        """Start a worker that is drained at the end of the test."""
        worker = self.worker(*functions, **options)
        self._stack.push_async_callback(worker.drain)
        await worker.start()
        return worker

    async def schedule(
        self,
        name: str,
        data: Any = None,
        *,
        rings: bool = True,
        delay: timedelta | None = None,
        **fields: Any,
    ) -> UUID:
        """Schedule a job as user-1 would."""
        fields["when"] = RunTime(delay=delay)
        async with self.database.connection() as connection:
            scheduled = await schedule(
                connection,
                ScheduleRequest(type=name, tag="test", data=data, **fields),
                registry=None,
                viewer=VIEWER,
                now=SystemClock().now(),
            )
        if rings:
            self._doorbell.ring(Topic.WORK)
        return scheduled.job.id

    def ring(self, topic: Topic) -> None:
        """Wake workers."""
        self._doorbell.ring(topic)

    async def cancel(self, job_id: UUID, **how: Any) -> None:
        """Cancel a job as user-1 would."""
        now = SystemClock().now()
        async with self.database.transaction() as connection:
            await cancel(connection, job_id, viewer=VIEWER, now=now, **how)
        self._doorbell.ring(Topic.CANCEL)

    async def job(self, job_id: UUID) -> Job:
        """Read a job."""
        async with self.database.connection() as connection:
            record = await connection.fetchrow(
                f"SELECT {JOB_COLUMNS} FROM worker_jobs WHERE id = $1", job_id
            )
        return Job.from_record(record)

    async def ended(self, job_id: UUID) -> Job:
        """Wait until a job has ended."""
        return await self.reaches(
            job_id,
            JobStatus.SUCCEEDED,
            JobStatus.FAILED,
            JobStatus.CANCELED,
            JobStatus.EXPIRED,
        )

    async def reaches(self, job_id: UUID, *statuses: JobStatus) -> Job:
        """Wait until a job is in one of the statuses."""

        async def look() -> Job | None:
            job = await self.job(job_id)
            return job if job.status in statuses else None

        return await until(look, f"{job_id} in {statuses}")

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """Run a statement."""
        async with self.database.connection() as connection:
            rows: list[Any] = await connection.fetch(query, *arguments)
            return rows

    async def events(self, job_id: UUID) -> list[str]:
        """Read the kinds of a job's events, oldest first."""
        rows = await self.fetch(
            "SELECT kind FROM job_events WHERE job_id = $1 ORDER BY version", job_id
        )
        return [row["kind"] for row in rows]

    async def attempts(self, job_id: UUID) -> list[str]:
        """Read the statuses of a job's attempts, first one first."""
        rows = await self.fetch(
            "SELECT status FROM job_attempts WHERE job_id = $1 ORDER BY number", job_id
        )
        return [row["status"] for row in rows]

    async def close(self) -> None:
        """Drain every worker."""
        await self._stack.aclose()


async def until(look: Callable[[], Awaitable[Found | None]], what: str = "it") -> Found:
    """Look again and again until something is found."""
    deadline = time.monotonic() + PATIENCE
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited in vain for {what}"
        await asyncio.sleep(_LOOK)


async def signaled(event: threading.Event) -> None:
    """Wait for a signal that job code gives from another thread."""
    assert await asyncio.to_thread(event.wait, PATIENCE), "the signal never came"


@pytest.fixture
async def bench(database: Database) -> AsyncIterator[Workbench]:
    async with Doorbell(database) as doorbell:
        bench = Workbench(database, doorbell)
        yield bench
        await bench.close()


@pytest.fixture
async def rig(
    database: Database, clock: FakeClock, tmp_path: Path
) -> AsyncIterator[Rig]:
    """TRIGGER jobs and a Trigger.dev, for loops whose passes a test makes."""
    async with open_rig(database, clock, tmp_path) as rig:
        yield rig


@job("work")
def work() -> None: ...


@pytest.fixture
def execution() -> Execution:
    """An attempt whose code runs."""
    definition = definition_of(work)
    assert definition is not None
    claimed = Claimed(
        id=UUID(int=7),
        fence=3,
        attempt=1,
        type="work",
        tag="test",
        user_id="user-1",
        data="{}",
        retry_config=RetryConfig(max_attempts=2, min_timeout_ms=1000),
        max_duration=timedelta(seconds=5),
        priority=0,
        queue="default",
        due_at=NOW,
        created_at=NOW,
    )
    return Execution(
        claimed,
        definition,
        resources=None,
        confirmed_at=0.0,
        ears=Ears(
            progress=lambda _, __: None,
            metadata=lambda _, __: None,
            line=lambda _, __: None,
            log_level=LogLevel.INFO,
            now=lambda: NOW,
        ),
    )
