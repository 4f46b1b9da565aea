"""Alerts: who gets them, what they say, and how often they are tried."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from http import HTTPStatus
from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import (
    AlertChannel,
    CorruptWebhook,
    DelayWebhook,
    DuplicateWebhook,
    LoseWebhook,
    ReorderWebhook,
    Retry,
    Task,
    TaskError,
)
from jobwire.emulator.clock import iso, to_ms
from jobwire.triggerdev import sign_hex
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened
from tools.record_hooks import Posted, Receiver

SECRET = "a secret of alerts"
FAIL = Task("fail", duration=1, error=TaskError("no"), retry=Retry(max_attempts=2))
LONG = Task("long", duration=100)
PAT = {"authorization": "Bearer tr_pat_4f9sKq2LmXw7"}
CHANNELS = "/api/v1/projects/proj_emulator/alertChannels"


@asynccontextmanager
async def alerting(
    folder: Path, clock: FakeClock, receiver: Receiver, **given: Any
) -> AsyncIterator[Stage]:
    channel = AlertChannel(receiver.url, SECRET)
    options = {"tasks": [FAIL, LONG], "alerts": [channel], **given}
    async with opened(folder, clock, **options) as stage:
        yield stage


def alert_of(posted: Posted) -> dict[str, Any]:
    alert: dict[str, Any] = json.loads(posted.body)
    return alert


async def test_a_failed_run_is_told_exactly(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    async with alerting(tmp_path, clock, receiver) as stage:
        run = await stage.triggered(
            "fail", {"a": 1}, maxAttempts=1, tags=["t"], idempotencyKey="k", test=True
        )
        await stage.advance(1.1)
        told = await stage.retrieve(run)
        environment = stage.emulator.environment_id
    [posted] = receiver.posted

    assert alert_of(posted) == {
        "id": alert_of(posted)["id"],
        "created": iso(to_ms(clock.now())),
        "webhookVersion": "v1",
        "type": "alert.run.failed",
        "object": {
            "task": {
                "id": "fail",
                "filePath": "tasks/fail.ts",
                "exportName": "fail",
                "version": told["version"],
                "sdkVersion": "Unknown",
                "cliVersion": "Unknown",
            },
            "run": {
                "id": run,
                "number": 0,
                "status": "FAILED",
                "createdAt": told["createdAt"],
                "startedAt": told["startedAt"],
                "completedAt": told["finishedAt"],
                "isTest": True,
                "idempotencyKey": "k",
                "tags": ["t"],
                "error": {"type": "BUILT_IN_ERROR", **told["error"]},
                "isOutOfMemoryError": False,
                "machine": "small-1x",
                "dashboardUrl": f"http://emulator.localhost/runs/{run}",
            },
            "environment": {"id": environment, "type": "DEVELOPMENT", "slug": "dev"},
            "organization": {
                "id": "organization_emulator",
                "slug": "emulator",
                "name": "Emulator",
            },
            "project": {
                "id": "project_emulator",
                "ref": "proj_emulator",
                "slug": "emulator",
                "name": "Emulator",
            },
        },
    }
    assert posted.headers.keys() == {
        "host",
        "content-type",
        "content-length",
        "x-trigger-signature-hmacsha256",
    }
    assert posted.headers["x-trigger-signature-hmacsha256"] == sign_hex(
        SECRET, posted.body
    )


async def test_a_run_is_told_of_when_it_has_failed_for_good(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    async with alerting(tmp_path, clock, receiver) as stage:
        await stage.triggered("fail")
        await stage.advance(1.5)
        before = len(receiver.posted)
        await stage.advance(60)

    assert (before, len(receiver.posted)) == (0, 1)


async def test_what_ends_otherwise_is_not_told(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    async with alerting(tmp_path, clock, receiver) as stage:
        canceled = await stage.triggered("long")
        await stage.advance(1)
        await stage.cancel(canceled)
        expired = await stage.triggered("long", delay="1h", ttl="1s")
        for _ in range(10):
            await stage.triggered("long", delay="1h", priority=10)
        completed = await stage.triggered("long")
        await stage.advance(3800)
        statuses = [await stage.status(run) for run in (canceled, expired, completed)]

    assert statuses == ["CANCELED", "EXPIRED", "COMPLETED"]
    assert receiver.posted == []


async def test_a_run_that_took_too_long_is_told(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    async with alerting(tmp_path, clock, receiver) as stage:
        await stage.triggered("long", maxDuration=5)
        await stage.advance(10)
    run = alert_of(receiver.posted[0])["object"]["run"]

    assert run["status"] == "TIMED_OUT"
    assert run["error"] == {
        "type": "INTERNAL_ERROR",
        "code": "MAX_DURATION_EXCEEDED",
    }


async def test_an_alert_that_is_refused_comes_three_times_and_is_dropped(
    tmp_path: Path,
    clock: FakeClock,
    receiver: Receiver,
    caplog: pytest.LogCaptureFixture,
) -> None:
    receiver.status = HTTPStatus.INTERNAL_SERVER_ERROR
    counts = []
    async with alerting(tmp_path, clock, receiver) as stage:
        await stage.triggered("fail", maxAttempts=1)
        # Pauses of 1 to 2 s, and of 2 to 4 s.
        for seconds in (1.1, 0.9, 1.1, 0.9, 3.1, 3600):
            await stage.advance(seconds)
            counts.append(len(receiver.posted))
    posted = receiver.posted

    assert counts == [1, 1, 2, 2, 3, 3]
    assert len({one.body for one in posted}) == 1
    assert "did not reach" in caplog.text


async def test_a_receiver_that_is_away_gets_it_when_it_is_back(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    receiver.status = HTTPStatus.BAD_GATEWAY
    async with alerting(tmp_path, clock, receiver) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)
        receiver.status = HTTPStatus.NO_CONTENT
        await stage.advance(3600)

    assert len(receiver.posted) == 2


async def test_what_is_due_is_kept_over_a_restart(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    receiver.status = HTTPStatus.SERVICE_UNAVAILABLE
    async with alerting(tmp_path, clock, receiver) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)
    receiver.status = HTTPStatus.OK
    async with alerting(tmp_path, clock, receiver) as stage:
        await stage.advance(2)
        await stage.advance(3600)
    first, second = receiver.posted

    assert first.body == second.body


async def test_a_redirect_is_followed_with_another_post(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with closing(writer):
            await reader.readuntil(b"\r\n\r\n")
            there = f"Location: {receiver.url}\r\nConnection: close\r\n"
            head = f"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n{there}\r\n"
            writer.write(head.encode())

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    channel = AlertChannel(f"http://127.0.0.1:{port}/", SECRET)
    async with server, alerting(tmp_path, clock, receiver, alerts=[channel]) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)

    assert len(receiver.posted) == 1


async def test_channels_are_made_by_the_api(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    body = {
        "name": "mine",
        "alertTypes": ["run_failure", "attempt_failure"],
        "channel": "webhook",
        "channelData": {"url": receiver.url, "secret": "s1"},
        "deduplicationKey": "k",
    }
    async with alerting(tmp_path, clock, receiver, alerts=[]) as stage:
        made = await stage.http.post(CHANNELS, json=body, headers=PAT)
        body["channelData"] = {"url": receiver.url}
        again = await stage.http.post(CHANNELS, json=body, headers=PAT)
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)
    [posted] = receiver.posted
    channel = again.json()

    assert made.json() == {
        "id": made.json()["id"],
        "name": "mine",
        "alertTypes": ["run_failure", "attempt_failure"],
        "channel": "webhook",
        "channelData": {"url": receiver.url, "secret": "s1"},
        "deduplicationKey": "k",
    }
    assert channel["id"] == made.json()["id"]
    secret = channel["channelData"]["secret"]
    assert len(secret) == 21
    assert posted.headers["x-trigger-signature-hmacsha256"] == sign_hex(
        secret, posted.body
    )


async def test_a_channel_gets_only_its_types(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    channel = AlertChannel(receiver.url, SECRET, types=("alert.error",))
    async with alerting(tmp_path, clock, receiver, alerts=[channel]) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)

    assert receiver.posted == []


@pytest.mark.parametrize(
    ("change", "status", "error"),
    [
        ({"channelData": {}}, 422, "webhook url is required"),
        ({"channel": "email"}, 422, "Email is required"),
        (
            {"channelData": {"url": "ftp://x"}},
            422,
            "Webhook URL must use http or https",
        ),
        ({"alertTypes": ["odd"]}, 400, "Invalid request body"),
        ({"name": None}, 400, "Invalid request body"),
    ],
    ids=str,
)
async def test_what_is_no_channel_is_refused(
    stage: Stage, change: dict[str, Any], status: int, error: str
) -> None:
    body = {
        "name": "mine",
        "alertTypes": ["run_failure"],
        "channel": "webhook",
        "channelData": {"url": "http://localhost"},
        **change,
    }

    answer = await stage.http.post(CHANNELS, json=body, headers=PAT)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_only_a_person_makes_channels(stage: Stage) -> None:
    answer = await stage.http.post(CHANNELS, json={})

    assert answer.status_code == 401
    assert answer.json() == {"error": "Invalid or Missing Access Token"}


async def test_an_email_channel_is_made_and_never_served(
    stage: Stage,
) -> None:
    body = {
        "name": "mail",
        "alertTypes": ["run_failure"],
        "channel": "email",
        "channelData": {"email": "ann@jobwire.test"},
    }
    made = await stage.http.post(CHANNELS, json=body, headers=PAT)
    await stage.triggered("always-fails", maxAttempts=1)
    await stage.advance(5)

    assert made.json()["channelData"] == {"email": "ann@jobwire.test"}
    assert stage.emulator.next_due() is None


@pytest.mark.parametrize(
    "type",
    ["alert.deployment.success", "alert.deployment.failed", "alert.error"],
)
async def test_the_other_alerts_are_sent_when_they_are_asked_for(
    tmp_path: Path, clock: FakeClock, receiver: Receiver, type: str
) -> None:
    async with alerting(tmp_path, clock, receiver) as stage:
        asked = {"type": type, "object": {"project": {"name": "Mine"}, "more": 1}}
        answer = await stage.http.post("/emulator/alerts", json=asked)
        await stage.advance(0)
    [posted] = receiver.posted
    alert = alert_of(posted)

    assert answer.json() == {"channels": 1}
    assert alert["type"] == type
    assert alert["object"]["project"]["name"] == "Mine"
    assert alert["object"]["project"]["ref"] == "proj_emulator"
    assert alert["object"]["more"] == 1


@pytest.mark.parametrize(
    "body", [{}, {"type": "alert.run.failed"}, {"type": "alert.error", "object": 1}]
)
async def test_what_is_no_such_alert_is_refused(stage: Stage, body: Any) -> None:
    assert (await stage.http.post("/emulator/alerts", json=body)).status_code == 422


async def test_a_lost_alert_never_comes(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    lose = LoseWebhook(channel="alerts", event="alert.run.*", times=1)
    async with alerting(tmp_path, clock, receiver, faults=[lose]) as stage:
        first = await stage.triggered("fail", maxAttempts=1)
        await stage.advance(2)
        second = await stage.triggered("fail", maxAttempts=1)
        await stage.advance(3600)
    told = [alert_of(one)["object"]["run"]["id"] for one in receiver.posted]

    assert told == [second]
    assert first != second


async def test_a_late_alert_comes_by_the_clock_even_after_a_restart(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    delay = DelayWebhook(channel="alerts", seconds=60)
    async with alerting(tmp_path, clock, receiver, faults=[delay]) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(60)
        before = len(receiver.posted)
    async with alerting(tmp_path, clock, receiver) as stage:
        await stage.advance(1.1)

    assert (before, len(receiver.posted)) == (0, 1)


async def test_an_alert_comes_twice(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    twice = DuplicateWebhook(channel="alerts")
    async with alerting(tmp_path, clock, receiver, faults=[twice]) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)
    first, second = receiver.posted

    assert first == second


async def test_alerts_come_in_another_order(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    reorder = ReorderWebhook(channel="alerts", times=1)
    async with alerting(tmp_path, clock, receiver, faults=[reorder]) as stage:
        first = await stage.triggered("fail", maxAttempts=1)
        await stage.advance(2)
        second = await stage.triggered("fail", maxAttempts=1)
        await stage.advance(2)
    told = [alert_of(one)["object"]["run"]["id"] for one in receiver.posted]

    assert told == [second, first]


async def test_an_alert_that_no_other_follows_is_not_held_for_ever(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    async with alerting(tmp_path, clock, receiver, faults=[ReorderWebhook()]) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(11)
        before = len(receiver.posted)
        await stage.advance(0.1)

    assert (before, len(receiver.posted)) == (0, 1)


async def test_a_corrupted_signature_fits_nothing(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    corrupt = CorruptWebhook(channel="alerts")
    async with alerting(tmp_path, clock, receiver, faults=[corrupt]) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)
    [posted] = receiver.posted
    signature = posted.headers["x-trigger-signature-hmacsha256"]
    right = sign_hex(SECRET, posted.body)

    assert signature != right
    assert sorted(signature) == sorted(right)


async def test_a_corrupted_body_differs_by_a_byte(
    tmp_path: Path, clock: FakeClock, receiver: Receiver
) -> None:
    faults = [CorruptWebhook(channel="alerts", part="body", times=1)]
    channels = [AlertChannel(receiver.url, SECRET)] * 2
    async with alerting(
        tmp_path, clock, receiver, faults=faults, alerts=channels
    ) as stage:
        await stage.triggered("fail", maxAttempts=1)
        await stage.advance(1.1)
    bodies = {
        one.headers["x-trigger-signature-hmacsha256"]
        == sign_hex(SECRET, one.body): one.body
        for one in receiver.posted
    }

    assert bodies.keys() == {True, False}
    pairs = zip(bodies[True], bodies[False], strict=True)
    assert sum(one != other for one, other in pairs) == 1
