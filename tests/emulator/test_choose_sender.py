"""Which sender a machine gets, and that the log says so."""

import logging
from pathlib import Path

import pytest

from jobwire.emulator.choose_sender import choose_sender
from jobwire.emulator.node_hooks import NodeHookSender
from jobwire.emulator.recorded_hooks import RecordedHookSender

URL = "http://127.0.0.1:9/"
SECRET = "a secret of the tests"


@pytest.mark.usefixtures("node_project")
async def test_the_hooks_themselves_are_run_where_node_can(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO)

    async with choose_sender(URL, SECRET) as sender:
        assert isinstance(sender, NodeHookSender)

    assert "jobwire.ts under Node" in caplog.text


async def test_recordings_are_used_where_the_hooks_are_missing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)

    async with choose_sender(URL, SECRET, hooks=tmp_path / "jobwire.ts") as sender:
        assert isinstance(sender, RecordedHookSender)

    assert "recordings of jobwire.ts" in caplog.text
