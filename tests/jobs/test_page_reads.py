"""Pages of one moment that are alike are read together, each behind its own wall."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs import page_reads
from jobwire.jobs.engine import Engine
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.job_pages import PageStatement, fetch_pages, read_page
from jobwire.jobs.queries import Page, Window
from jobwire.jobs.selected import SelectedRow, Selection
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Connection
from jobwire.models.vocabulary import JobStatus
from tests.clock import FakeClock
from tests.gql.types import MakeJob

USER = Viewer("user-1", frozenset({Scope.JOBS_READ}))
STRANGER = Viewer("user-2", frozenset({Scope.JOBS_READ}))
ADMIN = Viewer("admin-1", frozenset({Scope.ADMIN}))

TEXTS = Selection("j.id, j.tag AS text_1", ("j.tag",))
COLUMNS = Selection("j.id, j.tag")

Read = Callable[..., Awaitable[Page[SelectedRow]]]


@pytest.fixture
def make_job(make_job: MakeJob, clock: FakeClock) -> MakeJob:
    """Insert jobs one after the other, each later than the one before."""

    async def make(**columns: Any) -> Job:
        clock.advance(1)
        return await make_job(**columns)

    return make


@pytest.fixture
def together(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many pages each statement has read from here on."""
    read: list[int] = []

    async def noted(
        connection: Connection, statement: PageStatement, each: Sequence[Sequence[Any]]
    ) -> Any:
        read.append(len(each))
        return await fetch_pages(connection, statement, each)

    monkeypatch.setattr(page_reads, "fetch_pages", noted)
    return read


@pytest.fixture(params=[TEXTS, COLUMNS], ids=["texts", "columns"])
def read(engine: Engine, request: pytest.FixtureRequest) -> Read:
    """Read a page of the tags of jobs."""

    async def read_tags(
        viewer: Viewer,
        filter: JobFilter = JobFilter(),  # noqa: B008 - it is never changed
        window: Window[UUID] = Window(first=2),  # noqa: B008 - nor is this
        *,
        with_as_of: bool = False,
    ) -> Page[SelectedRow]:
        return await read_page(
            partial(engine.page_reads.fetch, viewer.user_id),
            viewer,
            filter,
            window,
            request.param,
            descending=False,
            with_as_of=with_as_of,
        )

    return read_tags


async def _made(make_job: MakeJob, count: int = 5, **columns: Any) -> list[Job]:
    """Make jobs with the tags t0, t1 and so on."""
    return [await make_job(tag=f"t{number}", **columns) for number in range(count)]


def _tags(page: Page[SelectedRow]) -> list[str]:
    return [row[1] for row in page.items]


@pytest.mark.parametrize("with_as_of", [False, True])
async def test_each_is_given_the_page_that_they_asked_for(
    read: Read, together: list[int], make_job: MakeJob, *, with_as_of: bool
) -> None:
    jobs = await _made(make_job)
    windows = [
        Window(first=2),
        *(Window(first=2, after=job.id) for job in jobs),
        Window(first=2, after=jobs[0].id, before=jobs[2].id),
    ]

    pages = await asyncio.gather(
        *(read(USER, window=window, with_as_of=with_as_of) for window in windows)
    )

    assert [_tags(page) for page in pages] == [
        ["t0", "t1"],
        ["t1", "t2"],
        ["t2", "t3"],
        ["t3", "t4"],
        ["t4"],
        [],
        ["t1"],
    ]
    assert [page.has_next_page for page in pages] == [True] * 3 + [False] * 4
    # What begins behind a job is another statement.
    assert sorted(together) == [1, 6]


async def test_where_each_was_read_is_told_with_it(
    engine: Engine, read: Read, make_job: MakeJob
) -> None:
    [job] = await _made(make_job, 1)

    page, nothing = await asyncio.gather(
        read(USER, with_as_of=True),
        read(USER, window=Window(first=2, before=job.id), with_as_of=True),
    )

    assert page.items
    assert not nothing.items
    assert page.as_of == nothing.as_of
    assert page.as_of is not None
    assert engine.feed.position_of(page.as_of).epoch == engine.feed.epoch


async def test_those_who_ask_in_one_moment_stay_behind_their_own_walls(
    read: Read, make_job: MakeJob
) -> None:
    mine = await make_job(tag="mine")
    await make_job(tag="another")
    await make_job(tag="theirs", user_id=STRANGER.user_id)
    for_one = replace(USER, job_id=mine.id)

    pages = await asyncio.gather(
        *(
            read(viewer, window=Window(first=5))
            for viewer in (USER, STRANGER, ADMIN, for_one)
        )
    )

    assert [_tags(page) for page in pages] == [
        ["mine", "another"],
        ["theirs"],
        ["mine", "another", "theirs"],
        ["mine"],
    ]


async def test_filters_of_one_shape_are_read_together_whatever_they_ask_for(
    read: Read, together: list[int], make_job: MakeJob
) -> None:
    await make_job(tag="queued", status="QUEUED")
    await make_job(tag="expired", status="EXPIRED")
    statuses = (JobStatus.QUEUED, JobStatus.EXPIRED, JobStatus.FAILED)

    pages = await asyncio.gather(
        *(read(USER, JobFilter(statuses=(status,))) for status in statuses),
        read(USER, JobFilter(statuses=statuses)),
    )

    assert [_tags(page) for page in pages] == [
        ["queued"],
        ["expired"],
        [],
        ["queued", "expired"],
    ]
    assert sorted(together) == [1, 3]


async def test_what_no_index_answers_is_read_by_itself(
    read: Read, together: list[int], make_job: MakeJob
) -> None:
    job, other = await _made(make_job, 2)
    filters = [
        JobFilter(ids=(job.id,)),
        JobFilter(ids=(other.id,)),
        JobFilter(ids=()),
        JobFilter(tags=("t1",), types=(job.type,), statuses=(job.job_status,)),
    ]

    pages = await asyncio.gather(*(read(USER, filter) for filter in filters))

    assert [_tags(page) for page in pages] == [["t0"], ["t1"], [], ["t1"]]
    assert together == []
