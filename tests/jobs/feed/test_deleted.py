"""What followers are told of a job that is deleted."""

import json
from collections.abc import Awaitable, Callable
from uuid import UUID

import pytest

from jobwire.jobs.delete import delete
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.feed import (
    CaughtUp,
    Changed,
    Feed,
    Snapshotted,
    StreamMessage,
    follow_job,
    follow_list,
)
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.job import Job
from jobwire.jobs.queries import read_job
from jobwire.jobs.viewer import Viewer
from jobwire.models.database import Database
from jobwire.models.vocabulary import AttentionKind, Executor, JobStatus
from tests.jobs.feed.steps import ADMIN, STRANGER, USER, opened

MakeJob = Callable[..., Awaitable[Job]]

MARK = "anna@example.com"


@pytest.fixture
async def failed(make_job: MakeJob) -> Job:
    return await make_job(
        status="FAILED", tag=MARK, data={"to": MARK}, metadata={"for": MARK}
    )


@pytest.fixture
def erase(database: Database, doorbell: Doorbell):
    async def erase(job_id: UUID) -> None:
        async with database.transaction() as connection:
            job, _ = await read_job(connection, ADMIN, job_id)
            assert job is not None
            await delete(connection, job_id, viewer=ADMIN, now=job.updated_at)
        doorbell.ring(Topic.CHANGE)

    return erase


async def _now(database: Database, feed: Feed) -> str:
    async with database.connection() as connection:
        _, as_of = await read_job(connection, ADMIN, UUID(int=0))
    return await feed.as_of(as_of)


def _shown(message: StreamMessage) -> tuple[str, int, bool]:
    assert isinstance(message, Changed)
    assert MARK not in f"{message.job} {message.event}"
    assert json.loads(message.event.changes) == {}
    return message.event.kind, message.event.version, message.left_filter


@pytest.mark.parametrize(
    "filter",
    [
        JobFilter(),
        JobFilter(tags=(MARK, "another")),
        JobFilter(user_ids=("user-1",)),
        JobFilter(types=("no-op",), statuses=(JobStatus.FAILED,)),
        JobFilter(executors=(Executor.INTERNAL,), tags=(MARK,)),
    ],
    ids=["all", "tags", "user", "type and status", "executor and tags"],
)
@pytest.mark.parametrize("viewer", [USER, ADMIN], ids=["owner", "admin"])
async def test_a_list_is_told_that_it_has_left_and_is_shown_nothing_of_it(
    feed: Feed, failed: Job, erase, filter: JobFilter, viewer: Viewer
) -> None:
    async with opened(follow_list(feed, viewer, filter)) as reader:
        await reader.expect(CaughtUp)
        await erase(failed.id)

        assert _shown(await anext(reader)) == ("DELETED", 2, True)


@pytest.mark.parametrize(
    "filter",
    [
        JobFilter(statuses=(JobStatus.SUCCEEDED,)),
        JobFilter(tags=(MARK,), types=("another",)),
        JobFilter(attention=tuple(AttentionKind)),
    ],
    ids=["status", "type", "attention"],
)
async def test_a_list_that_did_not_have_it_is_told_nothing(
    feed: Feed, failed: Job, make_job: MakeJob, erase, filter: JobFilter
) -> None:
    other = await make_job(status="SUCCEEDED", type="another")

    everything = opened(follow_list(feed, ADMIN, JobFilter()))
    async with opened(follow_list(feed, ADMIN, filter)) as reader, everything as all:
        await reader.expect(CaughtUp)
        await all.expect(CaughtUp)
        for job in (failed, other):
            await erase(job.id)
        assert [(await anext(all)).job.id for _ in range(2)] == [failed.id, other.id]

        if filter.attention is None:
            assert (await anext(reader)).job.id == other.id
        assert feed.subscribers == 2


async def test_another_user_is_told_nothing(
    feed: Feed, failed: Job, make_job: MakeJob, erase
) -> None:
    theirs = await make_job(status="FAILED", user_id=STRANGER.user_id)

    async with opened(follow_list(feed, STRANGER, JobFilter())) as reader:
        await reader.expect(CaughtUp)
        for job in (failed, theirs):
            await erase(job.id)

        assert (await anext(reader)).job.id == theirs.id


@pytest.mark.parametrize("filter", [JobFilter(), JobFilter(tags=(MARK,))])
async def test_a_list_that_resumes_from_before_is_told_every_version_and_no_content(
    database: Database, feed: Feed, make_job: MakeJob, erase, filter: JobFilter
) -> None:
    after = await _now(database, feed)
    job = await make_job(status="FAILED", tag=MARK, data={"to": MARK})
    await erase(job.id)

    async with opened(follow_list(feed, USER, filter, after=after)) as reader:
        told = (await reader.until(CaughtUp))[:-1]

    assert list(map(_shown, told)) == [("CREATED", 1, True), ("DELETED", 2, True)]


async def test_a_stream_of_it_that_is_under_way_is_told_and_ends(
    database: Database, feed: Feed, make_job: MakeJob, erase
) -> None:
    after = await _now(database, feed)
    job = await make_job(status="FAILED", tag=MARK)

    async with opened(follow_job(feed, USER, job.id, after=after)) as reader:
        await reader.expect(Snapshotted)
        await erase(job.id)
        told = await reader.rest()

    assert [type(one) for one in told] == [Changed, Changed, CaughtUp]
    assert list(map(_shown, told[:2])) == [("CREATED", 1, False), ("DELETED", 2, False)]


async def test_it_is_not_found_by_who_comes_later(
    database: Database, feed: Feed, failed: Job, erase
) -> None:
    after = await _now(database, feed)
    await erase(failed.id)

    for cursor in (None, after):
        async with opened(follow_job(feed, USER, failed.id, after=cursor)) as reader:
            with pytest.raises(NotFoundError):
                await anext(reader)
    async with opened(follow_list(feed, USER, JobFilter(), snapshot=True)) as reader:
        await reader.expect(CaughtUp)
