"""The official clients, with their own retries, over the end of a server."""

import asyncio
import json
from asyncio.subprocess import PIPE
from pathlib import Path

import pytest

from jobwire.jobs.doorbell import Doorbell, Topic
from jobwire.jobs.identifiers import job_id_text
from jobwire.models.database import Database
from tests.flows.endpoint import endpoint, token
from tests.gql.types import MakeJob
from tests.jobs.feed.steps import move, reports
from tests.node_project import install_node_project

PROJECT = Path(__file__).parent / "live_clients"
PATIENCE = 60

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")


@pytest.mark.parametrize("library", ["graphql-ws", "graphql-sse", "eventsource"])
@pytest.mark.parametrize("end", ["in order", "killed"])
async def test_a_client_is_told_every_change_once_over_the_end_of_its_server(
    database: Database,
    make_job: MakeJob,
    tmp_path: Path,
    shared_folder: Path,
    library: str,
    end: str,
) -> None:
    install_node_project(shared_folder, PROJECT)
    job = await make_job(status="RUNNING")
    with endpoint(str(database.url), tmp_path) as server:
        client = await asyncio.create_subprocess_exec(
            "node",
            "client.mjs",
            library,
            server.url,
            token(),
            job_id_text(job.id),
            cwd=PROJECT,
            stdout=PIPE,
        )
        assert client.stdout is not None
        told: list[tuple[str, int | None]] = []

        async def until(kind: str) -> None:
            assert client.stdout is not None
            while not told or told[-1][0] != kind:
                line = await client.stdout.readline()
                assert line, told
                told.append(tuple(json.loads(line)))

        async with asyncio.timeout(PATIENCE), Doorbell(database) as bell:
            await until("StreamCaughtUp")
            await reports(database, job, 2)
            bell.ring(Topic.CHANGE)
            for _ in range(2):
                told.append(("", None))
                await until("JobChange")
            server.end() if end == "in order" else server.kill()
            await reports(database, job, 2)
            server.start()
            await until("StreamCaughtUp")
            await reports(database, job, 1)
            async with database.connection() as connection:
                await move(connection, job, "SUCCEEDED")
            bell.ring(Topic.CHANGE)
            rest = (await client.stdout.read()).splitlines()
            code = await client.wait()
        told += [tuple(json.loads(line)) for line in rest]

    kinds = {kind for kind, _ in told} - {""}
    expected = {"JobChange", "StreamCaughtUp"}
    assert kinds == expected | (
        {"StreamClosing", "complete"} if end == "in order" else set()
    )
    assert [version for _, version in told if version] == [2, 3, 4, 5, 6, 7]
    assert code == 0
