"""The reads of an operation: the first one says where all of them stand."""

import asyncio
from types import ModuleType
from typing import Any

import pytest

from jobwire.gql.context import Context
from jobwire.jobs import job_pages, queries
from jobwire.jobs.engine import Engine
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.queries import Window
from jobwire.models.database import Database
from tests.gql.callers import CALLERS
from tests.gql.types import MakeJob


class Counted:
    """Counts the statements that read jobs."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[str] = []
        for module, name in (
            (queries, "read_job"),
            (queries, "read_jobs"),
            (job_pages, "read_job_page"),
        ):
            self._count(monkeypatch, module, name)

    def _count(
        self, monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str
    ) -> None:
        read = getattr(module, name)

        async def counted(*arguments: Any, **options: Any) -> Any:
            self.calls.append(name)
            return await read(*arguments, **options)

        monkeypatch.setattr(module, name, counted)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


async def test_jobs_asked_for_together_are_read_together(
    engine: Engine, make_job: MakeJob, counted: Counted
) -> None:
    jobs = [await make_job() for _ in range(10)]
    context = Context(engine, CALLERS["alice"])

    found = await asyncio.gather(
        *(context.read_job(job.id) for job in (*jobs, jobs[0]))
    )

    assert [job.id for job in found] == [job.id for job in (*jobs, jobs[0])]
    assert counted.calls == ["read_job", "read_jobs"]


async def test_nothing_is_read_before_the_first_read_has_told_where_it_stands(
    engine: Engine, make_job: MakeJob, database: Database, counted: Counted
) -> None:
    job = await make_job()
    context = Context(engine, CALLERS["alice"])

    await asyncio.gather(
        context.read_job_page(JobFilter(), Window(first=1), descending=True),
        context.read_job(job.id),
    )
    first = await context.as_of()
    async with database.connection() as connection:
        await connection.execute("SELECT pg_current_xact_id()")
    await context.read_job_page(JobFilter(), Window(first=1), descending=True)

    assert await context.as_of() == first
    assert counted.calls[0] == "read_job_page"


async def test_an_operation_does_not_remember_what_it_read(
    engine: Engine, make_job: MakeJob, database: Database
) -> None:
    job = await make_job()
    context = Context(engine, CALLERS["alice"])
    before = await context.read_job(job.id)
    async with database.connection() as connection:
        await connection.execute("DELETE FROM worker_jobs")

    assert before is not None
    assert await context.read_job(job.id) is None


async def test_a_failed_first_read_leaves_the_place_to_the_next(
    engine: Engine, make_job: MakeJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = await make_job()
    context = Context(engine, CALLERS["alice"])
    read = queries.read_job

    async def fail(*_: object) -> None:
        raise ConnectionError("gone")

    monkeypatch.setattr(queries, "read_job", fail)
    with pytest.raises(ConnectionError):
        await context.read_job(job.id)
    monkeypatch.setattr(queries, "read_job", read)

    assert await context.read_job(job.id) is not None
    assert await context.as_of()
