"""docs/deployment.md, followed word by word on a PostgreSQL of its own.

The machine is played: `/etc` and `/opt/jobwire` lie elsewhere, ports are free ones, and
`systemctl` starts what the units say. PostgreSQL, HAProxy and Jobwire are real.
"""

import asyncio
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Self

import asyncpg
import pytest

from jobwire.app.postgres.binaries import find_binaries
from jobwire.app.settings import Settings
from jobwire.models.database_url import parse
from jobwire.worker import control, trigger
from jobwire.worker import notifications as notify
from tests.docs.blocks import blocks_of
from tests.docs.reader import ROOT

PAGE = ROOT / "docs" / "deployment.md"
DEBIANS = Path("/usr/lib/postgresql")
PATIENCE = 60


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def machine() -> Iterator[Path]:
    """A folder for all, which everybody may enter: PostgreSQL refuses to be root."""
    folder = Path(tempfile.mkdtemp(prefix="jobwire-machine-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def cluster(machine: Path) -> Iterator[dict[str, str]]:
    """A PostgreSQL as somebody else's administrator has it; what psql needs to know."""
    bin_dir = min(DEBIANS.glob("*/bin"), default=None) or find_binaries().bin_dir
    if not (bin_dir / "psql").exists():
        pytest.skip("NO PSQL HERE: THE PAGE WAS NOT FOLLOWED")
    user = "nobody" if os.geteuid() == 0 else None
    data = machine / "cluster"
    data.mkdir()
    if user is not None:
        shutil.chown(data, user)
    port = free_port()
    authentication = ("--auth-local=trust", "--auth-host=scram-sha-256")
    _run(bin_dir / "initdb", "-D", data, "-U", "postgres", *authentication, user=user)
    options = f"-p {port} -c listen_addresses=127.0.0.1 -k {data} -c fsync=off"
    control_it = (bin_dir / "pg_ctl", "-D", data, "-w")
    log = ("-l", data / "log")
    _run(*control_it, *log, "-o", options, "start", user=user)
    yield {
        "PGHOST": str(data),
        "PGPORT": str(port),
        "PGUSER": "postgres",
        "PATH": f"{bin_dir}:{os.environ['PATH']}:/usr/sbin",
    }
    _run(*control_it, "-m", "immediate", "stop", user=user)


def _run(*command: str | Path, user: str | None = None) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=user,
        cwd="/",
        check=False,
        # A server that is left running must not keep the pipe open.
        timeout=PATIENCE,
    )
    assert done.returncode == 0, done.stdout.decode()


class Administrator:
    """Somebody who types what the page says."""

    def __init__(self, machine: Path, cluster: dict[str, str]) -> None:
        self._machine = machine
        self._cluster = cluster
        self._ports = {port: str(free_port()) for port in ("8001", "8002", "8080")}
        self._stack = AsyncExitStack()
        self._place = {
            "/etc/": f"{machine}/etc/",
            "/opt/jobwire": f"{machine}/opt/jobwire",
            ":5432/": f":{cluster['PGPORT']}/",
            **{f":{port}": f":{free}" for port, free in self._ports.items()},
        }
        for folder in ("haproxy", "default", "systemd/system"):
            (machine / "etc" / folder).mkdir(parents=True)
        program = machine / "opt/jobwire/bin/jobwire"
        program.parent.mkdir(parents=True)
        program.write_text(f'#!/bin/sh\nexec {sys.executable} -m jobwire "$@"\n')
        program.chmod(0o755)
        #: What a shell would still know.
        self._known = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._stack.aclose()

    async def type(self, text: str) -> str:
        """Do what a block says, in the shell of the blocks before; what it prints."""
        printed = ""
        for part in re.split(r"^(systemctl .*)$", text, flags=re.MULTILINE):
            if part.startswith("systemctl "):
                await self._systemctl(*part.split()[1:])
            elif part.strip():
                printed = await self._shell(part)
        return printed

    async def _shell(self, text: str) -> str:
        for here, there in self._place.items():
            text = text.replace(here, there)
        state = self._machine / "state"
        printed = await self._exec(
            *("/bin/bash", "-euc", f"{self._known}\n{text}\ndeclare -p > {state}"),
            cwd=ROOT,
        )
        kept = re.findall(
            r"^declare -\S+ ((?:OWNER_)?PASSWORD=.*)$",
            state.read_text(),
            re.MULTILINE,
        )
        self._known = self._known + "\n".join(kept) + "\n"
        return printed

    async def _systemctl(self, verb: str, *names: str) -> None:
        if verb == "daemon-reload":
            return
        for name in filter(lambda one: not one.startswith("-"), names):
            if name == "haproxy":
                await self._start(
                    [shutil.which("haproxy", path=self._cluster["PATH"]) or ""],
                    ["-W", "-db", "-f", f"{self._machine}/etc/haproxy/haproxy.cfg"],
                    f"{self._machine}/etc/default/haproxy",
                )
                continue
            unit, at, instance = name.partition("@")
            units = self._machine / "etc/systemd/system"
            text = (units / f"{unit}{at}.service").read_text()
            for here, there in self._place.items():
                text = text.replace(here, there)
            said = dict(
                re.findall(
                    r"^(ExecStart|EnvironmentFile|Type)=(.*)$", text, re.MULTILINE
                )
            )
            port = self._ports.get(instance, instance)
            command = said["ExecStart"].replace("%i", port).split()
            if said["Type"] == "oneshot":
                environment = _read(said["EnvironmentFile"])
                await self._exec(*command, cwd=self._machine, **environment)
            else:
                await self._start(command, [], said["EnvironmentFile"])

    async def _start(
        self, command: list[str], arguments: list[str], environment: str
    ) -> None:
        await self._stack.enter_async_context(
            _service(
                *command,
                *arguments,
                cwd=self._machine,
                env={
                    "PATH": self._cluster["PATH"],
                    "PYTHONPATH": str(ROOT),
                    "JOBWIRE_LOG_DIR": "none",
                    **_read(environment),
                },
            )
        )

    async def _exec(self, *command: str, cwd: Path, **environment: str) -> str:
        process = await asyncio.create_subprocess_exec(
            *command,
            cwd=cwd,
            env={**self._cluster, "PYTHONPATH": str(ROOT), **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        assert process.returncode == 0, f"{command}\n{printed.decode()}"
        return printed.decode()


@asynccontextmanager
async def _service(
    *command: str, cwd: Path, env: dict[str, str]
) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=cwd, env=env, stdin=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
        await process.wait()


def _read(environment: str) -> dict[str, str]:
    lines = Path(environment).read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


@pytest.mark.timeout(200)
async def test_the_page_leads_from_an_empty_machine_to_a_job_that_has_run(
    machine: Path, cluster: dict[str, str]
) -> None:
    if shutil.which("haproxy", path=cluster["PATH"]) is None:
        pytest.skip("NO HAPROXY HERE: THE PAGE WAS NOT FOLLOWED")
    steps = [
        block.text
        for block in blocks_of(PAGE)
        if block.heading == "On a machine" and block.language == "sh"
    ]

    async with asyncio.timeout(150), Administrator(machine, cluster) as reader:
        for step in steps:
            printed = await reader.type(step)
        assert "SUCCEEDED" in printed
        url = parse(_read(f"{machine}/etc/jobwire/jobwire.env")["DATABASE_URL"])
        connection = await asyncpg.connect(**url.connect_arguments())
        try:
            # The role of APIs and workers can change no table.
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("ALTER TABLE worker_jobs ADD COLUMN mine int")
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute("CREATE TABLE mine ()")
            held = await connection.fetch(
                """SELECT application_name, count(*) FROM pg_stat_activity
                    WHERE usename = 'jobwire' AND pid <> pg_backend_pid() GROUP BY 1"""
            )
        finally:
            await connection.close()

    pool = Settings(_env_file=None).pool_size
    assert sum(count for _, count in held) <= 2 * (pool + 2) + 2 * (25 + pool + 2)


def test_it_counts_the_connections_that_processes_may_have() -> None:
    page = PAGE.read_text()
    pool = Settings(_env_file=None).pool_size
    own, runs, others = control.CONNECTIONS + 1, trigger.CONNECTIONS, notify.CONNECTIONS

    assert f"`JOBWIRE_POOL_SIZE` ({pool}) + 2" in page
    assert (
        f"{own} + `JOBWIRE_POOL_SIZE` + 2; + {runs} with Trigger.dev;"
        f" + {others} with notifications"
    ) in page
    api, worker = pool + 2, own + pool + 2 + runs + others
    assert f"{api} + 2 \u00d7 {worker} = {2 * api + 2 * worker}" in page


@pytest.mark.parametrize("page", [PAGE, PAGE.with_name("upgrading.md")])
def test_what_it_links_to_is_there(page: Path) -> None:
    links = re.findall(
        r"\]\(((?:\.\./)?[\w.-]*\.md)?(?:#([\w-]+))?\)", page.read_text()
    )
    for name, anchor in links:
        text = (page.parent / name if name else page).read_text()
        headings = re.findall(r"^#+ (.*)$", text, re.MULTILINE)
        known = {
            re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
            for heading in headings
        }
        assert not anchor or anchor in known, (name, anchor)
