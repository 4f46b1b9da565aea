"""Queues: what leaves them and when, and the routes that list and change them."""

import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jobwire.emulator import EmulatorError, Queue, Task
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

TASKS = (
    Task("work", duration=10),
    Task("mail/send", duration=10, queue="mail"),
    Task("one", duration=10, concurrency_limit=1),
)


@pytest.fixture
async def stage(tmp_path: Path, clock: FakeClock) -> AsyncIterator[Stage]:
    queues = (Queue("mail", concurrency_limit=2), Queue("a/b"))
    async with opened(tmp_path, clock, tasks=TASKS, queues=queues) as stage:
        yield stage


async def queue_of(stage: Stage, name: str, type: str) -> dict[str, Any]:
    answer = await stage.http.get(f"/api/v1/queues/{name}", params={"type": type})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def change(stage: Stage, name: str, verb: str, **body: Any) -> dict[str, Any]:
    answer = await stage.http.post(f"/api/v1/queues/{name}/{verb}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def statuses(stage: Stage, runs: list[str]) -> list[str]:
    return [await stage.status(run) for run in runs]


async def test_queues_are_listed_by_their_names_in_pages(stage: Stage) -> None:
    first = (await stage.http.get("/api/v1/queues?perPage=4")).json()
    second = (await stage.http.get("/api/v1/queues?page=2&perPage=4")).json()

    names = [queue["name"] for queue in first["data"] + second["data"]]
    assert names == ["a/b", "mail", "mail/send", "one", "work"]
    assert first["pagination"] == {"currentPage": 1, "totalPages": 2, "count": 5}
    assert second["pagination"]["currentPage"] == 2


async def test_a_queue_is_shown_as_by_a_real_server(stage: Stage) -> None:
    queue = await queue_of(stage, "work", "task")

    assert queue.pop("id").startswith("queue_")
    assert queue == {
        "name": "work",
        "type": "task",
        "running": 0,
        "queued": 0,
        "paused": False,
        "concurrencyLimit": None,
        "concurrency": {
            "current": None,
            "base": None,
            "override": None,
            "overriddenBy": None,
            "overriddenAt": None,
        },
        "releaseConcurrencyOnWaitpoint": True,
        "concurrencyLimitOverridePercent": None,
    }


async def test_a_queue_is_found_by_id_and_with_slashes_encoded_twice(
    stage: Stage,
) -> None:
    custom = await queue_of(stage, "a%252Fb", "custom")
    of_task = await queue_of(stage, "mail%252Fsend", "task")

    assert (custom["name"], custom["type"]) == ("a/b", "custom")
    assert await queue_of(stage, custom["id"], "id") == custom
    assert of_task["name"] == "mail/send"


async def test_a_queue_lets_go_as_many_as_its_limit_and_counts_them(
    stage: Stage,
) -> None:
    runs = [await stage.triggered("mail%2Fsend", None) for _ in range(3)]
    await stage.advance(1)

    assert await statuses(stage, runs) == ["EXECUTING", "EXECUTING", "QUEUED"]
    queue = await queue_of(stage, "mail", "custom")
    assert (queue["running"], queue["queued"]) == (2, 1)
    await stage.advance(10)
    assert await stage.status(runs[2]) == "EXECUTING"
    await stage.advance(20)
    queue = await queue_of(stage, "mail", "custom")
    assert (queue["running"], queue["queued"]) == (0, 0)


async def test_a_queue_that_is_full_holds_up_no_other(stage: Stage) -> None:
    full = [await stage.triggered("one") for _ in range(3)]
    other = await stage.triggered("work")
    await stage.advance(1)

    assert await statuses(stage, [*full, other]) == [
        "EXECUTING",
        "QUEUED",
        "QUEUED",
        "EXECUTING",
    ]


async def test_each_concurrency_key_has_the_limit_for_itself(stage: Stage) -> None:
    keys = ("a", "b", "a", None)
    runs = [
        await stage.triggered("one", None, **({"concurrencyKey": key} if key else {}))
        for key in keys
    ]
    await stage.advance(1)

    assert await statuses(stage, runs) == [
        "EXECUTING",
        "EXECUTING",
        "QUEUED",
        "EXECUTING",
    ]


async def test_a_higher_priority_leaves_first(stage: Stage) -> None:
    first = await stage.triggered("one")
    await stage.advance(1)
    plain = await stage.triggered("one")
    preferred = await stage.triggered("one", None, priority=5)
    await stage.advance(10)

    assert await stage.status(first) == "COMPLETED"
    assert await statuses(stage, [plain, preferred]) == ["QUEUED", "EXECUTING"]


async def test_nothing_leaves_a_paused_queue_until_it_resumes(stage: Stage) -> None:
    running = await stage.triggered("work")
    await stage.advance(1)
    paused = await change(stage, "work", "pause", type="task", action="pause")
    waiting = await stage.triggered("work")
    await stage.advance(15)

    assert paused["paused"] is True
    assert "concurrencyLimitOverridePercent" not in paused
    assert await statuses(stage, [running, waiting]) == ["COMPLETED", "QUEUED"]
    resumed = await change(stage, "work", "pause", type="task", action="resume")
    await stage.advance(1)
    assert resumed["paused"] is False
    assert await stage.status(waiting) == "EXECUTING"


async def test_an_override_counts_at_once_and_until_it_is_reset(stage: Stage) -> None:
    runs = [await stage.triggered("one") for _ in range(4)]
    await stage.advance(1)
    over = await change(
        stage, "one", "concurrency/override", type="task", concurrencyLimit=3
    )
    await stage.advance(1)

    assert over["concurrencyLimit"] == over["concurrency"]["override"] == 3
    assert over["concurrency"]["base"] == 1
    assert over["concurrency"]["overriddenAt"]
    assert (await statuses(stage, runs)).count("EXECUTING") == 3
    back = await change(stage, "one", "concurrency/reset", type="task")
    assert (back["concurrencyLimit"], back["concurrency"]["override"]) == (1, None)
    await stage.advance(8.5)
    assert (await statuses(stage, runs))[0::3] == ["COMPLETED", "QUEUED"]


async def test_a_part_of_the_limit_of_the_environment_is_rounded_down(
    stage: Stage,
) -> None:
    quarter = await change(
        stage, "work", "concurrency/override", type="task", percent=25
    )
    least = await change(stage, "one", "concurrency/override", type="task", percent=0.5)

    assert (quarter["concurrencyLimit"], least["concurrencyLimit"]) == (2, 1)
    shown = await queue_of(stage, "work", "task")
    assert shown["concurrencyLimitOverridePercent"] == 25


@pytest.mark.parametrize(
    ("verb", "body", "status", "error"),
    [
        ("pause", {"action": "pause"}, 404, "queue-not-found"),
        ("concurrency/override", {"concurrencyLimit": 1}, 404, "Queue not found"),
        ("concurrency/reset", {"type": "task"}, 400, "Queue is not overridden"),
        (
            "concurrency/override",
            {"type": "task", "concurrencyLimit": 11},
            400,
            "Concurrency limit (11) cannot exceed the environment limit (10)",
        ),
        (
            "concurrency/override",
            {"type": "task"},
            400,
            "Validation error: Provide exactly one of `concurrencyLimit` or `percent`",
        ),
        (
            "concurrency/override",
            {"type": "task", "percent": 0},
            400,
            'Validation error: Number must be greater than 0 at "percent"',
        ),
        (
            "pause",
            {"type": "task", "action": "stop"},
            400,
            (
                "Validation error: Invalid enum value. Expected 'pause' | 'resume',"
                " received 'stop' at \"action\""
            ),
        ),
    ],
)
async def test_changes_that_cannot_be_are_refused(
    stage: Stage, verb: str, body: dict[str, Any], status: int, error: str
) -> None:
    answer = await stage.http.post(f"/api/v1/queues/work/{verb}", json=body)

    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_a_queue_that_is_missing_is_not_found(stage: Stage) -> None:
    answer = await stage.http.get("/api/v1/queues/none?type=custom")

    assert (answer.status_code, answer.json()["error"]) == (404, "queue-not-found")
    wrong = await stage.http.get("/api/v1/queues/none?type=x")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "Query Error")
    page = await stage.http.get("/api/v1/queues?page=0")
    assert (page.status_code, page.json()["error"]) == (400, "Query Error")


async def test_pauses_and_overrides_outlive_the_emulator(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path / "a", clock, tasks=TASKS) as stage:
        await change(stage, "work", "pause", type="task", action="pause")
        await change(
            stage, "one", "concurrency/override", type="task", concurrencyLimit=2
        )
    async with opened(tmp_path / "a", clock, tasks=TASKS) as stage:
        assert (await queue_of(stage, "work", "task"))["paused"] is True
        assert (await queue_of(stage, "one", "task"))["concurrencyLimit"] == 2


async def test_two_limits_of_one_queue_are_refused(tmp_path: Path) -> None:
    tasks = [
        Task("a", queue="q", concurrency_limit=1),
        Task("b", queue="q", concurrency_limit=2),
    ]
    with pytest.raises(EmulatorError, match="limited to 1 already"):
        async with opened(tmp_path, FakeClock(), tasks=tasks):
            pass


async def test_thousands_of_queued_runs_are_counted_at_once(stage: Stage) -> None:
    await change(stage, "work", "pause", type="task", action="pause")
    state = stage.emulator._opened[0]  # noqa: SLF001 - thousands of requests take long
    run = await stage.triggered("work")
    with state.transaction() as connection:
        row = dict(
            connection.execute("SELECT * FROM runs WHERE id = ?", (run,)).fetchone()
        )
        del row["place"]
        names = ", ".join(row)
        marks = ", ".join("?" for _ in row)
        connection.executemany(
            f"INSERT INTO runs ({names}) VALUES ({marks})",
            [tuple({**row, "id": f"run_{n}"}.values()) for n in range(5_000)],
        )
    began = time.perf_counter()
    for _ in range(20):
        queue = await queue_of(stage, "work", "task")
    took = time.perf_counter() - began

    assert queue["queued"] == 5_001
    assert took < 2
    assert await stage.status(await stage.triggered("one")) == "QUEUED"
    await stage.advance(1)
    assert (await queue_of(stage, "one", "task"))["running"] == 1
