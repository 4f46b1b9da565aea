"""Reads: pages by keyset, filters, walls, and plans that do not drift."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest

from jobwire.jobs.cron.queries import read_last_jobs
from jobwire.jobs.errors import ForbiddenError, InvalidInputError
from jobwire.jobs.filters import JobFilter, Stand
from jobwire.jobs.job import Job
from jobwire.jobs.queries import (
    Window,
    count_jobs,
    read_attempt,
    read_attempt_page,
    read_event,
    read_event_page,
    read_job,
    read_job_page,
    read_jobs,
)
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
    assert await count_jobs(connection, STRANGER, JobFilter(), cap=10) == 0
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
async def test_counting_stops_one_above_its_cap(connection: Connection) -> None:
    assert await count_jobs(connection, USER, JobFilter(), cap=3) == 4
    assert await count_jobs(connection, USER, JobFilter(), cap=10) == 5
    assert await count_jobs(connection, USER, JobFilter(tags=()), cap=10) == 0


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
PLANS = [
    (
        JobFilter(attention=(AttentionKind.DRIFTED,)),
        USER,
        "ix_worker_jobs_attention",
    ),
    (JobFilter(), USER, "ix_worker_jobs_user_id_id"),
    (JobFilter(statuses=(FAILED,)), USER, "ix_worker_jobs_user_id_status_id"),
    (JobFilter(schedule_ids=(UUID(int=1),)), USER, "ix_worker_jobs_schedule_id_id"),
    (
        JobFilter(schedule_ids=(UUID(int=1), UUID(int=2)), statuses=(FAILED,)),
        ADMIN,
        "ix_worker_jobs_schedule_id_id",
    ),
    (
        JobFilter(schedule_ids=(UUID(int=1),), tags=("a",), types=("a",)),
        USER,
        "ix_worker_jobs_schedule_id_id",
    ),
    (
        JobFilter(trigger_run_ids=("run_1", "run_2"), statuses=(FAILED,)),
        USER,
        "uq_worker_jobs_trigger_run_id",
    ),
    (JobFilter(tags=("a", "b")), USER, "ix_worker_jobs_tag_id"),
    (JobFilter(types=("a",)), ADMIN, "ix_worker_jobs_type_id"),
    (JobFilter(statuses=(FAILED, JobStatus.QUEUED)), ADMIN, "ix_worker_jobs_status_id"),
    (JobFilter(), ADMIN, "pk_worker_jobs"),
]
MANY = """
INSERT INTO worker_jobs (id, tag, type, user_id, executor, status, run_at,
                         next_attempt_at, created_at, updated_at, schedule_id,
                         trigger_run_id)
SELECT gen_random_uuid(), 'tag-' || n % 50, 'type-' || n % 5, 'user-' || n % 3,
       'internal', 'QUEUED', $1, $1, $1, $1,
       CASE WHEN n % 2 = 0 THEN lpad((n % 10)::text, 32, '0')::uuid END,
       CASE WHEN n % 2 = 0 THEN 'run_' || n END
  FROM generate_series(1, 20000) n"""


async def test_pages_are_read_in_the_order_of_their_index_whatever_the_plan_knows(
    database: Database, clock: FakeClock
) -> None:
    plans: list[str] = []
    connection = await database.connect()
    try:
        await connection.execute(MANY, clock.now())
        await connection.execute("ANALYZE worker_jobs")
        connection.add_log_listener(lambda _, notice: plans.append(notice.message))
        await connection.execute(
            """SET plan_cache_mode = force_generic_plan;
               LOAD 'auto_explain';
               SET auto_explain.log_min_duration = 0;
               SET client_min_messages = log"""
        )
        # The driver asks once what an array of ids is.
        await read_last_jobs(connection, USER, [UUID(int=1)])
        plans.clear()
        for filter, viewer, _ in PLANS:
            await read_job_page(connection, viewer, filter, Window(first=10))
        await read_last_jobs(connection, USER, [UUID(int=1), UUID(int=2)])
    finally:
        await connection.close()

    indexes = (*(index for _, _, index in PLANS), "ix_worker_jobs_schedule_id_id")
    for plan, index in zip(plans, indexes, strict=True):
        assert f"using {index}" in plan
        # At most the page itself is sorted, never what the range holds.
        sorts = [line for line in plan.splitlines() if "Sort Key" in line]
        assert all("," not in line for line in sorts)


async def test_created_bounds_hold_within_a_millisecond(
    connection: Connection, make_job: MakeJob, clock: FakeClock
) -> None:
    job = await make_job()
    just_after = clock.now() + timedelta(microseconds=1)

    assert await _ids(connection, JobFilter(created_from=clock.now())) == [job.id]
    assert await _ids(connection, JobFilter(created_from=just_after)) == []
    assert await _ids(connection, JobFilter(created_until=just_after)) == [job.id]
