"""Workers that carry out bulk operations, and one that is killed amid its work."""

import asyncio
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from uuid import UUID

from jobwire.jobs.bulk import (
    BulkOperation,
    BulkRequest,
    Selection,
    ask,
    read_operation,
)
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.decorator import job
from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.filters import JobFilter
from jobwire.jobs.placement import PlacementPolicy
from jobwire.models.vocabulary import BulkAction, JobStatus
from tests.factories import insert_job, insert_jobs
from tests.worker.conftest import VIEWER, Workbench, until

ROOT = Path(__file__).parents[2]
#: Longer than any test waits: only a ring can be what wakes a loop.
NEVER = timedelta(hours=1)


@job("patient")
async def patient() -> None:
    """Wait to be told to stop."""
    await asyncio.Event().wait()


@job("quick")
async def quick() -> None:
    """Return at once."""


async def _ask(bench: Workbench, action: BulkAction, tag: str) -> UUID:
    request = BulkRequest(action=action, selection=Selection(JobFilter(tags=(tag,))))
    async with bench.database.transaction() as connection:
        asked = await ask(connection, request, viewer=VIEWER, now=SystemClock().now())
    async with Doorbell(bench.database) as doorbell:
        doorbell.ring(Topic.BULK)
    assert asked.operation is not None
    return asked.operation.id


async def _operation(bench: Workbench, id: UUID) -> BulkOperation:
    async with bench.database.connection() as connection:
        operation = await read_operation(connection, VIEWER, id)
    assert operation is not None
    return operation


async def _ended(bench: Workbench, id: UUID) -> BulkOperation:
    async def look() -> BulkOperation | None:
        operation = await _operation(bench, id)
        return operation if operation.has_ended else None

    return await until(look, "the end of the operation")


async def test_running_code_hears_of_a_cancel_in_bulk_by_the_doorbell(
    bench: Workbench,
) -> None:
    await bench.start(patient, cancel_interval=NEVER, bulk_interval=NEVER)
    ids = [await bench.schedule("patient") for _ in range(3)]
    for id in ids:
        await bench.reaches(id, JobStatus.RUNNING)

    operation = await _ask(bench, BulkAction.CANCEL, "test")

    for id in ids:
        assert (await bench.ended(id)).cancel_outcome == "STOPPED"
        assert "CANCEL_ACKNOWLEDGED" in await bench.events(id)
    assert (await _ended(bench, operation)).succeeded_count == 3


async def test_what_is_retried_in_bulk_is_run_at_once(bench: Workbench) -> None:
    async with bench.database.connection() as connection:
        ids = await insert_jobs(
            connection, 3, now=SystemClock().now(), type="quick", status="FAILED"
        )
    await bench.start(
        quick, poll_interval=NEVER, full_pass_interval=NEVER, bulk_interval=NEVER
    )

    operation = await _ask(bench, BulkAction.RETRY, "tag-1")

    assert (await _ended(bench, operation)).succeeded_count == 3
    children = await bench.fetch("SELECT id FROM worker_jobs WHERE replay_of <> id")
    assert len(children) == len(ids)
    for child in children:
        assert (await bench.ended(child["id"])).status == "SUCCEEDED"


async def test_a_worker_retries_what_its_policy_lets_run(bench: Workbench) -> None:
    async with bench.database.connection() as connection:
        await insert_job(
            connection, now=SystemClock().now(), executor="trigger", status="FAILED"
        )
    await bench.start(policy=PlacementPolicy(unavailable="There is none."))

    operation = await _ask(bench, BulkAction.RETRY, "tag-1")

    assert (await _ended(bench, operation)).failed_count == 1
    [refusal] = await bench.fetch("SELECT code, message FROM bulk_operation_refusals")
    assert tuple(refusal) == ("EXECUTOR_UNAVAILABLE", "There is none.")


async def test_after_a_worker_was_killed_another_ends_the_operation_exactly(
    bench: Workbench,
) -> None:
    async with bench.database.connection() as connection:
        # No worker here dispatches to Trigger.dev: what is made stays as it is.
        ids = await insert_jobs(
            connection,
            1000,
            now=SystemClock().now(),
            type="elsewhere",
            executor="trigger",
            status="FAILED",
        )
    operation = await _ask(bench, BulkAction.RETRY, "tag-1")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.worker.doomed", str(bench.database.url), cwd=ROOT
    )

    async def begun() -> bool:
        return (await _operation(bench, operation)).succeeded_count > 0

    try:
        await until(begun, "the first chunk")
    finally:
        process.kill()
        await process.wait()
    left = await _operation(bench, operation)
    assert not left.has_ended

    await bench.start()
    ended = await _ended(bench, operation)

    assert (ended.status, ended.succeeded_count) == ("COMPLETED", len(ids))
    assert (ended.skipped_count, ended.failed_count) == (0, 0)
    rows = await bench.fetch(
        "SELECT replay_of FROM worker_jobs WHERE replay_of IS NOT NULL"
    )
    assert Counter(row["replay_of"] for row in rows) == dict.fromkeys(ids, 1)
