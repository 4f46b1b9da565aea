"""Cancels against everything else at once, over many connections of a PostgreSQL.

Whoever wins, the status, the outcome and the log of each job tell the same.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs import identifiers
from jobwire.jobs.cancel import cancel
from jobwire.jobs.failure import Failure
from jobwire.jobs.job import Job
from jobwire.jobs.observe import observe
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.dispatch import (
    Dispatch,
    claim_dispatches,
    lose_answer,
    release,
    take_undecided,
)
from jobwire.jobs.transitions.expire import expire
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.force import force
from jobwire.jobs.transitions.link import link, lose, reject, settle_unstarted
from jobwire.jobs.transitions.promote import promote
from jobwire.jobs.transitions.rescue import rescue
from jobwire.jobs.transitions.tell_run import acknowledge_by_run
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import (
    CancelMode,
    FailureKind,
    JobStatus,
    SignalSource,
)
from tests.clock import FakeClock
from tests.factories import LEASE, WORKER
from tests.jobs.conftest import ENVIRONMENT, MakeJob
from tests.jobs.said import HOOKS, WORDS, hook, verdict

Step = Callable[[Connection], Awaitable[object]]

JOBS = 24
FAILURE = Failure(FailureKind.TASK_ERROR, "no", "ValueError")
#: Which outcomes a status allows, and the other way round.
AGREED = {
    "CANCELED": {"STOPPED", "NEVER_STARTED", "FORCED_UNCONFIRMED"},
    "SUCCEEDED": {"FINISHED_FIRST", None},
    "FAILED": {"FINISHED_FIRST", None},
    "EXPIRED": {"FINISHED_FIRST", None},
}


def step(
    write: Callable[..., Awaitable[object]], *arguments: Any, **given: Any
) -> Step:
    """Make a step of a transition and its arguments."""
    return lambda connection: write(connection, *arguments, **given)


async def at_once(database: Database, random: Random, steps: list[Step]) -> None:
    """Take all steps at the same time, each in its own transaction."""
    random.shuffle(steps)

    async def take(one: Step) -> None:
        async with database.transaction() as connection:
            await one(connection)

    await asyncio.gather(*map(take, steps))


def cancels(job: Job, random: Random, now: datetime) -> list[Step]:
    """Ask three times, once of them with force that is due at once."""
    given = {"viewer": trusted("user-1"), "now": now}
    return [
        step(cancel, job.id, mode=mode, grace_period=grace, **given)
        for mode, grace in (
            (CancelMode.FORCE, timedelta()),
            (CancelMode.GRACEFUL, timedelta(seconds=random.choice([0, 60]))),
            (random.choice([*CancelMode]), timedelta()),
        )
    ]


async def check(database: Database) -> None:
    """Hold every job's row, log and attempts to each other."""
    async with database.connection() as connection:
        await force(connection, now=FakeClock().now() + timedelta(days=2))
        jobs = await connection.fetch("SELECT * FROM worker_jobs")
        events = await connection.fetch(
            "SELECT *, changes::text AS text FROM job_events ORDER BY job_id, version"
        )
        running = await connection.fetchval(
            "SELECT count(*) FROM job_attempts WHERE status = 'RUNNING'"
        )
    assert len(jobs) == JOBS
    assert running == 0
    for job in jobs:
        assert job["cancel_outcome"] in AGREED[job["status"]], dict(job)
        if job["cancel_outcome"] == "NEVER_STARTED":
            assert job["started"] is None
        log = [event for event in events if event["job_id"] == job["id"]]
        assert [one["version"] for one in log] == list(range(1, job["version"] + 1))
        row: dict[str, Any] = {}
        ends = 0
        for event in log:
            assert event["from_status"] == row.get("status")
            row |= json.loads(event["text"])
            ends += "finished" in json.loads(event["text"]) and event["version"] > 1
        assert ends == 1
        for name in ("status", "cancel_outcome", "cancel_mode", "success"):
            assert row.get(name) == job[name], name


def finishes(job: Job, random: Random, now: datetime) -> list[Step]:
    """Let the worker that runs the job, and one that might, report any end."""
    outcome = random.choice([*Outcome])
    failed = outcome in (Outcome.FAILED, Outcome.RETRY)
    end = Finish(
        job.id,
        1,
        outcome,
        result="1" if outcome is Outcome.SUCCEEDED else None,
        failure=FAILURE if failed else None,
        retry_at=now if outcome is Outcome.RETRY else None,
    )
    return [step(finish, [end], worker=worker, now=now) for worker in (WORKER, "w0")]


@pytest.mark.parametrize("seed", range(6))
async def test_of_a_job_of_a_worker_outcome_and_status_always_agree(
    database: Database, make_job: MakeJob, clock: FakeClock, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - shuffles a race, guards nothing
    now, late = clock.now(), clock.now() + timedelta(hours=2)
    claims = {"limit": JOBS // 4, "lease": LEASE, "types": ["no-op"], "now": now}
    steps = [step(claim, worker=f"w{number % 2}", **claims) for number in range(4)]
    steps += [step(promote, now=late), step(promote, now=late), step(expire, now=late)]
    steps += [step(rescue, now=now + LEASE / 2), *[step(force, now=now)] * 3]
    for number in range(JOBS):
        status = random.choice(
            ["QUEUED", "RUNNING", "RUNNING", "RETRYING", "SCHEDULED"]
        )
        given: dict[str, Any] = {}
        if number % 3:
            given["expires_at"] = now + timedelta(hours=1)
        if status == "RUNNING" and number % 4 == 0:
            given["leased_until"] = now
        job = await make_job(status=status, **given)
        steps += cancels(job, random, now) + finishes(job, random, now)

    await at_once(database, random, steps)

    await check(database)


def run_of(id: UUID) -> str:
    return f"run_{id.hex}"


async def work_on(
    connection: Connection, dispatches: list[Dispatch], random: Random, now: datetime
) -> None:
    """Let each dispatch come to one of its ends, as its sender would write it."""
    for held in sorted(dispatches, key=lambda one: one.id):
        match random.randrange(4):
            case 0:
                await lose_answer(connection, held, now, settle=timedelta())
            case 1:
                await reject(connection, held.id, held.fence, "no", now=now)
            case 2:
                if not await settle_unstarted(connection, held.id, held.fence, now=now):
                    await release(connection, held, now)
            case _:
                await link(
                    connection,
                    held.id,
                    run_of(held.id),
                    source=SignalSource.DISPATCH,
                    now=now,
                )


def dispatchers(random: Random, now: datetime) -> list[Step]:
    """Hand over what is ready, and decide what nobody knows about."""
    common = {
        "worker": "w",
        "limit": JOBS,
        "lease": LEASE,
        "environment": ENVIRONMENT,
        "now": now,
    }

    async def dispatches(connection: Connection) -> None:
        claimed = await claim_dispatches(connection, **common)
        await work_on(connection, claimed, random, now)

    async def decides(connection: Connection) -> None:
        taken = await take_undecided(connection, sent_before=now, **common)
        await work_on(connection, taken, random, now)

    return [dispatches, decides] * 2


def hears(job: Job, random: Random, now: datetime) -> list[Step]:
    """Let anything be said of the run of a job."""
    run = run_of(job.id)
    said = [
        verdict(random.choice([*WORDS]), run_id=run),
        verdict(JobStatus.CANCELED, finished_at=None, run_id=run),
        hook(random.choice([*HOOKS]), run_id=run),
    ]
    return [step(observe, one, now=now) for one in random.sample(said, 2)]


@pytest.mark.parametrize("seed", range(6))
async def test_of_a_job_on_trigger_dev_outcome_and_status_always_agree(
    database: Database, make_run_job: MakeJob, clock: FakeClock, seed: int
) -> None:
    random = Random(seed)  # noqa: S311 - shuffles a race, guards nothing
    now = clock.now()
    steps = [*dispatchers(random, now), step(expire, now=now)]
    steps += [step(force, now=now)] * 3
    for number in range(JOBS):
        id = identifiers.new_id(now)
        state = random.choice(["none", "sending", "unknown", "linked", "linked"])
        given: dict[str, Any] = {"id": id}
        if state == "linked":
            given["status"] = random.choice(["QUEUED", "RUNNING", "WAITING"])
            given["trigger_run_id"] = run_of(id)
        elif number % 3 == 0:
            given["expires_at"] = now
        job = await make_run_job(state, **given)
        steps += cancels(job, random, now) + hears(job, random, now)
        steps += [step(acknowledge_by_run, id, now=now)]
        if number % 6 == 0:
            steps += [step(lose, run_of(id), now=now)]

    await at_once(database, random, steps)

    await check(database)
