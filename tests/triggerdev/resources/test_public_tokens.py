"""Public tokens, on an emulator."""

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from jobwire.triggerdev import InvalidOptionError, TriggerDevClient
from tests.clock import FakeClock
from tests.emulator.stage import Stage


def claims_of(token: str) -> dict[str, Any]:
    return json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))


async def used(stage: Stage, token: str, task: str = "my-task") -> httpx.Response:
    stage.http.headers["authorization"] = f"Bearer {token}"
    return await stage.trigger(task)


@pytest.mark.parametrize("way", ["create", "create_jwt", "sign"])
async def test_a_token_does_what_its_scopes_say_until_it_expires(
    real: TriggerDevClient, stage: Stage, way: str
) -> None:
    make = getattr(real.public_tokens, way)
    token = await make(["trigger:tasks:my-task"], expiration="10m")

    assert (await used(stage, token)).status_code == 200
    assert (await used(stage, token)).status_code == 200
    assert (await used(stage, token, "always-fails")).status_code == 403
    await stage.advance(601)
    assert (await used(stage, token)).status_code == 401


@pytest.mark.parametrize("way", ["create", "sign"])
async def test_a_one_time_token_triggers_once(
    real: TriggerDevClient, stage: Stage, way: str, clock: FakeClock
) -> None:
    make = getattr(real.public_tokens, way)
    end = clock.now() + timedelta(hours=1)
    token = await make(
        ["trigger:tasks:my-task"],
        expiration=end,
        one_time_use=True,
        skip_columns=["payload"],
    )

    claims = claims_of(token)
    assert claims["exp"] == int(end.timestamp())
    assert claims["realtime"] == {"skipColumns": ["payload"]}
    assert (await used(stage, token)).status_code == 200
    assert (await used(stage, token)).status_code == 422


@pytest.mark.parametrize(
    "scopes",
    ["read:runs", [], [""], ["runs"], ["eat:runs"], ["read:cakes"], ["read:runs:"]],
)
async def test_scopes_that_grant_nothing_are_refused_here(
    real: TriggerDevClient, scopes: list[str]
) -> None:
    with pytest.raises(InvalidOptionError):
        await real.public_tokens.create(scopes)
    assert real.requests == 0


@pytest.mark.parametrize(
    "scope", ["admin", "*:all", "read:runs", "read:tags:a:b", "batchTrigger:tasks:x"]
)
async def test_scopes_of_the_grammar_are_taken(
    real: TriggerDevClient, scope: str
) -> None:
    assert claims_of(await real.public_tokens.create([scope]))["scopes"] == [scope]


@pytest.mark.parametrize(
    "expiration",
    [
        "31d",
        "soon",
        timedelta(),
        timedelta(days=30, seconds=2),
        datetime(2001, 1, 1, tzinfo=UTC),
        datetime(2100, 1, 1),  # noqa: DTZ001 - naive
    ],
)
async def test_expirations_that_cannot_be_are_refused_here(
    real: TriggerDevClient, expiration: object
) -> None:
    with pytest.raises(InvalidOptionError):
        await real.public_tokens.sign(["read:runs"], expiration=expiration)
    assert real.requests == 0
