"""The client puts on the wire what the official SDK does, but for what is listed."""

import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobwire.emulator import Emulator
from jobwire.triggerdev import (
    CustomQueue,
    Debounce,
    IdempotencyKeyOptions,
    ProjectScope,
    RetryPolicy,
    RunFilter,
    TaskQueue,
    TriggerDevClient,
    TriggerDevError,
    TriggerOptions,
    WaitpointTokenFilter,
    create_idempotency_key,
)
from tests.emulator.sdk_log import SdkRequest, requests_of, sdk_requests

_FROM = datetime.fromtimestamp(1_700_000_000, UTC)
_TO = datetime.fromtimestamp(1_800_000_000, UTC)
_GLOBAL_ORDER_1 = "0bafe22156d2698c143b86040446d366ead863ba600d5c924f3d15c786ef4057"
_UUID = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)

_ABSENT = object()

Send = Callable[[TriggerDevClient], Awaitable[object]]
#: Calls of the SDK, and the calls of ours that ask for the same.
SAME: dict[str, Send] = {
    "tasks.trigger(object payload)": lambda client: client.tasks.trigger(
        "my-task", {"a": 1}
    ),
    "tasks.trigger(string payload)": lambda client: client.tasks.trigger(
        "my-task", "hello"
    ),
    "tasks.trigger(undefined payload)": lambda client: client.tasks.trigger(
        "my-task", None
    ),
    "tasks.trigger(all options)": lambda client: client.tasks.trigger(
        "my/task id",
        {"a": 1},
        TriggerOptions(
            idempotency_key=_GLOBAL_ORDER_1,
            idempotency_key_ttl="1h",
            tags=("user:1", "org:2"),
            metadata={"m": 1},
            max_attempts=3,
            max_duration=timedelta(seconds=60),
            ttl="1h",
            queue="my-queue",
            concurrency_key="cust-1",
            priority=10,
            machine="small-2x",
            region="eu-central-1",
            version="20261101.1",
            idempotency_key_options=IdempotencyKeyOptions("order-1", "run"),
            debounce=Debounce(key="k", delay="5s", mode="trailing", max_delay="1m"),
        ),
    ),
    "tasks.trigger(created global key)": lambda client: client.tasks.trigger(
        "my-task", {"a": 1}, TriggerOptions(idempotency_key=_GLOBAL_ORDER_1)
    ),
    "runs.retrieve": lambda client: client.runs.retrieve("run_1"),
    "runs.list(no args)": lambda client: client.runs.list_page(
        RunFilter(created_from=_FROM)
    ),
    "runs.list(all filters)": lambda client: client.runs.list_page(
        RunFilter(
            created_from=_FROM,
            created_to=_TO,
            statuses=("COMPLETED", "FAILED"),
            task_identifiers=("my-task", "t2"),
            tags=("user:1", "org:2"),
            versions=("20261101.1",),
            regions=("us-east-1",),
            queues=("task/my-task", "my-queue"),
            machines=("micro", "small-1x"),
            is_test=False,
            schedule_id="sched_1",
            batch_id="batch_1",
            bulk_action_id="bulk_1",
        ),
        page_size=100,
        after="curA",
    ),
    "runs.list(before)": lambda client: client.runs.list_page(
        RunFilter(created_from=_FROM), before="curB"
    ),
    "runs.list(project)": lambda client: client.runs.list_page(
        RunFilter(created_from=_FROM),
        page_size=10,
        project=ProjectScope("proj_abc", ("prod", "dev")),
    ),
    "runs.replay": lambda client: client.runs.replay("run_1"),
    "runs.replay(with overrides)": lambda client: client.runs.replay(
        "run_1", payload={"a": 2}, options=TriggerOptions(tags=("x",), delay="5m")
    ),
    "runs.reschedule": lambda client: client.runs.reschedule("run_1", "1h"),
    "runs.reschedule(Date)": lambda client: client.runs.reschedule(
        "run_1", datetime(2030, 1, 1, tzinfo=UTC)
    ),
    "runs.bulk.cancel(filter)": lambda client: client.bulk_actions.cancel(
        RunFilter(created_from=_FROM, tags=("x",), statuses=("QUEUED",)), name="n"
    ),
    "runs.bulk.cancel(runIds)": lambda client: client.bulk_actions.cancel(["run_1"]),
    "runs.bulk.replay": lambda client: client.bulk_actions.replay(
        RunFilter(created_from=_FROM, task_identifiers=("my-task",))
    ),
    "runs.bulk.retrieve": lambda client: client.bulk_actions.retrieve("bulk_1"),
    "runs.bulk.list": lambda client: client.bulk_actions.list_page(page_size=5),
    "runs.bulk.abort": lambda client: client.bulk_actions.abort("bulk_1"),
    "idempotencyKeys.reset(global string)": lambda client: (
        client.idempotency_keys.reset("my-task", create_idempotency_key("order-1"))
    ),
    "idempotencyKeys.reset(created key)": lambda client: client.idempotency_keys.reset(
        "my-task", _GLOBAL_ORDER_1
    ),
    "schedules.create": lambda client: client.schedules.create(
        task_id="cron-task",
        cron="0 0 * * *",
        deduplication_key="dk",
        external_id="e1",
        timezone="Europe/Brussels",
    ),
    "schedules.create(window)": lambda client: client.schedules.create(
        task_id="cron-task", cron="0 0 * * *", deduplication_key="dk", window="30m"
    ),
    "schedules.retrieve": lambda client: client.schedules.retrieve("sched_1"),
    "schedules.update": lambda client: client.schedules.update(
        "sched_1", task_id="cron-task", cron="*/5 * * * *", external_id="e1"
    ),
    "schedules.list": lambda client: client.schedules.list_page(page_size=1),
    "schedules.activate": lambda client: client.schedules.activate("sched_1"),
    "schedules.deactivate": lambda client: client.schedules.deactivate("sched_1"),
    "schedules.del": lambda client: client.schedules.delete("sched_1"),
    "schedules.timezones": lambda client: client.schedules.timezones(),
    "schedules.timezones(excludeUtc)": lambda client: client.schedules.timezones(
        exclude_utc=True
    ),
    "queues.list": lambda client: client.queues.list_page(page_size=10),
    "queues.retrieve(id)": lambda client: client.queues.retrieve("queue_1"),
    "queues.retrieve(task)": lambda client: client.queues.retrieve(
        TaskQueue("my/task")
    ),
    "queues.retrieve(custom)": lambda client: client.queues.retrieve(
        CustomQueue("my-queue")
    ),
    "queues.pause": lambda client: client.queues.pause(CustomQueue("my-queue")),
    "queues.resume": lambda client: client.queues.resume("queue_1"),
    "queues.overrideConcurrencyLimit": lambda client: (
        client.queues.override_concurrency_limit(TaskQueue("my-task"), 5)
    ),
    "queues.resetConcurrencyLimit": lambda client: (
        client.queues.reset_concurrency_limit(TaskQueue("my-task"))
    ),
    "wait.createToken": lambda client: client.waitpoint_tokens.create(
        timeout="10m", tags=("t",), idempotency_key="wk"
    ),
    "wait.retrieveToken": lambda client: client.waitpoint_tokens.retrieve(
        "waitpoint_1"
    ),
    "wait.completeToken": lambda client: client.waitpoint_tokens.complete(
        "waitpoint_1", {"ok": True}
    ),
    "wait.listTokens": lambda client: client.waitpoint_tokens.list_page(
        WaitpointTokenFilter(statuses=("WAITING",), tags=("t",)),
        page_size=5,
    ),
    "auth.createTriggerPublicToken": lambda client: client.public_tokens.sign(
        ["trigger:tasks:my-task"]
    ),
    "batch.retrieve": lambda client: client.batches.retrieve("batch_1"),
    "runs.cancel": lambda client: client.runs.cancel("run_1"),
    "auth.createPublicToken": lambda client: client.environment_id(),
}


@dataclass(frozen=True)
class Other:
    """Something that our requests have otherwise, and why."""

    call: str
    place: str
    why: str


_PLAIN = "the payload is plain JSON, which is the default"
_ZONE = "the zone is told, although it is the default"
_WINDOW = "the server's hidden window of 7 days is never relied on"
OTHERS = (
    Other(
        "tasks.trigger(created global key)",
        "body.options.idempotencyKeyOptions",
        "it is for people who look at the dashboard, and may be left out",
    ),
    Other(
        "tasks.trigger(undefined payload)",
        "body.payload",
        "Python has no undefined, so the payload is null",
    ),
    Other("runs.list(no args)", "query.filter[createdAt][from]", _WINDOW),
    Other("runs.list(no args)", "query.page[size]", "as many as there can be"),
    Other(
        "runs.list(all filters)",
        "query.filter[createdAt][period]",
        "it would override the instants without a word",
    ),
    Other(
        "tasks.trigger(all options)",
        "body.options.delay",
        "beside debounce, which has one of its own, it would be ignored",
    ),
    Other("runs.list(before)", "query.filter[createdAt][from]", _WINDOW),
    Other("runs.list(before)", "query.page[size]", "as many as there can be"),
    Other("runs.list(project)", "query.filter[createdAt][from]", _WINDOW),
    Other("runs.bulk.cancel(filter)", "body.filter.from", _WINDOW),
    Other("runs.bulk.replay", "body.filter.from", _WINDOW),
    Other("schedules.create(window)", "body.timezone", _ZONE),
    Other("schedules.update", "body.timezone", _ZONE),
    Other("runs.replay(with overrides)", "body.payload", _PLAIN),
    Other("runs.replay(with overrides)", "body.payloadType", _PLAIN),
    *(
        Other(call, "body", "an object without members, and so is none")
        for call in ("auth.createPublicToken", "auth.createTriggerPublicToken")
    ),
)

#: Headers that the SDK sends and we do not.
UNSENT = {
    "trigger-version": "names a version of the SDK, which this is not",
    "x-trigger-source": "sdk: which this is not; without it the server notes `api`",
    "x-trigger-realtime-streams-version": "how runs stream data, which none here does",
}
#: Calls of the SDK that ours cannot make yet, by who builds them, and never will.
WITHOUT = {
    "elsewhere: they are several requests (tests/triggerdev/resources)": (
        "tasks.batchTrigger",
        "batch.trigger",
        "batch.trigger(large item)",
        "batch:unsealed-once",
        "tasks.trigger(large payload >128KiB)",
    ),
    "elsewhere: they go on by what is answered (tests/triggerdev/realtime)": (
        "runs.subscribeToRun",
        "runs.subscribeToRunsWithTag",
        "runs.subscribeToBatch",
    ),
    "nobody: the same requests as other calls": (
        "trigger:no-jwt",
        "retry:500",
        "retry:429-ms",
        "error:422",
        "error:x-should-retry-false",
        "runs.retrieve(presigned)",
        "runs.retrieve(missing, x-should-retry true)",
        "runs.retrieve(missing, noretry)",
        "runs.retrieve(bad status)",
        "runs.list(auto-pagination)",
        "schedules.list(auto)",
        "runs.poll",
        "configure(previewBranch)+retrieve",
    ),
    "nobody: values of JavaScript that JSON has not": (
        "tasks.trigger(Date payload)",
        "tasks.trigger(delay Date, ttl number, queue object)",
    ),
}


class Wire(httpx.AsyncBaseTransport):
    """Passes requests on, and keeps them."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.sent: list[httpx.Request] = []

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await request.aread()
        self.sent.append(request)
        return await self._inner.handle_async_request(request)


@pytest.fixture
async def wire(tmp_path: Path) -> AsyncIterator[Wire]:
    async with Emulator(tmp_path) as emulator:
        yield Wire(httpx.ASGITransport(emulator.app))


async def sent_by(send: Send, wire: Wire) -> list[httpx.Request]:
    """Make a call, answered by whatever; return its requests."""
    async with TriggerDevClient(
        secret_key="tr_dev_emulator",
        api_url="http://emulator",
        transport=wire,
        retries=RetryPolicy(max_attempts=1),
    ) as client:
        with suppress(TriggerDevError):
            await send(client)
    return wire.sent


def of_sdk(request: SdkRequest) -> dict[str, Any]:
    """Return a recorded request, its payload as plain JSON."""
    body = json.loads(request.body) if request.body else None
    options = body.get("options", {}) if isinstance(body, dict) else {}
    kind = options.pop("payloadType", None)
    options.pop("payloadSize", None)
    if kind == "application/super+json":
        body["payload"] = json.loads(body["payload"])["json"]
    return {
        "method": request.method,
        "path": request.path,
        "query": dict(httpx.QueryParams(request.query)),
        "body": body,
    }


def of_ours(request: httpx.Request) -> dict[str, Any]:
    path, _, query = request.url.raw_path.decode().partition("?")
    return {
        "method": request.method,
        "path": path,
        "query": dict(httpx.QueryParams(query)),
        "body": json.loads(request.content) if request.content else None,
    }


def differing(place: str, one: Any, other: Any) -> list[str]:
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for name in sorted({*one, *other})
            for found in differing(
                f"{place}.{name}".lstrip("."),
                one.get(name, _ABSENT),
                other.get(name, _ABSENT),
            )
        ]
    return [] if one == other else [place]


@pytest.mark.parametrize("call", SAME)
async def test_a_call_asks_for_the_same_as_the_sdk_does(call: str, wire: Wire) -> None:
    theirs = [of_sdk(one) for one in requests_of(call)]

    ours = [of_ours(one) for one in await sent_by(SAME[call], wire)]

    assert len(ours) == len(theirs)
    found = [
        place
        for pair in zip(theirs, ours, strict=True)
        for place in differing("", *pair)
    ]
    assert sorted(found) == sorted(one.place for one in OTHERS if one.call == call)


@pytest.mark.parametrize("call", SAME)
async def test_a_call_has_the_headers_of_the_sdk(call: str, wire: Wire) -> None:
    ours = (await sent_by(SAME[call], wire))[0].headers

    for name, value in requests_of(call)[0].headers.items():
        if name in UNSENT:
            assert name not in ours
        elif name == "x-trigger-request-idempotency-key":
            assert _UUID.fullmatch(ours[name])
        elif name == "authorization":
            assert ours[name] == "Bearer tr_dev_emulator"
        else:
            assert ours[name] == value, name
    assert "transfer-encoding" not in ours


def test_every_call_of_the_sdk_is_accounted_for() -> None:
    named = [*SAME, *(call for calls in WITHOUT.values() for call in calls)]

    assert sorted(named) == sorted({one.call for one in sdk_requests()})
    assert {one.call for one in OTHERS} <= SAME.keys()
