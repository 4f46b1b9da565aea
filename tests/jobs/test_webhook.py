"""Webhook: each posted event is taken in once, and told what became of it."""

import asyncio
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from jobwire.jobs.errors import InvalidInputError, WebhookSignatureError
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.inbox import DeliverySource, read_unhandled
from jobwire.jobs.job import Job
from jobwire.jobs.webhook import Receipt, Received, receive
from jobwire.models.database import Connection, Database
from tests.clock import FakeClock
from tests.jobs.conftest import MakeJob
from tests.jobs.posted import (
    SECRET,
    alert,
    body_of,
    event,
    hex_headers,
    standard_headers,
)

OTHER = "another-secret"


@pytest.fixture
def post(database: Database, clock: FakeClock):
    async def post(
        posted: Any,
        headers: Callable[[bytes], dict[str, str]] = hex_headers,
        secrets: tuple[str, ...] = (SECRET,),
    ) -> Received:
        body = body_of(posted)
        async with database.transaction() as connection:
            return await receive(
                connection, body, headers(body), secrets=secrets, now=clock.now()
            )

    return post


async def _job(connection: Connection) -> Any:
    return await connection.fetchrow(
        "SELECT *, result::text AS result FROM worker_jobs"
    )


async def _deliveries(connection: Connection) -> list[tuple[Any, ...]]:
    return [
        tuple(record)
        for record in await connection.fetch(
            "SELECT source, event_id, deliveries, handled_at IS NOT NULL, error"
            " FROM webhook_deliveries ORDER BY id"
        )
    ]


def _tagged(job: Job) -> dict[str, Any]:
    return {"tags": [f"job:{job_id_text(job.id)}"]}


async def test_a_run_that_goes_on_moves_its_job_at_once(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    assert await post(event("RUN_STARTED")) == Received(Receipt.APPLIED)

    assert (await _job(connection))["status"] == "RUNNING"
    assert await _deliveries(connection) == [
        ("hook", "event-of-RUN_STARTED", 1, True, None)
    ]


async def test_progress_is_folded_in(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")

    await post(event("RUN_PROGRESS", progress={"fraction": 0.25}))

    progress = await connection.fetchval("SELECT progress::text FROM worker_jobs")
    assert json.loads(progress)["fraction"] == 0.25


@pytest.mark.parametrize("type", ["RUN_COMPLETED", "RUN_FAILED", "RUN_CANCELED"])
async def test_the_end_of_a_run_waits_until_trigger_dev_was_asked(
    post, make_run_job: MakeJob, connection: Connection, type: str
) -> None:
    await make_run_job(status="RUNNING")

    assert await post(event(type)) == Received(Receipt.ACCEPTED)

    assert (await _job(connection))["status"] == "RUNNING"
    [waiting] = await read_unhandled(connection, limit=10)
    assert waiting.source is DeliverySource.HOOK
    assert waiting.body == event(type)
    counted = await connection.fetchrow("SELECT word, applied FROM job_observations")
    assert tuple(counted) == (type, False)


@pytest.mark.parametrize("type", ["RUN_STARTED", "RUN_PROGRESS", "RUN_COMPLETED"])
async def test_what_comes_after_the_end_is_late(
    post, make_run_job: MakeJob, connection: Connection, type: str
) -> None:
    await make_run_job(status="SUCCEEDED")

    received = await post(event(type))

    assert received == Received(Receipt.LATE, "Newer things are known of the run.")
    [(_, _, _, is_handled, _)] = await _deliveries(connection)
    assert is_handled


async def test_a_start_of_an_earlier_attempt_is_late(
    post, make_run_job: MakeJob
) -> None:
    await make_run_job(status="RUNNING", attempts=2)

    assert (await post(event("RUN_STARTED"))).receipt is Receipt.LATE


async def test_an_event_that_came_before_is_a_duplicate(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()
    await post(event("RUN_STARTED"))

    assert await post(event("RUN_STARTED")) == Received(Receipt.DUPLICATE)

    assert await _deliveries(connection) == [
        ("hook", "event-of-RUN_STARTED", 2, True, None)
    ]
    assert (await _job(connection))["version"] == 2


async def test_of_one_event_that_comes_many_times_at_once_one_is_folded_in(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    received = await asyncio.gather(*(post(event("RUN_STARTED")) for _ in range(8)))

    receipts = sorted(one.receipt for one in received)
    assert receipts == [Receipt.APPLIED, *[Receipt.DUPLICATE] * 7]
    [(_, _, deliveries, _, _)] = await _deliveries(connection)
    assert deliveries == 8
    count = await connection.fetchval("SELECT sum(count) FROM job_observations")
    assert count == 1


async def test_a_delivery_that_was_rolled_back_has_never_come(
    post,
    database: Database,
    make_run_job: MakeJob,
    connection: Connection,
    clock: FakeClock,
) -> None:
    await make_run_job()
    body = body_of(event("RUN_STARTED"))

    async with database.connection() as own:
        transaction = own.transaction()
        await transaction.start()
        await receive(own, body, hex_headers(body), secrets=[SECRET], now=clock.now())
        await transaction.rollback()

    assert await _deliveries(connection) == []
    assert (await post(event("RUN_STARTED"))).receipt is Receipt.APPLIED


@pytest.mark.parametrize("state", ["sending", "unknown", "accepted"])
@pytest.mark.parametrize("type", ["RUN_STARTED", "RUN_COMPLETED"])
async def test_an_event_that_overtakes_the_answer_waits_for_it(
    post, make_run_job: MakeJob, connection: Connection, state: str, type: str
) -> None:
    job = await make_run_job(state)

    received = await post(event(type, run=_tagged(job)))

    assert received == Received(Receipt.ACCEPTED)
    assert (await _job(connection))["status"] == "QUEUED"
    assert len(await read_unhandled(connection, limit=10)) == 1


@pytest.mark.parametrize("why", ["no job", "not handed over", "another run", "ended"])
async def test_an_event_of_no_run_of_ours_is_ignored(
    post, make_run_job: MakeJob, connection: Connection, why: str
) -> None:
    run: dict[str, Any] = {"id": "run_2"}
    if why != "no job":
        columns = {
            "not handed over": {"dispatch_state": "none"},
            "another run": {"dispatch_state": "linked"},
            "ended": {"dispatch_state": "unknown", "status": "FAILED"},
        }[why]
        run |= _tagged(await make_run_job(**columns))

    received = await post(event("RUN_STARTED", run=run))

    reason = "No job here has this run, or waits for one."
    assert received == Received(Receipt.IGNORED, reason)
    assert await _deliveries(connection) == [
        ("hook", "event-of-RUN_STARTED", 1, True, reason)
    ]


async def test_a_run_belongs_to_its_job_whatever_its_tags_say(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    mine = await make_run_job()
    other = await make_run_job("sending")

    await post(event("RUN_STARTED", run=_tagged(other)))

    moved = await connection.fetchval("SELECT id FROM worker_jobs WHERE version > 1")
    assert moved == mine.id


@pytest.mark.parametrize("kind", ["RUN_PAUSED", "", None, 7, [], {}], ids=str)
async def test_a_type_that_is_not_known_is_ignored(
    post, connection: Connection, kind: Any
) -> None:
    received = await post(event("RUN_STARTED") | {"type": kind})

    assert received.receipt is Receipt.IGNORED
    assert repr(kind) in (received.reason or "")
    assert await _deliveries(connection) == []


async def test_the_alert_of_a_failed_run_waits_until_trigger_dev_was_asked(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")

    assert await post(alert()) == Received(Receipt.ACCEPTED)
    assert await post(alert()) == Received(Receipt.DUPLICATE)

    assert (await _job(connection))["status"] == "RUNNING"
    [waiting] = await read_unhandled(connection, limit=10)
    assert waiting.source is DeliverySource.ALERT


async def test_the_alert_of_a_run_of_nobody_is_ignored(
    post, connection: Connection
) -> None:
    assert (await post(alert())).receipt is Receipt.IGNORED

    [(source, _, _, is_handled, _)] = await _deliveries(connection)
    assert (source, is_handled) == ("alert", True)


@pytest.mark.parametrize(
    "type", ["alert.deployment.success", "alert.deployment.failed", "alert.error"]
)
async def test_alerts_of_other_things_are_ignored(
    post, connection: Connection, type: str
) -> None:
    received = await post({"type": type, "id": "cm-1"})

    assert received.receipt is Receipt.IGNORED
    assert type in (received.reason or "")
    assert await _deliveries(connection) == []


DEEP = b'{"type": "RUN_STARTED", "output": ' + b"[" * 200_000 + b"]" * 200_000 + b"}"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no json",
        b"[]",
        b"null",
        b'"text"',
        b"\xff\xfe",
        b'{"type": "RUN_STARTED"}',
        b'{"type": "alert.run.failed"}',
        b'{"type": "alert.run.failed", "object": []}',
        DEEP,
    ],
    ids=lambda body: body[:60].decode(errors="replace"),
)
async def test_what_is_no_event_is_refused(
    post, connection: Connection, body: bytes
) -> None:
    with pytest.raises(InvalidInputError):
        await post(body)

    assert await _deliveries(connection) == []


@pytest.mark.parametrize("number", ["NaN", "-Infinity", "1e999", "9" * 5000])
async def test_a_number_that_is_none_in_postgresql_is_refused(
    post, make_run_job: MakeJob, number: str
) -> None:
    await make_run_job(status="RUNNING")
    text = json.dumps(event("RUN_COMPLETED", output=0))

    with pytest.raises(InvalidInputError, match="no JSON"):
        await post(text.replace('"output": 0', f'"output": {number}').encode())


@pytest.mark.parametrize("depth", [*range(900, 1000)])
async def test_an_event_is_taken_in_or_refused_however_deep_it_is(
    post, make_run_job: MakeJob, depth: int
) -> None:
    await make_run_job(status="RUNNING")
    text = json.dumps(event("RUN_COMPLETED", output=0))
    body = text.replace('"output": 0', f'"output": {"[" * depth}{"]" * depth}').encode()

    try:
        received = await post(body)
    except InvalidInputError:
        return
    assert received.receipt is Receipt.ACCEPTED


ODD = "half of a pair \ud83d and \0"
READABLE = "half of a pair ? and \ufffd"


@pytest.mark.parametrize(
    ("type", "more"),
    [
        ("RUN_FAILED", {"error": {"name": ODD, "message": ODD, "stackTrace": ODD}}),
        ("RUN_COMPLETED", {"output": {ODD: [ODD]}}),
        ("RUN_PROGRESS", {"progress": {"message": ODD}}),
        ("RUN_STARTED", {"run": {"tags": [ODD]}}),
    ],
)
async def test_an_event_with_text_that_postgresql_cannot_store_is_taken_in(
    post, make_run_job: MakeJob, connection: Connection, type: str, more: dict[str, Any]
) -> None:
    await make_run_job(status="RUNNING")

    received = await post(event(type, **more))

    assert received.receipt in (Receipt.ACCEPTED, Receipt.APPLIED, Receipt.LATE)
    stored = await connection.fetchval("SELECT body::text FROM webhook_deliveries")
    assert READABLE in json.dumps(json.loads(stored), ensure_ascii=False)


async def test_what_is_read_is_what_stands_in_the_inbox(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job()

    await post(event("RUN_PROGRESS", progress={"message": ODD}))

    progress = await connection.fetchval("SELECT progress::text FROM worker_jobs")
    assert json.loads(progress)["message"] == READABLE


async def test_an_escaped_backslash_before_u0000_is_no_nul(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")

    await post(event("RUN_COMPLETED", output="\\u0000"))

    [waiting] = await read_unhandled(connection, limit=1)
    assert waiting.body["output"] == "\\u0000"


async def test_an_event_may_be_signed_by_the_standard(
    post, make_run_job: MakeJob, clock: FakeClock
) -> None:
    await make_run_job()

    received = await post(
        event("RUN_STARTED"), lambda body: standard_headers(body, clock.now())
    )

    assert received.receipt is Receipt.APPLIED


async def test_any_of_the_secrets_may_have_signed_while_one_replaces_another(
    post, make_run_job: MakeJob, clock: FakeClock
) -> None:
    await make_run_job()
    secrets = (OTHER, SECRET)

    old = await post(event("RUN_STARTED"), hex_headers, secrets)
    new = await post(
        event("RUN_STARTED", id="2"),
        lambda body: standard_headers(body, clock.now(), OTHER),
        secrets,
    )

    assert (old.receipt, new.receipt) == (Receipt.APPLIED, Receipt.LATE)


@pytest.mark.parametrize("secrets", [(), (OTHER,), ("",)], ids=str)
@pytest.mark.parametrize("scheme", ["hex", "standard", "none"])
async def test_what_nobody_with_the_secret_has_signed_is_refused(
    post,
    make_run_job: MakeJob,
    connection: Connection,
    clock: FakeClock,
    secrets: tuple[str, ...],
    scheme: str,
) -> None:
    await make_run_job()
    headers = {
        "hex": hex_headers,
        "standard": lambda body: standard_headers(body, clock.now()),
        "none": lambda _: {},
    }[scheme]

    with pytest.raises(WebhookSignatureError):
        await post(event("RUN_STARTED"), headers, secrets)

    assert await _deliveries(connection) == []


async def test_an_old_message_is_not_taken_in_again(post, clock: FakeClock) -> None:
    signed = clock.now()
    clock.advance(timedelta(minutes=6))

    with pytest.raises(WebhookSignatureError):
        await post(event(), lambda body: standard_headers(body, signed))


async def test_the_signature_is_checked_before_anything_is_read(post) -> None:
    with pytest.raises(WebhookSignatureError):
        await post(DEEP, lambda _: {})


LINE = {"at": "2026-01-02T03:00:59.000Z", "level": "INFO", "message": "row 7"}


async def _log(connection: Connection) -> list[tuple[Any, ...]]:
    rows = "SELECT attempt, level, message FROM job_logs ORDER BY id"
    return [tuple(record) for record in await connection.fetch(rows)]


async def test_the_lines_of_an_event_are_stored_once_with_their_attempt(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")
    posted = event("RUN_PROGRESS", run={"attempt": 2}, logs=[LINE, LINE])

    first, *others = await asyncio.gather(*[post(posted) for _ in range(5)])
    late = event("RUN_PROGRESS", id="late", logs=[{**LINE, "level": "ERROR"}])
    assert await post(late) == Received(Receipt.APPLIED)

    assert Receipt.DUPLICATE in {one.receipt for one in (first, *others)}
    assert await _log(connection) == [
        (2, "INFO", "row 7"),
        (2, "INFO", "row 7"),
        (1, "ERROR", "row 7"),
    ]


async def test_lines_alone_change_no_version(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="RUNNING")
    before = (await _job(connection))["version"]

    await post(event("RUN_PROGRESS", logs=[LINE]))

    assert (await _job(connection))["version"] == before
    assert len(await _log(connection)) == 1


async def test_lines_of_a_job_that_has_ended_are_stored_too(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    await make_run_job(status="SUCCEEDED")

    assert await post(event("RUN_PROGRESS", logs=[LINE])) == Received(Receipt.APPLIED)

    assert await _log(connection) == [(1, "INFO", "row 7")]


async def test_lines_of_a_run_that_no_job_has_wait_with_their_event(
    post, make_run_job: MakeJob, connection: Connection
) -> None:
    job = await make_run_job("unknown")
    posted = event("RUN_PROGRESS", run=_tagged(job), logs=[LINE])

    assert await post(posted) == Received(Receipt.ACCEPTED)

    assert await _log(connection) == []
