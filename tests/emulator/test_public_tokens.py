"""Public tokens: the routes that make them, and those that work once only."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from tests.clock import FakeClock
from tests.emulator.stage import Stage, opened

JWT = "/api/v1/auth/jwt"
PUBLIC = "/api/v1/auth/public-tokens"


async def minted(stage: Stage, path: str, **body: Any) -> str:
    answer = await stage.http.post(path, json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()["token"]


def claims_of(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


async def test_a_jwt_grants_its_scopes_until_it_expires(stage: Stage) -> None:
    token = await minted(
        stage, JWT, claims={"scopes": ["trigger:tasks:my-task"]}, expirationTime="15m"
    )
    key = stage.http.headers["authorization"]
    stage.http.headers["authorization"] = f"Bearer {token}"

    assert (await stage.trigger("my-task")).status_code == 200
    assert (await stage.trigger("my-task")).status_code == 200
    assert (await stage.trigger("always-fails")).status_code == 403
    await stage.advance(16 * 60)
    answer = await stage.trigger("my-task")
    assert (answer.status_code, answer.json()) == (
        401,
        {"error": "Public Access Token is invalid"},
    )
    assert stage.http.headers["authorization"] != key


async def test_a_public_token_says_what_was_asked_for(stage: Stage) -> None:
    now = int(stage.clock.now().timestamp())
    plain = claims_of(await minted(stage, PUBLIC, scopes=["read:runs"]))
    whole = claims_of(
        await minted(
            stage,
            PUBLIC,
            scopes=["read:runs"],
            expirationTime=now + 60,
            oneTimeUse=True,
            realtime={"skipColumns": ["payload"]},
        )
    )

    assert plain == {
        "sub": stage.emulator.environment_id,
        "pub": True,
        "scopes": ["read:runs"],
        "iat": now,
        "iss": "https://id.trigger.dev",
        "aud": "https://api.trigger.dev",
        "exp": now + 900,
    }
    assert (whole["otu"], whole["realtime"]) == (True, {"skipColumns": ["payload"]})
    assert whole["exp"] == now + 60


@pytest.mark.parametrize(
    ("path", "body", "status", "error"),
    [
        (PUBLIC, {"scopes": []}, 400, "Invalid request body"),
        (PUBLIC, {}, 400, "Invalid request body"),
        (PUBLIC, None, 400, "Invalid request body"),
        (
            PUBLIC,
            {"scopes": ["a"], "expirationTime": "soon"},
            400,
            "Invalid expiration time",
        ),
        (
            PUBLIC,
            {"scopes": ["a"], "expirationTime": "5m ago"},
            400,
            "Expiration time must be in the future",
        ),
        (
            PUBLIC,
            {"scopes": ["a"], "expirationTime": "31 days"},
            400,
            "Expiration time cannot exceed 30 days",
        ),
        (JWT, {"claims": 1}, 400, "Invalid request body"),
        (JWT, {"expirationTime": "soon"}, 500, "Internal Server Error"),
    ],
)
async def test_what_cannot_be_a_token_is_refused(
    stage: Stage, path: str, body: Any, status: int, error: str
) -> None:
    content = b"" if body is None else json.dumps(body).encode()
    answer = await stage.http.post(path, content=content)

    assert (answer.status_code, answer.json()["error"]) == (status, error)


async def test_only_the_key_makes_tokens(stage: Stage) -> None:
    token = await minted(stage, PUBLIC, scopes=["admin"])
    stage.http.headers["authorization"] = f"Bearer {token}"

    for path in (JWT, PUBLIC):
        answer = await stage.http.post(path, json={"scopes": ["read:runs"]})
        assert answer.status_code == 401


async def test_a_one_time_token_triggers_once_even_after_a_restart(
    tmp_path: Path, clock: FakeClock
) -> None:
    async with opened(tmp_path, clock) as stage:
        token = await minted(
            stage, PUBLIC, scopes=["trigger:tasks:my-task"], oneTimeUse=True
        )
        stage.http.headers["authorization"] = f"Bearer {token}"
        first = await stage.trigger("my-task", None, idempotencyKey="k")
        cached = await stage.trigger("my-task", None, idempotencyKey="k")
    async with opened(tmp_path, clock) as stage:
        stage.http.headers["authorization"] = f"Bearer {token}"
        second = await stage.trigger("my-task")

    assert first.status_code == cached.status_code == 200
    assert cached.json()["isCached"] is True
    assert (second.status_code, second.json()) == (
        422,
        {
            "error": "Cannot trigger my-task with a one-time use token as it has"
            " already been used."
        },
    )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/v1/queues"),
        ("GET", "/api/v1/queues/my-task?type=task"),
        ("POST", "/api/v1/queues/my-task/pause"),
        ("GET", "/api/v1/waitpoints/tokens"),
        ("POST", "/api/v1/waitpoints/tokens"),
    ],
)
async def test_some_routes_take_no_public_token_at_all(
    stage: Stage, method: str, path: str
) -> None:
    token = await minted(stage, PUBLIC, scopes=["admin"])
    stage.http.headers["authorization"] = f"Bearer {token}"

    answer = await stage.http.request(method, path)

    assert (answer.status_code, answer.json()) == (401, {"error": "Invalid API key"})
