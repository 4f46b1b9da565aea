"""Retrying: a new job, and the old one as it was."""

import json

import pytest

from jobwire.jobs.decorator import job as job_type
from jobwire.jobs.errors import (
    ExecutorUnavailableError,
    InvalidStateError,
    NotFoundError,
    UnknownTypeError,
)
from jobwire.jobs.lifecycle import TERMINAL
from jobwire.jobs.placement import PlacementPolicy
from jobwire.jobs.registry import Registry, collect
from jobwire.jobs.retry import retry
from jobwire.jobs.trigger_job import trigger_job
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock

OWNER = Viewer("user-1", frozenset({Scope.JOBS_WRITE}))
OPEN = [
    status
    for status in JobStatus
    if status not in TERMINAL and status is not JobStatus.WAITING
]


@pytest.fixture
def again(database: Database, clock: FakeClock, registry: Registry):
    async def again(job, viewer: Viewer = OWNER, **options: object):
        given = {"registry": registry, "viewer": viewer, "now": clock.now(), **options}
        async with database.transaction() as connection:
            return await retry(connection, job.id, **given)

    return again


@job_type("moved-here")
def moved_here() -> None: ...


@pytest.mark.parametrize("status", TERMINAL)
async def test_a_job_that_has_ended_runs_again_as_a_new_job(
    again, make_job, status: JobStatus
) -> None:
    job = await make_job(status=status, type="count-primes", data={"limit": 7})

    new = await again(job)

    assert new.id != job.id
    assert (new.status, new.replay_of, new.tag) == ("QUEUED", job.id, job.tag)
    assert json.loads(new.data) == {"limit": 7}
    assert new.retry_config == job.retry_config


@pytest.mark.parametrize("status", OPEN)
async def test_an_open_job_is_refused(again, make_job, status: JobStatus) -> None:
    job = await make_job(status=status)

    with pytest.raises(InvalidStateError) as refusal:
        await again(job)

    assert refusal.value.current_status is status
    assert refusal.value.allowed == TERMINAL


async def test_a_type_that_is_gone_is_refused(again, make_job) -> None:
    job = await make_job(status=JobStatus.FAILED, type="gone")

    with pytest.raises(UnknownTypeError):
        await again(job)


async def test_another_users_job_does_not_exist(again, make_job) -> None:
    job = await make_job(status=JobStatus.FAILED)

    with pytest.raises(NotFoundError):
        await again(job, Viewer("user-2", frozenset({Scope.JOBS_WRITE})))


@pytest.mark.parametrize("any_task", [True, False])
async def test_a_task_runs_again_as_a_new_run_whoever_may_name_tasks(
    again, make_run_job, *, any_task: bool
) -> None:
    job = await make_run_job(status="FAILED", type="new", trigger_task_id="task-1")

    new = await again(job, policy=PlacementPolicy(any_task=any_task))

    assert (new.executor, new.type, new.trigger_task_id) == ("trigger", "new", "task-1")
    assert (new.status, new.dispatch_state, new.trigger_run_id) == (
        "QUEUED",
        "none",
        None,
    )
    assert new.replay_of == job.id


async def test_a_job_of_a_type_that_moved_runs_again_where_the_type_is_now(
    again, make_job, make_run_job
) -> None:
    here = await make_job(status="FAILED", type="moved-away")
    there = await make_run_job(status="FAILED", type="moved-here", trigger_task_id="t")

    registry = Registry([trigger_job("moved-away"), *collect(moved_here)])

    assert (await again(here, registry=registry)).trigger_task_id == "moved-away"
    assert (await again(there, registry=registry)).executor == "internal"


async def test_a_task_does_not_run_again_where_none_can(again, make_run_job) -> None:
    job = await make_run_job(status="FAILED", type="new")

    with pytest.raises(ExecutorUnavailableError):
        await again(job, policy=PlacementPolicy("It is switched off."))
