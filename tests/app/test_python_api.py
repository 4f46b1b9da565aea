import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine

from jobwire import (
    InvalidInputError,
    InvalidStateError,
    JobRecord,
    Jobwire,
    NotFoundError,
    RetryConfig,
    Settings,
    UnknownTypeError,
    cancel_job,
    delete_job,
    job,
    schedule_job,
)
from jobwire.app.jobwire import NotOpenError
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.connections import UnsupportedConnectionError
from jobwire.jobs.registry import NotAJobError
from jobwire.jobs.transitions.claim import claim
from jobwire.models.database import Database
from jobwire.models.vocabulary import CancelOutcome, JobStatus


class Greeting(BaseModel):
    name: str
    at: datetime | None = None


@job("greet")
async def greet(data: Greeting) -> str:
    return f"Hello, {data.name}!"


@pytest.fixture
async def jobwire(database: Database) -> AsyncIterator[Jobwire]:
    """A whole Jobwire with a worker, on the database of the test."""
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    async with Jobwire(settings, jobs=[greet]) as opened:
        yield opened


async def count(database: Database, table: str) -> int:
    async with database.connection() as connection:
        found: int = await connection.fetchval(f"SELECT count(*) FROM {table}")
        return found


async def ended(database: Database, record: JobRecord) -> dict[str, Any]:
    """Wait for the end of a job, and return its row."""
    async with asyncio.timeout(10), database.connection() as connection:
        while True:
            row = await connection.fetchrow(
                "SELECT *, result::text AS text FROM worker_jobs WHERE id = $1",
                record.uuid,
            )
            if row["finished"] is not None:
                return dict(row)
            await asyncio.sleep(0.02)


async def test_a_commit_makes_job_and_event_real(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        record = await schedule_job(
            where, type="greet", tag="t", user_id="ann", data={"name": "Ada"}
        )
        assert await count(database, "worker_jobs") == 0

    assert await count(database, "worker_jobs") == 1
    assert await count(database, "job_events") == 1
    assert record.id.startswith("job_")
    assert record.status is JobStatus.QUEUED
    assert record.data == {"name": "Ada"}
    assert record.version == 1


async def test_a_rollback_leaves_neither_job_nor_event(
    transaction: Any, database: Database
) -> None:
    with suppress(ZeroDivisionError):
        async with transaction() as where:
            await schedule_job(where, type="greet", tag="t", user_id="ann")
            raise ZeroDivisionError

    assert await count(database, "worker_jobs") == 0
    assert await count(database, "job_events") == 0


async def test_a_rolled_back_cancel_changes_nothing(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        record = await schedule_job(where, type="greet", tag="t", user_id="ann")

    with suppress(ZeroDivisionError):
        async with transaction() as where:
            canceled = await cancel_job(where, record.id, reason="no more")
            assert canceled.status is JobStatus.CANCELED
            raise ZeroDivisionError

    assert await count(database, "job_events") == 1


async def test_a_cancel_inside_a_transaction_ends_a_job_that_has_not_started(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        record = await schedule_job(where, type="greet", tag="t", user_id="ann")
        canceled = await cancel_job(where, record.uuid, reason="no more", actor="bob")

    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT * FROM worker_jobs")
    assert canceled.cancel_outcome is CancelOutcome.NEVER_STARTED
    assert row["cancel_reason"] == "no more"
    assert row["cancel_requested_by"] == "bob"


async def test_a_delete_becomes_real_with_the_commit(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        record = await schedule_job(where, type="greet", tag="t", user_id="ann")
        await cancel_job(where, record.id)

    with suppress(ZeroDivisionError):
        async with transaction() as where:
            await delete_job(where, record.id)
            raise ZeroDivisionError
    assert await count(database, "worker_jobs WHERE deleted_at IS NULL") == 1

    async with transaction() as where:
        await delete_job(where, record.uuid, actor="bob")
    assert await count(database, "worker_jobs WHERE deleted_at IS NULL") == 0
    assert await count(database, "job_events WHERE actor = 'bob'") == 1
    with pytest.raises(NotFoundError):
        async with transaction() as where:
            await delete_job(where, record.id)


async def test_on_a_jobwire_an_open_job_is_not_deleted(jobwire: Jobwire) -> None:
    later = timedelta(hours=1)
    record = await schedule_job(
        jobwire, type="greet", tag="t", user_id="ann", data={"name": "A"}, delay=later
    )

    with pytest.raises(InvalidStateError, match="Cancel it first"):
        await delete_job(jobwire, record.id)
    await cancel_job(jobwire, record.id)
    await delete_job(jobwire, record.id)


async def test_a_connection_without_transaction_cancels_in_one_of_its_own(
    database: Database,
) -> None:
    async with database.connection() as connection:
        record = await schedule_job(connection, type="greet", tag="t", user_id="ann")
        await cancel_job(connection, record.id)

    async with database.connection() as connection:
        row = await connection.fetchrow("SELECT status FROM worker_jobs")
    assert row["status"] == "CANCELED"


@pytest.mark.usefixtures("jobwire")
async def test_a_committed_job_runs_without_a_further_call(
    database: Database, engine_of_host: AsyncEngine
) -> None:
    async with engine_of_host.begin() as connection:
        record = await schedule_job(
            connection, type=greet, tag="t", user_id=0, data=Greeting(name="Ada")
        )

    row = await ended(database, record)

    assert row["text"] == '"Hello, Ada!"'
    assert (row["started"] - row["created_at"]) < timedelta(seconds=1.5)


async def test_on_a_jobwire_a_job_runs_at_once(
    jobwire: Jobwire, database: Database
) -> None:
    record = await schedule_job(
        jobwire, type="greet", tag="t", user_id="ann", data={"name": "Ada"}
    )

    row = await ended(database, record)

    assert row["status"] == "SUCCEEDED"


async def test_on_a_jobwire_a_job_is_canceled(jobwire: Jobwire) -> None:
    record = await schedule_job(
        jobwire,
        type="greet",
        tag="t",
        user_id="ann",
        data={"name": "Ada"},
        delay=timedelta(hours=1),
    )

    assert record.status is JobStatus.SCHEDULED
    assert (await cancel_job(jobwire, record.id)).status is JobStatus.CANCELED


async def test_a_cancel_has_a_mode_and_a_grace(database: Database) -> None:
    async with database.connection() as connection:
        record = await schedule_job(connection, type="any", tag="t", user_id="ann")
        await claim(
            connection,
            worker="w",
            limit=1,
            lease=timedelta(seconds=10),
            types=["any"],
            now=SystemClock().now() + timedelta(seconds=1),
        )
        canceled = await cancel_job(
            connection, record.id, mode="FORCE", grace_period=timedelta(seconds=5)
        )
        row = await connection.fetchrow(
            "SELECT cancel_mode, cancel_grace_until - cancel_requested_at AS grace"
            " FROM worker_jobs"
        )

        assert canceled.cancel_outcome is CancelOutcome.PENDING
        assert tuple(row) == ("FORCE", timedelta(seconds=5))
        with pytest.raises(InvalidInputError, match="'GRACEFUL' or 'FORCE'"):
            await cancel_job(connection, record.id, mode="gently")


async def test_an_unknown_type_is_refused_where_types_are_known(
    jobwire: Jobwire,
) -> None:
    with pytest.raises(UnknownTypeError, match="Did you mean 'greet'"):
        await schedule_job(jobwire, type="great", tag="t", user_id="ann")


async def test_by_function_data_are_held_to_its_type(database: Database) -> None:
    async with database.connection() as connection:
        with pytest.raises(InvalidInputError) as caught:
            await schedule_job(connection, type=greet, tag="t", user_id="ann", data={})

    assert caught.value.path == ("data", "name")


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        pytest.param(0, "0", id="zero"),
        pytest.param("ann", "ann", id="text"),
        pytest.param(UUID(int=7), "00000000-0000-0000-0000-000000000007", id="uuid"),
    ],
)
async def test_a_user_is_stored_as_text(
    database: Database, given: Any, stored: str
) -> None:
    async with database.connection() as connection:
        record = await schedule_job(connection, type="greet", tag="t", user_id=given)

    assert record.user_id == stored


@pytest.mark.parametrize("given", [None, True, 1.5, b"ann"])
async def test_what_names_no_user_is_refused(database: Database, given: Any) -> None:
    async with database.connection() as connection:
        with pytest.raises(InvalidInputError) as caught:
            await schedule_job(connection, type="greet", tag="t", user_id=given)

    assert caught.value.path == ("user_id",)


async def test_models_and_times_are_written_as_json(database: Database) -> None:
    greeting = Greeting(name="Ada", at=datetime(2026, 1, 2, tzinfo=UTC))

    async with database.connection() as connection:
        record = await schedule_job(
            connection, type=greet, tag="t", user_id="ann", data=greeting
        )

    assert record.data == {"name": "Ada", "at": "2026-01-02T00:00:00Z"}


@pytest.mark.parametrize(
    "retry_config",
    [
        pytest.param({"maxAttempts": 5}, id="members"),
        pytest.param(RetryConfig(max_attempts=5), id="whole"),
    ],
)
async def test_a_retry_configuration_is_given_whole_or_in_part(
    database: Database, retry_config: Any
) -> None:
    async with database.connection() as connection:
        await schedule_job(
            connection,
            type=greet,
            tag="t",
            user_id="ann",
            data={"name": "Ada"},
            retry_config=retry_config,
        )
        attempts = await connection.fetchval(
            "SELECT retry_config->>'maxAttempts' FROM worker_jobs"
        )

    assert attempts == "5"


async def test_an_executor_that_does_not_exist_is_refused_with_those_that_do(
    database: Database,
) -> None:
    async with database.connection() as connection:
        with pytest.raises(InvalidInputError, match="'internal' or 'trigger'"):
            await schedule_job(
                connection, type="greet", tag="t", user_id="ann", executor="lambda"
            )


async def test_a_job_on_trigger_dev_needs_no_registration_in_python(
    database: Database,
) -> None:
    async with database.connection() as connection:
        job = await schedule_job(
            connection,
            type="resize",
            tag="t",
            user_id="ann",
            executor="trigger",
            trigger_task_id="resize-images",
            data=[1, "two"],
        )

    assert (job.executor, job.trigger_task_id) == ("trigger", "resize-images")
    assert (job.status, job.trigger_run_id, job.data) == ("QUEUED", None, [1, "two"])


async def test_waiting_for_a_run_in_the_callers_own_transaction_is_refused(
    database: Database,
) -> None:
    async with database.connection() as connection:
        with pytest.raises(InvalidInputError, match="not committed yet") as caught:
            await schedule_job(
                connection,
                type="resize",
                tag="t",
                user_id="ann",
                trigger_task_id="resize-images",
                wait_for_run=timedelta(seconds=1),
            )

    assert caught.value.path == ("wait_for_run",)


async def test_what_is_no_job_is_refused(database: Database) -> None:
    async with database.connection() as connection:
        with pytest.raises(NotAJobError):
            await schedule_job(connection, type=ended, tag="t", user_id="ann")


async def test_what_is_no_connection_is_refused() -> None:
    with pytest.raises(UnsupportedConnectionError, match=r"builtins\.str"):
        await schedule_job("postgresql://…", type="greet", tag="t", user_id="ann")


async def test_a_jobwire_that_is_not_open_says_so(database: Database) -> None:
    closed = Jobwire(Settings(_env_file=None, database_url=str(database.url), jobs=""))

    with pytest.raises(NotOpenError):
        await schedule_job(closed, type="greet", tag="t", user_id="ann")


@pytest.mark.parametrize("job_id", ["job_nonsense", "", UUID(int=1)])
async def test_a_job_that_does_not_exist_is_not_found(
    database: Database, job_id: Any
) -> None:
    async with database.connection() as connection:
        with pytest.raises(NotFoundError):
            await cancel_job(connection, job_id)


async def test_tables_in_another_schema_are_found_by_name(
    database: Database, engine_of_host: AsyncEngine
) -> None:
    async with engine_of_host.begin() as connection:
        await connection.exec_driver_sql("SET LOCAL search_path = pg_catalog")
        await schedule_job(
            connection, type="greet", tag="t", user_id="ann", schema="public"
        )

    assert await count(database, "worker_jobs") == 1
