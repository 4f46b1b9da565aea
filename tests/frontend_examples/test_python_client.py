"""frontend-examples/python-client: jobs are followed over the end of their server."""

import asyncio
import importlib
import io
import json
import os
import signal
import subprocess
import sys
import tomllib
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.identifiers import job_id_text
from jobwire.models.database import Database
from tests.docs.blocks import blocks_of
from tests.flows.endpoint import READ_AND_WRITE, Endpoint, endpoint, token
from tests.frontend_examples.conftest import EXAMPLES
from tests.gql.types import MakeJob
from tests.jobs.feed.steps import move, reports
from tests.servers import RunningServer

PROJECT = EXAMPLES / "python-client"
ROOT = EXAMPLES.parent
PATIENCE = 60
#: How a line ends that tells of a loss, of a connection or of the hope for one.
LOST = " …"

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The package, as a program beside it imports it."""
    monkeypatch.syspath_prepend(PROJECT)
    return importlib.import_module("jobwire_client")


def _token(*, seconds: float = 3600) -> str:
    return token(may=READ_AND_WRITE, lasts=timedelta(seconds=seconds))


def _base(server: Endpoint) -> str:
    return server.url.removesuffix("/graphql")


class Follower:
    """What a program that follows a job is told."""

    def __init__(self, jobs: AsyncIterator[Any], losses: list[Exception]) -> None:
        self._jobs = jobs
        self.losses = losses
        self.versions: list[int] = []

    async def until(self, version: int) -> Any:
        """Read until the job has a version; return it."""
        async with asyncio.timeout(PATIENCE):
            async for job in self._jobs:
                self.versions.append(job.version)
                if job.version == version:
                    return job
        raise AssertionError(self.versions)

    async def rest(self) -> list[Any]:
        """Read to the end."""
        async with asyncio.timeout(PATIENCE):
            return [job async for job in self._jobs]


@asynccontextmanager
async def _following(
    client: ModuleType, url: str, id: str, token: str | Callable[[], Any] | None = None
) -> AsyncIterator[Follower]:
    losses: list[Exception] = []
    async with client.JobwireClient(url, token=token or _token()) as jobwire:
        jobs = jobwire.follow(id, on_loss=losses.append)
        yield Follower(jobs, losses)
        await jobs.aclose()


@pytest.mark.parametrize("end", ["in order", "killed"])
async def test_a_job_is_followed_over_the_end_of_its_server(
    database: Database, make_job: MakeJob, tmp_path: Path, client: ModuleType, end: str
) -> None:
    job = await make_job(status="RUNNING")
    with endpoint(str(database.url), tmp_path) as server:
        async with (
            Doorbell(database) as bell,
            _following(client, _base(server), job_id_text(job.id)) as follower,
        ):
            await follower.until(1)
            await reports(database, job, 2)
            bell.ring(Topic.CHANGE)
            await follower.until(3)

            server.end() if end == "in order" else server.kill()
            await reports(database, job, 2)
            server.start()
            await follower.until(5)
            await reports(database, job, 1)
            async with database.connection() as connection:
                await move(connection, job, "SUCCEEDED")
            bell.ring(Topic.CHANGE)
            last = (await follower.rest())[-1]

    assert follower.losses
    assert (last.version, last.status) == (7, "SUCCEEDED")
    assert follower.versions == sorted(set(follower.versions))


async def test_a_job_that_ended_meanwhile_is_told_when_the_server_is_back(
    database: Database, make_job: MakeJob, tmp_path: Path, client: ModuleType
) -> None:
    job = await make_job(status="RUNNING")
    with endpoint(str(database.url), tmp_path) as server:
        async with _following(client, _base(server), job_id_text(job.id)) as follower:
            await follower.until(1)
            server.kill()
            async with database.connection() as connection:
                await move(connection, job, "SUCCEEDED")
            server.start()
            [last] = await follower.rest()

    assert last.status == "SUCCEEDED"


async def test_a_job_is_read_anew_after_a_reset(
    database: Database, make_job: MakeJob, tmp_path: Path, client: ModuleType
) -> None:
    job = await make_job(status="RUNNING")
    with endpoint(str(database.url), tmp_path) as server:
        async with _following(client, _base(server), job_id_text(job.id)) as follower:
            await follower.until(1)
            server.kill()
            async with database.connection() as connection:
                await connection.execute("DELETE FROM feed_witness")
                await move(connection, job, "SUCCEEDED")
            server.start()
            [last] = await follower.rest()

    assert last.status == "SUCCEEDED"
    assert "database" in str(follower.losses[-1])


async def test_a_token_that_ends_is_asked_for_anew(
    database: Database, make_job: MakeJob, tmp_path: Path, client: ModuleType
) -> None:
    job = await make_job(status="RUNNING")
    tokens = ["made when the server is up", _token()]
    is_fresh = asyncio.Event()

    async def token() -> str:
        if len(tokens) == 1:
            is_fresh.set()
        return tokens.pop(0)

    with endpoint(str(database.url), tmp_path) as server:
        tokens[0] = _token(seconds=5)
        url, id = _base(server), job_id_text(job.id)
        async with _following(client, url, id, token) as follower:
            await follower.until(1)
            following = asyncio.create_task(follower.rest())
            async with asyncio.timeout(PATIENCE):
                await is_fresh.wait()
            async with database.connection() as connection:
                await move(connection, job, "SUCCEEDED")
            [last] = await following

    assert last.status == "SUCCEEDED"


async def test_who_is_not_known_is_refused(
    database: Database, make_job: MakeJob, tmp_path: Path, client: ModuleType
) -> None:
    job = await make_job(status="RUNNING")
    with endpoint(str(database.url), tmp_path) as server:
        url, id = _base(server), job_id_text(job.id)
        async with _following(client, url, id, "no token") as follower:
            with pytest.raises(client.JobwireError) as refused:
                await follower.rest()
        async with client.JobwireClient(url) as jobwire:
            with pytest.raises(client.JobwireError) as unknown:
                await jobwire.schedule(type="no-op", tag="t")

    assert refused.value.code == unknown.value.code == "UNAUTHENTICATED"
    assert follower.losses == []


async def test_a_job_that_does_not_exist_is_not_followed(
    server: RunningServer, client: ModuleType
) -> None:
    id = "job_01kb2x3v5rfmqa8v7e4t6h9w0c"
    async with client.JobwireClient(server.url) as jobwire:
        with pytest.raises(client.JobwireError) as unknown:
            await anext(jobwire.follow(id))

    assert unknown.value.code == "NOT_FOUND"


async def test_a_call_that_comes_again_with_its_key_finds_the_same_job(
    server: RunningServer, client: ModuleType
) -> None:
    async with client.JobwireClient(server.url) as jobwire:
        given = {"type": "no-op", "tag": "once", "idempotency_key": "client-once"}
        first = await jobwire.schedule(**given)
        again = await jobwire.schedule(**given)
        other = await jobwire.schedule(type="no-op", tag="once")

    assert first.id == again.id != other.id


async def test_a_refusal_says_where(server: RunningServer, client: ModuleType) -> None:
    async with client.JobwireClient(server.url) as jobwire:
        with pytest.raises(client.JobwireError) as refused:
            await jobwire.schedule(type="count-primes", tag="t", data={"limit": -1})

    assert refused.value.code == "VALIDATION"
    assert refused.value.path == ["input", "data", "limit"]


async def test_a_call_is_made_once_the_server_is_back(
    database: Database, tmp_path: Path, client: ModuleType
) -> None:
    with endpoint(str(database.url), tmp_path, JOBWIRE_EXAMPLES="true") as server:
        url = _base(server)
        jobwire = client.JobwireClient(url, token=_token(), patience=PATIENCE)
        async with jobwire:
            server.kill()
            call = asyncio.create_task(jobwire.schedule(type="no-op", tag="patient"))
            await asyncio.to_thread(server.start)
            job = await call

    assert job.status == "QUEUED"


@asynccontextmanager
async def _command(
    *arguments: str, url: str, token: str | None = None
) -> AsyncIterator[Process]:
    environment = {**os.environ, "JOBWIRE_URL": url}
    if token is not None:
        environment["JOBWIRE_TOKEN"] = token
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "jobwire_client",
        *arguments,
        cwd=PROJECT,
        env=environment,
        stdout=PIPE,
        stderr=PIPE,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _line_with(process: Process, words: str) -> None:
    assert process.stderr is not None
    async with asyncio.timeout(PATIENCE):
        while words not in (line := (await process.stderr.readline()).decode()):
            assert line, words


async def test_the_command_shows_a_job_to_its_end(server: RunningServer) -> None:
    data = json.dumps({"limit": 1000})
    async with _command("count-primes", "--data", data, url=server.url) as process:
        output, shown = await process.communicate()

    assert process.returncode == 0
    assert json.loads(output)["count"] == 168
    assert shown.decode().splitlines()[-1] == "SUCCEEDED"


async def test_the_command_says_why_it_was_refused(server: RunningServer) -> None:
    async with _command("unheard-of", url=server.url) as process:
        _, shown = await process.communicate()

    assert process.returncode == 1
    assert shown.decode().startswith("UNKNOWN_TYPE: ")


async def test_ctrl_c_cancels_the_job_after_its_server_was_started_again(
    database: Database, tmp_path: Path
) -> None:
    with endpoint(str(database.url), tmp_path, JOBWIRE_EXAMPLES="true") as server:
        async with _command("no-op", url=_base(server), token=_token()) as process:
            await _line_with(process, "QUEUED")
            server.kill()
            await _line_with(process, LOST)
            process.send_signal(signal.SIGINT)
            server.start()
            await _line_with(process, "CANCELED")
            code = await process.wait()

    assert code == 130
    async with database.connection() as connection:
        [job] = await connection.fetch("SELECT status, cancel_reason FROM worker_jobs")
    assert tuple(job) == ("CANCELED", "Ctrl-C")


async def test_ctrl_c_twice_leaves_the_job_to_itself(
    database: Database, tmp_path: Path
) -> None:
    with endpoint(str(database.url), tmp_path, JOBWIRE_EXAMPLES="true") as server:
        async with _command("no-op", url=_base(server), token=_token()) as process:
            await _line_with(process, "QUEUED")
            server.kill()
            await _line_with(process, LOST)
            process.send_signal(signal.SIGINT)
            await _line_with(process, "Ctrl-C leaves the job to itself")
            process.send_signal(signal.SIGINT)
            async with asyncio.timeout(PATIENCE):
                code = await process.wait()

    assert code == 130


async def test_the_code_of_its_readme_works(
    server: RunningServer, tmp_path: Path
) -> None:
    [text, _] = [
        block.text
        for block in blocks_of(PROJECT / "README.md")
        if block.language == "python"
    ]
    (tmp_path / "follow.py").write_text(
        text.replace("http://127.0.0.1:8000", server.url)
    )
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "follow.py",
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(PROJECT)},
        stdout=PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        printed, _ = await process.communicate()

    assert process.returncode == 0
    assert "'count': 664579" in printed.decode().splitlines()[-1]


def test_a_terminal_has_one_line_that_is_written_anew(client: ModuleType) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    bar_module = importlib.import_module("jobwire_client.progress_bar")
    terminal = Terminal()
    bar = bar_module.ProgressBar(terminal)
    node = {
        "id": "job_1",
        "version": 1,
        "tag": "t",
        "type": "no-op",
        "status": "RUNNING",
        "isTerminal": False,
        "result": None,
        "progress": {"fraction": 0.5, "message": "half of it"},
        "failure": None,
        "cancellation": None,
    }
    bar.show(client.Job.of(node))
    bar.show(client.Job.of({**node, "version": 2}))
    bar.close()

    assert terminal.getvalue().count("\r") == 1
    assert terminal.getvalue().endswith(f"{'█' * 20}{'░' * 20} 50% half of it\n")


def test_its_types_are_strict() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "-p", "jobwire_client"],
        cwd=PROJECT,
        env={**os.environ, "MYPYPATH": "."},
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )

    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_it_needs_what_this_repository_has_locked() -> None:
    needed = tomllib.loads((PROJECT / "pyproject.toml").read_text())["project"]
    locked = (ROOT / "requirements.lock").read_text()

    assert len(needed["dependencies"]) == 2
    for requirement in needed["dependencies"]:
        assert f"\n{requirement} " in locked
