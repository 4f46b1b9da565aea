"""A reader of docs/trigger-dev-integration.md who does what each block says.

They have a running `jobwire dev` with its emulator, the jobs that the page registers,
and a job to name wherever the page writes `job_…`.
"""

import asyncio
import json
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx

from jobwire.app.settings import environment_names
from tests.app.commands import Command, running
from tests.docs.blocks import Block
from tests.trigger.test_types import compile_types

ROOT = Path(__file__).parents[2]
TRIGGER = ROOT / "trigger"
#: Kept from run to run: most of what is checked is Jobwire and what it stands on.
CACHE = str(ROOT / ".mypy_cache" / "reader")
#: Settings of the tasks' own side, which `trigger/README.md` explains.
OF_TASKS = {"JOBWIRE_WEBHOOK_URL"}
#: What begins a command that needs an account at Trigger.dev, or starts everything.
FOR_AN_ACCOUNT = re.compile(r"cd trigger && npm ci|\./dev$|npx trigger\.dev@")
#: What makes a file one of jobs.
REGISTERS = re.compile(r"^@job\(|^\w+ = trigger_job\(", re.MULTILINE)
START = """
mutation ($seconds: Int!) {
  scheduleJob(input: {type: "process-large-dataset", tag: "page", executor: TRIGGER,
    triggerTaskId: "process-large-dataset", data: {seconds: $seconds}
    waitForRun: "PT20S"}) { job { id triggerRunId } errors { message } } }"""

OTHER = """
mutation ($task: String!) {
  scheduleJob(input: {type: $task, tag: "page", executor: TRIGGER, triggerTaskId: $task
    retryConfig: {maxAttempts: 1}, waitForRun: "PT20S"}) { errors { message } } }"""


@dataclass
class Reader:
    """Somebody with the page before them.

    Attributes:
        folder: Where they work.
        url: Where their Jobwire is.
        dev: Their running `jobwire dev`.
        node_project: The folder trigger/, with its packages.
        modules: The modules that the page had them write.
        printed: What the last shell command printed.
    """

    folder: Path
    url: str
    dev: Command
    node_project: Path
    modules: list[str] = field(default_factory=list)
    printed: str = ""

    async def do(self, block: Block) -> None:
        """Do what a block says; AssertionError: it does not work."""
        if block.language == "sh":
            await self._shell(block)
        elif block.language == "console":
            await self._console(block)
        elif block.language == "graphql":
            await self._ask_all(block)
        elif block.language == "python":
            await self._run_python(block)
        elif block.language == "ts":
            self._compile(block)
        elif block.language == "json":
            self._compare(block)
        elif block.language == "sql":
            await self._query(block)
        elif block.language == "text":
            self._holds(block.text, self.printed)
        else:
            raise AssertionError(f"nobody can follow this block: {block}")

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask the API."""
        async with httpx.AsyncClient(timeout=60) as http:
            answer = await http.post(
                self.url, json={"query": query, "variables": variables}
            )
        told: dict[str, Any] = answer.json()
        return told

    async def start_job(self, seconds: int) -> dict[str, str]:
        """Schedule a job and wait until it has its run."""
        told = await self.ask(START, seconds=seconds)
        assert told["data"]["scheduleJob"]["errors"] == [], told
        job: dict[str, str] = told["data"]["scheduleJob"]["job"]
        return job

    @property
    def environment(self) -> dict[str, str]:
        """What their shell knows."""
        return {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PYTHONPATH": str(ROOT),
            "URL": self.url,
            "DATA_DIR": str(self.folder / ".jobwire"),
        }

    async def _shell(self, block: Block) -> None:
        lines = [line.split("#")[0].strip() for line in block.text.splitlines()]
        if all(re.fullmatch(r"[A-Z_]+=\S*", line) for line in lines if line):
            known = {*environment_names().values(), *OF_TASKS}
            named = re.findall(r"^(?:# )?([A-Z_]+)=", block.text, re.MULTILINE)
            assert set(named) <= known, block
            return
        run = (await self.start_job(30))["triggerRunId"] if "RUN=" in block.text else ""
        self.printed = await self._run("sh", "-ec", block.text, RUN=run)
        assert '"errors":[{' not in self.printed.replace(" ", ""), self.printed

    async def _console(self, block: Block) -> None:
        text = block.text.replace("\\\n", " ")
        first, *parts = re.split(r"^\$ (.*)$", text, flags=re.MULTILINE)
        self._holds(first, self.dev.printed)
        for command, shown in zip(parts[::2], parts[1::2], strict=True):
            if FOR_AN_ACCOUNT.search(command):
                self._check_versions(command)
                continue
            job = (await self.start_job(2))["id"] if "job_…" in command else "job_…"
            ran = f"exec {command.replace('job_…', job)}".replace(
                "exec jobwire", f"exec {sys.executable} -m jobwire"
            )
            self._holds(shown, await self._run("sh", "-ec", ran))

    def _holds(self, shown: str, printed: str) -> None:
        """Whether what was printed has the words that the page shows, in any order."""
        words = set(re.findall(r"(?<![\w…#/])[A-Za-z][a-zA-Z-]{2,}(?![\w…])", shown))
        missing = {word for word in words if word not in printed}
        assert not missing, f"{missing} shown on the page, but not printed:\n{printed}"

    def _check_versions(self, command: str) -> None:
        sdk = json.loads((TRIGGER / "package.json").read_text())["dependencies"]
        for version in re.findall(r"trigger\.dev@(\S+)", command):
            assert version == sdk["@trigger.dev/sdk"], command

    async def _ask_all(self, block: Block) -> None:
        query = block.text
        if "job_…" in query:
            query = query.replace("job_…", (await self.start_job(30))["id"])
        told = await self.ask(query)
        assert "errors" not in told, told
        for payload in told["data"].values():
            if isinstance(payload, Mapping):
                assert payload.get("errors", []) == [], told

    async def _run_python(self, block: Block) -> None:
        assert block.file is not None, f"this block names no file: {block}"
        self._write(block)
        if block.file.startswith("test_"):
            quiet = ("-q", "-o", "asyncio_mode=auto")
            url = await self._new_database()
            await self._run(
                *(sys.executable, "-m", "pytest", *quiet, block.file), DATABASE_URL=url
            )
            return
        module = block.file.removesuffix(".py").replace("/", ".")
        await self._run(sys.executable, "-W", "error", "-m", module)
        self.modules.append(module)

    async def check_types(self) -> None:
        """Check the types of all modules that the page has."""
        strict = ("--strict", "--explicit-package-bases", "--cache-dir", CACHE)
        named = [part for module in self.modules for part in ("-m", module)]
        await self._run(sys.executable, "-m", "mypy", *strict, *named)

    def _write(self, block: Block) -> None:
        """Write the file of a block."""
        path = self.folder / str(block.file)
        path.parent.mkdir(exist_ok=True)
        path.write_text(block.text)

    def _compile(self, block: Block) -> None:
        assert block.file is not None, block
        project = self.folder / "project"
        project.mkdir(exist_ok=True)
        for file in TRIGGER.glob("*.ts"):
            (project / file.name).write_text(file.read_text())
        packages = project / "node_modules"
        if not packages.is_symlink():
            packages.symlink_to(self.node_project / "node_modules")
        (project / "tsconfig.json").write_text(
            json.dumps(
                {"extends": str(self.node_project / "tsconfig.json"), "include": ["*"]}
            )
        )
        (project / Path(block.file).name).write_text(block.text)
        ended = compile_types(project)
        assert (ended.returncode, ended.stdout) == (0, ""), ended.stdout

    def _compare(self, block: Block) -> None:
        assert json.loads(self.printed) == json.loads(block.text)

    async def _new_database(self) -> str:
        url = await self._database_url()
        connection = await asyncpg.connect(url)
        await connection.execute("CREATE DATABASE of_tests")
        await connection.close()
        return urlsplit(url)._replace(path="/of_tests").geturl()

    async def _database_url(self) -> str:
        url = await self._run(sys.executable, "-m", "jobwire", "database-url")
        return url.strip()

    async def _query(self, block: Block) -> None:
        connection = await asyncpg.connect(await self._database_url())
        try:
            rows = [
                row
                for statement in filter(str.strip, block.text.split(";"))
                for row in await connection.fetch(statement)
            ]
        finally:
            await connection.close()
        self.printed = "\n".join(" | ".join(map(str, row.values())) for row in rows)

    async def _run(self, *command: str, **environment: str) -> str:
        ended = await asyncio.to_thread(
            subprocess.run,
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=60,
        )
        assert ended.returncode == 0, f"{command}\n{ended.stdout}"
        return str(ended.stdout)


@asynccontextmanager
async def reading(
    folder: Path, blocks: list[Block], node_project: Path
) -> AsyncIterator[Reader]:
    """Start `jobwire dev` with the jobs of the page."""
    jobs = [one for one in blocks if one.file and REGISTERS.search(one.text)]
    for block in jobs:
        path = folder / str(block.file)
        path.parent.mkdir(exist_ok=True)
        path.write_text(block.text)
    names = ",".join(str(block.file) for block in jobs)
    with running("dev", "--port", "0", folder=folder, JOBWIRE_JOBS=names) as dev:
        board = (await asyncio.to_thread(dev.wait_for, r"board +(http://\S+/)\n"))[1]
        reader = Reader(folder, f"{board}graphql", dev, node_project)
        # What the statements of "Monitoring SQL" find.
        for task in ("always-fails", "not-deployed"):
            told = await reader.ask(OTHER, task=task)
            assert told["data"]["scheduleJob"]["errors"] == [], told
        yield reader
