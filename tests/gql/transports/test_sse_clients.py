"""Clients that others wrote: graphql-sse, the protocol's own, and an EventSource."""

import asyncio
import json
import shutil
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest

from jobwire.jobs.identifiers import job_id_text
from tests.gql.client import PATIENCE
from tests.gql.steps import Steps
from tests.gql.transports.watched import Watched
from tests.gql.types import MakeJob

FILES = Path(__file__).parent / "sse_client"
VIEWER = "{ viewer { userId } }"
MUTATION = 'mutation { scheduleJob(input: {type: "no-op", tag: "t"}) { created } }'
FOLLOW_STATUS = "subscription ($id: ID!) { jobStatusChanged(id: $id) { status } }"
FOLLOW_JOB = "subscription ($id: ID!) { jobUpdates(id: $id) { __typename } }"
#: What npm says when it cannot reach its registry, as opposed to a lock that is wrong.
UNREACHABLE = (
    "EAI_AGAIN",
    "ECONNREFUSED",
    "ECONNRESET",
    "EHOSTUNREACH",
    "ENETUNREACH",
    "ENOTCACHED",
    "ENOTFOUND",
    "ETIMEDOUT",
)
INSTALL_SECONDS = 100

both = pytest.mark.parametrize("library", ["graphql-sse", "eventsource"])


class Client:
    """A client in Node that runs one operation; an async context manager."""

    def __init__(self, process: Process) -> None:
        self._process = process

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._process.returncode is None:
            self._process.kill()
        await self._process.communicate()

    async def hears(self) -> list[Any] | None:
        """Wait for what it hears next; None: it has ended."""
        assert self._process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            line = await self._process.stdout.readline()
        return json.loads(line) if line else None

    async def rest(self) -> list[list[Any]]:
        """Return all that it hears up to its end."""
        heard = []
        while (words := await self.hears()) is not None:
            heard.append(words)
        return heard

    def leave(self) -> None:
        """Have it close its stream."""
        assert self._process.stdin is not None
        self._process.stdin.close()


@pytest.fixture(scope="session")
async def installed(
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """A folder with the clients of the lock."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip(
            "no Node here: the clients graphql-sse and eventsource stay untried"
        )
    folder = tmp_path_factory.mktemp("sse") / "client"
    shutil.copytree(FILES, folder, ignore=shutil.ignore_patterns("node_modules"))
    process = await asyncio.create_subprocess_exec(
        npm,
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=0",
        cwd=folder,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        async with asyncio.timeout(INSTALL_SECONDS):
            output, _ = await process.communicate()
    except TimeoutError:
        process.kill()
        await process.communicate()
        pytest.skip(f"npm had not installed the clients after {INSTALL_SECONDS} s")
    said = output.decode(errors="replace")
    if process.returncode and any(word in said for word in UNREACHABLE):
        pytest.skip(f"npm cannot reach its registry: {said[-500:]}")
    assert process.returncode == 0, said
    return folder


RunClient = Callable[..., Awaitable[Client]]


@pytest.fixture
def run_client(http_url: str, installed: Path) -> RunClient:
    """Start a client: `async with await run_client(library, query) as client: …`."""

    async def run(
        library: str, query: str, *, caller: str = "alice", **variables: Any
    ) -> Client:
        process = await asyncio.create_subprocess_exec(
            "node",
            "client.mjs",
            library,
            http_url,
            caller,
            json.dumps({"query": query, "variables": variables}),
            cwd=installed,
            stdin=PIPE,
            stdout=PIPE,
        )
        return Client(process)

    return run


@both
async def test_a_query_is_heard_once(run_client: RunClient, library: str) -> None:
    async with await run_client(library, VIEWER) as client:
        assert await client.rest() == [
            ["next", {"data": {"viewer": {"userId": "user-1"}}}],
            ["complete"],
        ]


async def test_a_mutation_is_heard_once(run_client: RunClient) -> None:
    async with await run_client("graphql-sse", MUTATION) as client:
        assert await client.rest() == [
            ["next", {"data": {"scheduleJob": {"created": True}}}],
            ["complete"],
        ]


@both
async def test_a_subscription_is_heard_to_its_end(
    run_client: RunClient, make_job: MakeJob, steps: Steps, library: str
) -> None:
    def status(name: str) -> list[Any]:
        return ["next", {"data": {"jobStatusChanged": {"status": name}}}]

    job_id = job_id_text((await make_job()).id)
    async with await run_client(library, FOLLOW_STATUS, id=job_id) as client:
        assert await client.hears() == status("QUEUED")
        claimed = await steps.start()
        assert await client.hears() == status("RUNNING")
        await steps.succeed(claimed)

        assert await client.rest() == [status("SUCCEEDED"), ["complete"]]


@both
async def test_what_is_wrong_with_a_document_is_heard(
    run_client: RunClient, library: str
) -> None:
    async with await run_client(library, "{ nothing }") as client:
        [[_, result], *rest] = await client.rest()

    [error] = result["errors"]
    assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED"
    assert rest == [["complete"]]


@both
async def test_a_caller_who_is_not_known_hears_401(
    run_client: RunClient, library: str
) -> None:
    async with await run_client(library, VIEWER, caller="nobody") as client:
        assert await client.rest() == [["error", 401]]


async def test_an_event_source_cannot_send_a_mutation(run_client: RunClient) -> None:
    async with await run_client("eventsource", MUTATION) as client:
        assert await client.rest() == [["error", 405]]


@both
async def test_a_client_that_leaves_ends_its_stream(
    run_client: RunClient, make_job: MakeJob, watched: Watched, library: str
) -> None:
    job_id = job_id_text((await make_job()).id)
    async with (
        await run_client(library, FOLLOW_JOB, id=job_id) as client,
        asyncio.timeout(PATIENCE),
    ):
        await watched.opened.wait()
        client.leave()

        assert await client.rest() == [["complete"]]
        await watched.closed.wait()
