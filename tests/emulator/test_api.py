"""What stands before the routes, and what no route takes."""

import json
from pathlib import Path

import pytest

from jobwire.emulator import Emulator
from jobwire.emulator.api.public_tokens import sign
from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened


def token(stage: Stage, *scopes: str, **claims: object) -> dict[str, str]:
    """Return the header of somebody with a public token."""
    whole = {
        "sub": stage.emulator.environment_id,
        "pub": True,
        "scopes": list(scopes),
        **claims,
    }
    now = int(stage.clock.now().timestamp() * 1000)
    signed = sign(whole, stage.emulator.secret_key, now=now)
    return {"authorization": f"Bearer {signed}"}


async def test_who_brings_no_key_is_told_by_a_problem(stage: Stage) -> None:
    del stage.http.headers["authorization"]

    answer = await stage.http.get("/api/v1/runs")

    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json; charset=utf-8"
    assert "x-ratelimit-limit" not in answer.headers
    assert answer.json() == {
        "title": "Unauthorized",
        "status": 401,
        "type": "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/401",
        "detail": "No authorization header provided",
        "error": "No authorization header provided",
    }


@pytest.mark.parametrize("key", ["tr_dev_wrong", "xyz", "pk_dev_1"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/runs"),
        ("GET", "/api/v3/runs/run_1"),
        ("POST", "/api/v1/tasks/my-task/trigger"),
        ("POST", "/api/v2/runs/run_1/cancel"),
    ],
)
async def test_a_wrong_key_is_refused_everywhere(
    stage: Stage, key: str, method: str, path: str
) -> None:
    wrong = {"authorization": f"Bearer {key}"}
    answer = await stage.http.request(method, path, headers=wrong, json={})

    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid API key"})


async def test_a_run_that_does_not_exist_should_be_asked_for_again(
    stage: Stage,
) -> None:
    answer = await stage.http.get("/api/v3/runs/run_doesnotexist")

    assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})
    assert answer.headers["x-should-retry"] == "true"


async def test_an_unknown_route_answers_with_a_page(stage: Stage) -> None:
    answer = await stage.http.get("/api/v1/does-not-exist")

    assert answer.status_code == 404
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["x-ratelimit-limit"] == "750"


async def test_a_wrong_method_is_refused(stage: Stage) -> None:
    get = await stage.http.get("/api/v1/tasks/my-task/trigger")
    put = await stage.http.put("/api/v1/tasks/my-task/trigger")
    post = await stage.http.post("/api/v1/runs")

    assert (get.status_code, get.content) == (405, b"")
    assert (put.status_code, put.json()) == (405, {"error": "Method not allowed"})
    assert put.headers["allow"] == "POST"
    assert (post.status_code, post.content) == (405, b"")


async def test_the_claims_of_public_tokens_name_the_environment(stage: Stage) -> None:
    answer = await stage.http.post("/api/v1/auth/jwt/claims")

    assert answer.json() == {"sub": stage.emulator.environment_id, "pub": True}
    assert "x-ratelimit-limit" not in answer.headers


@pytest.mark.parametrize("key", [None, "Bearer tr_dev_wrong"])
async def test_claims_need_the_key(stage: Stage, key: str | None) -> None:
    stage.http.headers["authorization"] = key or ""

    answer = await stage.http.post("/api/v1/auth/jwt/claims")

    assert answer.status_code == 401
    assert answer.json() == {"error": "Invalid or Missing API key"}


async def test_a_public_token_does_what_its_scopes_say(stage: Stage) -> None:
    run = await stage.triggered("my-task", tags="t:1")
    other = await stage.triggered("always-fails")
    retrieve = f"/api/v3/runs/{run}"
    allowed = [
        ("GET", retrieve, "read:runs"),
        ("GET", retrieve, f"read:runs:{run}"),
        ("GET", retrieve, "read:tags:t:1"),
        ("GET", retrieve, "read:tasks:my-task"),
        ("GET", "/api/v1/runs", "read:runs"),
        ("GET", "/api/v1/runs?filter[tag]=t:1", "read:tags:t:1"),
        ("POST", "/api/v1/tasks/my-task/trigger", "trigger:tasks:my-task"),
        ("POST", f"/api/v2/runs/{run}/cancel", "admin"),
    ]
    refused = [
        ("GET", retrieve, f"read:runs:{other}"),
        ("GET", retrieve, "write:runs"),
        ("GET", "/api/v1/runs", f"read:runs:{run}"),
        ("POST", "/api/v1/tasks/always-fails/trigger", "trigger:tasks:my-task"),
        ("POST", "/api/v2/runs/run_doesnotexist/cancel", "read:runs"),
    ]
    for method, path, scope in allowed:
        headers = token(stage, scope)
        answer = await stage.http.request(method, path, headers=headers, json={})
        assert answer.status_code == 200, (method, path, scope)
    for method, path, scope in refused:
        headers = token(stage, scope)
        answer = await stage.http.request(method, path, headers=headers, json={})
        assert answer.status_code == 403, (method, path, scope)
        assert answer.json() == {
            "error": "Unauthorized",
            "code": "unauthorized",
            "param": "access_token",
            "type": "authorization",
        }


async def test_a_public_token_that_is_not_valid_is_refused(stage: Stage) -> None:
    expired = token(stage, "admin")
    await stage.advance(3601)
    foreign = token(stage, "admin", sub="another")
    head, claims, _ = token(stage, "admin")["authorization"].split(".")
    forged = {"authorization": f"{head}.{claims}.AAAA"}

    for headers in (expired, foreign, forged):
        answer = await stage.http.get("/api/v1/runs", headers=headers)
        assert answer.status_code == 401
        assert answer.json() == {"error": "Public Access Token is invalid"}


async def test_a_key_has_a_bucket_that_fills_every_ten_seconds(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock, rate_limit=6) as stage:
        left = [
            (await stage.http.get("/api/v1/runs")).headers["x-ratelimit-remaining"]
            for _ in range(6)
        ]
        await stage.advance(1)
        refused = await stage.http.get("/api/v1/runs")
        await stage.advance(9)
        again = await stage.http.get("/api/v1/runs")

    reset = int(clock.now().timestamp() * 1000)
    detail = "Rate limit exceeded 0/6 requests remaining. Retry in 9 seconds."
    assert left == ["5", "4", "3", "2", "1", "0"]
    assert refused.status_code == 429
    assert refused.headers["x-ratelimit-reset"] == str(reset)
    assert refused.headers["content-type"].startswith("application/problem+json")
    assert refused.json() == {
        "title": "Rate Limit Exceeded",
        "status": 429,
        "type": "https://developer.mozilla.org/en-US/docs/Web/HTTP/Status/429",
        "detail": detail,
        "reset": reset,
        "limit": 6,
        "remaining": 0,
        "secondsUntilReset": 9,
        "error": detail,
    }
    assert again.status_code == 200
    assert again.headers["x-ratelimit-remaining"] == "1"


async def test_a_public_token_has_sixty_requests_a_minute(stage: Stage) -> None:
    headers = token(stage, "read:runs")
    answers = [await stage.http.get("/api/v1/runs", headers=headers) for _ in range(61)]

    assert [answer.status_code for answer in answers] == [200] * 60 + [429]
    # The end of the minute, not a minute from now.
    assert json.loads(answers[-1].text)["secondsUntilReset"] == 55


async def test_an_emulator_has_no_api_before_it_is_open(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="async with"):
        _ = Emulator(tmp_path).app
