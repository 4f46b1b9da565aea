"""Runs that really happened, told through the real doors in any order, or lost."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from uuid import UUID

import pytest

from jobwire.emulator import Retry, Step, Task, TaskCrash, TaskError, Wait
from jobwire.emulator.hook_events import fill_in, load_recordings
from jobwire.emulator.hook_moments import HookMoment
from jobwire.jobs.job import Job
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.observation import Observation
from jobwire.jobs.observe import observe
from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.jobs.posted import alert
from tests.jobs.rig import Rig, open_rig

TASKS = (
    Task("works", duration=3, output="done", progress=[Step(after=1, fraction=0.5)]),
    Task("waits", duration=2, output="done", waits=[Wait(after=1, seconds=8)]),
    Task("fails", duration=1, error=TaskError("no way"), retry=None),
    Task("crashes", duration=1, crash=TaskCrash()),
    Task(
        "fails-once",
        duration=1,
        output="done",
        error=lambda _, attempt: TaskError("not yet") if attempt == 1 else None,
        retry=Retry(min_seconds=1),
    ),
)
#: Longer than any of them lives, in seconds.
LIFE = 15
#: Seconds after which the code of a canceled run is taken to have stopped.
PARKED = 61
#: What says nothing of how a job ended, or differs with who told it first.
_FREE = {"version", "updated_at", "trigger_observed_at", "progress"}

Word = Callable[[], Awaitable[object]]


@dataclass
class Hearer:
    """Keeps what hooks would post."""

    moments: list[HookMoment] = field(default_factory=list)

    async def send(self, moment: HookMoment) -> None:
        self.moments.append(moment)

    def events(self, run: str) -> list[dict[str, Any]]:
        recordings = load_recordings()
        return [
            fill_in(recordings[moment.kind], moment, number)
            for number, moment in enumerate(self.moments)
            if moment.run_id == run
        ]


@dataclass
class Life:
    """A run that is over, and all that was true of it once."""

    job: Job
    looks: list[Observation]
    hooks: list[dict[str, Any]]
    alerts: list[dict[str, Any]]

    @property
    def end(self) -> Observation:
        return self.looks[-1]


@pytest.fixture
def hearer() -> Hearer:
    return Hearer()


@pytest.fixture
async def rig(
    database: Database, clock: FakeClock, tmp_path: Path, hearer: Hearer
) -> AsyncIterator[Rig]:
    async with open_rig(
        database, clock, tmp_path, hooks=hearer, tasks=TASKS, concurrency=100
    ) as rig:
        yield rig


async def live(
    rig: Rig, hearer: Hearer, task: str, *, canceled_at: int | None, asked: bool
) -> Life:
    """Let a run happen while nobody is told; it may be canceled after some seconds.

    Args:
        asked: Whether that is by the job's own user.
    """
    job = await rig.linked(task)
    run = str(job.trigger_run_id)
    looks = []
    for second in range(LIFE):
        if second == canceled_at:
            if asked:
                await rig.cancel(job.id)
            await rig.stage.cancel(run)
        looks.append((await rig.executor.hear(run)).said)
        await rig.stage.advance(1)
    assert looks[-1].status in TERMINAL
    told = await rig.stage.retrieve(run)
    alerts = []
    if looks[-1].status is JobStatus.FAILED:
        names = ("id", "status", "startedAt")
        given = {name: told[name] for name in names}
        alerts.append(alert(**given, completedAt=told["finishedAt"], error=None))
    return Life(job, looks, hearer.events(run), alerts)


def words(rig: Rig, life: Life, *, marked: str) -> list[Word]:
    """All that can be said of a life, each word as its path would bring it.

    Args:
        marked: Makes events new ones: what was posted before is known by its id.
    """

    def post(body: dict[str, Any]) -> Word:
        return lambda: rig.post({**body, "id": f"{marked}:{body['id']}"})

    def look(said: Observation) -> Word:
        return lambda: say(rig, said)

    return [*map(post, [*life.hooks, *life.alerts]), *map(look, life.looks)]


async def say(rig: Rig, said: Observation) -> None:
    """Bring what Trigger.dev itself said."""
    async with rig.database.transaction() as connection:
        await observe(connection, said, now=rig.clock.now())


async def tell(rig: Rig, life: Life, random: Random) -> None:
    """Tell a life: lossy, doubled and shuffled, and at least once its end."""

    marked = f"{life.job.id}"
    told = [word for word in words(rig, life, marked=marked) if random.random() < 0.6]
    told += random.choices(told, k=len(told) // 2) if told else []
    told += [rig.ask] * random.randint(0, 2)
    told.append(lambda: say(rig, life.end))
    random.shuffle(told)
    for word in told:
        await word()


def as_it_ended(job: Job) -> dict[str, Any]:
    return {name: getattr(job, name) for name in Job.names() if name not in _FREE}


async def counted(rig: Rig, job_id: UUID) -> tuple[int, int]:
    """Count the events of a job, and what was said of it."""
    [row] = await rig.fetch(
        "SELECT (SELECT count(*) FROM job_events WHERE job_id = $1),"
        " (SELECT sum(count)::int FROM job_observations WHERE job_id = $1)",
        job_id,
    )
    return row[0], row[1]


@pytest.mark.parametrize("task", [task.id for task in TASKS])
@pytest.mark.parametrize("canceled_at", [None, 0, 2])
@pytest.mark.parametrize("seed", range(2))
async def test_every_history_that_holds_the_end_ends_the_job_as_its_run_has(
    rig: Rig, hearer: Hearer, task: str, canceled_at: int | None, seed: int
) -> None:
    random = Random(f"{task} {canceled_at} {seed}")  # noqa: S311 - it guards nothing
    asked = random.random() < 1 / 2
    life = await live(rig, hearer, task, canceled_at=canceled_at, asked=asked)

    end = life.end
    await tell(rig, life, random)
    if end.status is JobStatus.CANCELED and end.started_at and not end.finished_at:
        # Of a parked run nobody ever says that its code has ended.
        await rig.stage.advance(PARKED)
        await say(rig, end)

    job = await rig.job(life.job.id)
    assert job.status == end.status
    assert job.trigger_status == end.word
    assert job.started == end.started_at
    assert job.success == {"SUCCEEDED": True, "FAILED": False}.get(job.status)
    assert job.failure_kind == (end.failure and end.failure.kind)
    assert job.attempts in {end.attempt, 0 if life.alerts else end.attempt}
    if job.status == JobStatus.CANCELED:
        started = end.started_at is not None
        assert job.cancel_outcome == ("STOPPED" if started else "NEVER_STARTED")
    else:
        assert job.finished == end.finished_at
        assert job.cancel_outcome in {None, "FINISHED_FIRST"}

    # What comes late is counted, and changes nothing.
    await rig.ask()
    before = await rig.job(job.id)
    events, said = await counted(rig, job.id)
    late = words(rig, life, marked=f"late:{job.id}")
    random.shuffle(late)
    for word in late:
        await word()
    await rig.ask()

    assert as_it_ended(await rig.job(job.id)) == as_it_ended(before) == as_it_ended(job)
    assert await counted(rig, job.id) == (events, said + len(late))
