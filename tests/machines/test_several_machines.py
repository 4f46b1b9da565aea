"""Three machines, one database: each with an API, a worker and a network of its own.

Callers ask and watchers follow while a worker is killed, every process is replaced, and
a machine is cut off and healed; see `story`.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.machines.story import ALARM

PROBE = ["unshare", "--net", "ip", "link", "add", "switch", "type", "bridge"]
#: Seconds. A duty is believed for 5 and looked at every 2.5; the rest is the machine.
DUTY_MOVES = 20


def _why_not() -> str | None:
    """Return why this machine has no networks for others; None: it has."""
    if missing := [
        one for one in ("unshare", "nsenter", "ip") if not shutil.which(one)
    ]:
        return f"{' and '.join(missing)} cannot be found"
    probe = subprocess.run(PROBE, capture_output=True, text=True, check=False)
    return probe.stderr.strip() or None if probe.returncode else None


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What came of the story."""
    if (reason := _why_not()) is not None:
        pytest.skip(f"machines need networks of their own: {reason}")
    story = subprocess.run(
        [
            *("unshare", "--net", sys.executable, "-m", "tests.machines.story"),
            str(tmp_path_factory.mktemp("machines")),
        ],
        cwd=Path(__file__).parents[2],
        env=os.environ,
        capture_output=True,
        text=True,
        timeout=ALARM + 10,
        check=False,
    )
    assert story.returncode == 0, story.stderr[-4000:]
    return json.loads(story.stdout.splitlines()[-1])


@pytest.mark.timeout(ALARM + 60)
def test_duties_of_a_dead_worker_move_within_seconds(told: dict[str, Any]) -> None:
    assert told["duties"]
    assert max(told["duties"].values()) < DUTY_MOVES, told["duties"]


@pytest.mark.timeout(ALARM + 60)
def test_a_rolling_restart_under_load_loses_no_request(told: dict[str, Any]) -> None:
    assert told["unanswered"] == {}


@pytest.mark.timeout(ALARM + 60)
def test_jobs_of_a_machine_that_is_cut_off_run_elsewhere(told: dict[str, Any]) -> None:
    assert told["cut"]["running"] > 0
    assert told["cut"]["left"] == 0


@pytest.mark.timeout(ALARM + 60)
def test_nothing_is_lost_runs_twice_or_ends_wrong(told: dict[str, Any]) -> None:
    assert told["jobs"] > 0
    assert told["wrong"] == {}


@pytest.mark.timeout(ALARM + 60)
def test_watchers_go_on_elsewhere_and_are_told_every_change_once(
    told: dict[str, Any],
) -> None:
    # Two restarts of a machine and one cut hit most of them; one stream would be none.
    assert max(told["streams"]) > 1
    nothing = [0] * len(told["streams"])
    assert [told["repeated"], told["invented"], told["resets"]] == [nothing] * 3
