"""A rig: TRIGGER jobs in a database, an emulator, and a wire between that can fail."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx

from jobwire.emulator import Queue, Retry, Task, TaskError
from jobwire.jobs.asking import Asker
from jobwire.jobs.cancel import cancel
from jobwire.jobs.dispatch import Dispatcher, DispatchRules, Outcome
from jobwire.jobs.dispatch_batch import BatchDispatcher
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.inbox import Delivery, read_unhandled
from jobwire.jobs.installation import read_installation
from jobwire.jobs.job import JOB_COLUMNS, Job
from jobwire.jobs.link_batch import BatchLinker, read_open_batches
from jobwire.jobs.orphan_policy import OrphanPolicy
from jobwire.jobs.realtime import FeedFollower
from jobwire.jobs.reconcile import Reconciler
from jobwire.jobs.registry import Registry
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.sync import Syncer
from jobwire.jobs.transitions.dispatch import (
    Dispatch,
    claim_dispatches,
    take_undecided,
)
from jobwire.jobs.transitions.force import force
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.jobs.webhook import Received, receive
from jobwire.models.database import Database
from jobwire.models.vocabulary import Executor
from jobwire.triggerdev import RetryPolicy, TriggerDevClient, sign_hex
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened
from tests.jobs.wire import FaultyWire

PLACE = "https://trigger.test"
SECRET = "a secret of the hooks"
VIEWER = Viewer("user-1", frozenset(Scope))
RULES = DispatchRules()
GRACE = timedelta(seconds=60)
#: Long enough that nothing of a run happens unless a test moves the clock.
TASKS = (
    Task("work", duration=60, output=lambda payload, _: {"got": payload}),
    Task("fails", duration=1, error=TaskError("no way", "TypeError"), retry=None),
    Task(
        "fails-once",
        duration=1,
        output="done",
        error=lambda _, attempt: TaskError("not yet") if attempt == 1 else None,
        retry=Retry(min_seconds=1),
    ),
    Task("huge", duration=1, output="x" * (1024 * 1024)),
    Task("large", duration=1, output="x" * 600_000),
    Task("on-time", duration=60, is_scheduled=True),
    Task("late", duration=60, is_scheduled=True),
    Task("lone-surrogate", duration=1, output="\ud800"),
)


async def _no_wait(_: float) -> None:
    """Try again at once."""


@dataclass
class Rig:
    """Everything that one process has for TRIGGER jobs, and the other side."""

    database: Database
    clock: FakeClock
    stage: Stage
    wire: FaultyWire
    executor: TriggerExecutor

    @property
    def dispatcher(self) -> Dispatcher:
        return Dispatcher(
            self.database.connection,
            self.executor,
            self.clock,
            RULES,
            sleep=self.stage.advance,
        )

    @property
    def batch_dispatcher(self) -> BatchDispatcher:
        return BatchDispatcher(
            self.database.connection, self.executor, self.clock, RULES
        )

    @property
    def asker(self) -> Asker:
        return Asker(
            self.database.connection,
            self.executor,
            self.clock,
            registry=Registry([]),
            grace=GRACE,
        )

    @property
    def syncer(self) -> Syncer:
        return Syncer(self.database.connection, self.executor, self.clock)

    def follower(self) -> FeedFollower:
        """Make one who follows the feed; each is a process of its own."""
        return FeedFollower(self.database.connection, self.executor, self.clock)

    @property
    def reconciler(self) -> Reconciler:
        return self.reconciler_of()

    def reconciler_of(
        self, policy: OrphanPolicy = OrphanPolicy.FAIL, **given: Any
    ) -> Reconciler:
        """Return a reconciler that settles every lost job so."""
        return Reconciler(
            self.database.connection,
            self.executor,
            self.clock,
            **{"sleep": self.stage.advance, "policy_of": lambda _: policy, **given},
        )

    async def schedule(self, task: str = "work", **fields: Any) -> UUID:
        """Accept a TRIGGER job of user-1."""
        request = ScheduleRequest(
            type=task,
            tag=fields.pop("tag", "tag-1"),
            executor=Executor.TRIGGER,
            trigger_task_id=task,
            **fields,
        )
        async with self.database.connection() as connection:
            scheduled = await schedule(
                connection,
                request,
                registry=None,
                viewer=VIEWER,
                now=self.clock.now(),
            )
        return scheduled.job.id

    async def claim(self, *, worker: str = "w1", limit: int = 100) -> list[Dispatch]:
        """Claim what is ready, as a dispatcher does before it sends."""
        environment = await self.executor.environment()
        async with self.database.connection() as connection:
            return await claim_dispatches(
                connection,
                worker=worker,
                limit=limit,
                lease=RULES.lease,
                environment=environment,
                now=self.clock.now(),
            )

    async def claimed(self, task: str = "work", **fields: Any) -> Dispatch:
        """Schedule a job and claim it."""
        id = await self.schedule(task, **fields)
        [dispatch] = [one for one in await self.claim() if one.id == id]
        return dispatch

    async def linked(self, task: str = "work", **fields: Any) -> Job:
        """Schedule a job and hand it over."""
        dispatch = await self.claimed(task, **fields)
        assert await self.dispatcher.send(dispatch) is Outcome.SETTLED
        job = await self.job(dispatch.id)
        assert job.trigger_run_id is not None
        return job

    async def take(self, *, worker: str = "w2") -> list[Dispatch]:
        """Lease what nobody knows about, as a decider does."""
        now = self.clock.now()
        environment = await self.executor.environment()
        async with self.database.connection() as connection:
            return await take_undecided(
                connection,
                worker=worker,
                limit=10,
                lease=RULES.lease + RULES.search_gap,
                environment=environment,
                sent_before=now - RULES.settle,
                now=now,
            )

    async def decide(self) -> list[Outcome]:
        """Do a pass of the decider, as soon as the rules allow it."""
        await self.stage.advance(RULES.lease.total_seconds())
        return [await self.dispatcher.decide(one) for one in await self.take()]

    async def link_batches(self) -> int:
        """Ask every batch that jobs wait for; return how many jobs changed."""
        environment = await self.executor.environment()
        async with self.database.connection() as connection:
            batches = await read_open_batches(
                connection, environment, now=self.clock.now(), limit=1000
            )
        linker = BatchLinker(self.database.connection, self.executor, self.clock, RULES)
        return sum([await linker.link(batch) for batch in batches])

    async def cancel(self, job_id: UUID, **how: Any) -> None:
        """Cancel a job as its user."""
        async with self.database.transaction() as connection:
            await cancel(connection, job_id, viewer=VIEWER, now=self.clock.now(), **how)

    async def force(self) -> int:
        """End what is to be ended by force by now."""
        async with self.database.connection() as connection:
            return await force(connection, now=self.clock.now())

    async def job(self, job_id: UUID) -> Job:
        async with self.database.connection() as connection:
            record = await connection.fetchrow(
                f"SELECT {JOB_COLUMNS} FROM worker_jobs WHERE id = $1", job_id
            )
        return Job.from_record(record)

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        async with self.database.connection() as connection:
            rows: list[Any] = await connection.fetch(query, *arguments)
            return rows

    async def events(self, job_id: UUID) -> list[str]:
        """Read who wrote which event: `KIND by SOURCE`, oldest first."""
        rows = await self.fetch(
            "SELECT kind, source FROM job_events WHERE job_id = $1 ORDER BY version",
            job_id,
        )
        return [f"{row['kind']} by {row['source']}" for row in rows]

    async def runs(self, job_id: UUID) -> list[str]:
        """Return the runs that the other side has for a job, past the wire."""
        return await self.stage.listed_ids(
            **{
                "filter[tag]": f"job:{job_id_text(job_id)}",
                "filter[createdAt][from]": "0",
                "page[size]": "100",
            }
        )

    async def post(self, body: dict[str, Any]) -> Received:
        """Post an event, as the hooks of a project or an alert do."""
        raw = json.dumps(body).encode()
        async with self.database.transaction() as connection:
            return await receive(
                connection,
                raw,
                {"x-trigger-signature-hmacsha256": sign_hex(SECRET, raw)},
                secrets=(SECRET,),
                now=self.clock.now(),
            )

    async def inbox(self) -> list[Delivery]:
        async with self.database.connection() as connection:
            return await read_unhandled(connection, limit=100)

    async def ask(self) -> list[bool]:
        """Work once on everything in the inbox."""
        return [await self.asker.handle(one) for one in await self.inbox()]


def hook(
    kind: str,
    run: str,
    job_id: UUID | None,
    clock: FakeClock,
    *,
    task: str = "work",
    **more: Any,
) -> dict[str, Any]:
    """Make the event of a hook."""
    now = clock.now().isoformat()
    tags = [] if job_id is None else [f"job:{job_id_text(job_id)}"]
    told = {
        "id": run,
        "taskIdentifier": task,
        "attempt": 1,
        "tags": tags,
        "startedAt": now,
    }
    return {
        "id": f"{run}:{kind}:{clock.now().timestamp()}",
        "type": kind,
        "occurredAt": now,
        "run": told,
        **more,
    }


@asynccontextmanager
async def open_rig(
    database: Database, clock: FakeClock, folder: Path, **given: Any
) -> AsyncIterator[Rig]:
    """Open a rig on a database and an emulator of its own.

    Args:
        database: Where the jobs are.
        clock: Of both sides.
        folder: Of the emulator.
        given: More for the emulator.
    """
    given = {"list_lag": timedelta(), "tasks": TASKS, **given}
    given.setdefault("queues", (Queue("mail"),))
    async with opened(folder, clock, **given) as stage:
        wire = FaultyWire(httpx.ASGITransport(stage.emulator.app))
        async with database.connection() as connection:
            installation = (await read_installation(connection)).id
        executor = TriggerExecutor(
            TriggerDevClient(
                secret_key=stage.emulator.secret_key,
                api_url=PLACE,
                transport=wire,
                retries=RetryPolicy(max_attempts=1),
                sleep=_no_wait,
                now=clock.now,
            ),
            place=PLACE,
            installation=installation,
            clock=clock,
        )
        async with executor:
            yield Rig(database, clock, stage, wire, executor)
