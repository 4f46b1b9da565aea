"""The official SDK cannot tell the emulator from the real server.

It installs `@trigger.dev/sdk` with npm; where there is no npm, or npm finds no
registry, these tests are skipped and say so.
"""

import asyncio
import fcntl
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from jobwire.app.listening import address_of, listen
from jobwire.app.server import AppServer
from jobwire.emulator import Emulator

FOLDER = Path(__file__).parent
VERSION = json.loads((FOLDER / "package.json").read_text())["dependencies"][
    "@trigger.dev/sdk"
]


@contextmanager
def _alone() -> Iterator[None]:
    """Install once, though several workers of a test run may want to."""
    with (FOLDER / "package.json").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def sdk() -> Path:
    """The folder that the SDK is installed in."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("NO NODE HERE: THE OFFICIAL SDK WAS NOT TRIED ON THE EMULATOR")
    with _alone():
        installed = FOLDER / "node_modules/@trigger.dev/sdk/package.json"
        if not installed.is_file() or (
            json.loads(installed.read_text())["version"] != VERSION
        ):
            install = [npm, "ci", "--no-audit", "--no-fund", "--fetch-retries=1"]
            try:
                subprocess.run(
                    install, cwd=FOLDER, capture_output=True, timeout=90, check=True
                )
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
                pytest.skip(
                    "NPM INSTALLS NOTHING HERE: THE OFFICIAL SDK WAS NOT TRIED ON THE"
                    f" EMULATOR ({(error.stderr or b'').decode()[-300:]})"
                )
    return FOLDER


async def _talk(sdk: Path, folder: Path) -> dict[str, Any]:
    """Let the SDK talk to an emulator; return what it heard."""
    async with Emulator(folder) as emulator:
        listener = listen("127.0.0.1", 0)
        server = AppServer(emulator.app)
        serving = asyncio.create_task(server.run_on([listener]))
        node = await asyncio.create_subprocess_exec(
            "node",
            "protocol.mjs",
            cwd=sdk,
            env={
                **os.environ,
                "TRIGGER_API_URL": f"http://{address_of(listener)}",
                "TRIGGER_SECRET_KEY": emulator.secret_key,
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        try:
            printed, complaints = await node.communicate()
        finally:
            if node.returncode is None:
                node.kill()
            server.stop()
            await serving
        assert node.returncode == 0, complaints.decode()
        return json.loads(printed)


@pytest.fixture(scope="module")
async def heard(sdk: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return await _talk(sdk, tmp_path_factory.mktemp("emulator"))


def id_of(heard: dict[str, Any], name: str) -> str:
    return heard["ids"][name]["id"]


def test_a_triggered_run_is_polled_to_its_end(heard: dict[str, Any]) -> None:
    run = heard["polled"]

    assert run["id"] == id_of(heard, "first")
    assert run["status"] == "COMPLETED"
    assert run["payload"] == {"name": "ann", "at": "1970-01-01T00:00:00.000Z"}
    assert run["output"]["message"] == "Hello, ann!"
    assert run["isSuccess"] is True


def test_a_failed_run_tells_its_error(heard: dict[str, Any]) -> None:
    run = heard["failed"]

    assert (run["status"], run["attemptCount"]) == ("FAILED", 1)
    assert run["error"]["message"] == "This task always fails (try 1)"
    assert "payload" not in run


def test_a_run_that_executes_is_canceled(heard: dict[str, Any]) -> None:
    assert heard["executing"]["status"] == "EXECUTING"
    assert heard["executing"]["metadata"]["progress"]["message"] == "1000 of 60000 rows"
    assert heard["cancelAnswer"] == {"id": id_of(heard, "long")}
    assert heard["canceled"]["status"] == "CANCELED"


def test_a_delayed_run_is_retrieved(heard: dict[str, Any]) -> None:
    run = heard["delayed"]

    assert (run["status"], run["ttl"]) == ("DELAYED", "1h")
    assert (run["payload"], run["metadata"]) == ("text", {"k": 1})
    assert "delayedUntil" in run


def test_an_idempotency_key_finds_its_run(heard: dict[str, Any]) -> None:
    assert heard["keyed"]["isCached"] is False
    assert heard["again"] == {"id": heard["keyed"]["id"], "isCached": True}
    assert heard["keyedRun"]["idempotencyKey"] == "order-1"
    assert heard["keyedRun"]["payload"] == 1


def test_lists_are_paged_and_iterated(heard: dict[str, Any]) -> None:
    newest_first = [
        id_of(heard, name) for name in ("keyed", "delayed", "long", "failing", "first")
    ]

    assert heard["pages"] == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    assert heard["iterated"] == newest_first[2:4]


def test_refusals_are_the_errors_of_the_sdk(heard: dict[str, Any]) -> None:
    assert heard["tooManyTags"]["status"] == 422
    assert "Runs can only have 10 tags" in heard["tooManyTags"]["message"]
    assert heard["cancelUnknown"]["status"] == 404
    assert heard["badList"]["status"] == 400


def test_public_tokens_read_what_they_were_made_for(heard: dict[str, Any]) -> None:
    assert heard["byToken"]["own"] == heard["byHandle"] == id_of(heard, "first")
    assert heard["byToken"]["other"]["status"] == 403
