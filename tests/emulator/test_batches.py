"""Batches as their routes take them, and what they refuse."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

NDJSON = {"content-type": "application/x-ndjson"}


def lines(*items: Any) -> bytes:
    return b"\n".join(json.dumps(item).encode() for item in items) + b"\n"


def item(index: int, **more: Any) -> dict[str, Any]:
    return {"index": index, "task": "my-task", **more}


async def created(stage: Stage, count: int = 3) -> str:
    answer = await stage.http.post("/api/v3/batches", json={"runCount": count})
    assert answer.status_code == 202
    return answer.json()["id"]


async def test_a_batch_is_made_with_a_token_that_reads_it(stage: Stage) -> None:
    answer = await stage.http.post("/api/v3/batches", json={"runCount": 3})

    id = answer.json()["id"]
    assert answer.json() == {"id": id, "runCount": 3, "isCached": False}
    assert json.loads(answer.headers["x-trigger-jwt-claims"]) == {
        "sub": stage.emulator.environment_id,
        "pub": True,
    }
    token = {"authorization": f"Bearer {answer.headers['x-trigger-jwt']}"}
    other = await created(stage)
    own = await stage.http.get(f"/api/v2/batches/{id}", headers=token)
    foreign = await stage.http.get(f"/api/v2/batches/{other}", headers=token)
    assert (own.status_code, foreign.status_code) == (200, 403)


async def test_the_first_version_makes_its_runs_at_once(stage: Stage) -> None:
    items = [{"task": "my-task", "payload": n} for n in range(2)]

    answer = await stage.http.post("/api/v1/tasks/batch", json={"items": items})

    told = answer.json()
    assert (answer.status_code, list(told)) == (202, ["id", "isCached", "runs"])
    assert [list(run) for run in told["runs"]] == [
        ["id", "isCached", "taskIdentifier"]
    ] * 2
    batch = (await stage.http.get(f"/api/v1/batches/{told['id']}")).json()
    assert batch["runs"] == [run["id"] for run in told["runs"]]
    assert "processing" not in batch


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ({"runCount": 0}, 400, "Validation error"),
        ({"runCount": 1_001}, 400, "exceeds maximum allowed of 1000."),
        ({}, 400, 'Required at "runCount"'),
    ],
)
async def test_a_batch_that_cannot_be_made_is_refused(
    stage: Stage, body: dict[str, Any], status: int, error: str
) -> None:
    answer = await stage.http.post("/api/v3/batches", json=body)

    assert answer.status_code == status
    assert error in answer.json()["error"]


@pytest.mark.parametrize(
    ("content", "status", "error"),
    [
        (lines(item(0)) + b"{nope", 400, "Invalid JSON at line 2"),
        (lines(item(3)), 422, "Item index 3 exceeds batch runCount 3"),
        (lines({"index": 0}), 422, "Invalid item at index 0"),
        (lines(item(0, options={"tags": 1})), 422, "Invalid item at index 0"),
    ],
)
async def test_items_that_cannot_be_taken_are_refused_and_none_is(
    stage: Stage, content: bytes, status: int, error: str
) -> None:
    id = await created(stage)
    path = f"/api/v3/batches/{id}/items"

    answer = await stage.http.post(path, content=content, headers=NDJSON)
    after = await stage.http.post(path, content=lines(item(0)), headers=NDJSON)

    assert answer.status_code == status
    assert error in answer.json()["error"]
    assert after.json()["itemsAccepted"] == 1


async def test_items_of_another_type_of_content_are_not_read(stage: Stage) -> None:
    path = f"/api/v3/batches/{await created(stage)}/items"

    assert (await stage.http.post(path, json=item(0))).status_code == 415


async def test_an_unsealed_batch_tells_what_it_lacks(stage: Stage) -> None:
    path = f"/api/v3/batches/{await created(stage)}/items"

    told = (await stage.http.post(path, content=lines(item(1)), headers=NDJSON)).json()

    assert told["sealed"] is False
    assert (told["enqueuedCount"], told["expectedCount"]) == (1, 3)


async def test_a_line_that_is_too_long_becomes_a_run_that_has_failed(
    stage: Stage,
) -> None:
    id = await created(stage, 1)
    content = lines(item(0, payload="x" * 3_145_728))

    await stage.http.post(
        f"/api/v3/batches/{id}/items", content=content, headers=NDJSON
    )
    await stage.advance(1)

    batch = (await stage.http.get(f"/api/v2/batches/{id}")).json()
    run = await stage.retrieve(batch["runs"][0])
    assert (run["status"], run["batchId"]) == ("SYSTEM_FAILURE", id)
    assert (run["isCompleted"], run["isFailed"]) == (True, True)


async def test_the_items_of_a_batch_do_not_count_as_requests(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, rate_limit=1) as stage:
        path = f"/api/v3/batches/{await created(stage)}/items"
        answer = await stage.http.post(path, content=lines(item(0)), headers=NDJSON)

    assert answer.status_code == 200
    assert "x-ratelimit-limit" not in answer.headers


async def test_a_batch_goes_on_after_a_restart(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock) as stage:
        id = await created(stage, 2)
        path = f"/api/v3/batches/{id}/items"
        await stage.http.post(path, content=lines(item(0)), headers=NDJSON)

    async with opened(tmp_path, clock) as again:
        await again.http.post(path, content=lines(item(1)), headers=NDJSON)
        await again.advance(10)
        batch = (await again.http.get(f"/api/v2/batches/{id}")).json()

    assert (batch["status"], len(batch["runs"])) == ("COMPLETED", 2)


async def test_a_one_time_token_makes_one_batch(stage: Stage) -> None:
    asked = {"scopes": ["batchTrigger:tasks"], "oneTimeUse": True}
    minted = await stage.http.post("/api/v1/auth/public-tokens", json=asked)
    headers = {"authorization": f"Bearer {minted.json()['token']}"}
    body = {"items": [{"task": "my-task"}]}

    first = await stage.http.post("/api/v2/tasks/batch", json=body, headers=headers)
    again = await stage.http.post("/api/v2/tasks/batch", json=body, headers=headers)

    assert (first.status_code, again.status_code) == (202, 422)
    assert "one-time use token" in again.json()["error"]
