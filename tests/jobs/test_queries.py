"""Reads: pages by keyset, filters, walls, and plans that do not drift."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest

from jobwire.jobs import job_ranges
from jobwire.jobs.errors import (
    ForbiddenError,
    InvalidInputError,
    SparseFilterError,
)
from jobwire.jobs.filters import JobFilter, Stand
from jobwire.jobs.job import Job
from jobwire.jobs.job_pages import read_job_page
from jobwire.jobs.job_ranges import LOOKS
from jobwire.jobs.queries import (
    CappedCount,
    Window,
    count_jobs,
    read_attempt,
    read_attempt_page,
    read_event,
    read_event_page,
    read_job,
    read_jobs,
    select_ids,
)
from jobwire.jobs.seeding.seed import seed
from jobwire.jobs.seeding.stories import Stories
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import AttentionKind, Executor, JobStatus
from tests.clock import FakeClock
from tests.factories import build_run_job

MakeJob = Callable[..., Awaitable[Job]]
USER = Viewer("user-1", frozenset({Scope.JOBS_READ}))
STRANGER = Viewer("user-2", frozenset({Scope.JOBS_READ}))
ADMIN = Viewer("admin-1", frozenset({Scope.ADMIN}))


@pytest.fixture
async def connection(database: Database):
    async with database.connection() as connection:
        yield connection


@pytest.fixture
async def five(make_job: MakeJob, clock: FakeClock) -> list[Job]:
    """Five jobs of one user, oldest first."""
    jobs = []
    for number in range(5):
        clock.advance(1)
        jobs.append(await make_job(tag=f"tag-{number % 2}"))
    return jobs


async def _ids(
    connection: Connection,
    filter: JobFilter | None = None,
    *,
    viewer: Viewer = USER,
    **window: object,
) -> list[UUID]:
    window.setdefault("last" if "last" in window else "first", 100)
    page = await read_job_page(
        connection, viewer, filter or JobFilter(), Window(**window)
    )
    return [job.id for job in page.items]


@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("size", [1, 2, 5, 7])
async def test_paging_forward_meets_every_job_once_in_order(
    connection: Connection, five: list[Job], *, descending: bool, size: int
) -> None:
    found: list[UUID] = []
    after = None
    while True:
        page = await read_job_page(
            connection,
            USER,
            JobFilter(),
            Window(first=size, after=after),
            descending=descending,
        )
        found += [job.id for job in page.items]
        assert page.has_previous_page is (after is not None)
        if not page.has_next_page:
            break
        after = found[-1]

    expected = [job.id for job in five]
    assert found == (expected[::-1] if descending else expected)


@pytest.mark.parametrize("descending", [True, False])
async def test_paging_backward_meets_every_job_once_in_order(
    connection: Connection, five: list[Job], *, descending: bool
) -> None:
    found: list[UUID] = []
    before = None
    while True:
        page = await read_job_page(
            connection,
            USER,
            JobFilter(),
            Window(last=2, before=before),
            descending=descending,
        )
        found = [job.id for job in page.items] + found
        assert page.has_next_page is (before is not None)
        if not page.has_previous_page:
            break
        before = found[0]

    expected = [job.id for job in five]
    assert found == (expected[::-1] if descending else expected)


async def test_a_page_can_be_bounded_on_both_sides(
    connection: Connection, five: list[Job]
) -> None:
    newest, *_, oldest = [job.id for job in five][::-1]

    found = await _ids(connection, after=newest, before=oldest)

    assert found == [job.id for job in five[1:4]][::-1]


async def test_an_empty_page_still_says_where_it_stands_in_the_log(
    connection: Connection,
) -> None:
    page = await read_job_page(connection, USER, JobFilter(), Window(first=5))
    nothing = await read_job_page(
        connection, USER, JobFilter(statuses=()), Window(first=5)
    )

    assert page.items == nothing.items == []
    assert page.as_of is not None
    assert nothing.as_of is not None
    assert ":" in page.as_of.snapshot


@pytest.mark.parametrize(
    "window",
    [
        {},
        {"first": 1, "last": 1},
        {"first": -1},
        {"first": 101},
        {"last": 101},
    ],
)
def test_a_window_that_makes_no_sense_is_refused(window: dict[str, int]) -> None:
    with pytest.raises(InvalidInputError):
        Window(**window)


async def test_each_member_of_a_filter_selects(
    connection: Connection, five: list[Job], make_job: MakeJob, clock: FakeClock
) -> None:
    clock.advance(1)
    other = await make_job(
        status=JobStatus.RUNNING,
        type="flaky",
        tag="other",
        executor="trigger",
        schedule_id=UUID(int=7),
        trigger_run_id="run_1",
    )
    later = clock.now()

    async def select(**members: object) -> set[UUID]:
        return set(await _ids(connection, JobFilter(**members)))

    old = {job.id for job in five}
    assert await select(ids=(other.id, UUID(int=1))) == {other.id}
    assert await select(statuses=(JobStatus.RUNNING,)) == {other.id}
    assert await select(types=("flaky", "nothing")) == {other.id}
    assert await select(types=("flaky", "no-op")) == old | {other.id}
    assert await select(tags=("tag-1",)) == {five[1].id, five[3].id}
    assert await select(tags=("tag-1",), types=("flaky",)) == set()
    assert await select(created_from=later) == {other.id}
    assert await select(created_until=later) == old
    assert await select(statuses=()) == set()
    assert await select(user_ids=("user-1",)) == old | {other.id}
    assert await select(executors=(Executor.TRIGGER,)) == {other.id}
    assert await select(executors=(Executor.TRIGGER,), types=("no-op",)) == set()
    assert await select(executors=tuple(Executor)) == old | {other.id}
    assert await select(schedule_ids=(UUID(int=6), UUID(int=7))) == {other.id}
    assert await select(schedule_ids=(UUID(int=6),)) == set()
    assert await select(schedule_ids=()) == set()
    assert await select(schedule_ids=(UUID(int=7),), tags=("tag-1",)) == set()
    assert await select(trigger_run_ids=("run_0", "run_1")) == {other.id}
    assert await select(trigger_run_ids=("run_0",)) == set()
    assert await select(trigger_run_ids=()) == set()
    assert await select(trigger_run_ids=("run_1",), tags=("tag-1",)) == set()
    assert await select(trigger_run_ids=("run_1",), created_from=later) == {other.id}
    assert await select(trigger_run_ids=("run_1",), created_until=later) == set()


async def test_attention_selects_open_jobs_of_any_of_its_kinds(
    connection: Connection, make_job: MakeJob
) -> None:
    late = await make_job(attention=["START_OVERDUE"])
    both = await make_job(executor="trigger", attention=["DRIFTED", "START_OVERDUE"])
    await make_job(status=JobStatus.FAILED, attention=["START_OVERDUE"])
    await make_job(user_id="user-2", attention=["START_OVERDUE"])
    await make_job()
    start, drifted = AttentionKind.START_OVERDUE, AttentionKind.DRIFTED

    async def select(*kinds: AttentionKind, **more: object) -> set[UUID]:
        return set(await _ids(connection, JobFilter(attention=kinds, **more)))

    assert await select(start) == {late.id, both.id}
    assert await select(start, drifted) == {late.id, both.id}
    assert await select(drifted) == {both.id}
    assert await select(AttentionKind.CANCEL_OVERDUE) == await select() == set()
    assert await select(start, executors=(Executor.TRIGGER,)) == {both.id}
    assert await select(start, executors=()) == set()
    assert await select(start, ids=(late.id,)) == {late.id}
    assert await select(start, statuses=(JobStatus.RUNNING,)) == set()


async def test_is_terminal_narrows_statuses(
    connection: Connection, make_job: MakeJob
) -> None:
    ended = await make_job(status=JobStatus.FAILED)
    open_ = await make_job(status=JobStatus.QUEUED)

    assert await _ids(connection, JobFilter().ended(is_terminal=True)) == [ended.id]
    assert await _ids(connection, JobFilter().ended(is_terminal=False)) == [open_.id]
    both = JobFilter(statuses=(JobStatus.FAILED,)).ended(is_terminal=False)
    assert await _ids(connection, both) == []


async def test_users_see_only_their_own_jobs_behind_every_door(
    connection: Connection, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    assert (await read_job(connection, STRANGER, job.id))[0] is None
    assert (await read_jobs(connection, STRANGER, [job.id]))[0] == []
    assert await _ids(connection, viewer=STRANGER) == []
    count = await count_jobs(connection, STRANGER, JobFilter(), cap=10)
    assert count == CappedCount(0, is_capped=False)
    assert await read_event(connection, STRANGER, job.id, 1) is None
    assert await read_attempt(connection, STRANGER, job.id, 1) is None
    with pytest.raises(ForbiddenError):
        await _ids(connection, JobFilter(user_ids=("user-1",)), viewer=STRANGER)


async def test_an_admin_sees_every_job(
    connection: Connection, make_job: MakeJob
) -> None:
    one = await make_job(status=JobStatus.RUNNING)
    other = await make_job(user_id="user-2")

    assert set(await _ids(connection, viewer=ADMIN)) == {one.id, other.id}
    assert await _ids(connection, JobFilter(user_ids=("user-2",)), viewer=ADMIN) == [
        other.id
    ]
    assert (await read_job(connection, ADMIN, one.id))[0] == one
    assert await read_event(connection, ADMIN, one.id, 1) is not None
    assert await read_attempt(connection, ADMIN, one.id, 1) is not None


@pytest.mark.usefixtures("five")
async def test_counting_stops_at_its_cap(connection: Connection) -> None:
    async def count(filter: JobFilter, cap: int) -> CappedCount:
        return await count_jobs(connection, USER, filter, cap=cap)

    assert await count(JobFilter(), 3) == CappedCount(3, is_capped=True)
    assert await count(JobFilter(), 5) == CappedCount(5, is_capped=False)
    assert await count(JobFilter(tags=()), 10) == CappedCount(0, is_capped=False)


async def test_events_and_attempts_are_paged_by_their_numbers(
    connection: Connection, make_job: MakeJob
) -> None:
    job = await make_job(status=JobStatus.RUNNING)

    events = await read_event_page(connection, job.id, Window(first=1))
    attempts = await read_attempt_page(connection, job.id, Window(last=1))
    behind = await read_event_page(connection, job.id, Window(first=1, after=1))

    assert [event.version for event in events.items] == [1]
    assert [attempt.number for attempt in attempts.items] == [1]
    assert (behind.items, behind.has_previous_page) == ([], True)


def test_what_a_filter_selects_it_matches() -> None:
    job = build_run_job(schedule_id=UUID(int=7))
    stand = Stand(JobStatus.RUNNING, run_ids=("run_1",))

    assert JobFilter(schedule_ids=(UUID(int=6), UUID(int=7))).matches(job, stand)
    assert not JobFilter(schedule_ids=(UUID(int=6),)).matches(job, stand)
    assert not JobFilter(schedule_ids=()).matches(job, stand)
    assert not JobFilter(schedule_ids=(UUID(int=7),)).matches(build_run_job(), stand)
    assert JobFilter(trigger_run_ids=("run_0", "run_1")).matches(job, stand)
    assert not JobFilter(trigger_run_ids=("run_0",)).matches(job, stand)
    assert not JobFilter(trigger_run_ids=()).matches(job, stand)


def test_a_filter_with_too_many_alternatives_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="at most 100"):
        JobFilter(tags=tuple(map(str, range(101))))


FAILED = JobStatus.FAILED


@pytest.fixture
async def seeded(database: Database, clock: FakeClock) -> list[Job]:
    """Some hundred jobs of all kinds, oldest first."""
    stories = Stories(jobs=400, users=3, seed=1, now=clock.now())
    await seed(database, stories, clock=clock, progress=lambda _: None)
    async with database.connection() as connection:
        records = await connection.fetch(
            f"SELECT {Job.columns(lean=True)} FROM worker_jobs ORDER BY id"
        )
    return [Job.from_record(record) for record in records]


def _draw(random: Random, jobs: list[Job]) -> JobFilter:
    """Draw a filter that asks about some of what some jobs are."""
    some = random.choices(jobs, k=random.randrange(1, 4))
    members = {
        "ids": tuple(job.id for job in some),
        "statuses": tuple({job.job_status for job in some}),
        "types": tuple({job.type for job in some}),
        "tags": tuple({job.tag for job in some}),
        "user_ids": tuple({job.user_id for job in some}),
        "executors": tuple({Executor(job.executor) for job in some}),
        "trigger_run_ids": tuple(job.trigger_run_id or "run_" for job in some),
        "created_from": some[0].created_at,
        "created_until": some[-1].created_at,
    }
    weights = dict.fromkeys(members, 0.3) | {"ids": 0.05, "trigger_run_ids": 0.05}
    return JobFilter(
        **{
            one: members[one]
            for one, share in weights.items()
            if random.random() < share
        }
    )


@pytest.mark.parametrize("looks", [job_ranges.LOOKS, (5, 40)])
async def test_whatever_is_asked_a_page_is_whole_or_refused(
    connection: Connection,
    seeded: list[Job],
    monkeypatch: pytest.MonkeyPatch,
    looks: tuple[int, int],
) -> None:
    monkeypatch.setattr(job_ranges, "LOOKS", looks)
    random, refused = Random(1), 0  # noqa: S311 - draws examples
    for _ in range(400):
        filter, size = _draw(random, seeded), random.randrange(1, 20)
        after = random.choice([None, random.choice(seeded).id])
        descending = random.random() < 0.5
        asked = [
            job
            for job in (reversed(seeded) if descending else seeded)
            if filter.matches(
                job, Stand(job.job_status, run_ids=(job.trigger_run_id or "",))
            )
        ]
        behind = [
            job
            for job in asked
            if after is None or (job.id < after if descending else job.id > after)
        ]
        try:
            page = await read_job_page(
                connection,
                ADMIN,
                filter,
                Window(first=size, after=after),
                descending=descending,
            )
        except SparseFilterError:
            refused += 1
        else:
            assert page.items == behind[:size], filter
            assert page.has_next_page is (len(behind) > size)
        count = await count_jobs(connection, ADMIN, filter, cap=50)
        assert count.value <= len(asked)
        assert count.is_capped or count.value == len(asked), filter
        statement, values = select_ids(ADMIN, filter, first=10_000)
        records = await connection.fetch(statement, *values)
        assert {record["id"] for record in records} == {job.id for job in asked}

    assert (refused > 0) is (looks != LOOKS)


async def test_created_bounds_hold_within_a_millisecond(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()
    just_after = clock.now() + timedelta(microseconds=1)

    assert await _ids(connection, JobFilter(created_from=clock.now())) == [job.id]
    assert await _ids(connection, JobFilter(created_from=just_after)) == []
    assert await _ids(connection, JobFilter(created_until=just_after)) == [job.id]
