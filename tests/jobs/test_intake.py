"""Intake: jobs of one moment are written together, each as if it were alone."""

import asyncio

import pytest

from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import IdempotencyConflictError, UnknownTypeError
from jobwire.jobs.schedule import Scheduled, schedule
from jobwire.jobs.schedule_request import ScheduleRequest
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Database

USER = Viewer("user-1", frozenset({Scope.JOBS_WRITE}))
OTHER = Viewer("user-2", frozenset({Scope.JOBS_WRITE}))

_WRITTEN = """
SELECT count(DISTINCT j.xmin::text) AS transactions, count(DISTINCT j.id) AS jobs,
       array_agg(DISTINCT e.actor ORDER BY e.actor) AS actors
  FROM worker_jobs j JOIN job_events e ON e.job_id = j.id AND e.kind = 'CREATED'"""


@pytest.fixture
def at_once(engine: Engine):
    """Schedule jobs in one moment; returns what became of each."""

    async def ask(*requests: tuple[Viewer, ScheduleRequest]):
        asked = (
            engine.intake.schedule(
                request,
                registry=engine.registry,
                viewer=viewer,
                policy=engine.policy,
            )
            for viewer, request in requests
        )
        return await asyncio.gather(*asked, return_exceptions=True)

    return ask


def _request(**given: object) -> ScheduleRequest:
    return ScheduleRequest(**{"type": "no-op", "tag": "t", **given})


async def _written(database: Database) -> tuple[int, int, list[str]]:
    async with database.connection() as connection:
        return tuple(await connection.fetchrow(_WRITTEN))


async def test_jobs_of_one_moment_are_committed_by_two_statements_at_most(
    database: Database, at_once
) -> None:
    scheduled = await at_once(*((USER, _request(tag=f"t{n}")) for n in range(20)))

    assert [one.job.tag for one in scheduled] == [f"t{n}" for n in range(20)]
    assert all(one.created for one in scheduled)
    assert await _written(database) == (2, 20, ["user-1"])


async def test_a_ring_follows_what_has_made_jobs(engine: Engine, at_once) -> None:
    rung: list[frozenset[Topic]] = []
    engine.doorbell.listen(rung.append)
    keyed = _request(idempotency_key="k")

    await at_once((USER, keyed), (USER, keyed))
    assert rung == [{Topic.WORK, Topic.CHANGE}]

    [again] = await at_once((USER, keyed))
    assert not again.created
    assert len(rung) == 1


async def test_those_of_two_users_are_theirs(database: Database, at_once) -> None:
    scheduled = await at_once((USER, _request()), (OTHER, _request()))

    assert [one.job.user_id for one in scheduled] == ["user-1", "user-2"]
    assert await _written(database) == (2, 2, ["user-1", "user-2"])


async def test_one_that_is_refused_harms_no_other(at_once) -> None:
    refused, accepted = await at_once(
        (USER, _request(type="unheard-of")), (USER, _request())
    )

    assert isinstance(refused, UnknownTypeError)
    assert accepted.created


async def test_of_those_with_one_idempotency_key_the_first_makes_the_job(
    database: Database, at_once
) -> None:
    same, another = (_request(idempotency_key="k", priority=n) for n in (1, 2))
    first, repeat, conflict, free = await at_once(
        (USER, same),
        (USER, same),
        (USER, another),
        (USER, _request(idempotency_key="l")),
    )

    assert (first.created, repeat.created, free.created) == (True, False, True)
    assert repeat.job.id == first.job.id
    assert isinstance(conflict, IdempotencyConflictError)
    assert (await _written(database))[:2] == (1, 2)


async def test_a_key_that_somebody_is_about_to_use_holds_up_no_job_without_one(
    database: Database, engine: Engine, at_once
) -> None:
    async with database.transaction() as unfinished:
        await schedule(
            unfinished,
            _request(idempotency_key="k"),
            registry=engine.registry,
            viewer=USER,
            now=engine.clock.now(),
        )
        waiting = asyncio.ensure_future(at_once((USER, _request(idempotency_key="k"))))
        [free] = await at_once((USER, _request()))
        assert free.created
        assert not waiting.done()

    [repeat] = await waiting
    assert isinstance(repeat, Scheduled)
    assert not repeat.created
