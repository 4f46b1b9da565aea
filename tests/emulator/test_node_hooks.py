"""The Node process that runs the hooks: its life, and what becomes of it."""

import json
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from jobwire.emulator.node_hooks import NodeHookSender
from jobwire.emulator.node_process import RUNNER, NodeUnavailableError
from tools.record_hooks import MOMENTS, Receiver

SECRET = "a secret of the tests"
START, _, SUCCESS, *_ = MOMENTS


@pytest.mark.usefixtures("node_project")
async def test_a_dead_process_is_replaced_for_the_next_moment(
    receiver: Receiver,
) -> None:
    async with NodeHookSender(receiver.url, SECRET) as sender:
        await sender.send(START)
        first = sender.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)

        await sender.send(SUCCESS)

        assert sender.pid not in {None, first}
    types = [json.loads(posted.body)["type"] for posted in receiver.posted]
    assert types == ["RUN_STARTED", "RUN_COMPLETED"]


@pytest.mark.usefixtures("node_project")
async def test_the_process_ends_with_its_sender(receiver: Receiver) -> None:
    async with NodeHookSender(receiver.url, SECRET) as sender:
        assert sender.pid is not None

    assert sender.pid is None


def test_the_process_ends_with_its_input(node_project: Path) -> None:
    first = {
        "module": (node_project / "jobwire.ts").as_uri(),
        "url": "http://127.0.0.1:9/",
        "secret": SECRET,
        "delivery": {},
    }
    child = subprocess.Popen(
        [shutil.which("node"), RUNNER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )

    output, _ = child.communicate(json.dumps(first) + "\n", timeout=30)

    assert (child.returncode, json.loads(output)) == (0, {"ready": True})


async def test_a_machine_without_node_is_told_so(tmp_path: Path) -> None:
    sender = NodeHookSender("http://127.0.0.1:9/", SECRET, node=str(tmp_path / "node"))

    with pytest.raises(NodeUnavailableError, match="No such file"):
        await sender.__aenter__()


async def test_an_installation_without_the_hooks_is_told_so(tmp_path: Path) -> None:
    hooks = tmp_path / "jobwire.ts"
    sender = NodeHookSender("http://127.0.0.1:9/", SECRET, hooks=hooks, node="node")

    with pytest.raises(NodeUnavailableError, match="there is no file"):
        await sender.__aenter__()


@pytest.mark.usefixtures("node_project")
async def test_what_the_hooks_print_disturbs_nobody(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    hooks = tmp_path / "jobwire.mjs"
    hooks.write_text(
        'import { tasks } from "@trigger.dev/sdk";\n'
        "export const delivery = {};\n"
        "tasks.middleware('ours', ({ next }) => next());\n"
        "tasks.onStartAttempt('ours', () => console.log('a line of their own'));\n"
    )

    async with NodeHookSender("http://127.0.0.1:9/", SECRET, hooks=hooks) as sender:
        await sender.send(START)

    assert "a line of their own" in caplog.text


@pytest.mark.usefixtures("node_project")
async def test_hooks_that_cannot_be_loaded_are_told(tmp_path: Path) -> None:
    hooks = tmp_path / "jobwire.mjs"
    hooks.write_text("throw new Error('not today');")
    sender = NodeHookSender("http://127.0.0.1:9/", SECRET, hooks=hooks)

    with pytest.raises(NodeUnavailableError, match="not today"):
        await sender.__aenter__()
