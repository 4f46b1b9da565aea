"""The emulator as a process of its own."""

import asyncio
import json
import re
import signal
from pathlib import Path

import httpx
import pytest

from jobwire.app.cli import main
from jobwire.app.commands.emulator import CRASHED
from jobwire.app.listening import listen
from jobwire.triggerdev import sign_hex
from tests.app.commands import Command, running
from tools.record_hooks import receive

KEY = {"authorization": "Bearer tr_dev_emulator"}


async def address(emulator: Command) -> str:
    """Wait until it is up; return its URL."""
    await asyncio.to_thread(emulator.wait_for, r"keeps the state")
    return emulator.wait_for(r"TRIGGER_API_URL=(http\S+)\n").group(1)


async def test_it_says_how_to_reach_it_and_ends_in_order(tmp_path: Path) -> None:
    with running("emulator", "--port", "0", folder=tmp_path) as emulator:
        url = await address(emulator)
        async with httpx.AsyncClient(base_url=url, headers=KEY) as http:
            made = await http.post("/api/v1/tasks/my-task/trigger", json={})
        emulator.signal(signal.SIGTERM)
        code, printed = await asyncio.to_thread(emulator.end)

    assert made.status_code == 200
    assert code == 0
    assert "TRIGGER_SECRET_KEY=tr_dev_emulator" in printed
    assert printed.endswith("stopped; the state is kept\n")
    assert (tmp_path / ".jobwire/emulator/emulator.sqlite3").is_file()


async def test_a_second_one_in_the_folder_is_refused(tmp_path: Path) -> None:
    with running("emulator", "--port", "0", folder=tmp_path) as first:
        await address(first)
        with running("emulator", "--port", "0", folder=tmp_path) as second:
            code, printed = await asyncio.to_thread(second.end)
        with running(
            "emulator", "--port", "0", "--data-dir", "other", folder=tmp_path
        ) as third:
            await address(third)

    assert code == 1
    assert printed == (
        "jobwire emulator: An emulator already runs in .jobwire/emulator (process"
        f" {first.pid}). Stop it, or give this one a folder of its own.\n"
    )


@pytest.mark.usefixtures("bare_environment")
def test_a_broken_file_of_tasks_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "mine.py"
    file.write_text("TASKS = (\n")

    assert main(["emulator", "--tasks", str(file)]) == 1
    assert re.fullmatch(
        rf"jobwire emulator: {re.escape(str(file))}:1: SyntaxError: .*\n",
        capsys.readouterr().err,
    )


@pytest.mark.usefixtures("bare_environment")
def test_a_port_that_is_taken_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with listen("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]

        assert main(["emulator", "--port", str(port)]) == 1

    assert f"Port {port} on 127.0.0.1 is taken" in capsys.readouterr().err


async def test_a_fault_crashes_the_process_after_it_has_accepted(
    tmp_path: Path,
) -> None:
    with running("emulator", "--port", "0", folder=tmp_path) as emulator:
        url = await address(emulator)
        async with httpx.AsyncClient(base_url=url, headers=KEY) as http:
            await http.post("/emulator/clock", json={"freeze": True})
            added = await http.post("/emulator/faults", json={"kind": "crash"})
            with pytest.raises(httpx.TransportError):
                await http.post("/api/v1/tasks/my-task/trigger", json={})
        code, _ = await asyncio.to_thread(emulator.end)
    with running("emulator", "--port", "0", folder=tmp_path) as emulator:
        url = await address(emulator)
        async with httpx.AsyncClient(base_url=url) as http:
            state = (await http.get("/emulator/state")).json()

    assert added.status_code == 200
    assert code == CRASHED
    assert [run["task"] for run in state["runs"]] == ["my-task"]
    assert state["faults"] == []


async def test_hooks_and_alerts_are_posted_where_it_is_told(tmp_path: Path) -> None:
    with receive() as receiver:
        arguments = (
            *("--hooks-url", receiver.url),
            *("--alert-url", receiver.url, "--alert-secret", "a secret of alerts"),
        )
        secret = {"TRIGGER_WEBHOOK_SECRET": "a secret of hooks, another secret of it"}
        with running(
            "emulator", "--port", "0", *arguments, folder=tmp_path, **secret
        ) as emulator:
            url = await address(emulator)
            async with httpx.AsyncClient(base_url=url, headers=KEY) as http:
                body = {"options": {"maxAttempts": 1}}
                await http.post("/api/v1/tasks/always-fails/trigger", json=body)
            posted = await receiver.wait_for(3)

    types = {json.loads(one.body)["type"]: one for one in posted}
    assert types.keys() == {"RUN_STARTED", "RUN_FAILED", "alert.run.failed"}
    alert = types["alert.run.failed"]
    assert alert.headers["x-trigger-signature-hmacsha256"] == sign_hex(
        "a secret of alerts", alert.body
    )
    assert "webhook-signature" in types["RUN_FAILED"].headers


@pytest.mark.usefixtures("bare_environment")
@pytest.mark.parametrize("name", ["hooks", "alert"])
def test_a_receiver_without_a_secret_is_refused(
    capsys: pytest.CaptureFixture[str], name: str
) -> None:
    assert main(["emulator", f"--{name}-url", "http://localhost/"]) != 0
    assert (
        f"--{name}-url needs a secret to sign with: --{name}-secret, or"
        " TRIGGER_WEBHOOK_SECRET." in capsys.readouterr().err
    )
