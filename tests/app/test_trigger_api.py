"""The Python API over Trigger.dev."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from jobwire import (
    ExecutorUnavailableError,
    InvalidInputError,
    Jobwire,
    Settings,
    handle_trigger_webhook,
    reconcile_trigger_jobs,
    schedule_job,
    sync_active_trigger_jobs,
)
from jobwire.app.settings import SettingsError
from jobwire.app.trigger import (
    placement_policy,
    sync_paths,
    trigger_access,
    webhook_secrets,
)
from jobwire.app.webhook import PostedEvents
from jobwire.jobs.errors import WebhookSignatureError
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.identifiers import parse_job_id
from jobwire.jobs.sync_paths import SyncPath
from jobwire.jobs.webhook import Receipt
from jobwire.models.database import Database
from jobwire.models.vocabulary import JobStatus
from jobwire.triggerdev import sign_hex
from jobwire.web.trigger_webhook import WebhookUnavailableError
from tests.jobs.losses import suspected_for_a_minute
from tests.worker.trigger_dev import TriggerDev, served

SECRET = "a secret between hooks and us"
LOCAL = TriggerAccess(SecretStr("tr_dev_local"), "http://127.0.0.1:1")
Open = Callable[..., AbstractAsyncContextManager[Jobwire]]


@pytest.fixture
async def trigger_dev(tmp_path: Path) -> AsyncIterator[TriggerDev]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with served(tmp_path, listener) as trigger_dev:
            yield trigger_dev


@pytest.fixture
def open_jobwire(database: Database, trigger_dev: TriggerDev) -> Open:
    """Open a Jobwire over the Trigger.dev of the test: `async with open_jobwire()`."""

    @asynccontextmanager
    async def opened(*, worker: bool = False, **given: Any) -> AsyncIterator[Jobwire]:
        given = {
            "trigger_secret_key": trigger_dev.emulator.secret_key,
            "trigger_api_url": trigger_dev.url,
            "trigger_webhook_secret": SECRET,
            **given,
        }
        async with Jobwire(settings(database, **given), worker=worker) as jobwire:
            yield jobwire

    return opened


def settings(database: Database | None = None, **given: Any) -> Settings:
    url = None if database is None else str(database.url)
    return Settings(_env_file=None, database_url=url, jobs="", **given)


async def remote(where: object, task: str = "slow", **given: Any) -> Any:
    """Schedule a TRIGGER job."""
    return await schedule_job(
        where,
        type=task,
        tag="t",
        user_id="ann",
        executor="trigger",
        trigger_task_id=task,
        **given,
    )


async def change(jobwire: Jobwire, sets: str) -> None:
    async with jobwire.engine.database.connection() as connection:
        await connection.execute(f"UPDATE worker_jobs SET {sets}")


async def status(jobwire: Jobwire, id: str) -> str:
    async with jobwire.engine.database.connection() as connection:
        found: str = await connection.fetchval(
            "SELECT status FROM worker_jobs WHERE id = $1", parse_job_id(id)
        )
    return found


@pytest.fixture
async def dispatched(open_jobwire: Open) -> Any:
    """A job whose run goes on, and whose worker has ended."""
    async with open_jobwire(worker=True) as jobwire:
        return await remote(jobwire, wait_for_run=timedelta(seconds=20))


# Scheduling.


async def test_whoever_waits_for_the_run_gets_its_id(
    dispatched: Any, trigger_dev: TriggerDev
) -> None:
    assert [dispatched.trigger_run_id] == await trigger_dev.runs(dispatched.uuid)


async def test_a_run_that_does_not_come_in_time_comes_later(open_jobwire: Open) -> None:
    async with open_jobwire() as jobwire:
        record = await remote(jobwire, wait_for_run=timedelta(milliseconds=50))

    assert (record.status, record.trigger_run_id) == (JobStatus.QUEUED, None)


@pytest.mark.parametrize("span", [timedelta(seconds=31), timedelta(seconds=-1)])
async def test_a_wait_has_its_limits(open_jobwire: Open, span: timedelta) -> None:
    async with open_jobwire() as jobwire:
        with pytest.raises(InvalidInputError, match="from zero to 30 seconds"):
            await remote(jobwire, wait_for_run=span)


async def test_in_the_callers_transaction_nobody_can_wait(database: Database) -> None:
    async with database.transaction() as connection:
        with pytest.raises(InvalidInputError, match="not committed yet"):
            await remote(connection, wait_for_run=timedelta(seconds=1))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"trigger_enabled": False}, "TRIGGER_ENABLED is false"),
        (
            {"trigger_enabled": False, "trigger_secret_key": "tr_dev_x"},
            "TRIGGER_ENABLED is false",
        ),
        ({}, "Set TRIGGER_SECRET_KEY"),
    ],
)
async def test_without_trigger_dev_every_call_says_which_setting_is_missing(
    database: Database, given: dict[str, Any], says: str
) -> None:
    async with Jobwire(settings(database, **given), worker=False) as jobwire:
        for call in (remote, reconcile_trigger_jobs, sync_active_trigger_jobs):
            with pytest.raises(ExecutorUnavailableError, match=says) as refused:
                await call(jobwire)
            assert not refused.value.is_retryable

        async with database.connection() as connection:
            assert await connection.fetchval("SELECT count(*) FROM worker_jobs") == 0


# Sync and reconcile.


async def test_sync_tells_which_jobs_it_corrected(
    dispatched: Any, open_jobwire: Open, trigger_dev: TriggerDev
) -> None:
    async with open_jobwire() as jobwire:
        await trigger_dev.stage.cancel(dispatched.trigger_run_id)
        async with asyncio.timeout(20):
            while await status(jobwire, dispatched.id) != JobStatus.CANCELED:
                report = await sync_active_trigger_jobs(jobwire)

        assert report.corrected == (dispatched.id,)
        assert (report.checked, report.gone, report.errors) == (1, (), ())
        assert (await sync_active_trigger_jobs(jobwire)).checked == 0


@pytest.mark.rows_by_hand("gives jobs runs that are gone")
async def test_sync_settles_no_job_whose_run_is_gone_and_reconcile_does(
    dispatched: Any, open_jobwire: Open
) -> None:
    async with open_jobwire() as jobwire:
        await change(
            jobwire,
            "trigger_run_id = 'run_gone', dispatched_at = now() - interval '1 hour'",
        )
        report = await sync_active_trigger_jobs(jobwire)
        assert (report.checked, report.gone) == (1, (dispatched.id,))
        assert await status(jobwire, dispatched.id) != JobStatus.FAILED

        suspected = await reconcile_trigger_jobs(jobwire)
        assert (suspected.suspects, suspected.lost_jobs) == ([dispatched.uuid], [])
        await suspected_for_a_minute(jobwire.engine.database)
        reconciled = await reconcile_trigger_jobs(jobwire)

        assert reconciled.lost_jobs == [dispatched.uuid]
        assert await status(jobwire, dispatched.id) == JobStatus.FAILED


@pytest.mark.rows_by_hand("gives jobs runs that are gone")
async def test_losses_may_be_accepted(dispatched: Any, open_jobwire: Open) -> None:
    async with open_jobwire(worker=True) as jobwire:
        for _ in range(5):
            await remote(jobwire, wait_for_run=timedelta(seconds=20))
    async with open_jobwire() as jobwire:
        await change(
            jobwire,
            "trigger_run_id = 'run_gone' || id,"
            " dispatched_at = now() - interval '1 hour'",
        )
        assert (await reconcile_trigger_jobs(jobwire)).withheld is not None
        await suspected_for_a_minute(jobwire.engine.database)

        report = await reconcile_trigger_jobs(jobwire, accept_losses=True)

        assert len(report.lost_jobs) == 6
        assert await status(jobwire, dispatched.id) == JobStatus.FAILED


async def test_an_environment_that_refuses_the_key_is_told(open_jobwire: Open) -> None:
    async with open_jobwire(trigger_secret_key="tr_dev_wrong") as jobwire:
        for call in (reconcile_trigger_jobs, sync_active_trigger_jobs):
            with pytest.raises(ExecutorUnavailableError, match="cannot be asked"):
                await call(jobwire)


# Events on a host's own route.


def event(id: str = "event-1") -> bytes:
    now = datetime.now(UTC).isoformat()  # noqa: TID251 - signed for this moment
    run = {"id": "run_x", "taskIdentifier": "slow", "attempt": 1}
    return json.dumps(
        {"id": id, "type": "RUN_STARTED", "occurredAt": now, "run": run}
    ).encode()


def signed(body: bytes, secret: str = SECRET) -> dict[str, str]:
    return {"X-Trigger-Signature-HmacSha256": sign_hex(secret, body)}


async def stored(database: Database) -> int:
    async with database.connection() as connection:
        count: int = await connection.fetchval(
            "SELECT count(*) FROM webhook_deliveries"
        )
    return count


async def test_an_event_is_taken_in_once_with_the_secrets_of_the_settings(
    open_jobwire: Open, database: Database
) -> None:
    body = event()
    async with open_jobwire() as jobwire:
        receipts = [
            (await handle_trigger_webhook(jobwire, signed(body), body)).receipt
            for _ in range(2)
        ]

        assert receipts == [Receipt.IGNORED, Receipt.DUPLICATE]
        assert await stored(database) == 1


async def test_an_event_moves_the_job_of_its_run(
    dispatched: Any, open_jobwire: Open
) -> None:
    told = json.loads(event())
    told["run"]["id"] = dispatched.trigger_run_id
    told["progress"] = {"fraction": 0.5}
    told["type"] = "RUN_PROGRESS"
    body = json.dumps(told).encode()
    async with open_jobwire() as jobwire:
        received = await handle_trigger_webhook(jobwire, signed(body), body)

        assert received.receipt is Receipt.APPLIED
        assert await status(jobwire, dispatched.id) == JobStatus.RUNNING


@pytest.mark.parametrize("headers", [{}, signed(event(), "another secret")])
async def test_an_event_that_nobody_signed_is_refused(
    open_jobwire: Open, database: Database, headers: dict[str, str]
) -> None:
    async with open_jobwire() as jobwire:
        with pytest.raises(WebhookSignatureError):
            await handle_trigger_webhook(jobwire, headers, event())

    assert await stored(database) == 0


async def test_without_a_secret_nothing_is_taken_in(open_jobwire: Open) -> None:
    body = event()
    async with open_jobwire(trigger_webhook_secret=None) as jobwire:
        with pytest.raises(WebhookSignatureError):
            await handle_trigger_webhook(jobwire, signed(body), body)

        received = await handle_trigger_webhook(
            jobwire, signed(body), body, secrets=[SECRET]
        )
        assert received.receipt is Receipt.IGNORED


async def test_an_event_belongs_to_the_callers_transaction(database: Database) -> None:
    body = event()
    async with database.connection() as connection:
        abandoned = connection.transaction()
        await abandoned.start()
        await handle_trigger_webhook(connection, signed(body), body, secrets=[SECRET])
        await abandoned.rollback()
    assert await stored(database) == 0

    async with database.transaction() as connection:
        await handle_trigger_webhook(connection, signed(body), body, secrets=[SECRET])
    assert await stored(database) == 1


async def test_a_connection_has_no_secrets_of_its_own(database: Database) -> None:
    body = event()
    async with database.transaction() as connection:
        with pytest.raises(WebhookSignatureError):
            await handle_trigger_webhook(connection, signed(body), body)


# Settings.


def test_trigger_dev_that_was_asked_for_needs_a_key() -> None:
    with pytest.raises(SettingsError, match="TRIGGER_SECRET_KEY is not set"):
        trigger_access(settings(trigger_enabled=True))
    with pytest.raises(SettingsError, match="TRIGGER_SECRET_KEY is not set"):
        Jobwire(settings(trigger_enabled=True))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, None),
        ({"trigger_enabled": False}, None),
        ({"trigger_enabled": False, "trigger_secret_key": "tr_dev_mine"}, None),
        ({"trigger_secret_key": "tr_dev_mine"}, "tr_dev_mine"),
        ({"trigger_enabled": True, "trigger_secret_key": "tr_dev_mine"}, "tr_dev_mine"),
    ],
)
def test_a_key_means_that_environment_unless_it_is_disabled(
    given: dict[str, Any], expected: str | None
) -> None:
    access = trigger_access(settings(**given))

    assert (access and access.secret_key.get_secret_value()) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, "tr_dev_local"),
        ({"trigger_enabled": True}, "tr_dev_local"),
        ({"trigger_enabled": False}, None),
        ({"trigger_secret_key": "tr_dev_mine"}, "tr_dev_mine"),
    ],
)
def test_the_local_one_stands_in_where_no_key_is_set(
    given: dict[str, Any], expected: str | None
) -> None:
    access = trigger_access(settings(**given), local=LOCAL)

    assert (access and access.secret_key.get_secret_value()) == expected


def test_a_policy_follows_the_settings() -> None:
    assert placement_policy(settings(), LOCAL).unavailable is None
    assert placement_policy(settings(), LOCAL).any_task is (
        settings().trigger_tasks == "any"
    )
    registered = settings(trigger_tasks="registered")
    assert placement_policy(registered, LOCAL).any_task is False


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {SyncPath.REALTIME, SyncPath.POLL}),
        ({"trigger_webhook_secret": SECRET}, set(SyncPath)),
        ({"trigger_sync": "none"}, set()),
        ({"trigger_sync": "poll, poll"}, {SyncPath.POLL}),
        (
            {"trigger_sync": "webhook,realtime", "trigger_webhook_secret": SECRET},
            {SyncPath.WEBHOOK, SyncPath.REALTIME},
        ),
    ],
    ids=["no secret", "a secret", "none", "twice", "some"],
)
def test_the_paths_are_those_that_were_chosen_or_all_that_are_configured(
    given: dict[str, Any], expected: set[SyncPath]
) -> None:
    assert sync_paths(settings(**given)) == expected


def test_the_webhook_cannot_be_chosen_without_a_secret() -> None:
    with pytest.raises(SettingsError, match="TRIGGER_SYNC names webhook, but"):
        Jobwire(settings(trigger_sync="webhook"))


async def test_a_webhook_that_is_left_out_is_like_one_without_a_secret(
    open_jobwire: Open,
) -> None:
    body = event()
    async with open_jobwire(trigger_sync="realtime,poll") as jobwire:
        with pytest.raises(WebhookSignatureError):
            await handle_trigger_webhook(jobwire, signed(body), body)
        with pytest.raises(WebhookUnavailableError, match="leaves out") as caught:
            await PostedEvents(lambda: jobwire).take_in(body, signed(body))

    assert caught.value.status == 404


def test_secrets_are_separated_by_commas() -> None:
    two = settings(trigger_webhook_secret=f"{SECRET},another secret of ours")

    assert webhook_secrets(two) == (SECRET, "another secret of ours")
    assert webhook_secrets(settings()) == ()
