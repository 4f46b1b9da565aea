"""What doctor says of Trigger.dev, asked over the wire."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jobwire.app.doctor.finding import Verdict
from jobwire.app.doctor.trigger import judge_runs
from jobwire.emulator import Answer, ManualClock, StopTicking
from jobwire.emulator.clock import system_now
from jobwire.models.database import Database
from jobwire.testing.running import RunningEmulator, run_emulator
from jobwire.triggerdev import RunSummary
from tests.app.doctor.conftest import Examine
from tests.factories import insert_job

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
#: So that nothing else answers for the real one.
KEY = "tr_dev_4f9sKq2LmXw7"


@contextmanager
def trigger_dev(folder: Path, *, behind: timedelta) -> Iterator[RunningEmulator]:
    """Run a Trigger.dev whose clock is behind."""
    clock = ManualClock(follows=lambda: system_now() - behind)
    with run_emulator(folder, clock=clock, secret_key=KEY) as running:
        yield running


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Point the settings at a Trigger.dev."""

    def point(url: str, key: str = KEY) -> None:
        monkeypatch.setenv("TRIGGER_API_URL", url)
        monkeypatch.setenv("TRIGGER_SECRET_KEY", key)

    return point


@pytest.fixture
def emulator(
    tmp_path_factory: pytest.TempPathFactory, at: Callable[..., None]
) -> Iterator[RunningEmulator]:
    """A Trigger.dev whose runs are all older than they would be."""
    folder = tmp_path_factory.mktemp("emulator")
    with trigger_dev(folder, behind=timedelta(minutes=10)) as running:
        at(running.url)
        yield running


async def test_all_is_well_with_a_key_that_is_valid_and_tasks_that_are_known(
    on_database: Examine, database: Database, emulator: RunningEmulator
) -> None:
    assert database.schema == "public"

    found = await on_database()

    told = {name: one for name, one in found.items() if "Trigger.dev" in name}
    assert {one.verdict for one in told.values()} == {Verdict.OK}
    assert emulator.emulator.environment_id in told["Trigger.dev key"].found
    assert "DEVELOPMENT" in told["Trigger.dev key"].found
    assert "my-task" in told["Trigger.dev tasks"].found
    assert "clock" not in told["clock of Trigger.dev"].advice


async def test_a_dev_environment_without_trigger_dev_dev_is_told(
    examine: Examine, emulator: RunningEmulator
) -> None:
    emulator.faults.add(StopTicking())
    async with emulator.client() as client:
        await client.tasks.trigger("my-task", {})
    # Lists lag.
    emulator.advance(60)

    told = (await examine())["Trigger.dev runs"]

    assert told.verdict is Verdict.FAILED
    assert "1 runs are QUEUED" in told.found
    assert "nobody runs `trigger.dev dev`" in told.found
    assert "npx trigger.dev@latest dev" in told.advice


async def test_a_task_that_no_version_has_is_told(
    on_database: Examine, database: Database, emulator: RunningEmulator
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - that of the database is compared
    async with database.connection() as connection:
        await insert_job(
            connection,
            now=now,
            status="QUEUED",
            executor="trigger",
            trigger_task_id="nobody-has-it",
        )

    told = (await on_database())["Trigger.dev tasks"]

    assert emulator.url
    assert told.verdict is Verdict.FAILED
    assert "not known there: nobody-has-it" in told.found


async def test_open_jobs_of_another_environment_are_told(
    on_database: Examine, database: Database, emulator: RunningEmulator
) -> None:
    now = datetime.now(UTC)  # noqa: TID251 - as above
    async with database.connection() as connection:
        await insert_job(
            connection,
            now=now,
            status="RUNNING",
            executor="trigger",
            dispatch_state="linked",
            dispatch_number=1,
            dispatched_at=now,
            trigger_run_id="run_1",
            trigger_environment="https://api.trigger.dev#env_other",
        )

    told = (await on_database())["Trigger.dev environment"]

    assert emulator.url
    assert told.verdict is Verdict.WARNING
    assert "1 open jobs are in https://api.trigger.dev#env_other" in told.found


async def test_a_key_that_is_refused_is_told_apart_from_an_api_that_is_away(
    examine: Examine, emulator: RunningEmulator, at: Callable[..., None]
) -> None:
    at(emulator.url, "tr_prod_wrong")

    found = await examine()

    assert found["Trigger.dev API"].verdict is Verdict.OK
    assert found["Trigger.dev key"].verdict is Verdict.FAILED
    assert "PRODUCTION" in found["Trigger.dev key"].found
    assert "answered 401: Invalid" in found["Trigger.dev key"].found
    assert found["Trigger.dev runs"].found == (
        "not checked, because of 'Trigger.dev key'"
    )


async def test_an_api_that_fails_is_told(
    examine: Examine, emulator: RunningEmulator
) -> None:
    emulator.faults.add(Answer(status=503))

    told = (await examine())["Trigger.dev API"]

    assert told.verdict is Verdict.FAILED
    assert "answers 503" in told.found


@pytest.mark.parametrize(
    ("url", "found", "advice"),
    [
        pytest.param(
            "http://127.0.0.1:{closed}", "the connection is refused", "port", id="port"
        ),
        pytest.param(
            "http://nosuch.invalid", "its name is not known", "mend DNS", id="name"
        ),
        pytest.param("https://127.0.0.1:{plain}", "TLS fails", "https only", id="TLS"),
    ],
)
async def test_why_the_api_cannot_be_reached_is_told(
    examine: Examine,
    emulator: RunningEmulator,
    at: Callable[..., None],
    url: str,
    found: str,
    advice: str,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = probe.getsockname()[1]
    at(url.format(closed=closed, plain=emulator.url.rpartition(":")[2]))

    all_found = await examine()

    told = all_found["Trigger.dev API"]
    assert told.verdict is Verdict.FAILED
    assert found in told.found
    assert advice in told.advice
    assert all_found["Trigger.dev key"].verdict is Verdict.NOT_CHECKED


async def test_a_proxy_that_refuses_is_told(
    examine: Examine, monkeypatch: pytest.MonkeyPatch, at: Callable[..., None]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        closed = probe.getsockname()[1]
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{closed}")
    at("https://api.trigger.dev")

    told = (await examine())["Trigger.dev API"]

    assert told.verdict is Verdict.FAILED
    assert "refused" in told.found


async def test_without_trigger_dev_nothing_of_it_is_checked(examine: Examine) -> None:
    found = await examine()

    assert found["Trigger.dev"].verdict is Verdict.NOT_CHECKED
    assert "TRIGGER_SECRET_KEY is not set" in found["Trigger.dev"].found
    assert found["Trigger.dev tasks"].verdict is Verdict.NOT_CHECKED


def run(status: str, minutes: float, *, started: float | None = None) -> RunSummary:
    """A run that was made, and perhaps started, so many minutes ago."""
    return RunSummary(
        id="run_1",
        task_identifier="mine",
        status=status,
        created_at=NOW - timedelta(minutes=minutes),
        updated_at=NOW,
        started_at=None if started is None else NOW - timedelta(minutes=started),
    )


@pytest.mark.parametrize(
    ("runs", "is_dev", "verdict"),
    [
        pytest.param([run("QUEUED", 5)], True, Verdict.FAILED, id="nobody in dev"),
        pytest.param([run("QUEUED", 5)], False, Verdict.WARNING, id="nobody deployed"),
        pytest.param([run("QUEUED", 0.1)], True, Verdict.OK, id="just made"),
        pytest.param(
            [run("QUEUED", 5), run("EXECUTING", 9)], True, Verdict.OK, id="a full queue"
        ),
        pytest.param(
            [run("QUEUED", 5), run("COMPLETED", 9, started=2)],
            True,
            Verdict.OK,
            id="another started since",
        ),
        pytest.param(
            [run("QUEUED", 5), run("COMPLETED", 9, started=8)],
            True,
            Verdict.FAILED,
            id="none started since",
        ),
        pytest.param(
            [run("PENDING_VERSION", 5)], False, Verdict.FAILED, id="no version"
        ),
        pytest.param([], True, Verdict.OK, id="no runs"),
    ],
)
def test_runs_tell_whether_anybody_runs_them(
    runs: list[RunSummary],
    is_dev: bool,  # noqa: FBT001 - a parameter of the table
    verdict: Verdict,
) -> None:
    assert judge_runs(runs, is_dev=is_dev, now=NOW).verdict is verdict
