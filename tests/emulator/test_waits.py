"""Attempts that wait: for a time, for a token, and for a child."""

from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import EmulatorError, Step, Task, Wait
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

TOKENS = "/api/v1/waitpoints/tokens"
OLD = {"x-trigger-api-version": "2024-01-01"}
TASKS = (
    Task(
        "waiter",
        duration=1,
        waits=[Wait(after=0.5, seconds=10)],
        progress=[Step(after=0.2, fraction=0.2), Step(after=0.8, fraction=0.8)],
        output={"waited": True},
        concurrency_limit=1,
    ),
    Task("short", duration=1, waits=[Wait(after=0.5, seconds=2)]),
    Task(
        "for-token",
        duration=1,
        waits=lambda payload, _: [Wait(after=0.5, token=payload["token"])],
    ),
    Task("parent", duration=1, waits=[Wait(after=0.5, child="child", payload=[1])]),
    Task("grandparent", duration=1, waits=[Wait(after=0.1, child="parent")]),
    Task("child", duration=20),
)


async def child_of(stage: Stage, run: str) -> dict[str, Any]:
    children = (await stage.retrieve(run))["relatedRuns"]["children"]
    assert len(children) == 1
    return children[0]


async def token_of(stage: Stage, **body: Any) -> str:
    return (await stage.http.post(TOKENS, json=body)).json()["id"]


async def test_a_run_waits_for_a_time_and_is_not_charged_for_it(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        run = await stage.triggered("waiter")
        await stage.advance(0.55)
        before = await stage.status(run)
        await stage.advance(1)
        waiting = await stage.retrieve(run)
        old = await stage.retrieve(run, **OLD)
        await stage.advance(9.1)
        after = await stage.retrieve(run)
        await stage.advance(1)
        done = await stage.retrieve(run)

    assert (before, waiting["status"], old["status"]) == (
        "EXECUTING",
        "WAITING",
        "FROZEN",
    )
    assert (waiting["isWaiting"], waiting["isExecuting"]) == (True, False)
    assert waiting["metadata"]["progress"]["fraction"] == 0.2
    assert after["status"] == "EXECUTING"
    assert done["metadata"]["progress"]["fraction"] == 0.8
    assert (done["status"], done["durationMs"]) == ("COMPLETED", 1000)
    assert (done["output"], done["attemptCount"]) == ({"waited": True}, 1)


async def test_a_time_of_five_seconds_is_slept_through_and_charged(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        run = await stage.triggered("short")
        await stage.advance(1.5)
        during = await stage.status(run)
        await stage.advance(2)
        done = await stage.retrieve(run)

    assert during == "EXECUTING"
    assert (done["status"], done["durationMs"]) == ("COMPLETED", 3000)


async def test_a_run_that_waits_leaves_its_place_and_takes_it_again(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        first = await stage.triggered("waiter")
        second = await stage.triggered("waiter")
        await stage.advance(0.9)
        statuses = [await stage.status(run) for run in (first, second)]
        queue = (await stage.http.get("/api/v1/queues/waiter?type=task")).json()
        await stage.advance(30)
        ends = [await stage.status(run) for run in (first, second)]

    assert statuses == ["WAITING", "EXECUTING"]
    assert (queue["running"], queue["queued"]) == (1, 0)
    assert ends == ["COMPLETED", "COMPLETED"]


async def test_a_run_that_has_waited_needs_a_place_to_go_on(
    tmp_path: Path, clock: FakeClock
) -> None:
    tasks = (
        Task("waiter", duration=1, waits=[Wait(after=0, seconds=6)], queue="q"),
        Task("long", duration=60, queue="q", concurrency_limit=1),
    )
    async with opened(tmp_path, clock, tasks=tasks) as stage:
        waiter = await stage.triggered("waiter")
        await stage.advance(1)
        long = await stage.triggered("long")
        await stage.advance(10)
        held = await stage.status(waiter)
        queue = (await stage.http.get("/api/v1/queues/q?type=custom")).json()
        await stage.advance(60)

        assert (held, await stage.status(long)) == ("WAITING", "COMPLETED")
        assert (queue["running"], queue["queued"]) == (1, 1)
        assert await stage.status(waiter) == "COMPLETED"


@pytest.mark.parametrize("how", ["complete", "timeout"])
async def test_a_run_waits_until_a_token_is_over(
    tmp_path: Path, clock: FakeClock, how: str
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        token = await token_of(stage, **({"timeout": "1m"} if how == "timeout" else {}))
        run = await stage.triggered("for-token", {"token": token})
        await stage.advance(30)
        waiting = await stage.status(run)
        if how == "complete":
            await stage.http.post(f"{TOKENS}/{token}/complete", json={"data": 1})
            await stage.advance(1)
        else:
            await stage.advance(31)

        assert waiting == "WAITING"
        assert await stage.status(run) == "COMPLETED"


async def test_a_token_that_is_missing_or_over_holds_up_nothing(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        over = await token_of(stage)
        await stage.http.post(f"{TOKENS}/{over}/complete", json={})
        runs = [
            await stage.triggered("for-token", {"token": token})
            for token in (over, "waitpoint_none")
        ]
        await stage.advance(1.2)

        assert [await stage.status(run) for run in runs] == ["COMPLETED"] * 2


async def test_a_parent_waits_for_its_child_even_over_restarts(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        run = await stage.triggered("parent")
        await stage.advance(5)
        waiting = await stage.status(run)
        child = await child_of(stage, run)
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        await stage.advance(10)
        still = await stage.status(run)
        await stage.advance(10)
        done, seen = await stage.retrieve(run), await stage.retrieve(child["id"])

    assert (waiting, still, done["status"]) == ("WAITING", "WAITING", "COMPLETED")
    assert (child["triggerFunction"], child["depth"]) == ("triggerAndWait", 1)
    assert (seen["payload"], seen["relatedRuns"]["parent"]["id"]) == ([1], run)
    assert done["durationMs"] == 1000


async def test_a_canceled_child_lets_its_parent_go_on(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        run = await stage.triggered("parent")
        await stage.advance(5)
        await stage.cancel((await child_of(stage, run))["id"])
        await stage.advance(1)

        assert await stage.status(run) == "COMPLETED"


async def test_children_are_canceled_with_their_parent(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        run = await stage.triggered("grandparent")
        await stage.advance(5)
        parent = (await child_of(stage, run))["id"]
        child = (await child_of(stage, parent))["id"]
        await stage.cancel(run)
        await stage.advance(1)
        seen = [await stage.retrieve(id) for id in (run, parent, child)]

    assert [one["status"] for one in seen] == ["CANCELED"] * 3
    # What waits has no code that could stop; only what executes gets an end.
    assert ["finishedAt" in one for one in seen] == [False, False, True]


async def test_a_run_that_waits_is_canceled_at_once_and_for_good(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        run = await stage.triggered("waiter")
        await stage.advance(2)
        await stage.cancel(run)
        canceled = await stage.status(run)
        await stage.advance(60)
        end = await stage.retrieve(run)
        queue = (await stage.http.get("/api/v1/queues/waiter?type=task")).json()

    assert (canceled, end["status"]) == ("CANCELED", "CANCELED")
    assert (queue["running"], queue["queued"]) == (0, 0)


async def test_runs_that_wait_are_listed_by_their_status(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, tasks=TASKS) as stage:
        run = await stage.triggered("waiter")
        await stage.advance(2)

        assert await stage.listed_ids(**{"filter[status]": "WAITING"}) == [run]


@pytest.mark.parametrize(
    "wait",
    [{}, {"seconds": 1, "token": "t"}, {"seconds": -1}, {"after": -1, "child": "c"}],
)
def test_waits_that_cannot_be_are_refused(wait: dict[str, Any]) -> None:
    with pytest.raises(EmulatorError):
        Wait(**{"after": 1, **wait})
