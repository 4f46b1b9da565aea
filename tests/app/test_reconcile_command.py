"""`jobwire reconcile`, with an emulator's address and a Trigger.dev on loopback."""

import asyncio
import json
import os
import threading
from collections.abc import Awaitable, Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from starlette.responses import JSONResponse

from jobwire.app.cli import main
from jobwire.app.listening import listen
from jobwire.app.local_emulator import FOLDER_NAME, announced
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.job import Job
from jobwire.models.database import Database
from jobwire.models.database_url import DatabaseUrl
from tests.clock import FakeClock
from tests.jobs.losses import suspected_for_a_minute
from tests.triggerdev.server import ENVIRONMENT, FakeTriggerDev

MakeJob = Callable[..., Awaitable[Job]]
Captured = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def environment(
    bare_environment: Path, monkeypatch: pytest.MonkeyPatch, database_url: DatabaseUrl
) -> None:
    assert bare_environment.is_dir()
    for name in [name for name in os.environ if name.startswith("TRIGGER_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("DATABASE_URL", str(database_url))


@pytest.fixture
def trigger_dev(bare_environment: Path) -> Iterator[FakeTriggerDev]:
    """A Trigger.dev that runs as the emulator of the data folder."""
    fake = FakeTriggerDev()
    config = uvicorn.Config(fake, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    folder = bare_environment / ".jobwire" / FOLDER_NAME
    folder.mkdir(parents=True)
    with (
        listen("127.0.0.1", 0) as listener,
        announced(folder, f"http://127.0.0.1:{listener.getsockname()[1]}"),
    ):
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        yield fake
        server.should_exit = True
        thread.join(timeout=30)


@pytest.fixture
async def open_jobs(make_job: MakeJob, clock: FakeClock) -> list[Job]:
    """Six open jobs of the emulator's environment, handed over long ago."""
    sent = clock.now() - timedelta(hours=1)
    return [
        await make_job(
            status="RUNNING",
            executor="trigger",
            dispatch_state="linked",
            dispatch_number=1,
            dispatched_at=sent,
            trigger_run_id=f"run_{number}",
            trigger_environment=f"emulator#{ENVIRONMENT}",
        )
        for number in range(6)
    ]


def test_trigger_dev_that_is_not_configured_is_told_in_a_sentence(
    capsys: Captured,
) -> None:
    assert main(["reconcile"]) == 1

    told = capsys.readouterr()
    assert told.out == ""
    assert "jobwire reconcile: Trigger.dev is not configured" in told.err


def test_trigger_dev_that_is_switched_off_is_told_in_a_sentence(
    capsys: Captured, monkeypatch: pytest.MonkeyPatch, trigger_dev: FakeTriggerDev
) -> None:
    monkeypatch.setenv("TRIGGER_ENABLED", "false")

    assert main(["reconcile"]) == 1
    assert "TRIGGER_ENABLED is false" in capsys.readouterr().err
    assert trigger_dev.received == []


def test_a_pass_asks_the_emulator_of_the_data_folder(
    capsys: Captured, trigger_dev: FakeTriggerDev, open_jobs: list[Job]
) -> None:
    for job in open_jobs:
        trigger_dev.add_run(str(job.trigger_run_id))

    assert main(["reconcile"]) == 0

    told = capsys.readouterr().out
    assert f"environment    emulator#{ENVIRONMENT}\n" in told
    assert "checked        6 open jobs" in told
    assert trigger_dev.received[0].headers["authorization"] == "Bearer tr_dev_emulator"


async def test_a_dry_run_says_that_nothing_was_changed(
    capsys: Captured,
    trigger_dev: FakeTriggerDev,
    open_jobs: list[Job],
    database: Database,
) -> None:
    assert trigger_dev.runs == {}

    await asyncio.to_thread(main, ["reconcile", "--dry-run"])

    told = capsys.readouterr().out
    assert f"suspects       {len(open_jobs)}\n" in told
    assert told.endswith("Nothing was changed: this is what a pass would do.\n")
    async with database.connection() as connection:
        marks = await connection.fetch("SELECT attention FROM worker_jobs")
        assert [one["attention"] for one in marks] == [[]] * len(open_jobs)
        assert not await connection.fetch("SELECT FROM reconciliations")


async def test_losses_are_withheld_until_they_are_accepted(
    capsys: Captured,
    trigger_dev: FakeTriggerDev,
    open_jobs: list[Job],
    database: Database,
) -> None:
    assert trigger_dev.runs == {}

    assert await asyncio.to_thread(main, ["reconcile"]) == 1
    assert "withheld       6 of 6 runs are not known" in capsys.readouterr().out
    await suspected_for_a_minute(database)
    accept = ["reconcile", "--accept-losses", "--json"]
    assert await asyncio.to_thread(main, accept) == 0

    report = json.loads(capsys.readouterr().out)
    ids = [{"id": text} for text in sorted(job_id_text(job.id) for job in open_jobs)]
    assert report["lostJobs"] == report["orphanedJobs"] == ids
    assert (report["checkedCount"], report["withheld"]) == (6, None)


def test_trigger_dev_that_refuses_the_key_is_told_in_a_sentence(
    capsys: Captured, trigger_dev: FakeTriggerDev
) -> None:
    trigger_dev.answers.append(JSONResponse({"error": "Invalid API Key"}, 401))

    assert main(["reconcile"]) == 1
    assert "Trigger.dev cannot be asked" in capsys.readouterr().err
