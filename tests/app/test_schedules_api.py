from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from datetime import UTC, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import BaseModel

from jobwire import (
    ExecutorUnavailableError,
    InvalidInputError,
    JobScheduleRecord,
    Jobwire,
    NotFoundError,
    RetryConfig,
    Settings,
    UnknownTypeError,
    VersionConflictError,
    delete_job_schedule,
    job,
    pause_job_schedule,
    resume_job_schedule,
    run_job_schedule_now,
    schedule_cron_job,
    trigger_job,
)
from jobwire.jobs.connections import UnsupportedConnectionError
from jobwire.jobs.registry import NotAJobError
from jobwire.models.database import Database
from jobwire.models.vocabulary import (
    Executor,
    JobStatus,
    MisfirePolicy,
    OverlapPolicy,
    ScheduleOwner,
    SyncState,
)
from tests.app.test_python_api import ended


class Report(BaseModel):
    name: str


@job("report")
async def report(data: Report) -> None:
    """Report nothing."""


nightly = trigger_job("nightly", task_id="nightly-task")
GIVEN: dict[str, Any] = {
    "type": "report",
    "tag": "reports",
    "user_id": "ann",
    "cron": "0 0 1 1 *",
    "data": {"name": "Ada"},
}
CHANGES: Sequence[Callable[..., Awaitable[Any]]] = (
    pause_job_schedule,
    resume_job_schedule,
    run_job_schedule_now,
    delete_job_schedule,
)


@pytest.fixture
async def jobwire(database: Database) -> AsyncIterator[Jobwire]:
    """A Jobwire without a worker, on the database of the test."""
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    async with Jobwire(settings, jobs=[report, nightly], worker=False) as opened:
        yield opened


async def _rows(database: Database, query: str) -> list[tuple[Any, ...]]:
    async with database.connection() as connection:
        return [tuple(row) for row in await connection.fetch(query)]


async def _schedules(database: Database) -> list[tuple[Any, ...]]:
    return await _rows(
        database,
        "SELECT key, is_paused, version FROM job_schedules WHERE deleted_at IS NULL"
        " ORDER BY id",
    )


# Inside the caller's transaction.


async def test_a_commit_makes_the_schedule_real(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        record = await schedule_cron_job(where, **GIVEN)
        assert await _schedules(database) == []

    assert record.created
    assert await _schedules(database) == [("reports", False, 1)]


async def test_a_rollback_leaves_none(transaction: Any, database: Database) -> None:
    with suppress(ZeroDivisionError):
        async with transaction() as where:
            await schedule_cron_job(where, **GIVEN)
            raise ZeroDivisionError

    assert await _schedules(database) == []


async def test_a_rollback_takes_back_every_change(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        record = await schedule_cron_job(where, **GIVEN)

    for change in CHANGES:
        with suppress(ZeroDivisionError):
            async with transaction() as where:
                await change(where, record.id)
                raise ZeroDivisionError
    with suppress(ZeroDivisionError):
        async with transaction() as where:
            changed = await schedule_cron_job(where, **GIVEN | {"cron": "@hourly"})
            assert (changed.created, changed.version) == (False, 2)
            raise ZeroDivisionError

    assert await _schedules(database) == [("reports", False, 1)]
    assert await _rows(database, "SELECT FROM worker_jobs") == []


async def test_every_change_becomes_real_with_the_commit(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        made = await schedule_cron_job(where, **GIVEN)
        again = await schedule_cron_job(where, **GIVEN)
        paused = await pause_job_schedule(where, made.id)
        ran = await run_job_schedule_now(where, made.uuid, actor="bob")
        resumed = await resume_job_schedule(where, str(made.uuid))

    assert (again.id, again.created, again.version) == (made.id, False, 1)
    assert (paused.is_paused, paused.next_run_at, paused.version) == (True, None, 2)
    assert (resumed.is_paused, resumed.version) == (False, 3)
    assert resumed.next_run_at == made.next_run_at
    assert (ran.status, ran.data, ran.tag) == (
        JobStatus.QUEUED,
        {"name": "Ada"},
        "reports",
    )
    assert await _schedules(database) == [("reports", False, 3)]
    assert await _rows(database, "SELECT schedule_id, tick_at FROM worker_jobs") == [
        (made.uuid, None)
    ]
    assert await _rows(database, "SELECT actor FROM job_events") == [("bob",)]

    async with transaction() as where:
        await delete_job_schedule(where, made.id)

    assert await _schedules(database) == []
    for change in CHANGES:
        with pytest.raises(NotFoundError, match=f"no job schedule '{made.id}'"):
            async with transaction() as where:
                await change(where, made.id)


async def test_asking_at_every_start_of_a_program_changes_nothing(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        first = await schedule_cron_job(where, **GIVEN)
        await pause_job_schedule(where, first.id)

    async with transaction() as where:
        again = await schedule_cron_job(where, **GIVEN)

    assert (again.created, again.is_paused, again.version) == (False, True, 2)
    assert len(await _schedules(database)) == 1


async def test_a_connection_without_transaction_changes_in_one_of_its_own(
    database: Database,
) -> None:
    async with database.connection() as connection:
        record = await schedule_cron_job(connection, **GIVEN)
        await pause_job_schedule(connection, record.id)

    assert await _schedules(database) == [("reports", True, 2)]


async def test_tables_in_another_schema_are_found_by_name(
    transaction: Any, database: Database
) -> None:
    async with transaction() as where:
        record = await schedule_cron_job(where, **GIVEN, schema="public")
        await pause_job_schedule(where, record.id, schema="public")
        await resume_job_schedule(where, record.id, schema="public")
        await run_job_schedule_now(where, record.id, schema="public")

    assert await _schedules(database) == [("reports", False, 3)]


# What the record says.


async def test_a_record_says_what_was_asked(database: Database) -> None:
    async with database.connection() as connection:
        record = await schedule_cron_job(
            connection,
            type="any",
            tag="t",
            user_id="ann",
            cron="30 0 1 1 *",
            timezone="Asia/Tokyo",
            key="mine",
            executor="trigger",
            owner="JOBWIRE",
            trigger_task_id="any-task",
            data=[1, "two"],
            retry_config=RetryConfig(max_attempts=5),
            overlap_policy="QUEUE_ONE",
            misfire_policy="RUN_ALL",
            misfire_window=timedelta(hours=2),
            if_version=0,
        )
        [kept] = await _rows(
            database, "SELECT misfire_window, retry_config::text FROM job_schedules"
        )

    assert record.next_run_at is not None
    next_run_at = record.next_run_at.astimezone(UTC)
    assert (next_run_at.month, next_run_at.day) == (12, 31)
    assert (next_run_at.hour, next_run_at.minute) == (15, 30)
    assert record == JobScheduleRecord(
        id=record.id,
        uuid=record.uuid,
        key="mine",
        created=True,
        type="any",
        tag="t",
        user_id="ann",
        version=1,
        cron="30 0 1 1 *",
        timezone="Asia/Tokyo",
        description="At 12:30 AM, on day 1 of the month, only in January",
        owner=ScheduleOwner.JOBWIRE,
        executor=Executor.TRIGGER,
        trigger_task_id="any-task",
        data=[1, "two"],
        overlap_policy=OverlapPolicy.QUEUE_ONE,
        misfire_policy=MisfirePolicy.RUN_ALL,
        is_paused=False,
        next_run_at=record.next_run_at,
        sync_state=None,
    )
    assert kept[0] == timedelta(hours=2)
    assert '"maxAttempts": 5' in kept[1]


async def test_a_record_is_printed_without_its_data(database: Database) -> None:
    async with database.connection() as connection:
        record = await schedule_cron_job(connection, **GIVEN)

    assert "Ada" not in repr(record)
    assert record.id in repr(record)


async def test_what_is_left_out_has_its_default(database: Database) -> None:
    async with database.connection() as connection:
        record = await schedule_cron_job(
            connection, type="report", tag="t", user_id="ann", cron="@daily"
        )

    assert (record.key, record.timezone, record.data) == ("t", "UTC", {})
    assert (record.owner, record.executor) == ("JOBWIRE", "internal")
    assert (record.overlap_policy, record.misfire_policy) == ("SKIP", "RUN_ONCE")


async def test_a_schedule_for_trigger_dev_waits_to_be_told(database: Database) -> None:
    async with database.connection() as connection:
        record = await schedule_cron_job(
            connection,
            type=nightly,
            tag="t",
            user_id="ann",
            cron="@daily",
            owner="TRIGGER_DEV",
        )

    assert (record.owner, record.sync_state) == (
        ScheduleOwner.TRIGGER_DEV,
        SyncState.PENDING,
    )
    assert (record.trigger_task_id, record.next_run_at) == ("nightly-task", None)
    assert (record.overlap_policy, record.misfire_policy) == ("ALLOW", "RUN_ONCE")


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
        record = await schedule_cron_job(connection, **GIVEN | {"user_id": given})
        ran = await run_job_schedule_now(connection, record.id)

    assert (record.user_id, ran.user_id) == (stored, stored)


async def test_by_function_the_type_is_named_and_models_are_written_as_json(
    database: Database,
) -> None:
    async with database.connection() as connection:
        record = await schedule_cron_job(
            connection, **GIVEN | {"type": report, "data": Report(name="Ada")}
        )

    assert (record.type, record.data) == ("report", {"name": "Ada"})


# What is refused.


@pytest.mark.parametrize(
    ("given", "path", "words"),
    [
        ({"executor": "lambda"}, ("executor",), "'internal' or 'trigger'"),
        ({"owner": "me"}, ("owner",), "'JOBWIRE' or 'TRIGGER_DEV'"),
        ({"owner": "jobwire"}, ("owner",), "'JOBWIRE' or 'TRIGGER_DEV'"),
        ({"overlap_policy": "NEVER"}, ("overlap_policy",), "'SKIP'"),
        ({"misfire_policy": "NEVER"}, ("misfire_policy",), "'RUN_ONCE'"),
        ({"cron": "0 0 9 * * *"}, ("cron",), "seconds"),
        ({"timezone": "Mars/X"}, ("timezone",), "Mars/X"),
        ({"tag": ""}, ("tag",), "1 to 120"),
        ({"user_id": None}, ("user_id",), "user_id"),
        ({"user_id": True}, ("user_id",), "user_id"),
        ({"data": object()}, ("data",), "JSON"),
        ({"type": report, "data": {}}, ("data", "name"), "required"),
        ({"type": report, "executor": "trigger"}, ("executor",), "INTERNAL"),
        ({"owner": "TRIGGER_DEV"}, ("owner",), "executor TRIGGER"),
    ],
    ids=lambda one: " and ".join(one) if isinstance(one, dict) else "",
)
async def test_what_does_not_fit_is_refused_where_it_stands(
    database: Database, given: dict[str, Any], path: tuple[str, ...], words: str
) -> None:
    async with database.connection() as connection:
        with pytest.raises(InvalidInputError) as caught:
            await schedule_cron_job(connection, **GIVEN | given)

    assert caught.value.path == path
    assert words in caught.value.message
    assert await _schedules(database) == []


async def test_another_version_is_refused(database: Database) -> None:
    async with database.connection() as connection:
        await schedule_cron_job(connection, **GIVEN, if_version=0)
        with pytest.raises(VersionConflictError) as caught:
            await schedule_cron_job(connection, **GIVEN, if_version=2)

    assert caught.value.current_version == 1


@pytest.mark.parametrize("change", CHANGES, ids=lambda one: one.__name__)
@pytest.mark.parametrize(
    "schedule_id", ["sch_nonsense", "job_nonsense", "", UUID(int=1), str(UUID(int=1))]
)
async def test_a_schedule_that_does_not_exist_is_not_found(
    database: Database, change: Callable[..., Awaitable[Any]], schedule_id: Any
) -> None:
    async with database.connection() as connection:
        with pytest.raises(NotFoundError, match="no job schedule") as caught:
            await change(connection, schedule_id)

    assert caught.value.code == "NOT_FOUND"


async def test_the_id_of_a_job_is_that_of_no_schedule(database: Database) -> None:
    async with database.connection() as connection:
        record = await schedule_cron_job(connection, **GIVEN)
        ran = await run_job_schedule_now(connection, record.id)
        for id in (ran.id, record.id.replace("sch_", "job_")):
            with pytest.raises(NotFoundError):
                await pause_job_schedule(connection, id)


async def test_what_is_no_job_is_refused(database: Database) -> None:
    async with database.connection() as connection:
        with pytest.raises(NotAJobError):
            await schedule_cron_job(connection, **GIVEN | {"type": _rows})


async def test_what_is_no_connection_is_refused() -> None:
    with pytest.raises(UnsupportedConnectionError, match=r"builtins\.str"):
        await schedule_cron_job("postgresql://…", **GIVEN)
    for change in CHANGES:
        with pytest.raises(UnsupportedConnectionError, match=r"builtins\.str"):
            await change("postgresql://…", UUID(int=1))


# On a Jobwire.


async def test_on_a_jobwire_every_call_commits_by_itself(
    jobwire: Jobwire, database: Database
) -> None:
    record = await schedule_cron_job(jobwire, **GIVEN)
    assert await _schedules(database) == [("reports", False, 1)]

    assert (await pause_job_schedule(jobwire, record.id)).is_paused
    ran = await run_job_schedule_now(jobwire, record.id)
    assert not (await resume_job_schedule(jobwire, record.id)).is_paused
    await delete_job_schedule(jobwire, record.id)

    assert await _schedules(database) == []
    assert await _rows(database, "SELECT id, schedule_id FROM worker_jobs") == [
        (ran.uuid, record.uuid)
    ]


async def test_an_unknown_type_is_refused_where_types_are_known(
    jobwire: Jobwire, database: Database
) -> None:
    with pytest.raises(UnknownTypeError, match="Did you mean 'report'"):
        await schedule_cron_job(jobwire, **GIVEN | {"type": "reprot"})

    async with database.connection() as connection:
        unknown = await schedule_cron_job(connection, **GIVEN | {"type": "reprot"})
    with pytest.raises(UnknownTypeError, match="Did you mean 'report'"):
        await run_job_schedule_now(jobwire, unknown.id)


async def test_data_are_held_to_the_type_that_a_jobwire_knows(
    jobwire: Jobwire,
) -> None:
    with pytest.raises(InvalidInputError) as caught:
        await schedule_cron_job(jobwire, **GIVEN | {"data": {}})

    assert caught.value.path == ("data", "name")


@pytest.mark.parametrize("owner", ["JOBWIRE", "TRIGGER_DEV"])
async def test_a_jobwire_that_knows_no_trigger_dev_has_none_fire_its_tasks(
    jobwire: Jobwire, database: Database, owner: str
) -> None:
    with pytest.raises(ExecutorUnavailableError, match="TRIGGER_SECRET_KEY"):
        await schedule_cron_job(
            jobwire, **GIVEN | {"type": nightly, "data": None, "owner": owner}
        )

    assert await _schedules(database) == []


async def test_a_job_that_is_run_now_runs_without_a_further_call(
    database: Database,
) -> None:
    settings = Settings(_env_file=None, database_url=str(database.url), jobs="")
    async with Jobwire(settings, jobs=[report]) as opened:
        record = await schedule_cron_job(opened, **GIVEN)
        ran = await run_job_schedule_now(opened, record.id)

        row = await ended(database, ran)

    assert (row["status"], row["schedule_id"]) == ("SUCCEEDED", record.uuid)
