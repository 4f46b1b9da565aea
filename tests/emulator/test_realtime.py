"""The Realtime feed, as the official protocol asks for it."""

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

NEW = {"x-trigger-electric-version": "1.0.0-beta.1"}
UP_TO_DATE = {"headers": {"control": "up-to-date"}}


async def read(stage: Stage, path: str, **query: str) -> httpx.Response:
    return await stage.http.get(
        f"/realtime/v1/{path}", params={"log": "full", **query}, headers=NEW
    )


def place(answer: httpx.Response) -> dict[str, str]:
    return {
        "handle": answer.headers["electric-handle"],
        "offset": answer.headers["electric-offset"],
    }


def changes(answer: httpx.Response) -> list[tuple[str, dict[str, Any]]]:
    *messages, last = answer.json()
    assert last == UP_TO_DATE
    return [(one["headers"]["operation"], one["value"]) for one in messages]


async def beginning(stage: Stage, path: str, **query: str) -> httpx.Response:
    answer = await read(stage, path, offset="-1", **query)
    assert answer.status_code == 200, answer.text
    return answer


async def poll(
    stage: Stage, path: str, at: dict[str, str]
) -> asyncio.Task[httpx.Response]:
    """Begin a live poll, which finds nothing yet."""
    polling = asyncio.create_task(read(stage, path, live="true", **at))
    done, _ = await asyncio.wait({polling}, timeout=0.05)
    assert not done
    return polling


def write(folder: Path, statement: str, *values: object) -> int:
    """Write to the state, as nothing of the API does yet; return a number it finds."""
    with closing(sqlite3.connect(folder / "emulator.sqlite3")) as connection:
        found = connection.execute(statement, values).fetchone()
        connection.commit()
    return found[0] if found else 0


async def test_the_first_answer_is_the_whole_row_as_text(stage: Stage) -> None:
    run = await stage.triggered("my-task", {"a": 1}, tags=['say "hi"', "b\\c"])

    answer = await beginning(stage, f"runs/{run}")

    id = run.removeprefix("run_")
    first, last = answer.json()
    assert first["key"] == f'"public"."TaskRun"/"{id}"'
    assert first["headers"] == {"operation": "insert"}
    row = first["value"]
    assert (row["id"], row["friendlyId"], row["status"]) == (id, run, "PENDING")
    assert row["payload"] == '{"a":1}'
    assert (row["isTest"], row["number"], row["completedAt"]) == ("f", "0", None)
    assert row["createdAt"] == "2026-01-02T03:04:05.000"
    assert row["runTags"] == '{"b\\\\c","say \\"hi\\""}'
    assert last == UP_TO_DATE
    assert row.keys() == json.loads(answer.headers["electric-schema"]).keys()
    assert answer.headers["cache-control"] == "no-store"


async def test_callers_without_a_version_get_the_old_headers(stage: Stage) -> None:
    run = await stage.triggered("my-task")

    answer = await stage.http.get(f"/realtime/v1/runs/{run}", params={"offset": "-1"})

    assert {"electric-shape-id", "electric-chunk-last-offset"} <= answer.headers.keys()
    assert "electric-handle" not in answer.headers


async def test_every_change_is_in_the_log_with_the_whole_row(stage: Stage) -> None:
    run = await stage.triggered("my-task")
    first = await beginning(stage, f"runs/{run}")
    await stage.advance(60)

    found = changes(await read(stage, f"runs/{run}", **place(first)))

    assert {operation for operation, _ in found} == {"update"}
    statuses = [row["status"] for _, row in found]
    assert statuses == ["DEQUEUED", "EXECUTING", "COMPLETED_SUCCESSFULLY"]
    [whole] = {tuple(row) for _, row in found}
    assert set(whole) == json.loads(first.headers["electric-schema"]).keys()
    assert [row["output"] is None for _, row in found] == [True, True, False]


async def test_a_live_poll_is_answered_by_the_next_change(stage: Stage) -> None:
    run = await stage.triggered("my-task", delay="1m")
    first = await beginning(stage, f"runs/{run}")
    polling = await poll(stage, f"runs/{run}", place(first))

    await stage.cancel(run)

    answer = await polling
    [(operation, row)] = changes(answer)
    assert (operation, row["status"]) == ("update", "CANCELED")
    assert answer.headers["electric-cursor"]


async def test_a_live_poll_ends_after_twenty_seconds(stage: Stage) -> None:
    run = await stage.triggered("my-task", delay="1h")
    first = await beginning(stage, f"runs/{run}")
    polling = await poll(stage, f"runs/{run}", place(first))

    await stage.advance(19)
    assert await asyncio.wait({polling}, timeout=0.05) == (set(), {polling})
    await stage.advance(1)

    assert (await polling).json() == [UP_TO_DATE]


async def test_all_tags_must_be_there(stage: Stage) -> None:
    both = await stage.triggered("my-task", tags=["a", "b"])
    await stage.triggered("my-task", tags=["a"])

    found = changes(await beginning(stage, "runs", tags="a,b"))

    assert [row["friendlyId"] for _, row in found] == [both]


async def test_a_run_that_is_triggered_later_comes_as_an_insert(stage: Stage) -> None:
    first = await beginning(stage, "runs", tags="a")
    run = await stage.triggered("my-task", {"n": 1}, tags=["a"])
    await stage.triggered("my-task", tags=["b"])
    await stage.advance(60)

    found = changes(await read(stage, "runs", tags="a", **place(first)))

    assert {row["id"] for _, row in found} == {run.removeprefix("run_")}
    operation, row = found[0]
    assert (operation, row["status"], row["payload"]) == (
        "insert",
        "PENDING",
        '{"n":1}',
    )
    assert row["createdAt"] == "2026-01-02T03:04:05.000"
    assert {operation for operation, _ in found[1:]} == {"update"}


async def test_a_run_that_gets_its_tag_later_enters_whole(
    stage: Stage, tmp_path: Path
) -> None:
    run = await stage.triggered("my-task", {"n": 1}, delay="1h")
    first = await beginning(stage, "runs", tags="late")
    write(tmp_path, "UPDATE runs SET tags = ? WHERE id = ?", '["late"]', run)

    [(operation, row)] = changes(await read(stage, "runs", tags="late", **place(first)))

    assert (operation, row["friendlyId"], row["payload"]) == ("insert", run, '{"n":1}')


async def test_the_window_is_a_day_at_most(stage: Stage) -> None:
    old = await stage.triggered("my-task", tags=["a"])
    await stage.advance(25 * 3600)
    new = await stage.triggered("my-task", tags=["a"])

    asked = changes(await beginning(stage, "runs", tags="a", createdAt="48h"))
    hour = changes(await beginning(stage, "runs", tags="a", createdAt="1h"))

    assert [row["friendlyId"] for _, row in asked] == [new]
    assert [row["friendlyId"] for _, row in hour] == [new]
    assert await stage.status(old) == "COMPLETED"


async def test_columns_are_skipped_but_not_those_that_are_needed(stage: Stage) -> None:
    run = await stage.triggered("my-task", {"large": True})

    answer = await beginning(stage, f"runs/{run}", skipColumns="payload,id,status")

    [(_, row)] = changes(answer)
    assert "payload" not in row
    assert {"id", "status"} <= row.keys()
    assert "payload" not in json.loads(answer.headers["electric-schema"])


async def test_the_runs_of_a_batch_are_followed(stage: Stage) -> None:
    await stage.triggered("my-task")
    items = [{"task": "my-task"}]
    made = await stage.http.post("/api/v1/tasks/batch", json={"items": items})
    empty = await stage.http.post("/api/v3/batches", json={"runCount": 1})

    found = changes(await beginning(stage, f"batches/{made.json()['id']}"))

    assert [row["friendlyId"] for _, row in found] == [made.json()["runs"][0]["id"]]
    assert changes(await beginning(stage, f"batches/{empty.json()['id']}")) == []
    assert (await read(stage, "batches/batch_2", offset="-1")).status_code == 404


async def test_a_log_is_read_on_after_a_restart(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock) as stage:
        run = await stage.triggered("my-task", tags=["a"])
        one = place(await beginning(stage, f"runs/{run}"))
        tagged = place(await beginning(stage, "runs", tags="a"))
        await stage.advance(1)
    async with opened(tmp_path, clock) as stage:
        await stage.advance(60)
        of_run = changes(await read(stage, f"runs/{run}", **one))
        of_tag = changes(await read(stage, "runs", tags="a", **tagged))

    assert of_run == of_tag
    assert of_run[-1][1]["status"] == "COMPLETED_SUCCESSFULLY"


async def test_what_the_log_no_longer_has_must_be_fetched_again(
    stage: Stage, tmp_path: Path
) -> None:
    run = await stage.triggered("my-task", delay="1h")
    first = place(await beginning(stage, f"runs/{run}"))
    numbers = (
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10001)"
    )
    columns = "(run_id, tags, row)"
    write(
        tmp_path,
        f"INSERT INTO run_changes {columns} {numbers} SELECT ?, '[]', '{{}}' FROM n",
        run,
    )
    kept = write(tmp_path, "SELECT count(*) FROM run_changes")

    old = await read(stage, f"runs/{run}", live="true", **first)
    foreign = await read(stage, f"runs/{run}", offset=first["offset"], handle="other")

    assert kept == 10_000
    for answer in (old, foreign):
        assert answer.status_code == 409
        assert answer.json() == [{"headers": {"control": "must-refetch"}}]
        assert answer.headers["electric-handle"] == first["handle"]


async def test_a_quiet_run_does_not_fall_behind_the_log(stage: Stage) -> None:
    quiet, busy = (
        await stage.triggered("my-task", delay="1h"),
        await stage.triggered("my-task"),
    )
    first = place(await beginning(stage, f"runs/{quiet}"))
    await stage.advance(60)

    later = place(await read(stage, f"runs/{quiet}", **first))

    assert later["offset"] != first["offset"]
    assert await stage.status(busy) == "COMPLETED"


async def test_unknown_runs_and_strange_offsets_are_refused(stage: Stage) -> None:
    run = await stage.triggered("my-task")

    assert (await read(stage, "runs/run_none", offset="-1")).status_code == 404
    assert (await read(stage, f"runs/{run}", offset="x")).status_code == 400
    assert (await read(stage, f"runs/{run}")).status_code == 400


async def test_too_many_live_polls_are_refused(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, live_polls=1) as stage:
        run = await stage.triggered("my-task", delay="1h")
        first = place(await beginning(stage, f"runs/{run}"))
        polling = await poll(stage, f"runs/{run}", first)

        refused = await read(stage, f"runs/{run}", live="true", **first)
        caught_up = await read(stage, f"runs/{run}", **first)
        await stage.cancel(run)
        await polling

    assert refused.status_code == 429
    assert refused.json() == {"error": "Too many concurrent requests"}
    assert caught_up.status_code == 200


async def test_a_public_token_follows_what_it_was_made_for(stage: Stage) -> None:
    made = await stage.trigger("my-task", tags=["a"])
    other = await stage.triggered("my-task")
    token = {"authorization": f"Bearer {made.headers['x-trigger-jwt']}"}

    async def status(path: str) -> int:
        answer = await stage.http.get(f"/realtime/v1/{path}", headers=token)
        return answer.status_code

    assert await status(f"runs/{made.json()['id']}?offset=-1") == 200
    assert await status(f"runs/{other}?offset=-1") == 403
    assert await status("runs?tags=a&offset=-1") == 403


async def test_the_rate_limit_does_not_count_it(stage: Stage) -> None:
    run = await stage.triggered("my-task")

    assert "x-ratelimit-limit" not in (await beginning(stage, f"runs/{run}")).headers


async def test_nobody_is_told_what_does_not_exist(stage: Stage) -> None:
    for path in ("runs/run_none", "batches/batch_none", "runs"):
        answer = await stage.http.get(
            f"/realtime/v1/{path}?offset=-1", headers={"authorization": "Bearer no"}
        )
        assert answer.status_code == 401
