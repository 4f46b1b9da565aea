"""The webhook route: how it answers, and what it does in a whole application."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from jobwire import Jobwire, Settings, create_app
from jobwire.jobs.clock import SystemClock
from jobwire.jobs.errors import InvalidInputError, WebhookSignatureError
from jobwire.jobs.feed import Changed, follow_job
from jobwire.jobs.job import Job
from jobwire.jobs.viewer import trusted
from jobwire.jobs.webhook import MAX_BODY_BYTES, Receipt, Received
from jobwire.models.database import Database
from jobwire.triggerdev.signature import Claim
from jobwire.web.trigger_webhook import (
    PATH,
    WebhookUnavailableError,
    trigger_webhook_route,
)
from tests.factories import RUN_ID
from tests.jobs.posted import SECRET, body_of, event, hex_headers, standard_headers

PATIENCE = 10.0


def client(app: Starlette) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    return httpx.AsyncClient(transport=transport, base_url="http://webhook")


def small_client(outcome: Received | Exception) -> httpx.AsyncClient:
    """An application that holds the route alone, over what becomes of each event."""

    async def take_in(body: bytes, claim: Claim) -> Received:
        assert body == b"{}"
        assert claim.signatures == ("signed",)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return client(Starlette(routes=[trigger_webhook_route(_admit, take_in)]))


def _admit(headers: Mapping[str, str]) -> Claim:
    """Let everybody in."""
    signature = headers.get("X-Trigger-Signature", "")
    return Claim("hex", None, None, (signature,))


async def _post(http: httpx.AsyncClient) -> httpx.Response:
    return await http.post(
        PATH, content=b"{}", headers={"x-trigger-signature": "signed"}
    )


@pytest.mark.parametrize("receipt", Receipt)
async def test_whatever_becomes_of_an_event_its_sender_is_content(
    receipt: Receipt,
) -> None:
    async with small_client(Received(receipt)) as http:
        answer = await _post(http)

    assert answer.status_code == 200
    assert answer.json() == {"status": receipt.value}
    assert answer.headers["cache-control"] == "no-store"


async def test_a_reason_is_told_where_there_is_one() -> None:
    async with small_client(Received(Receipt.IGNORED, "Not ours.")) as http:
        answer = await _post(http)

    assert answer.json() == {"status": "ignored", "reason": "Not ours."}


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (WebhookSignatureError("not signed"), 401),
        (InvalidInputError("no event"), 400),
        (WebhookUnavailableError("never", status=404), 404),
        (WebhookUnavailableError("not now", status=503), 503),
    ],
    ids=lambda one: type(one).__name__,
)
async def test_a_refusal_has_its_status_and_its_reason(
    error: Exception, status: int
) -> None:
    async with small_client(error) as http:
        answer = await _post(http)

    assert answer.status_code == status
    assert answer.json() == {"error": str(error)}


@pytest.mark.parametrize("is_declared", [True, False])
async def test_a_body_that_is_too_large_is_refused_and_ends_the_connection(
    *, is_declared: bool
) -> None:
    body = b" " * (MAX_BODY_BYTES + 1)

    async def parts() -> AsyncIterator[bytes]:
        yield body

    async with small_client(Received(Receipt.APPLIED)) as http:
        answer = await http.post(PATH, content=body if is_declared else parts())

    assert answer.status_code == 413
    assert f"{MAX_BODY_BYTES:,}" in answer.json()["error"]
    assert answer.headers["connection"] == "close"


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_post_is_answered(method: str) -> None:
    async with small_client(Received(Receipt.APPLIED)) as http:
        answer = await http.request(method, PATH)

    assert answer.status_code == 405
    assert answer.headers["allow"] == "POST"


def settings_of(database_url: object, **more: Any) -> Settings:
    return Settings(
        _env_file=None,
        **{
            "database_url": str(database_url),
            "jobs": "",
            "auth_secret": "a-secret-of-this-test-that-is-long",
            "trigger_webhook_secret": SECRET,
            **more,
        },
    )


@pytest.fixture
async def jobwire(database: Database) -> AsyncIterator[Jobwire]:
    async with Jobwire(settings_of(database.url), worker=False) as jobwire:
        yield jobwire


@pytest.fixture
async def http(jobwire: Jobwire) -> AsyncIterator[httpx.AsyncClient]:
    async with client(create_app(jobwire)) as http:
        yield http


@pytest.fixture
async def job(make_job) -> Job:
    """A job whose run is known."""
    return await make_job(
        executor="trigger",
        dispatch_state="linked",
        dispatch_number=1,
        trigger_run_id=RUN_ID,
    )


BODY = body_of(event("RUN_STARTED"))


@pytest.mark.parametrize(
    "headers",
    [
        hex_headers,
        lambda body: standard_headers(body, SystemClock().now()),
    ],
    ids=["the bare scheme", "the standard"],
)
async def test_a_signed_event_moves_its_job(
    http: httpx.AsyncClient, job: Job, database: Database, headers: Any
) -> None:
    answer = await http.post(PATH, content=BODY, headers=headers(BODY))

    assert (answer.status_code, answer.json()) == (200, {"status": "applied"})
    async with database.connection() as connection:
        status = await connection.fetchval("SELECT status FROM worker_jobs")
    assert status == "RUNNING"
    assert job.status == "QUEUED"


async def test_nobody_without_the_secret_is_heard(http: httpx.AsyncClient) -> None:
    forged = hex_headers(BODY, "some other secret")

    answers = [
        await http.post(PATH, content=BODY, headers=forged),
        await http.post(PATH, content=BODY),
        await http.post(PATH, content=b"no json"),
    ]

    assert [answer.status_code for answer in answers] == [401, 401, 401]


async def test_what_is_no_event_is_refused(http: httpx.AsyncClient) -> None:
    answer = await http.post(PATH, content=b"[]", headers=hex_headers(b"[]"))

    assert answer.status_code == 400


@pytest.mark.usefixtures("job")
async def test_an_output_of_one_mebibyte_is_taken_in(http: httpx.AsyncClient) -> None:
    body = body_of(event("RUN_COMPLETED", output="x" * (1024 * 1024 - 2)))

    answer = await http.post(PATH, content=body, headers=hex_headers(body))

    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})


async def test_a_live_subscription_hears_of_an_event(
    http: httpx.AsyncClient, jobwire: Jobwire, job: Job
) -> None:
    viewer = trusted(job.user_id)
    async with (
        asyncio.timeout(PATIENCE),
        aclosing(follow_job(jobwire.engine.feed, viewer, job.id)) as stream,
    ):
        await anext(stream)
        await http.post(PATH, content=BODY, headers=hex_headers(BODY))
        async for message in stream:
            if isinstance(message, Changed):
                break

    assert message.job.status == "RUNNING"


async def test_without_a_secret_there_is_no_such_place(database: Database) -> None:
    settings = settings_of(database.url, trigger_webhook_secret=None)
    async with (
        Jobwire(settings, worker=False) as jobwire,
        client(create_app(jobwire)) as http,
    ):
        answer = await http.post(PATH, content=BODY, headers=hex_headers(BODY))

    assert answer.status_code == 404
    assert "TRIGGER_WEBHOOK_SECRET" in answer.json()["error"]


async def test_an_application_that_is_not_open_asks_to_send_again(
    database: Database,
) -> None:
    async with client(create_app(settings_of(database.url))) as http:
        answer = await http.post(PATH, content=BODY, headers=hex_headers(BODY))

    assert answer.status_code == 503


async def test_while_the_database_is_away_the_sender_is_asked_to_send_again(
    http: httpx.AsyncClient, jobwire: Jobwire
) -> None:
    jobwire.engine.database.terminate()

    answer = await http.post(PATH, content=BODY, headers=hex_headers(BODY))

    assert answer.status_code == 503
    assert "send the event again" in answer.json()["error"]


async def test_a_database_that_shuts_down_meanwhile_is_away(
    http: httpx.AsyncClient, job: Job, database: Database
) -> None:
    async with database.transaction() as holder, database.connection() as other:
        await holder.execute(
            "SELECT 1 FROM worker_jobs WHERE id = $1 FOR UPDATE", job.id
        )
        posting = asyncio.create_task(
            http.post(PATH, content=BODY, headers=hex_headers(BODY))
        )
        async with asyncio.timeout(PATIENCE):
            ended = False
            while not ended:
                ended = await other.fetchval(
                    "SELECT bool_or(pg_terminate_backend(pid)) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            answer = await posting

    assert answer.status_code == 503
