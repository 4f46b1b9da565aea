"""The official SDK accepts the alerts of the emulator, and no corrupted ones."""

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from jobwire.emulator import AlertChannel, CorruptWebhook, Emulator, ManualClock
from tests.emulator.sdk.conftest import run_node
from tests.emulator.stage import Stage
from tools.record_hooks import Posted, receive

SECRET = "a secret of alerts"
TYPES = ["alert.deployment.success", "alert.deployment.failed", "alert.error"]


async def posted_by_emulator(folder: Path) -> list[Posted]:
    """Let an emulator post an alert of each type, then two corrupted ones."""
    with receive() as receiver:
        channel = AlertChannel(receiver.url, SECRET)
        async with Emulator(folder, clock=ManualClock(), alerts=[channel]) as emulator:
            emulator.clock.freeze()
            stage = Stage(emulator, emulator.clock)
            async with stage.http as http:
                await stage.triggered("always-fails", maxAttempts=1, tags=["été"])
                await emulator.advance(5)
                for type in TYPES:
                    await alert(http, emulator, type)
                for part in ("signature", "body"):
                    emulator.faults.add(CorruptWebhook(part=part, times=1))
                    await alert(http, emulator, "alert.error")
        return receiver.posted


async def alert(http: httpx.AsyncClient, emulator: Emulator, type: str) -> None:
    answer = await http.post("/emulator/alerts", json={"type": type})
    assert answer.status_code == 200
    await emulator.advance(0)


@pytest.fixture(scope="module")
async def heard(
    sdk: Path, tmp_path_factory: pytest.TempPathFactory
) -> list[list[dict[str, Any]]]:
    """What both ways to call `constructEvent` made of each."""
    posted = await posted_by_emulator(tmp_path_factory.mktemp("emulator"))
    environment = {
        "SECRET": SECRET,
        "POSTED": json.dumps(
            [
                {
                    "body": base64.b64encode(one.body).decode(),
                    "header": one.headers["x-trigger-signature-hmacsha256"],
                }
                for one in posted
            ]
        ),
    }
    told = await run_node(sdk / "webhooks.mjs", "", "", **environment)
    made: list[list[dict[str, Any]]] = told["heard"]
    return made


def test_every_type_is_accepted_in_both_ways(heard: list[list[dict[str, Any]]]) -> None:
    assert [[one.get("type") for one in both] for both in heard[:4]] == [
        [type, type] for type in ("alert.run.failed", *TYPES)
    ]


def test_what_is_accepted_tells_of_the_run(heard: list[list[dict[str, Any]]]) -> None:
    told = heard[0][0]["object"]

    assert told["task"]["id"] == "always-fails"
    assert (told["run"]["status"], told["run"]["tags"]) == ("FAILED", ["été"])
    assert told["run"]["error"]["message"] == "This task always fails (try 1)"


def test_what_is_corrupted_is_refused(heard: list[list[dict[str, Any]]]) -> None:
    refusal = {"name": "WebhookError", "message": "Invalid signature"}

    assert heard[4:] == [[refusal, refusal]] * 2
