"""Every request of the official SDK is answered with what its schemas require."""

import asyncio
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobwire.emulator import Queue, Task
from jobwire.emulator.project import PROJECT_REF
from tests.clock import FakeClock
from tests.emulator.required_keys import missing_keys
from tests.emulator.sdk_log import SdkRequest, sdk_requests
from tests.emulator.stage import Stage, opened

TASKS = (
    *map(Task, ("my-task", "my/task", "my/task id", "task-a", "task-b")),
    Task("cron-task", is_scheduled=True),
)
#: The version that a recorded call locks its run to was made on this day.
TODAY = datetime(2026, 11, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Refusal:
    """A request that a real server refuses too: how, and why."""

    status: int
    why: str


REFUSALS = {
    "idempotencyKeys.reset(created key)": Refusal(404, "the call before took it away"),
    "tasks.trigger(delay Date, ttl number, queue object)": Refusal(
        400, "the name of a queue is an object"
    ),
    "runs.retrieve(missing, x-should-retry true)": Refusal(404, "there is no such run"),
    "runs.retrieve(missing, noretry)": Refusal(404, "there is no such run"),
}
#: What cannot be asked again: the other side was the recorder's own.
UNASKED = {"/download/in.json", "/download/out.json"}
#: The SDK was told another key and a branch, and no emulator has branches.
_OF_PREVIEW = Refusal(401, "the key is of another environment")
#: Handles and offsets of Realtime were the recorder's own.
_OF_ANOTHER_LOG = Refusal(409, "it begins again from -1")


class Player:
    """Sends the log, with ids of this emulator in the place of the recorded ones."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._last: dict[str, str] = {}

    async def send(self, request: SdkRequest) -> httpx.Response:
        path = await self._path(request.path)
        query = await self._path(request.query)
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in {"authorization", "transfer-encoding"}
        }
        headers = {**headers, **self._authorization(request)}
        content: Any = request.body.encode()
        if "transfer-encoding" in request.headers:
            content = _chunks(content)
        sent = self._stage.http.build_request(
            request.method,
            f"{path}?{query}" if query else path,
            headers=headers,
            content=content,
        )
        if "authorization" not in request.headers:
            del sent.headers["authorization"]
        answer = await self._stage.http.send(sent)
        self._remember(answer)
        return answer

    def _authorization(self, request: SdkRequest) -> dict[str, str]:
        given = request.headers.get("authorization", "")
        if request.path.startswith("/api/v1/projects/"):
            return {"authorization": "Bearer tr_pat_4f9sKq2LmXw7"}
        if given.endswith("tr_dev_" + "x" * 20):
            given = f"Bearer {self._stage.emulator.secret_key}"
        return {"authorization": given}

    async def _path(self, text: str) -> str:
        if text.startswith("/upload/"):
            return self._last["presignedUrl"]
        if re.search(r"\brun_(?!missing)\w+", text):
            # One that waits, so that everything can be done to it.
            run = await self._stage.triggered("my-task", delay="1h")
            text = re.sub(r"\brun_(?!missing)\w+", run, text)
        text = text.replace("proj_abc", PROJECT_REF)
        for kind in ("batch", "sched", "queue", "bulk", "waitpoint"):
            text = text.replace(f"{kind}_1", self._last.get(kind, f"{kind}_1"))
        return text

    def _remember(self, answer: httpx.Response) -> None:
        try:
            body = answer.json()
        except ValueError:
            return
        if isinstance(body, dict) and "presignedUrl" in body:
            self._last["presignedUrl"] = body["presignedUrl"]
        shown = body.get("data", [body]) if isinstance(body, dict) else []
        for one in shown[:1]:
            id = one.get("id") if isinstance(one, dict) else None
            if isinstance(id, str):
                self._last[id.partition("_")[0]] = id


async def _chunks(content: bytes):
    yield content


@pytest.fixture(scope="module")
async def answers(
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[int, httpx.Response]:
    clock = FakeClock()
    clock.advance(TODAY - clock.now())
    folder: Path = tmp_path_factory.mktemp("sdk-requests")
    async with opened(folder, clock, tasks=TASKS, queues=[Queue("my-queue")]) as stage:
        player = Player(stage)
        answered = {}
        for request in sdk_requests():
            if request.path not in UNASKED:
                # Not even what is held until something happens is held for long.
                async with asyncio.timeout(10):
                    answered[request.number] = await player.send(request)
        return answered


def _refusal(request: SdkRequest) -> Refusal | None:
    if "x-trigger-branch" in request.headers:
        return _OF_PREVIEW
    if "handle=" in request.query:
        return _OF_ANOTHER_LOG
    return REFUSALS.get(request.call)


def test_the_log_is_whole() -> None:
    assert len(sdk_requests()) == 93
    assert len({one.call for one in sdk_requests()}) == 71


@pytest.mark.parametrize(
    "request_",
    [one for one in sdk_requests() if one.path not in UNASKED],
    ids=lambda one: one.name,
)
def test_a_request_of_the_sdk_is_answered(
    request_: SdkRequest, answers: dict[int, httpx.Response]
) -> None:
    answer, refusal = answers[request_.number], _refusal(request_)

    if refusal is not None:
        assert answer.status_code == refusal.status, answer.text
        return
    assert answer.is_success, f"{answer.status_code} {answer.text}"
    if request_.path.startswith("/upload/"):
        return
    assert missing_keys(request_.method, request_.path, answer.json()) == []


def test_missing_keys_are_found() -> None:
    page = {"data": [{"id": "x"}], "pagination": {}}

    missing = missing_keys("GET", "/api/v1/runs", page)

    assert "data[].id" not in missing
    assert {"data[].status", "data[].env.id"} <= set(missing)
    assert (
        missing_keys("GET", "/api/v1/runs", json.loads('{"data":[],"pagination":{}}'))
        == []
    )
