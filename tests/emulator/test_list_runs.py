from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

DAY = 24 * 3600


async def test_a_listed_run_looks_as_on_the_real_server(stage: Stage) -> None:
    run = await stage.triggered("always-fails", maxAttempts=1, tags="t")
    await stage.advance(2)

    assert await stage.listed() == {
        "data": [
            {
                "id": run,
                "status": "FAILED",
                "taskIdentifier": "always-fails",
                "version": "20260102.1",
                "createdAt": "2026-01-02T03:04:05.000Z",
                "updatedAt": "2026-01-02T03:04:05.600Z",
                "startedAt": "2026-01-02T03:04:05.100Z",
                "finishedAt": "2026-01-02T03:04:05.600Z",
                "isTest": False,
                "ttl": "10m",
                "env": {
                    "id": stage.emulator.environment_id,
                    "name": "dev",
                    "user": "Local Developer",
                },
                "tags": ["t"],
                "costInCents": 0,
                "baseCostInCents": 0,
                "durationMs": 500,
                "depth": 0,
                "taskKind": "STANDARD",
                "region": stage.emulator.environment_id,
                "isQueued": False,
                "isExecuting": False,
                "isCompleted": True,
                "isFailed": True,
                "isSuccess": False,
                "isCancelled": False,
                "isWaiting": False,
            }
        ],
        "pagination": {},
    }


async def test_a_run_is_listed_a_moment_late_but_its_status_is_fresh(
    stage: Stage,
) -> None:
    run = await stage.triggered("my-task")

    await stage.advance(0.999)
    assert await stage.listed_ids() == []
    await stage.advance(0.001)

    assert [one["status"] for one in (await stage.listed())["data"]] == ["COMPLETED"]
    assert await stage.listed_ids() == [run]


async def test_a_canceled_run_that_never_started_is_finished_in_a_list(
    stage: Stage,
) -> None:
    run = await stage.triggered("my-task", delay="1h")
    await stage.advance(2)
    await stage.cancel(run)

    (listed,) = (await stage.listed())["data"]

    assert listed["finishedAt"] == listed["updatedAt"] == "2026-01-02T03:04:07.000Z"


async def test_pages_go_from_the_newest_to_the_oldest_and_back(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock) as stage:
        runs = []
        for number in range(5):
            # Two of one millisecond too.
            await stage.advance(number % 2)
            runs.append(await stage.triggered("my-task"))
        await stage.advance(2)
        newest_first = runs[::-1]

        first = await stage.listed(**{"page[size]": 2})
        second = await stage.listed(
            **{"page[size]": 2, "page[after]": first["pagination"]["next"]}
        )
        third = await stage.listed(
            **{"page[size]": 2, "page[after]": second["pagination"]["next"]}
        )
        back = await stage.listed(
            **{"page[size]": 2, "page[before]": second["pagination"]["previous"]}
        )

    pages = [[run["id"] for run in page["data"]] for page in (first, second, third)]
    assert pages == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    assert [set(page["pagination"]) for page in (first, second, third, back)] == [
        {"next"},
        {"next", "previous"},
        {"previous"},
        {"next"},
    ]
    # As the real server does, oldest first.
    assert back["data"] == first["data"][::-1]


async def test_without_any_instant_a_list_covers_seven_days(stage: Stage) -> None:
    old = await stage.triggered("my-task")
    await stage.advance(7 * DAY)
    assert await stage.listed_ids() == [old]
    await stage.advance(0.001)

    assert await stage.listed_ids() == []
    assert await stage.listed_ids(**{"filter[createdAt][from]": 0}) == [old]
    assert await stage.listed_ids(**{"filter[createdAt][period]": "8d"}) == [old]


async def test_a_window_is_inclusive_and_a_period_overrides_it(stage: Stage) -> None:
    start = int(stage.clock.now().timestamp() * 1000)
    first = await stage.triggered("my-task")
    await stage.advance(60)
    second = await stage.triggered("my-task")
    await stage.advance(60)

    async def within(**window: Any) -> list[str]:
        return await stage.listed_ids(
            **{f"filter[createdAt][{name}]": value for name, value in window.items()}
        )

    assert await within(**{"from": start, "to": start}) == [first]
    assert await within(**{"from": start + 1}) == [second]
    assert await within(to="2026-01-02T03:05:05.000Z") == [second, first]
    assert await within(to="2026-01-02T03:05:04.999Z") == [first]
    assert await within(**{"from": start, "period": "60s"}) == [second]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"filter[status]": "COMPLETED"}, ["done"]),
        ({"filter[status]": "DELAYED,FAILED"}, ["delayed", "failed"]),
        ({"filter[status]": "REATTEMPTING"}, []),
        ({"filter[taskIdentifier]": "my-task"}, ["delayed", "done"]),
        ({"filter[tag]": "red,blue"}, ["failed", "done"]),
        ({"filter[tag]": "red", "filter[status]": "FAILED"}, []),
        ({"filter[isTest]": "true"}, ["failed"]),
        ({"filter[isTest]": "false"}, ["delayed", "done"]),
        ({"filter[queue]": "task/always-fails"}, ["failed"]),
        ({"filter[machine]": "micro"}, ["delayed"]),
        ({"filter[machine]": "small-1x,micro"}, ["delayed", "failed", "done"]),
        ({"filter[version]": "20260102.1"}, ["failed", "done"]),
        ({"filter[region]": "us-east-1"}, []),
        ({"filter[schedule]": "sched_1"}, []),
    ],
)
async def test_filters_join_their_words_by_or_and_each_other_by_and(
    stage: Stage, query: dict[str, str], expected: list[str]
) -> None:
    runs = {await stage.triggered("my-task", tags=["red", "green"]): "done"}
    failing = {"maxAttempts": 1, "tags": "blue", "test": True}
    runs[await stage.triggered("always-fails", **failing)] = "failed"
    delayed = await stage.triggered("my-task", delay="1h", machine="micro")
    runs[delayed] = "delayed"
    await stage.advance(5)

    assert [runs[id] for id in await stage.listed_ids(**query)] == expected


@pytest.mark.parametrize(
    ("query", "details"),
    [
        (
            {"filter[status]": "NOPE,FAILED"},
            [
                {
                    "code": "custom",
                    "message": "Invalid status values: NOPE",
                    "path": ["filter[status]"],
                }
            ],
        ),
        (
            {"page[size]": "1000"},
            [
                {
                    "code": "too_big",
                    "maximum": 100,
                    "type": "number",
                    "inclusive": True,
                    "exact": False,
                    "message": "Number must be less than or equal to 100",
                    "path": ["page[size]"],
                }
            ],
        ),
    ],
)
async def test_a_wrong_query_is_refused_in_their_words(
    stage: Stage, query: dict[str, str], details: list[dict[str, Any]]
) -> None:
    answer = await stage.http.get("/api/v1/runs", params=query)

    assert answer.status_code == 400
    assert answer.json() == {"error": "Query Error", "details": details}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("page[size]", "0"),
        ("page[size]", "many"),
        ("page[size]", "nan"),
        ("page[size]", "inf"),
        ("filter[createdAt][to]", "1e300"),
        ("page[size]", "1.5"),
        ("filter[machine]", "mega-9x"),
        ("filter[isTest]", "yes"),
        ("filter[createdAt][from]", "yesterday"),
    ],
)
async def test_a_wrong_query_names_its_fault(
    stage: Stage, name: str, value: str
) -> None:
    answer = await stage.http.get("/api/v1/runs", params={name: value})

    assert answer.status_code == 400
    assert {tuple(one["path"]) for one in answer.json()["details"]} == {(name,)}


@pytest.mark.parametrize(
    "query",
    [
        {"filter[createdAt][period]": "99999999999999w"},
        {"filter[createdAt][from]": "-8640000000000"},
        {"page[after]": "run_zzz"},
    ],
)
async def test_a_query_beyond_all_bounds_does_no_harm(
    stage: Stage, query: dict[str, str]
) -> None:
    run = await stage.triggered("my-task")
    await stage.advance(1)

    assert await stage.listed_ids(**query) == [run]
