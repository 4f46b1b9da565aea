"""Lists are read by the index that is meant, and no further than their page.

Whatever the planner believes of the tables, and whether it knows the arguments or not.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from itertools import chain, combinations
from typing import Any
from uuid import UUID

import pytest

from jobwire.jobs import job_ranges, lags
from jobwire.jobs.counts import CountsFilter
from jobwire.jobs.counts.queued import read_waits
from jobwire.jobs.counts.waiting import MOST_OF_USERS, read_oldest_queued
from jobwire.jobs.cron import queries
from jobwire.jobs.cron.queries import read_last_jobs, read_schedule_page
from jobwire.jobs.drifts import read_drifts
from jobwire.jobs.errors import SparseFilterError
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job_pages import (
    PageStatement,
    fetch_pages,
    read_job_page,
    read_page,
)
from jobwire.jobs.logs.read import LogFilter, read_log_page
from jobwire.jobs.notifications import log as notifications
from jobwire.jobs.posted import Posted, read_event
from jobwire.jobs.queries import (
    CappedCount,
    Window,
    count_jobs,
    read_attempt_page,
    read_event_page,
    read_job,
    read_jobs,
    select_ids,
)
from jobwire.jobs.reports import take_in_reports
from jobwire.jobs.selected import Selection
from jobwire.jobs.viewer import Scope, Viewer, trusted
from jobwire.jobs.webhook import Receipt, take_in
from jobwire.models.database import Connection
from jobwire.models.vocabulary import (
    AttentionKind,
    Executor,
    JobStatus,
    LogLevel,
    NotificationStatus,
)
from tests.jobs.plans.filled import JOB, OF_JOB, PARTS, SCHEDULE
from tests.jobs.posted import body_of, event
from tests.plans import Scan, scans

ADMIN = trusted("admin")
USER = Viewer("user-1", frozenset({Scope.JOBS_READ}))
STRANGER = Viewer("stranger", frozenset({Scope.JOBS_READ}))
FAILED, WAITING = JobStatus.FAILED, JobStatus.WAITING
REPORT, VIDEO = "seed-send-report", "seed-render-video"
SINCE = datetime(2025, 12, 20, tzinfo=UTC)
NOW = datetime(2026, 1, 2, tzinfo=UTC)
SIZE = 10
#: What a page of the size reads: one more than it shows.
ROWS = SIZE + 1

#: What may be selected of the jobs of a page.
SELECTIONS = (
    Selection("j.id, j.tag AS text_1", ("j.tag",)),
    Selection("j.id, j.tag, j.status"),
)

#: Filters that one index answers: who asks, how many ranges it has, and the index.
ANSWERED = {
    "everything": (ADMIN, JobFilter(), 1, "pk_worker_jobs"),
    "since a time": (ADMIN, JobFilter(created_from=SINCE), 1, "pk_worker_jobs"),
    "a user's own": (USER, JobFilter(), 1, "ix_worker_jobs_user_id_id"),
    "nobody's": (STRANGER, JobFilter(), 1, "ix_worker_jobs_user_id_id"),
    "a user's of a status": (
        USER,
        JobFilter(statuses=(FAILED,)),
        1,
        "ix_worker_jobs_user_id_status_id",
    ),
    "some users' of some statuses": (
        ADMIN,
        JobFilter(user_ids=("user-2", "user-1"), statuses=(FAILED, WAITING)),
        4,
        "ix_worker_jobs_user_id_status_id",
    ),
    "a status": (
        ADMIN,
        JobFilter(statuses=(JobStatus.SUCCEEDED,)),
        1,
        "ix_worker_jobs_status_id",
    ),
    "two statuses": (
        ADMIN,
        JobFilter(statuses=(FAILED, WAITING)),
        2,
        "ix_worker_jobs_status_id",
    ),
    "all statuses": (
        ADMIN,
        JobFilter(statuses=tuple(JobStatus)),
        1,
        "pk_worker_jobs",
    ),
    "a type": (ADMIN, JobFilter(types=(REPORT,)), 9, "ix_worker_jobs_type_status_id"),
    "no type": (ADMIN, JobFilter(types=("none",)), 9, "ix_worker_jobs_type_status_id"),
    "a type and status": (
        ADMIN,
        JobFilter(types=(REPORT,), statuses=(FAILED,)),
        1,
        "ix_worker_jobs_type_status_id",
    ),
    "a tag": (ADMIN, JobFilter(tags=("nightly",)), 1, "ix_worker_jobs_tag_id"),
    "a user's of a tag": (
        USER,
        JobFilter(tags=("nightly",)),
        1,
        "ix_worker_jobs_tag_user_id_id",
    ),
    "a user's of a type": (
        USER,
        JobFilter(types=(REPORT,)),
        1,
        "ix_worker_jobs_type_user_id_id",
    ),
    "a user's of a schedule": (
        USER,
        JobFilter(schedule_ids=(SCHEDULE,)),
        1,
        "ix_worker_jobs_user_id_schedule_id_id",
    ),
    "a user's that need attention": (
        USER,
        JobFilter(attention=tuple(AttentionKind)),
        len(Executor),
        "ix_worker_jobs_attention_of_user",
    ),
    "a user's on TRIGGER": (
        USER,
        JobFilter(executors=(Executor.TRIGGER,)),
        len(JobStatus),
        "ix_worker_jobs_trigger_status_user_id_id",
    ),
    "some users' of a tag": (
        ADMIN,
        JobFilter(user_ids=("user-2", "user-1"), tags=("nightly",)),
        2,
        "ix_worker_jobs_tag_user_id_id",
    ),
    "TRIGGER": (
        ADMIN,
        JobFilter(executors=(Executor.TRIGGER,)),
        len(JobStatus),
        "ix_worker_jobs_trigger_status_id",
    ),
    "TRIGGER of a status": (
        ADMIN,
        JobFilter(executors=(Executor.TRIGGER,), statuses=(FAILED,)),
        1,
        "ix_worker_jobs_trigger_status_id",
    ),
    "a schedule": (
        ADMIN,
        JobFilter(schedule_ids=(SCHEDULE,)),
        1,
        "ix_worker_jobs_schedule_id_id",
    ),
    "attention": (
        ADMIN,
        JobFilter(attention=tuple(AttentionKind)),
        len(Executor),
        "ix_worker_jobs_attention",
    ),
    "ids": (ADMIN, JobFilter(ids=(JOB, UUID(int=2))), 1, "pk_worker_jobs"),
    "runs": (
        USER,
        JobFilter(trigger_run_ids=("run_1", "run_2"), statuses=(FAILED,)),
        1,
        "uq_worker_jobs_trigger_run_id",
    ),
}


def _check_reads(found: list[Scan], index: str, ranges: int, *, pages: int = 1) -> None:
    """Hold what pages read of jobs against what they show."""
    read = {index: pages * ranges * ROWS}
    if ranges > 1:
        # Of several ranges first the ids, then the jobs that are shown.
        read["pk_worker_jobs"] = pages * ROWS
    jobs = [one for one in found if one.table == "worker_jobs"]
    assert {one.index for one in jobs} == read.keys()
    for one, most in read.items():
        assert sum(job.rows for job in jobs if job.index == one) <= most


@pytest.mark.parametrize("name", ANSWERED)
@pytest.mark.parametrize("descending", [True, False])
async def test_a_page_reads_what_it_shows(
    planner: Connection, name: str, *, descending: bool
) -> None:
    viewer, filter, ranges, index = ANSWERED[name]

    with scans(planner) as found:
        await read_job_page(
            planner, viewer, filter, Window(first=SIZE), descending=descending
        )

    _check_reads(found, index, ranges)


# Those of jobs that are named are read one by one.
@pytest.mark.parametrize(
    "name",
    [
        name
        for name, (_, filter, *_) in ANSWERED.items()
        if filter.ids is filter.trigger_run_ids is None
    ],
)
@pytest.mark.parametrize("selection", SELECTIONS, ids=["texts", "columns"])
async def test_several_pages_read_what_they_show(
    planner: Connection, name: str, selection: Selection
) -> None:
    viewer, filter, ranges, index = ANSWERED[name]

    async def fetch(statement: PageStatement, values: Sequence[Any]) -> Any:
        assert statement.jobs.kinds
        pages = await fetch_pages(planner, statement, [values] * 3)
        first, *others = ([row[0] for row in page] for page in pages)
        assert others == [first, first]
        return pages[0]

    with scans(planner) as found:
        await read_page(
            fetch,
            viewer,
            filter,
            Window(first=SIZE),
            selection,
            descending=True,
            with_as_of=True,
        )

    _check_reads(found, index, ranges, pages=3)


@pytest.mark.parametrize("name", ANSWERED)
async def test_a_count_reads_no_further_than_its_cap(
    planner: Connection, name: str
) -> None:
    viewer, filter, ranges, index = ANSWERED[name]

    with scans(planner) as found:
        await count_jobs(planner, viewer, filter, cap=20)

    assert {one.index for one in found} == {index}
    assert sum(one.rows for one in found) <= ranges * 21


#: For each member what many jobs have, and hardly one has two of at once.
MANY: dict[str, Any] = {
    "user_ids": ("user-1",),
    "statuses": (JobStatus.SUCCEEDED,),
    "types": (VIDEO,),
    "tags": ("nightly",),
    "schedule_ids": (SCHEDULE,),
    "executors": (Executor.INTERNAL,),
    "attention": (AttentionKind.CANCEL_OVERDUE,),
    "created_until": datetime(2030, 1, 1, tzinfo=UTC),
}
COMBINATIONS = [
    dict(chosen)
    for chosen in chain.from_iterable(
        combinations(MANY.items(), size) for size in range(len(MANY) + 1)
    )
]


async def test_no_combination_reads_without_bound(
    planner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_ranges, "LOOKS", (20, 100))
    refused = 0
    for members in COMBINATIONS:
        filter = JobFilter(**members)
        with scans(planner) as found:
            try:
                await read_job_page(planner, ADMIN, filter, Window(first=SIZE))
            except SparseFilterError:
                refused += 1
        assert all(one.index for one in found if one.table == "worker_jobs"), members
        indexes = {one.index for one in found if one.table == "worker_jobs"}
        most = len(Executor) * ROWS + len(indexes) * (20 + 100 + 2)
        assert sum(one.rows for one in found) <= most, members

    assert refused > 0


async def test_whatever_a_user_asks_no_job_of_others_is_looked_at(
    planner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(job_ranges, "LOOKS", (20, 100))
    for members in COMBINATIONS:
        filter = JobFilter(**{**members, "user_ids": None})
        select, values = select_ids(STRANGER, filter, first=SIZE)
        with scans(planner) as found:
            page = await read_job_page(planner, STRANGER, filter, Window(first=SIZE))
            count = await count_jobs(planner, STRANGER, filter, cap=20)
            selected = await planner.fetch(select, *values)

        assert (page.items, count, selected) == (
            [],
            CappedCount(0, is_capped=False),
            [],
        )
        used = [one for one in found if one.table == "worker_jobs"]
        assert all(one.index for one in used), members
        assert sum(one.rows for one in used) == 0, members


Read = Callable[[Connection], Awaitable[Any]]
#: Other lists: how they are read, of which table, by which index, how many rows at
#: most.
OTHERS: dict[str, tuple[Read, str, str, int]] = {
    "a job": (
        lambda one: read_job(one, ADMIN, JOB),
        "worker_jobs",
        "pk_worker_jobs",
        1,
    ),
    "some jobs": (
        lambda one: read_jobs(one, ADMIN, [JOB, UUID(int=2)]),
        "worker_jobs",
        "pk_worker_jobs",
        2,
    ),
    "the last jobs of schedules": (
        lambda one: read_last_jobs(one, USER, [SCHEDULE, UUID(int=2)]),
        "worker_jobs",
        "ix_worker_jobs_schedule_id_id",
        2,
    ),
    "events": (
        lambda one: read_event_page(one, JOB, Window(first=SIZE, after=100)),
        "job_events",
        "uq_job_events_job_id_version",
        ROWS,
    ),
    "the last events": (
        lambda one: read_event_page(one, JOB, Window(last=SIZE)),
        "job_events",
        "uq_job_events_job_id_version",
        ROWS,
    ),
    "attempts": (
        lambda one: read_attempt_page(one, JOB, Window(last=SIZE)),
        "job_attempts",
        "pk_job_attempts",
        ROWS,
    ),
    "lines of a log": (
        lambda one: read_log_page(one, JOB, Window(last=SIZE)),
        "job_logs",
        "pk_job_logs",
        ROWS,
    ),
    # A job keeps no more lines than these.
    "lines that it has not": (
        lambda one: read_log_page(
            one, JOB, Window(first=SIZE), LogFilter(min_level=LogLevel.ERROR)
        ),
        "job_logs",
        "pk_job_logs",
        PARTS,
    ),
    "schedules": (
        lambda one: read_schedule_page(one, ADMIN, Window(first=SIZE)),
        "job_schedules",
        "pk_job_schedules",
        ROWS,
    ),
    "a user's schedules of a type": (
        lambda one: read_schedule_page(
            one, USER, Window(last=SIZE), type="type-1", is_paused=False
        ),
        "job_schedules",
        "ix_job_schedules_user_id_id",
        2 * ROWS,
    ),
    "notifications": (
        lambda one: notifications.read_page(one, Window(first=SIZE)),
        "notifications",
        "pk_notifications",
        ROWS,
    ),
    "notifications of a status": (
        lambda one: notifications.read_page(
            one, Window(first=SIZE), status=NotificationStatus.DELIVERED
        ),
        "notifications",
        "ix_notifications_status",
        ROWS,
    ),
    "notifications of no status": (
        lambda one: notifications.read_page(
            one, Window(first=SIZE), status=NotificationStatus.PENDING
        ),
        "notifications",
        "ix_notifications_status",
        0,
    ),
    "notifications of a job": (
        lambda one: notifications.read_page(
            one, Window(first=SIZE), job_id=JOB, status=NotificationStatus.FAILED
        ),
        "notifications",
        "uq_notifications_job_id_job_version_target",
        OF_JOB,
    ),
    "drifts": (
        lambda one: read_drifts(one, first=SIZE, after=None),
        "job_events",
        "ix_job_events_drift",
        ROWS,
    ),
    "what waits longest of a user's": (
        lambda one: read_oldest_queued(one, CountsFilter(user_ids=("user-1",))),
        "worker_jobs",
        "ix_worker_jobs_user_id_status_id",
        MOST_OF_USERS,
    ),
}


async def test_of_very_many_open_runs_the_oldest_are_asked(
    planner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lags, "MOST_OPEN", 5)

    with scans(planner) as found:
        await lags.read_oldest_unconfirmed(planner, now=SINCE)

    assert found == [Scan("worker_jobs", "ix_worker_jobs_open_trigger", 5)]


async def test_what_is_told_of_cancels_reads_those_that_were_settled_last(
    planner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lags, "MOST_CANCELS", 5)

    with scans(planner) as found:
        await lags.read_cancel_lags(planner, now=SINCE)

    used = [one for one in found if one.table == "worker_jobs"]
    assert {one.index for one in used} == {"ix_worker_jobs_ended"}
    assert sum(one.rows for one in used) <= 5


async def test_the_wait_of_a_type_is_read_from_one_row(planner: Connection) -> None:
    with scans(planner) as found:
        await read_waits(planner, ["no-op", "flaky", "nothing"], now=SINCE)

    assert {(one.table, one.index) for one in found} == {
        ("worker_jobs", "ix_worker_jobs_type_status_id")
    }
    assert sum(one.rows for one in found) <= 3


async def test_the_event_that_waits_longest_is_read_from_one_row(
    planner: Connection,
) -> None:
    with scans(planner) as found:
        await lags.read_oldest_unhandled(planner, now=SINCE)

    assert {one.index for one in found} == {"ix_webhook_deliveries_unhandled"}
    assert sum(one.rows for one in found) <= 1


@pytest.mark.parametrize("name", OTHERS)
async def test_other_lists_read_what_they_show(planner: Connection, name: str) -> None:
    read, table, index, most = OTHERS[name]

    with scans(planner) as found:
        await read(planner)

    used = [one for one in found if one.table == table]
    assert {one.index for one in used} == {index}
    assert sum(one.rows for one in used) <= most


async def test_schedules_of_which_few_are_meant_are_not_all_looked_at(
    planner: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "LOOKS", 100)

    with scans(planner) as found, pytest.raises(SparseFilterError, match="100 job"):
        await read_schedule_page(planner, USER, Window(first=SIZE), is_paused=True)

    assert sum(one.rows for one in found if one.table == "job_schedules") <= 101


async def test_events_of_runs_find_their_jobs_by_indexes(
    planner: Connection,
) -> None:
    runs = await planner.fetch(
        "SELECT id, trigger_run_id FROM worker_jobs"
        " WHERE trigger_run_id IS NOT NULL AND finished IS NULL LIMIT $1",
        SIZE,
    )
    posted = [
        read_event(
            body_of(
                event(
                    "RUN_PROGRESS",
                    id=run["trigger_run_id"],
                    run={
                        "id": run["trigger_run_id"],
                        "attempt": 1_000,
                        "tags": [f"job:{job_id_text(run['id'])}"],
                    },
                )
            )
        )
        for run in runs
    ]
    transaction = planner.transaction()
    await transaction.start()

    with scans(planner) as found:
        received = await take_in(
            planner, [one for one in posted if isinstance(one, Posted)], now=NOW
        )

    await transaction.rollback()
    assert [one.receipt for one in received] == [Receipt.APPLIED] * SIZE
    used = [one for one in found if one.table in ("worker_jobs", "job_attempts")]
    assert {one.index for one in used} == {
        "pk_worker_jobs",
        "uq_worker_jobs_trigger_run_id",
        "pk_job_attempts",
    }
    assert max(one.rows for one in used if one.table == "worker_jobs") == SIZE


async def test_reports_of_runs_find_their_jobs_by_indexes(planner: Connection) -> None:
    jobs = await planner.fetch(
        "SELECT trigger_run_id, attempts FROM worker_jobs"
        " WHERE trigger_run_id IS NOT NULL AND status = 'RUNNING'"
        " AND dispatch_number = 1 AND attention = '{}' LIMIT $1",
        SIZE,
    )
    posted = [
        read_event(
            body_of(
                event(
                    "RUN_PROGRESS",
                    id=job["trigger_run_id"],
                    occurredAt=NOW.isoformat(),
                    run={"id": job["trigger_run_id"], "attempt": job["attempts"]},
                    progress={"fraction": 1},
                )
            )
        )
        for job in jobs
    ]
    transaction = planner.transaction()
    await transaction.start()

    with scans(planner) as found:
        taken = await take_in_reports(
            planner, [one for one in posted if isinstance(one, Posted)], now=NOW
        )

    await transaction.rollback()
    assert taken == [True] * SIZE
    assert {(one.table, one.index) for one in found} == {
        ("worker_jobs", "uq_worker_jobs_trigger_run_id"),
        ("worker_jobs", "pk_worker_jobs"),
        ("webhook_deliveries", "uq_webhook_deliveries_source_event_id"),
    }
    assert max(one.rows for one in found) == SIZE
