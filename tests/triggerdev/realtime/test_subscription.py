"""Following runs, on logs that are written by hand."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from starlette.responses import JSONResponse, Response

from jobwire.triggerdev import (
    ApiConnectionError,
    InvalidOptionError,
    NotFoundError,
    PermissionDeniedError,
    RealtimeRun,
    RunSubscription,
    TriggerDevClient,
)
from jobwire.triggerdev.realtime.cursor import Place, read_cursor
from tests.triggerdev.server import FakeTriggerDev, limited

SCHEMA = json.dumps(
    {
        "isTest": {"type": "bool"},
        "usageDurationMs": {"type": "int4"},
        "runTags": {"type": "text", "dims": 1},
        "error": {"type": "jsonb"},
    }
)
UP_TO_DATE = {"headers": {"control": "up-to-date"}}
MUST_REFETCH = {"headers": {"control": "must-refetch"}}


def row(id: str = "1", status: str = "PENDING", at: int = 0, **more: Any) -> Any:
    """A whole row; `at` is the second of its last change."""
    return {
        "id": id,
        "friendlyId": f"run_{id}",
        "taskIdentifier": "hello",
        "status": status,
        "createdAt": "2026-01-02T03:04:00",
        "updatedAt": f"2026-01-02T03:04:{at:02}.000",
        "isTest": "f",
        **more,
    }


def insert(value: Any) -> Any:
    return {"key": value["id"], "value": value, "headers": {"operation": "insert"}}


def update(id: str, at: int, **changed: Any) -> Any:
    value = {"id": id, "updatedAt": f"2026-01-02T03:04:{at:02}.000", **changed}
    return {"key": id, "value": value, "headers": {"operation": "update"}}


def answer(*messages: Any, handle: str = "h1", offset: str = "1_1") -> Response:
    headers = {
        "electric-handle": handle,
        "electric-offset": offset,
        "electric-cursor": "7",
        "electric-schema": SCHEMA,
    }
    return JSONResponse([*messages, UP_TO_DATE], headers=headers)


async def lost(*_: Any) -> None:
    """A connection that ends without an answer."""
    raise httpx.ReadError("gone")


def statuses(states: list[RealtimeRun]) -> list[str]:
    return [state.status for state in states]


async def all_of(subscription: RunSubscription) -> list[RealtimeRun]:
    return [state async for state in subscription]


async def some(subscription: RunSubscription, number: int) -> list[RealtimeRun]:
    return [await anext(subscription) for _ in range(number)]


async def test_a_run_is_followed_to_its_end(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [
        answer(insert(row(payload='{"a":1}', runTags='{"x","y"}'))),
        answer(update("1", 1, status="EXECUTING"), offset="2_2"),
        answer(
            update("1", 2, metadata='{"k":1}'),
            update(
                "1",
                3,
                status="COMPLETED_SUCCESSFULLY",
                output='{"json":{"b":2},"meta":{}}',
                outputType="application/super+json",
                usageDurationMs="80",
            ),
        ),
    ]

    states = await all_of(client.runs.subscribe_to_run("run_1"))

    assert statuses(states) == ["QUEUED", "EXECUTING", "EXECUTING", "COMPLETED"]
    last = states[-1]
    assert (last.id, last.is_terminal, last.usage_duration_ms) == ("run_1", True, 80)
    assert (last.payload, last.output, last.metadata) == ({"a": 1}, {"b": 2}, {"k": 1})
    assert last.tags == ("x", "y")
    assert last.updated_at == datetime(2026, 1, 2, 3, 4, 3, tzinfo=UTC)
    first, second, third = (received.query for received in server.received)
    assert first == {"log": "full", "offset": "-1"}
    live = {"log": "full", "handle": "h1", "live": "true", "cursor": "7"}
    assert second == {**live, "offset": "1_1"}
    assert third == {**live, "offset": "2_2"}
    assert "x-trigger-electric-version" in server.received[0].headers


async def test_the_end_is_the_status_and_not_an_instant(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    error = '{"type":"STRING_ERROR","raw":"Canceled by user"}'
    server.answers.append(answer(insert(row(status="CANCELED", error=error))))

    [state] = await all_of(client.runs.subscribe_to_run("run_1"))

    assert state.completed_at is None
    assert state.error is not None
    assert state.error.message == "Canceled by user"


async def test_a_status_that_is_not_known_stays_and_ends_nothing(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [
        answer(insert(row(status="DREAMING"))),
        answer(update("1", 1, status="EXPIRED")),
    ]

    states = await all_of(client.runs.subscribe_to_run("run_1"))

    assert statuses(states) == ["DREAMING", "EXPIRED"]
    assert states[0].known_status is None


@pytest.mark.parametrize("by", ["message", "status"])
async def test_a_log_that_is_gone_is_read_again_and_told_once(
    by: str, server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    gone = JSONResponse(
        [MUST_REFETCH],
        200 if by == "message" else 409,
        headers={"electric-handle": "h2", "electric-schema": SCHEMA},
    )
    server.answers += [
        answer(insert(row(status="EXECUTING", at=5))),
        gone,
        answer(insert(row(status="EXECUTING", at=5)), handle="h2"),
        answer(update("1", 6, status="COMPLETED_WITH_ERRORS"), handle="h2"),
    ]

    states = await all_of(client.runs.subscribe_to_run("run_1"))

    assert statuses(states) == ["EXECUTING", "FAILED"]
    assert server.received[2].query["offset"] == "-1"
    assert "live" not in server.received[2].query
    assert server.received[3].query["handle"] == "h2"


async def test_an_older_snapshot_is_not_told(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [
        answer(insert(row(status="EXECUTING", at=5))),
        JSONResponse([MUST_REFETCH], 409),
        answer(insert(row(status="DEQUEUED", at=3)), handle="h2"),
        answer(update("1", 6, status="COMPLETED_SUCCESSFULLY"), handle="h2"),
    ]

    states = await all_of(client.runs.subscribe_to_run("run_1"))

    assert statuses(states) == ["EXECUTING", "COMPLETED"]


@pytest.mark.parametrize(
    "trouble",
    [
        JSONResponse({"error": "Too many concurrent requests"}, 429),
        JSONResponse({"error": "Internal Server Error"}, 503),
    ],
    ids=["429", "503"],
)
async def test_trouble_is_waited_out(
    trouble: Response,
    server: FakeTriggerDev,
    client: TriggerDevClient,
    waits: list[float],
) -> None:
    server.answers += [
        answer(insert(row())),
        trouble,
        trouble,
        answer(update("1", 1, status="CANCELED")),
    ]

    states = await all_of(client.runs.subscribe_to_run("run_1"))

    assert statuses(states) == ["QUEUED", "CANCELED"]
    assert 0.25 <= waits[0] <= 0.5
    assert 0.5 <= waits[1] <= 1
    assert server.received[-1].query["handle"] == "h1"


async def test_a_lost_connection_is_not_the_end_of_the_run(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    going_on = server.add_run("run_1", updatedAt="2026-01-02T03:04:00Z")
    server.answers += [
        answer(insert(row(status="EXECUTING"))),
        lost,
        limited(going_on),
        answer(update("1", 1, status="COMPLETED_SUCCESSFULLY")),
    ]

    states = await all_of(client.runs.subscribe_to_run("run_1"))

    assert statuses(states) == ["EXECUTING", "COMPLETED"]
    assert server.received[2].path == "/api/v3/runs/run_1"


async def test_a_run_that_ended_while_nothing_came_is_told_all_the_same(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.add_run("run_1", status="CANCELED", updatedAt="2026-01-02T03:05:00Z")
    server.answers += [
        answer(insert(row(status="EXECUTING"))),
        *(answer() for _ in range(61)),
    ]

    states = await all_of(client.runs.subscribe_to_run("run_1"))

    assert statuses(states) == ["EXECUTING", "CANCELED"]
    assert [one.path for one in server.received].count("/api/v3/runs/run_1") == 1


async def test_polls_that_come_back_at_once_are_not_repeated_at_once(
    server: FakeTriggerDev, client: TriggerDevClient, waits: list[float]
) -> None:
    server.answers += [
        answer(insert(row())),
        Response(status_code=204),
        answer(update("1", 1, status="CANCELED")),
    ]

    await all_of(client.runs.subscribe_to_run("run_1"))

    assert waits == [1.0]


async def test_after_five_minutes_without_an_answer_the_error_is_raised(
    server: FakeTriggerDev, client: TriggerDevClient, waits: list[float]
) -> None:
    server.answers += [answer(insert(row())), *[lost] * 200]
    subscription = client.runs.subscribe_to_runs(tags=["a"])
    await anext(subscription)

    with pytest.raises(ApiConnectionError):
        await anext(subscription)

    assert 300 <= sum(waits) <= 340
    assert max(waits) <= 30


@pytest.mark.parametrize(
    ("status", "error"), [(404, NotFoundError), (403, PermissionDeniedError)]
)
async def test_refusals_are_raised_at_once(
    status: int,
    error: type[Exception],
    server: FakeTriggerDev,
    client: TriggerDevClient,
    waits: list[float],
) -> None:
    server.answers.append(JSONResponse({"error": "no"}, status))

    with pytest.raises(error):
        await anext(client.runs.subscribe_to_run("run_1"))

    assert waits == []


async def test_runs_are_kept_only_while_they_go_on(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [
        answer(insert(row("1")), insert(row("2"))),
        answer(
            update("1", 1, status="COMPLETED_SUCCESSFULLY"),
            # What comes after the end of a run belongs to no row.
            update("1", 2, metadata="{}"),
            update("2", 2, status="EXECUTING"),
            {"key": "2", "value": {"id": "2"}, "headers": {"operation": "delete"}},
        ),
    ]
    subscription = client.runs.subscribe_to_runs(tags=["a", "b"])

    states = await some(subscription, 4)

    assert [(one.id, one.status) for one in states[2:]] == [
        ("run_1", "COMPLETED"),
        ("run_2", "EXECUTING"),
    ]
    assert subscription.rows == 0
    assert server.received[0].query["tags"] == "a,b"
    assert server.received[0].query["createdAt"] == "86400s"


async def test_the_end_of_the_code_of_a_canceled_run_is_told(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    begun, ended = "2026-01-02T03:04:01", "2026-01-02T03:04:03"
    server.answers += [
        answer(insert(row(status="EXECUTING", startedAt=begun))),
        answer(update("1", 2, status="CANCELED")),
        answer(update("1", 3, completedAt=ended)),
    ]
    states = client.runs.subscribe_to_runs(tags=["t"])

    told = [await anext(states) for _ in range(3)]

    assert [one.completed_at is not None for one in told] == [False, False, True]
    assert statuses(told) == ["EXECUTING", "CANCELED", "CANCELED"]
    assert states.rows == 0


async def test_the_end_of_a_run_is_not_told_again_after_a_refetch(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    ended = insert(row("1", "COMPLETED_SUCCESSFULLY", at=3))
    server.answers += [
        answer(ended),
        JSONResponse([MUST_REFETCH], 409),
        answer(ended, insert(row("2", at=4)), handle="h2"),
    ]

    states = await some(client.runs.subscribe_to_runs(), 2)

    assert [one.id for one in states] == ["run_1", "run_2"]


async def test_a_subscription_goes_on_from_a_cursor(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [answer(insert(row()), offset="5_5")]
    first = client.runs.subscribe_to_run("run_1")
    await anext(first)
    assert first.cursor is not None
    server.answers += [answer(insert(row(status="CANCELED", at=9)))]

    again = client.runs.subscribe_to_run("run_1", cursor=first.cursor)
    states = await all_of(again)

    assert statuses(states) == ["CANCELED"]
    assert server.received[1].query == {
        "log": "full",
        "handle": "h1",
        "offset": "5_5",
    }


async def test_after_a_cursor_a_part_of_a_row_has_the_whole_fetched(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    newest = datetime(2026, 1, 2, 3, 4, 0, tzinfo=UTC)
    cursor = Place("h1", "1_1", newest).encode()
    long_ago = row("3", "EXECUTING") | {"updatedAt": "2026-01-02T02:00:00"}
    server.answers += [
        answer(update("1", 2, status="EXECUTING")),
        answer(insert(long_ago), insert(row("1", "EXECUTING", at=2))),
    ]

    state = await anext(client.runs.subscribe_to_runs(cursor=cursor))

    assert (state.id, state.status) == ("run_1", "EXECUTING")
    assert server.received[1].query["offset"] == "-1"


async def test_a_cursor_stays_behind_what_was_not_handed_out(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [
        answer(insert(row("1")), insert(row("2")), offset="1_1"),
    ]
    subscription = client.runs.subscribe_to_runs()

    await anext(subscription)
    behind = subscription.cursor
    await anext(subscription)

    assert behind is None
    assert subscription.cursor is not None


async def test_closing_ends_it(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers.append(answer(insert(row("1")), insert(row("2"))))

    async with client.runs.subscribe_to_runs() as states:
        await anext(states)

    assert await all_of(states) == []
    assert len(server.received) == 1


@pytest.mark.parametrize(
    ("arguments", "option"),
    [
        ({"created_within": timedelta(hours=25)}, "created_within"),
        ({"created_within": timedelta()}, "created_within"),
        ({"created_within": timedelta(seconds=1.5)}, "created_within"),
        ({"tags": "abc"}, "tags"),
        ({"tags": ["a,b"]}, "tags"),
        ({"cursor": "x"}, "cursor"),
    ],
)
def test_what_cannot_be_followed_is_refused(
    arguments: dict[str, Any], option: str, make_client: Any
) -> None:
    with pytest.raises(InvalidOptionError) as refused:
        make_client().runs.subscribe_to_runs(**arguments)

    assert refused.value.option == option


async def test_payloads_can_be_left_out(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [answer(insert(row())), answer(insert(row("2")))]

    await anext(client.runs.subscribe_to_runs(tags=["t"], with_payload=False))
    await anext(client.runs.subscribe_to_runs(tags=["t"]))

    skipped = [one.query.get("skipColumns") for one in server.received]
    assert skipped == ["payload", None]


# One poll at a time.


async def test_a_poll_tells_what_is_new_and_the_cursor_lies_behind_it(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [
        answer(insert(row()), insert(row("2", "EXECUTING"))),
        answer(update("1", 1, status="EXECUTING"), offset="2_2"),
        answer(offset="3_3"),
    ]
    states = client.runs.subscribe_to_runs(tags=["t"])
    assert (states.cursor, states.is_live) == (None, False)

    told = [await states.poll() for _ in range(3)]

    assert [statuses(list(one or ())) for one in told] == [
        ["QUEUED", "EXECUTING"],
        ["EXECUTING"],
        [],
    ]
    assert states.is_live
    assert read_cursor(states.cursor or "").offset == "3_3"


async def test_a_poll_says_when_everything_has_to_be_read_again(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [
        answer(insert(row())),
        answer(MUST_REFETCH),
        answer(insert(row(at=1, status="EXECUTING")), handle="h2"),
    ]
    states = client.runs.subscribe_to_runs(tags=["t"])
    await states.poll()

    assert await states.poll() is None
    assert not states.is_live

    assert statuses(list(await states.poll() or ())) == ["EXECUTING"]
    assert read_cursor(states.cursor or "").handle == "h2"


async def test_a_poll_that_fails_is_not_tried_again_and_loses_nothing(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    server.answers += [answer(insert(row())), lost, answer(update("1", 1, status="X"))]
    states = client.runs.subscribe_to_runs(tags=["t"])
    await states.poll()
    cursor = states.cursor

    with pytest.raises(ApiConnectionError):
        await states.poll()

    assert states.cursor == cursor
    assert statuses(list(await states.poll() or ())) == ["X"]


async def test_a_row_says_whether_its_output_is_in_the_store(
    server: FakeTriggerDev, client: TriggerDevClient
) -> None:
    stored = row(output="path/1", outputType="application/store")
    server.answers.append(answer(insert(stored), insert(row("2", output="1"))))

    told = await client.runs.subscribe_to_runs(tags=["t"]).poll()

    assert [(one.output, one.is_output_stored) for one in told or ()] == [
        (None, True),
        (1, False),
    ]
