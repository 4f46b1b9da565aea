from typing import Any

import httpx
import pytest

from tests.emulator.stage import Stage


def answered(answer: httpx.Response) -> tuple[str, bool]:
    return answer.json()["id"], answer.json()["isCached"]


async def test_a_key_finds_its_run_whatever_else_is_asked(stage: Stage) -> None:
    first, _ = answered(await stage.trigger("my-task", 1, idempotencyKey="k"))

    again = answered(await stage.trigger("my-task", 2, idempotencyKey="k", tags="t"))

    assert again == (first, True)
    assert (await stage.retrieve(first))["payload"] == 1
    assert (await stage.retrieve(first))["tags"] == []


async def test_a_key_belongs_to_one_task(stage: Stage) -> None:
    first, _ = answered(await stage.trigger("my-task", idempotencyKey="k"))

    other, is_cached = answered(await stage.trigger("always-fails", idempotencyKey="k"))

    assert other != first
    assert not is_cached


async def test_a_key_may_come_in_a_header_which_wins(stage: Stage) -> None:
    first, _ = answered(await stage.trigger("my-task", idempotencyKey="k"))

    found = await stage.http.post(
        "/api/v1/tasks/my-task/trigger",
        json={"options": {"idempotencyKey": "other"}},
        headers={"idempotency-key": "k"},
    )

    assert answered(found) == (first, True)


async def test_a_key_outlives_success_and_cancel(stage: Stage) -> None:
    completed = await stage.triggered("my-task", idempotencyKey="completed")
    canceled = await stage.triggered("my-task", idempotencyKey="canceled")
    await stage.cancel(canceled)
    await stage.advance(10)
    assert await stage.status(completed) == "COMPLETED"

    for key, run in (("completed", completed), ("canceled", canceled)):
        again = await stage.trigger("my-task", idempotencyKey=key)
        assert answered(again) == (run, True)


@pytest.mark.parametrize(
    ("task", "options", "status"),
    [
        ("always-fails", {}, "FAILED"),
        ("process-large-dataset", {"maxDuration": 5}, "TIMED_OUT"),
        ("no-such-task", {"ttl": "1s"}, "EXPIRED"),
    ],
)
async def test_a_key_is_released_by_a_run_that_did_not_succeed(
    stage: Stage, task: str, options: dict[str, Any], status: str
) -> None:
    first = await stage.triggered(task, idempotencyKey="k", **options)
    await stage.advance(30)
    assert await stage.status(first) == status

    second, is_cached = answered(await stage.trigger(task, idempotencyKey="k"))

    assert second != first
    assert not is_cached
    assert "idempotencyKey" not in await stage.retrieve(first)


@pytest.mark.parametrize(
    ("ttl", "seconds"),
    [
        pytest.param("5s", 5, id="one number and one unit"),
        pytest.param("1h30m", 30 * 24 * 3600, id="anything else is 30 days"),
        pytest.param(None, 30 * 24 * 3600, id="none is 30 days"),
    ],
)
async def test_a_key_is_released_after_its_ttl(
    stage: Stage, ttl: str | None, seconds: int
) -> None:
    options = {"idempotencyKey": "k"} | ({"idempotencyKeyTTL": ttl} if ttl else {})
    first = await stage.triggered("my-task", **options)

    await stage.advance(seconds - 0.001)
    before = answered(await stage.trigger("my-task", **options))
    await stage.advance(0.001)
    after = answered(await stage.trigger("my-task", **options))

    assert before == (first, True)
    assert after[0] != first
    assert after[1] is False


async def test_a_run_shows_the_key_that_its_user_gave(stage: Stage) -> None:
    run = await stage.triggered(
        "my-task",
        idempotencyKey="0bafe221",
        idempotencyKeyOptions={"key": "order-1", "scope": "global"},
    )
    await stage.advance(2)

    listed = (await stage.listed())["data"]

    assert (await stage.retrieve(run))["idempotencyKey"] == "order-1"
    assert [one["idempotencyKey"] for one in listed] == ["0bafe221"]


async def test_debounced_triggers_make_one_run_of_the_last_data(stage: Stage) -> None:
    debounce = {"key": "k", "delay": "5s", "mode": "trailing"}
    first = await stage.trigger("my-task", 1, debounce=debounce)
    await stage.advance(4)
    second = await stage.trigger("my-task", 2, debounce=debounce)

    await stage.advance(4)
    assert await stage.status(first.json()["id"]) == "DELAYED"
    await stage.advance(3)

    assert answered(second) == (first.json()["id"], False)
    run = await stage.retrieve(first.json()["id"])
    assert (run["status"], run["payload"]) == ("COMPLETED", 2)


async def test_a_leading_debounce_keeps_the_first_data(stage: Stage) -> None:
    debounce = {"key": "k", "delay": "5s"}
    first = await stage.triggered("my-task", 1, debounce=debounce)

    assert await stage.triggered("my-task", 2, debounce=debounce) == first
    assert (await stage.retrieve(first))["payload"] == 1


async def test_a_debounced_run_waits_no_longer_than_it_may(stage: Stage) -> None:
    debounce = {"key": "k", "delay": "5s", "maxDelay": "8s"}
    first = await stage.triggered("my-task", debounce=debounce)
    await stage.advance(4)

    second = await stage.triggered("my-task", debounce=debounce)
    await stage.advance(1.9)

    assert second != first
    assert await stage.status(first) == "COMPLETED"


@pytest.mark.parametrize(
    "debounce",
    [
        {"key": "k", "delay": "soon"},
        {"key": "k", "delay": "5s", "maxDelay": "5s"},
    ],
)
async def test_a_debounce_that_cannot_be_is_refused(
    stage: Stage, debounce: dict[str, str]
) -> None:
    assert (await stage.trigger("my-task", debounce=debounce)).status_code == 422
