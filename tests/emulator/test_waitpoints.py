"""Waitpoint tokens: made, listed, completed by callers and ended by the clock."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

PATH = "/api/v1/waitpoints/tokens"


async def created(stage: Stage, **body: Any) -> dict[str, Any]:
    answer = await stage.http.post(PATH, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def token(stage: Stage, id: str) -> dict[str, Any]:
    answer = await stage.http.get(f"{PATH}/{id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


async def ids(stage: Stage, **query: str) -> list[str]:
    answer = await stage.http.get(PATH, params=query)
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()["data"]]


async def test_a_token_is_shown_as_by_a_real_server(stage: Stage) -> None:
    answer = await stage.http.post(PATH, json={"timeout": "10m", "tags": ["w"]})
    made = answer.json()
    found = await token(stage, made["id"])

    assert (made["isCached"], made["id"][:10]) == (False, "waitpoint_")
    assert answer.headers["x-trigger-jwt-claims"].endswith('"pub":true}')
    assert len(found.pop("idempotencyKey")) == 24
    assert found.pop("timeoutAt") == found.pop("completedAfter")
    assert found.pop("createdAt")
    assert found == {
        "id": made["id"],
        "type": "MANUAL",
        "url": made["url"],
        "status": "WAITING",
        "userProvidedIdempotencyKey": False,
        "outputType": "application/json",
        "outputIsError": False,
        "tags": ["w"],
    }


async def test_a_token_is_completed_once(stage: Stage) -> None:
    made = await created(stage)
    for data in ({"ok": True}, "late"):
        answer = await stage.http.post(
            f"{PATH}/{made['id']}/complete", json={"data": data}
        )
        assert answer.json() == {"success": True}

    found = await token(stage, made["id"])
    assert (found["status"], found["output"]) == ("COMPLETED", '{"json":{"ok":true}}')
    assert found["outputType"] == "application/super+json"
    assert found["completedAt"]


async def test_its_url_completes_a_token_without_a_key(stage: Stage) -> None:
    made = await created(stage)
    stage.http.headers.pop("authorization")
    wrong = await stage.http.post(made["url"][:-1] + "x", json={})
    chunked = await stage.http.post(made["url"], content=_chunks())
    right = await stage.http.post(made["url"], json={"by": "url"})
    again = await stage.http.post(made["url"], content=b"no JSON")

    assert wrong.status_code == 401
    assert wrong.json() == {"error": "Invalid URL, hash doesn't match"}
    assert chunked.status_code == 411
    assert right.json() == again.json() == {"success": True}
    stage.http.headers["authorization"] = f"Bearer {stage.emulator.secret_key}"
    assert (await token(stage, made["id"]))["output"] == '{"json":{"by":"url"}}'


async def _chunks() -> Any:
    yield b"{}"


async def test_a_body_that_is_no_json_completes_a_token_with_nothing(
    stage: Stage,
) -> None:
    made = await created(stage)
    await stage.http.post(made["url"], content=b"no JSON")

    assert (await token(stage, made["id"]))["output"] == '{"json":{}}'


async def test_a_token_times_out_by_the_clock(tmp_path: Path, clock: FakeClock) -> None:
    async with opened(tmp_path, clock) as stage:
        made = await created(stage, timeout="10s")
        forever = await created(stage)
        await stage.advance(9)
        assert (await token(stage, made["id"]))["status"] == "WAITING"
    async with opened(tmp_path, clock) as stage:
        await stage.advance(2)
        found = await token(stage, made["id"])
        kept = await token(stage, forever["id"])

    assert (found["status"], found["outputIsError"]) == ("TIMED_OUT", True)
    assert "TRIGGER_WAITPOINT_TIMEOUT" in found["output"]
    assert kept["status"] == "WAITING"
    assert "timeoutAt" not in kept


async def test_a_key_finds_its_token_until_it_expires(stage: Stage) -> None:
    first = await created(stage, idempotencyKey="k", idempotencyKeyTTL="5s")
    again = await created(stage, idempotencyKey="k")
    await stage.advance(6)
    new = await created(stage, idempotencyKey="k")

    assert (again["id"], again["isCached"]) == (first["id"], True)
    assert (new["id"] != first["id"], new["isCached"]) == (True, False)
    assert (await token(stage, new["id"]))["userProvidedIdempotencyKey"] is True
    assert await ids(stage, **{"filter[idempotencyKey]": "k"}) == [
        new["id"],
        first["id"],
    ]


async def test_tokens_are_listed_by_their_filters(stage: Stage) -> None:
    a = (await created(stage, tags=["x", "y"]))["id"]
    b = (await created(stage, tags="z", timeout="1s"))["id"]
    await stage.advance(60)
    c = (await created(stage))["id"]
    await stage.http.post(f"{PATH}/{c}/complete", json={})

    assert await ids(stage) == [c, b, a]
    assert await ids(stage, **{"filter[status]": "WAITING"}) == [a]
    assert await ids(stage, **{"filter[status]": "TIMED_OUT"}) == [b]
    assert await ids(stage, **{"filter[status]": "COMPLETED"}) == [c]
    assert await ids(stage, **{"filter[status]": "WAITING,COMPLETED"}) == [c, b, a]
    assert await ids(stage, **{"filter[tags]": "y,z"}) == [b, a]
    assert await ids(stage, **{"filter[createdAt][period]": "30s"}) == [c]
    from_ = str(int(stage.clock.now().timestamp() * 1000) - 1000)
    assert await ids(stage, **{"filter[createdAt][from]": from_}) == [c]
    assert await ids(stage, **{"filter[createdAt][to]": from_}) == [b, a]


async def test_tokens_are_listed_page_by_page_both_ways(stage: Stage) -> None:
    made = [(await created(stage))["id"] for _ in range(5)]
    answer = await stage.http.get(PATH, params={"page[size]": 2})
    first = answer.json()
    answer = await stage.http.get(
        PATH, params={"page[size]": 2, "page[after]": first["pagination"]["next"]}
    )
    second = answer.json()
    answer = await stage.http.get(
        PATH, params={"page[size]": 2, "page[before]": second["pagination"]["previous"]}
    )
    back = answer.json()

    assert [one["id"] for one in first["data"] + second["data"]] == made[:0:-1]
    assert "previous" not in first["pagination"]
    assert back["data"] == first["data"]


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        (
            {"tags": [str(n) for n in range(11)]},
            422,
            "Waitpoints can only have 10 tags, you're trying to set 11.",
        ),
        (
            {"tags": 1},
            400,
            (
                'Validation error: Expected string, received number at "tags", or'
                ' Expected array, received number at "tags"'
            ),
        ),
        ({"idempotencyKey": "x" * 11_000}, 413, "Request body too large"),
    ],
)
async def test_what_cannot_be_a_token_is_refused(
    stage: Stage, body: dict[str, Any], status: int, error: str
) -> None:
    answer = await stage.http.post(PATH, json=body)

    assert (answer.status_code, answer.json()) == (status, {"error": error})


async def test_a_token_that_is_missing_is_not_found(stage: Stage) -> None:
    answers: list[httpx.Response] = [
        await stage.http.get(f"{PATH}/waitpoint_x"),
        await stage.http.post(f"{PATH}/waitpoint_x/complete", json={}),
        await stage.http.post(f"{PATH}/waitpoint_x/callback/y", json={}),
    ]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
    wrong = await stage.http.get(PATH, params={"filter[status]": "DONE"})
    assert wrong.json()["details"][0]["message"] == "Invalid status values: DONE"


async def test_the_public_token_of_a_token_completes_it_alone(stage: Stage) -> None:
    answer = await stage.http.post(PATH, json={})
    other = await created(stage)
    stage.http.headers["authorization"] = f"Bearer {answer.headers['x-trigger-jwt']}"
    own = await stage.http.post(f"{PATH}/{answer.json()['id']}/complete", json={})
    foreign = await stage.http.post(f"{PATH}/{other['id']}/complete", json={})

    assert (own.status_code, foreign.status_code) == (200, 403)
