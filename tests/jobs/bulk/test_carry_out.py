"""Carrying out: each selected job is handled once, and counted once."""

import asyncio
from collections import Counter
from importlib import import_module
from typing import Annotated
from uuid import UUID

import asyncpg
import pytest
from pydantic import AfterValidator

from jobwire.jobs.bulk import abort, read_operation, read_refusals
from jobwire.jobs.decorator import job
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.registry import collect
from jobwire.jobs.viewer import Viewer
from jobwire.models.vocabulary import BulkAction, CancelMode
from tests.jobs.bulk.conftest import ADMIN, OWNER, STRANGER, Bulk, MakeJob, counts

CANCEL, RETRY = BulkAction.CANCEL, BulkAction.RETRY


async def _refusals(bulk: Bulk, operation_id: UUID) -> list[tuple[UUID, str]]:
    async with bulk.database.connection() as connection:
        page = await read_refusals(connection, operation_id, first=100, after=None)
    return [(refusal.job_id, refusal.code) for refusal in page.items]


async def _children(bulk: Bulk) -> Counter[UUID]:
    rows = await bulk.fetch(
        "SELECT replay_of FROM worker_jobs WHERE replay_of IS NOT NULL"
    )
    return Counter(row["replay_of"] for row in rows)


async def test_a_cancel_does_to_each_job_what_its_status_asks_for(
    bulk: Bulk, make_job: MakeJob
) -> None:
    queued, running, ended = [
        await make_job(status=status) for status in ("QUEUED", "RUNNING", "SUCCEEDED")
    ]
    theirs = await make_job(user_id="user-2")
    operation = await bulk.operation(
        CANCEL, queued.id, running.id, ended.id, theirs.id, mode=CancelMode.FORCE
    )

    [after] = await bulk.finish()

    assert after.id == operation.id
    assert (after.status, counts(after)) == ("COMPLETED", (2, 1, 0))
    assert after.finished_at is not None
    assert await bulk.statuses() == {
        queued.id: "CANCELED",
        running.id: "RUNNING",
        ended.id: "SUCCEEDED",
        theirs.id: "QUEUED",
    }
    [row] = await bulk.fetch("SELECT * FROM worker_jobs WHERE id = $1", running.id)
    assert (row["cancel_outcome"], row["cancel_mode"]) == ("PENDING", "FORCE")
    assert row["cancel_requested_by"] == "user-1"


async def test_a_retry_makes_one_new_job_for_each_and_leaves_those_alone(
    bulk: Bulk, make_job: MakeJob
) -> None:
    ended = await bulk.insert(150, status="FAILED")
    open_ = await make_job(status="RUNNING")
    await bulk.ask(RETRY, tags=("tag-1",))

    steps = await bulk.finish()

    assert len(steps) == 2
    assert (steps[-1].status, counts(steps[-1])) == ("COMPLETED", (150, 0, 1))
    assert await _children(bulk) == dict.fromkeys(ended, 1)
    assert await _refusals(bulk, steps[-1].id) == [(open_.id, "INVALID_STATE")]


async def test_two_thousand_jobs_take_four_transactions(bulk: Bulk) -> None:
    await bulk.insert(2000)
    await bulk.ask(CANCEL, tags=("tag-1",), reason="too many")

    steps = await bulk.finish()

    assert [counts(step) for step in steps] == [
        (500 * number, 0, 0) for number in range(1, 5)
    ]
    assert {step.status for step in steps[:-1]} == {"RUNNING"}
    assert steps[-1].status == "COMPLETED"
    rows = await bulk.fetch(
        """SELECT kind, actor, detail ->> 'settledBy' AS by, count(*) AS jobs,
                  count(DISTINCT xid) AS transactions FROM job_events
            WHERE version = 2 GROUP BY 1, 2, 3"""
    )
    assert [tuple(row) for row in rows] == [
        ("CANCELED", "user-1", "NOT_RUNNING", 2000, 4)
    ]


async def test_what_becomes_of_a_job_between_two_chunks_counts(
    bulk: Bulk,
) -> None:
    ids = await bulk.insert(501)
    await bulk.ask(CANCEL, tags=("tag-1",))
    await bulk.step()

    # By somebody else, while its turn is still to come.
    await bulk.operation(CANCEL, ids[-1])
    await bulk.step()
    [last] = await bulk.finish()

    assert counts(last) == (500, 1, 0)
    rows = await bulk.fetch("SELECT job_id FROM job_events WHERE kind = 'CANCELED'")
    assert Counter(row["job_id"] for row in rows) == dict.fromkeys(ids, 1)


@pytest.mark.rows_by_hand("a job is deleted")
async def test_jobs_that_are_gone_and_types_that_are_unknown_refuse(
    bulk: Bulk, make_job: MakeJob
) -> None:
    gone = await make_job(status="FAILED")
    hidden = await make_job(status="FAILED")
    unknown = await make_job(status="FAILED", type="forgotten")
    unfit = await make_job(status="FAILED", data={"not": "taken"})
    operation = await bulk.operation(RETRY, gone.id, hidden.id, unknown.id, unfit.id)
    await bulk.fetch("DELETE FROM worker_jobs WHERE id = $1", gone.id)
    await bulk.fetch(
        "UPDATE worker_jobs SET deleted_at = now() WHERE id = $1", hidden.id
    )

    [after] = await bulk.finish()

    assert (after.status, counts(after)) == ("COMPLETED", (0, 0, 4))
    assert dict(await _refusals(bulk, operation.id)) == {
        gone.id: "NOT_FOUND",
        hidden.id: "NOT_FOUND",
        unknown.id: "UNKNOWN_TYPE",
        unfit.id: "VALIDATION",
    }


async def test_a_retry_for_others_is_an_admins(bulk: Bulk, make_job: MakeJob) -> None:
    theirs = await make_job(status="FAILED", user_id="user-2")
    await bulk.ask(RETRY, theirs.id, viewer=ADMIN)

    [after] = await bulk.finish()

    assert counts(after) == (1, 0, 0)
    rows = await bulk.fetch(
        """SELECT j.user_id, e.actor FROM worker_jobs j
             JOIN job_events e ON e.job_id = j.id WHERE j.replay_of = $1""",
        theirs.id,
    )
    assert [tuple(row) for row in rows] == [("user-2", "operator")]


async def test_no_more_refusals_are_kept_than_stated(
    bulk: Bulk, monkeypatch: pytest.MonkeyPatch
) -> None:
    carrying_out = import_module("jobwire.jobs.bulk.carry_out")
    monkeypatch.setattr(carrying_out, "MAX_REFUSALS", 102)
    await bulk.insert(201)
    await bulk.ask(RETRY, tags=("tag-1",))

    steps = await bulk.finish()

    assert counts(steps[-1]) == (0, 0, 201)
    [row] = await bulk.fetch("SELECT count(*) AS kept FROM bulk_operation_refusals")
    assert row["kept"] == 102


async def test_refusals_are_read_in_pages(bulk: Bulk) -> None:
    ids = await bulk.insert(3)
    operation = await bulk.operation(RETRY, *ids)
    await bulk.finish()

    async with bulk.database.connection() as connection:
        page = await read_refusals(connection, operation.id, first=2, after=None)
        rest = await read_refusals(connection, operation.id, first=2, after=ids[1])

    assert [one.job_id for one in page.items] == ids[:2]
    assert [one.job_id for one in rest.items] == ids[2:]
    assert (page.has_next_page, rest.has_next_page) == (True, False)
    assert "it must be SUCCEEDED or" in page.items[0].message


@pytest.mark.parametrize("action", BulkAction)
async def test_jobs_that_somebody_holds_are_put_off_and_not_waited_for(
    bulk: Bulk, action: BulkAction
) -> None:
    status = "QUEUED" if action is CANCEL else "FAILED"
    ids = await bulk.insert(201, status=status)
    await bulk.ask(action, tags=("tag-1",))

    async with bulk.database.transaction() as other:
        await other.execute("SELECT FROM worker_jobs WHERE id = $1 FOR UPDATE", ids[7])
        steps = await bulk.finish()
        # It rests for a second when nothing else is left.
        assert (steps[-1].status, counts(steps[-1])) == ("RUNNING", (200, 0, 0))

    bulk.clock.advance(1)
    [last] = await bulk.finish()
    assert (last.status, counts(last)) == ("COMPLETED", (201, 0, 0))


async def test_operations_take_turns_and_new_ones_come_first(bulk: Bulk) -> None:
    for tag in ("a", "b"):
        await bulk.insert(1200, tag=tag)
    first = await bulk.operation(CANCEL, tags=("a",))
    turns = [await bulk.step()]
    second = await bulk.operation(CANCEL, tags=("b",))
    turns += await bulk.finish()

    order = [turn.id for turn in turns if turn is not None]

    assert order == [first.id, second.id] * 3


async def test_two_workers_never_handle_the_same_operation_at_once(
    bulk: Bulk,
) -> None:
    for tag in ("a", "b"):
        await bulk.insert(700, tag=tag)
        await bulk.ask(CANCEL, tags=(tag,))

    steps = [
        step
        for steps in await asyncio.gather(*(bulk.finish() for _ in range(4)))
        for step in steps
    ]

    assert len(steps) == 4
    ended = [step for step in steps if step.has_ended]
    assert [counts(step) for step in ended] == [(700, 0, 0)] * 2
    [row] = await bulk.fetch(
        "SELECT count(*) AS ends FROM job_events WHERE version = 2"
    )
    assert row["ends"] == 1400


async def test_an_operation_that_is_at_work_elsewhere_is_not_waited_for(
    bulk: Bulk, make_job: MakeJob
) -> None:
    operation = await bulk.operation(CANCEL, (await make_job()).id)

    async with bulk.database.transaction() as other:
        await other.execute(
            "SELECT FROM bulk_operations WHERE id = $1 FOR UPDATE", operation.id
        )
        assert await bulk.step() is None

    assert await bulk.step() is not None


async def test_a_chunk_that_fails_at_its_end_leaves_nothing_and_lets_others_go_on(
    bulk: Bulk, make_job: MakeJob
) -> None:
    done = await make_job(status="FAILED")
    refuses = await make_job()
    bad = await bulk.operation(RETRY, done.id, refuses.id)
    bulk.clock.advance(1)
    good = await bulk.operation(CANCEL, (await make_job()).id)
    # What the chunk has to write last is there already.
    await bulk.fetch(
        "INSERT INTO bulk_operation_refusals VALUES ($1, $2, '', '')",
        *(bad.id, refuses.id),
    )

    with pytest.raises(asyncpg.UniqueViolationError):
        await bulk.step()
    assert await _children(bulk) == {}
    [others] = await bulk.finish()
    await bulk.fetch("DELETE FROM bulk_operation_refusals")
    bulk.clock.advance(5)
    [after] = await bulk.finish()

    assert (others.id, others.status) == (good.id, "COMPLETED")
    assert (after.id, after.status, counts(after)) == (bad.id, "COMPLETED", (1, 0, 1))
    assert await _children(bulk) == {done.id: 1}


def _break(n: int) -> int:
    raise RuntimeError(n)


@job("broken")
def broken(n: Annotated[int, AfterValidator(_break)]) -> int:
    return n


async def test_a_validator_that_breaks_refuses_one_job_and_not_all(
    bulk: Bulk, make_job: MakeJob
) -> None:
    bulk.registry.replace([*bulk.registry.definitions(), *collect(broken)])
    bad = await make_job(type="broken", status="FAILED", data=1)
    good = await make_job(status="FAILED")
    operation = await bulk.operation(RETRY, bad.id, good.id)

    [after] = await bulk.finish()

    assert (after.status, counts(after)) == ("COMPLETED", (1, 0, 1))
    assert await _refusals(bulk, operation.id) == [(bad.id, "INTERNAL_ERROR")]


async def _abort(bulk: Bulk, id: UUID, viewer: Viewer = OWNER) -> tuple[str, int]:
    async with bulk.database.transaction() as connection:
        aborted = await abort(connection, id, viewer=viewer, now=bulk.clock.now())
    return aborted.status, aborted.succeeded_count


async def test_an_abort_stops_before_the_next_chunk_and_keeps_what_was_done(
    bulk: Bulk,
) -> None:
    await bulk.insert(600)
    operation = await bulk.operation(CANCEL, tags=("tag-1",))
    await bulk.step()

    with pytest.raises(NotFoundError, match="no bulk operation 'blk_"):
        await _abort(bulk, operation.id, STRANGER)
    assert await _abort(bulk, operation.id) == ("ABORTED", 500)
    assert await _abort(bulk, operation.id, ADMIN) == ("ABORTED", 500)

    assert await bulk.step() is None
    assert Counter((await bulk.statuses()).values()) == {"CANCELED": 500, "QUEUED": 100}
    assert await bulk.fetch("SELECT FROM bulk_operation_chunks") == []


async def test_an_abort_amid_the_work_counts_what_was_done(bulk: Bulk) -> None:
    await bulk.insert(1500)
    operation = await bulk.operation(CANCEL, tags=("tag-1",))

    _, (status, succeeded) = await asyncio.gather(
        bulk.finish(), _abort(bulk, operation.id)
    )

    canceled = list((await bulk.statuses()).values()).count("CANCELED")
    assert (status, succeeded) in (("ABORTED", canceled), ("COMPLETED", 1500))
    assert await bulk.fetch("SELECT FROM bulk_operation_chunks") == []


async def test_an_operation_that_has_ended_cannot_be_aborted_any_more(
    bulk: Bulk, make_job: MakeJob
) -> None:
    operation = await bulk.operation(CANCEL, (await make_job()).id)
    await bulk.finish()

    assert await _abort(bulk, operation.id) == ("COMPLETED", 1)


async def test_operations_are_behind_the_wall_of_who_asked(bulk: Bulk) -> None:
    operation = await bulk.operation(CANCEL)

    async with bulk.database.connection() as connection:
        seen = [
            await read_operation(connection, viewer, operation.id)
            for viewer in (OWNER, ADMIN, STRANGER)
        ]

    assert seen == [operation, operation, None]


async def test_where_trigger_jobs_cannot_run_their_retry_is_refused(
    bulk: Bulk, make_job: MakeJob
) -> None:
    job = await make_job(status="FAILED", executor="trigger", type="elsewhere")
    operation = await bulk.operation(RETRY, job.id)

    await bulk.step(unavailable="There is none.")

    assert await _refusals(bulk, operation.id) == [(job.id, "EXECUTOR_UNAVAILABLE")]
