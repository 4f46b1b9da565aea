"""Single jobs of one moment are read together, each behind its reader's wall."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from uuid import uuid4

from jobwire.jobs.engine import Engine
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import Scope, Viewer

MakeJob = Callable[..., Awaitable[Job]]

USER = Viewer("user-1", frozenset({Scope.JOBS_READ}))
STRANGER = Viewer("user-2", frozenset({Scope.JOBS_READ}))
ADMIN = Viewer("admin-1", frozenset({Scope.ADMIN}))


async def test_each_is_given_the_job_that_they_asked_for(
    engine: Engine, make_job: MakeJob
) -> None:
    jobs = [await make_job(tag=f"t{n}") for n in range(5)]
    asked = [*(job.id for job in jobs), uuid4(), jobs[0].id]

    read = await asyncio.gather(
        *(
            engine.job_reads.read(USER, one, "j.id, j.tag", with_as_of=False)
            for one in asked
        )
    )

    assert [job and job["tag"] for job, _ in read] == [
        *(f"t{n}" for n in range(5)),
        None,
        "t0",
    ]
    assert {as_of for _, as_of in read} == {None}


async def test_those_who_ask_in_one_moment_stay_behind_their_own_walls(
    engine: Engine, make_job: MakeJob
) -> None:
    job, another = await make_job(), await make_job()
    for_one = replace(USER, job_id=another.id)

    read = await asyncio.gather(
        *(
            engine.job_reads.read(viewer, one.id, "j.id", with_as_of=False)
            for viewer in (USER, STRANGER, ADMIN, for_one)
            for one in (job, another)
        )
    )

    assert [found is not None for found, _ in read] == [
        *(True, True),
        *(False, False),
        *(True, True),
        *(False, True),
    ]


async def test_where_they_were_read_is_told_with_them(
    engine: Engine, make_job: MakeJob
) -> None:
    job = await make_job()

    [(found, as_of), (missing, as_of_missing)] = await asyncio.gather(
        *(
            engine.job_reads.read(USER, one, "j.id", with_as_of=True)
            for one in (job.id, uuid4())
        )
    )

    assert found is not None
    assert missing is None
    assert as_of is as_of_missing is not None
    assert engine.feed.position_of(as_of).epoch == engine.feed.epoch
