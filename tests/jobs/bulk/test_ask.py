"""Asking for a bulk operation: what is counted, frozen, recorded and refused."""

import json
from datetime import timedelta
from importlib import import_module
from typing import Any
from uuid import UUID, uuid4

import pytest

from jobwire.jobs.bulk import MAX_IDS, BulkRequest, Selection
from jobwire.jobs.cancel import MAX_GRACE
from jobwire.jobs.errors import (
    CountMismatchError,
    ForbiddenError,
    InvalidInputError,
)
from jobwire.jobs.filters import JobFilter
from jobwire.models.vocabulary import BulkAction, JobStatus
from tests.jobs.bulk.conftest import ADMIN, OWNER, STRANGER, Bulk, MakeJob

CANCEL, RETRY = BulkAction.CANCEL, BulkAction.RETRY


async def _frozen(bulk: Bulk) -> list[list[UUID]]:
    rows = await bulk.fetch(
        "SELECT job_ids FROM bulk_operation_chunks ORDER BY operation_id, number"
    )
    return [row["job_ids"] for row in rows]


async def test_exactly_the_jobs_that_match_now_are_frozen(
    bulk: Bulk, make_job: MakeJob
) -> None:
    asked = [(await make_job(tag="mine")).id for _ in range(3)]
    await make_job(tag="other")
    await make_job(tag="mine", user_id="user-2")

    operation = await bulk.operation(CANCEL, tags=("mine",), reason="enough")

    await make_job(tag="mine")
    assert await _frozen(bulk) == [sorted(asked)]
    assert (operation.matched_count, operation.status) == (3, "RUNNING")
    assert (operation.user_id, operation.reason) == ("user-1", "enough")
    assert operation.viewer == OWNER


async def test_ids_of_others_and_of_nothing_select_nothing(
    bulk: Bulk, make_job: MakeJob
) -> None:
    mine = await make_job()
    theirs = await make_job(user_id="user-2")
    ids = (mine.id, mine.id, theirs.id, uuid4())

    assert (await bulk.ask(CANCEL, *ids)).matched_count == 1
    assert (await bulk.ask(CANCEL, *ids, viewer=STRANGER)).matched_count == 1
    assert (await bulk.ask(CANCEL, *ids, viewer=ADMIN)).matched_count == 2
    frozen = [set(chunk) for chunk in await _frozen(bulk)]
    assert max(frozen, key=len) == {mine.id, theirs.id}
    assert {mine.id} in frozen
    assert {theirs.id} in frozen


@pytest.mark.parametrize(
    ("action", "chunks"), [(CANCEL, [500, 500, 1]), (RETRY, [100] * 10 + [1])]
)
async def test_many_jobs_are_frozen_in_chunks_in_the_order_of_their_ids(
    bulk: Bulk, action: BulkAction, chunks: list[int]
) -> None:
    ids = await bulk.insert(1001)

    await bulk.ask(action, tags=("tag-1",))

    frozen = await _frozen(bulk)
    assert [len(chunk) for chunk in frozen] == chunks
    assert [id for chunk in frozen for id in chunk] == ids


async def test_a_dry_run_counts_and_writes_nothing(
    bulk: Bulk, make_job: MakeJob
) -> None:
    await make_job()

    asked = await bulk.ask(RETRY, tags=("tag-1",), dry_run=True, expected_count=1)

    assert (asked.matched_count, asked.operation) == (1, None)
    assert await bulk.fetch("SELECT FROM bulk_operations") == []


@pytest.mark.parametrize("dry_run", [False, True])
async def test_another_number_than_expected_is_refused_with_both(
    bulk: Bulk, make_job: MakeJob, *, dry_run: bool
) -> None:
    await make_job()
    await make_job()

    with pytest.raises(CountMismatchError) as caught:
        await bulk.ask(CANCEL, tags=("tag-1",), expected_count=3, dry_run=dry_run)

    assert (caught.value.expected, caught.value.actual) == (3, 2)
    assert caught.value.path == ("expectedCount",)
    assert "expected to hold 3 jobs and holds 2." in caught.value.message
    assert await bulk.fetch("SELECT FROM bulk_operations") == []
    assert await _frozen(bulk) == []


@pytest.mark.parametrize("how", [{}, {"tags": ("nothing",)}, {"tags": ()}])
async def test_an_operation_without_jobs_is_completed_at_once(
    bulk: Bulk, how: dict[str, Any]
) -> None:
    operation = await bulk.operation(CANCEL, **how)

    assert (operation.matched_count, operation.status) == (0, "COMPLETED")
    assert operation.finished_at == bulk.clock.now()
    assert await bulk.step() is None


def test_an_empty_filter_is_refused_with_what_to_give() -> None:
    with pytest.raises(InvalidInputError, match="isTerminal: false") as caught:
        Selection(JobFilter())

    assert caught.value.path == ("filter",)
    assert Selection(JobFilter().ended(is_terminal=False)).by


def test_more_ids_than_a_thousand_are_refused() -> None:
    Selection(tuple(uuid4() for _ in range(MAX_IDS)))

    with pytest.raises(InvalidInputError, match="At most 1,000 jobs") as caught:
        Selection(tuple(uuid4() for _ in range(MAX_IDS + 1)))

    assert caught.value.path == ("ids",)


async def test_more_jobs_than_an_operation_may_have_are_refused(
    bulk: Bulk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("jobwire.jobs.bulk.ask"), "MAX_JOBS", 2)
    await bulk.insert(3)

    for dry_run in (True, False):
        with pytest.raises(InvalidInputError, match="more than 2 jobs") as caught:
            await bulk.ask(CANCEL, tags=("tag-1",), dry_run=dry_run)
        assert caught.value.path == ("select",)
    assert await bulk.fetch("SELECT FROM bulk_operations") == []


def test_a_filter_cannot_reach_through_the_wall() -> None:
    by = JobFilter(user_ids=("user-2",))

    with pytest.raises(ForbiddenError) as caught:
        Selection(by).select(OWNER, first=1)

    assert caught.value.path == ("select", "filter", "userIds")
    assert Selection(by).select(ADMIN, first=1)


@pytest.mark.parametrize(
    ("how", "path"),
    [
        ({"reason": "x" * 1001}, "reason"),
        ({"grace_period": MAX_GRACE + timedelta(seconds=1)}, "gracePeriod"),
    ],
)
def test_what_comes_with_a_cancel_has_the_limits_of_one(
    how: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        BulkRequest(action=CANCEL, selection=Selection(()), **how)

    assert caught.value.path == (path,)


def test_a_selection_is_recorded_with_the_members_that_were_given() -> None:
    id = uuid4()
    by = JobFilter(tags=("a",), statuses=(JobStatus.FAILED,))

    assert json.loads(Selection((id,)).to_json()) == {"ids": [str(id)]}
    assert json.loads(Selection(by).to_json()) == {
        "filter": {"tags": ["a"], "statuses": ["FAILED"]}
    }
