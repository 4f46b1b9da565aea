import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from jobwire.app.listening import PortTakenError, listen
from jobwire.models.database_url import DatabaseUrl
from tests.app.commands import Command, running

SCHEDULE = """mutation { scheduleJob(input: {type: "no-op", tag: "kept"}) {
  job { id } errors { message } } }"""
JOBS = '{ jobs(filter: {tags: ["kept"]}) { nodes { status } } }'
TYPES = "{ jobTypes { name } }"


async def ask(url: str, query: str) -> dict[str, object]:
    # While it starts, a busy machine takes its time.
    async with httpx.AsyncClient(timeout=30) as http:
        answer = await http.post(f"{url}graphql", json={"query": query})
    found: dict[str, object] = answer.json()["data"]
    return found


async def ask_until(url: str, query: str, expected: dict[str, object]) -> None:
    async with asyncio.timeout(30):
        while await ask(url, query) != expected:  # noqa: ASYNC110 - over HTTP
            await asyncio.sleep(0.1)


def processes_of(folder: Path) -> list[str]:
    """What runs in a folder, or on a database that lies in it."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            cwd = str((process / "cwd").readlink())
            line = (process / "cmdline").read_text().replace("\0", " ")
        except OSError:
            continue
        if cwd.startswith(str(folder)) or str(folder) in line:
            found.append(line)
    return found


async def start(command: Command) -> str:
    """Wait until `dev` is up; return the URL of the board."""
    ready = await asyncio.to_thread(command.wait_for, r"board +(http://\S+/)\n")
    return ready.group(1)


async def test_dev_runs_jobs_until_ctrl_c_and_keeps_the_data(tmp_path: Path) -> None:
    with running("dev", "--port", "0", folder=tmp_path) as first:
        url = await start(first)
        await ask(url, SCHEDULE)
        await ask_until(url, JOBS, {"jobs": {"nodes": [{"status": "SUCCEEDED"}]}})
        with running("database-url", folder=tmp_path) as command:
            code, printed = await asyncio.to_thread(command.end)
            assert code == 0, printed
        connection = await asyncpg.connect(printed.strip())
        assert await connection.fetchval("SELECT count(*) FROM worker_jobs") == 1
        await connection.close()
        first.signal(signal.SIGINT)
        code, printed = await asyncio.to_thread(first.end)

    assert code == 0
    assert "the data are kept" in printed
    assert processes_of(tmp_path) == []
    assert tmp_path.joinpath("logs/jobwire.log").stat().st_size > 0

    with running("dev", "--port", "0", folder=tmp_path) as second:
        url = await start(second)
        assert await ask(url, JOBS) == {"jobs": {"nodes": [{"status": "SUCCEEDED"}]}}
        second.signal(signal.SIGTERM)
        code, _ = await asyncio.to_thread(second.end)

    assert code == 0


async def test_dev_reloads_jobs_on_save_and_keeps_those_of_before_when_they_break(
    tmp_path: Path, database_url: DatabaseUrl
) -> None:
    file = tmp_path / "jobs.py"
    job = "from jobwire import job\n\n@job({name!r})\ndef work() -> None: ...\n"
    file.write_text(job.format(name="first"))
    environment = {
        "DATABASE_URL": str(database_url),
        "JOBWIRE_JOBS": "jobs.py",
        "JOBWIRE_EXAMPLES": "false",
    }

    with running("dev", "--port", "0", folder=tmp_path, **environment) as command:
        url = await start(command)
        assert await ask(url, TYPES) == {"jobTypes": [{"name": "first"}]}
        file.write_text("this is no Python\n")
        await asyncio.to_thread(command.wait_for, "jobs of before stay: JOBWIRE_JOBS")
        assert await ask(url, TYPES) == {"jobTypes": [{"name": "first"}]}
        file.write_text(job.format(name="second-one"))
        await ask_until(url, TYPES, {"jobTypes": [{"name": "second-one"}]})
        command.signal(signal.SIGINT)
        code, printed = await asyncio.to_thread(command.end)

    assert code == 0, printed


async def test_dev_ends_when_the_jobs_cannot_be_loaded(tmp_path: Path) -> None:
    tmp_path.joinpath("jobs.py").write_text("x = 1\n")

    with running(
        "dev", "--port", "0", folder=tmp_path, JOBWIRE_JOBS="jobs.py"
    ) as command:
        code, printed = await asyncio.to_thread(command.end)

    assert code == 1
    assert "jobs.py holds no job" in printed


@pytest.fixture
async def empty_database(database_url: DatabaseUrl) -> AsyncIterator[DatabaseUrl]:
    name = f"{database_url.database}_empty"
    connection = await asyncpg.connect(**database_url.connect_arguments())
    await connection.execute(f"CREATE DATABASE {name}")
    yield DatabaseUrl(
        database_url.host,
        database_url.port,
        database_url.user,
        database_url.password,
        name,
    )
    await connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await connection.close()


async def test_dev_creates_nothing_in_a_given_database_without_a_yes(
    tmp_path: Path, empty_database: DatabaseUrl
) -> None:
    given = {"DATABASE_URL": str(empty_database)}

    with running("dev", "--port", "0", folder=tmp_path, **given) as command:
        code, printed = await asyncio.to_thread(command.end)

    assert code == 1
    assert empty_database.display in printed
    assert "--yes" in printed
    connection = await asyncpg.connect(**empty_database.connect_arguments())
    assert await connection.fetchval("SELECT to_regclass('worker_jobs')") is None
    await connection.close()

    with running("dev", "--port", "0", "--yes", folder=tmp_path, **given) as command:
        await start(command)
        command.signal(signal.SIGINT)
        code, printed = await asyncio.to_thread(command.end)

    assert code == 0, printed


async def test_a_port_that_was_asked_for_and_is_taken_names_its_holder(
    tmp_path: Path,
) -> None:
    with listen("127.0.0.1", 0) as holder:
        port = str(holder.getsockname()[1])
        with running("dev", "--port", port, folder=tmp_path) as command:
            code, printed = await asyncio.to_thread(command.end)

    assert code == 1
    assert f"Port {port} on 127.0.0.1 is taken by process {os.getpid()}" in printed
    assert "Traceback" not in printed


def test_a_port_that_nobody_asked_for_is_the_next_free_one() -> None:
    with listen("127.0.0.1", 0) as holder:
        port = holder.getsockname()[1]

        with listen("127.0.0.1", None, default=port, or_next=True) as found:
            assert port < found.getsockname()[1] <= port + 100
        with pytest.raises(PortTakenError):
            listen("127.0.0.1", None, default=port)
