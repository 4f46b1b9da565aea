"""`jobwire schedules`, through its entry point, beside a running Jobwire."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest

from jobwire.app.cli import main
from tests.servers import RunningServer

Captured = pytest.CaptureFixture[str]

SCHEDULE = """query ($id: ID!) { node(id: $id) { ... on JobSchedule {
  id key tag type userId executor owner cron timezone description overlapPolicy
  misfirePolicy misfireWindow isPaused waitingTickAt lastTickAt
  lastSkippedTick { at reason message } triggerTaskId triggerScheduleId syncState
  syncError version createdAt updatedAt data nextRunTimes(count: 1)
} } }"""


@pytest.fixture(autouse=True)
def environment(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, server: RunningServer
) -> None:
    """The settings of the commands: the database of the running Jobwire."""
    assert bare_environment.is_dir()
    monkeypatch.setenv("DATABASE_URL", str(server.jobwire.engine.database.url))
    monkeypatch.setenv("JOBWIRE_EXAMPLES", "true")


@pytest.fixture
def key() -> str:
    """Of this test's schedule alone, for the database keeps those of others."""
    return f"key-{uuid4().hex[:8]}"


def printed(capsys: Captured, *arguments: str, code: int = 0) -> str:
    """Run a verb; return what it printed as its result."""
    capsys.readouterr()
    assert main(["schedules", *arguments]) == code
    return capsys.readouterr().out


def schedule(capsys: Captured, key: str, *arguments: str) -> str:
    given = ["--tag", key, "--cron", "0 3 * * *", *arguments]
    return printed(capsys, "schedule", "no-op", *given).strip()


def shown(capsys: Captured, id: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(printed(capsys, "show", id, "--json"))
    return told


@pytest.mark.parametrize(
    "verb", ["list", "show", "schedule", "pause", "resume", "run", "delete", "sync"]
)
def test_every_verb_explains_itself_by_examples(verb: str, capsys: Captured) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["schedules", verb, "--help"])

    assert caught.value.code == 0
    assert f"examples:\n  jobwire schedules {verb}" in capsys.readouterr().out


def test_a_schedule_is_made_and_shown_with_the_names_of_the_api(
    capsys: Captured, key: str, server: RunningServer
) -> None:
    id = schedule(capsys, key, "--data", "{}", "--timezone", "Europe/Berlin")

    asked = httpx.post(
        f"{server.url}/graphql", json={"query": SCHEDULE, "variables": {"id": id}}
    ).json()
    told = shown(capsys, id)
    assert told == asked["data"]["node"]
    assert told["userId"] == "cli"


def test_scheduling_again_with_the_key_changes_the_schedule(
    capsys: Captured, key: str
) -> None:
    first = schedule(capsys, key, "--overlap-policy", "queue-one")

    again = schedule(capsys, key, "--overlap-policy", "allow", "--if-version", "1")

    assert again == first
    assert shown(capsys, first)["overlapPolicy"] == "ALLOW"
    stale = ["--tag", key, "--cron", "@daily", "--if-version", "1"]
    assert main(["schedules", "schedule", "no-op", *stale]) == 1
    assert "jobwire schedules: " in capsys.readouterr().err


def test_a_schedule_is_paused_and_resumed(capsys: Captured, key: str) -> None:
    id = schedule(capsys, key)

    assert printed(capsys, "pause", id) == f"{id}  paused\n"
    assert id in printed(capsys, "list", "--paused", "--limit", "500")
    assert id not in printed(capsys, "list", "--active", "--limit", "500")
    resumed = json.loads(printed(capsys, "resume", id, "--json"))

    assert resumed["isPaused"] is False
    [next_at] = resumed["nextRunTimes"]
    assert datetime.fromisoformat(next_at).astimezone(UTC).hour == 3


def test_a_job_is_made_at_once_and_waited_for(capsys: Captured, key: str) -> None:
    id = schedule(capsys, key)

    job = json.loads(printed(capsys, "run", id, "--wait", "--json"))

    assert job["status"] == "SUCCEEDED"
    assert job["schedule"] == {"id": id}


def test_a_deleted_schedule_is_gone(capsys: Captured, key: str) -> None:
    id = schedule(capsys, key)

    assert printed(capsys, "delete", id) == f"{id}  deleted\n"

    printed(capsys, "show", id, code=1)
    assert id not in printed(capsys, "list", "--limit", "500")


def test_a_table_and_a_page_tell_a_person_of_it(capsys: Captured, key: str) -> None:
    id = schedule(capsys, key)

    [heading, *rows] = printed(capsys, "list", "--limit", "500").splitlines()
    page = printed(capsys, "show", id)

    assert heading.split() == ["ID", "KEY", "TYPE", "CRON", "TIMEZONE", "OWNER", "NEXT"]
    [row] = [row for row in rows if row.startswith(id)]
    assert "0 3 * * *  UTC" in row
    assert "cron      0 3 * * *  UTC  At 03:00" in page


def test_only_what_trigger_dev_fires_is_told_to_it(capsys: Captured, key: str) -> None:
    id = schedule(capsys, key)

    assert main(["schedules", "sync", id]) == 0

    told = capsys.readouterr()
    assert told.out == ""
    assert "There is no such schedule that Trigger.dev fires." in told.err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("pause", "sch_1"), "expected the id of a job schedule"),
        (
            ("schedule", "x", "--tag", "t", "--cron", "@daily", "--owner", "trigger"),
            "there is no owner 'trigger'; did you mean",
        ),
        (
            ("schedule", "x", "--tag", "t", "--cron", "@daily", "--if-version", "-1"),
            "expected a whole number from 0 on",
        ),
    ],
)
def test_what_is_not_understood_is_explained(
    capsys: Captured, arguments: tuple[str, ...], told: str
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["schedules", *arguments])

    assert caught.value.code == 2
    assert told in capsys.readouterr().err


def test_a_cron_that_nobody_can_read_is_refused(capsys: Captured, key: str) -> None:
    arguments = ["no-op", "--tag", key, "--cron", "61 * * * *"]

    assert main(["schedules", "schedule", *arguments]) == 1
    assert "jobwire schedules: " in capsys.readouterr().err
