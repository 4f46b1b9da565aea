"""A list of jobwire-live over the end of its server ends as the table stands."""

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

WATCH = Path(__file__).parent / "watch_list.mjs"
PATIENCE = 60

pytestmark = pytest.mark.rows_by_hand("`move` tells only of statuses")


async def _running(database: Database) -> list[list[object]]:
    """Return the ids and versions that the list is to show."""
    async with database.connection() as connection:
        records = await connection.fetch(
            "SELECT id, version FROM worker_jobs WHERE status = 'RUNNING'"
            " ORDER BY id DESC"
        )
    return [[job_id_text(record["id"]), record["version"]] for record in records]


@pytest.mark.parametrize("library", ["graphql-ws", "sse"])
@pytest.mark.parametrize("end", ["in order", "killed"])
async def test_a_list_that_moves_is_right_again_when_its_server_is_back(
    database: Database,
    make_job: MakeJob,
    tmp_path: Path,
    compiled_live: Path,
    jobwire_live: Path,
    library: str,
    end: str,
) -> None:
    jobs = [await make_job(status="RUNNING") for _ in range(7)]
    with endpoint(str(database.url), tmp_path) as server:
        watcher = await asyncio.create_subprocess_exec(
            "node",
            WATCH,
            compiled_live,
            jobwire_live,
            library,
            server.url,
            token(),
            stdout=PIPE,
        )
        assert watcher.stdout is not None
        output = watcher.stdout
        states: list[str] = []

        async def until_right() -> None:
            expected = ["live", await _running(database)]
            while (line := await output.readline()) and json.loads(line) != expected:
                states.append(json.loads(line)[0])
            assert line, states

        try:
            async with asyncio.timeout(PATIENCE), Doorbell(database) as bell:
                await until_right()
                async with database.connection() as connection:
                    await move(connection, jobs[6], "SUCCEEDED")
                    await move(connection, jobs[0], "SUCCEEDED")
                await reports(database, jobs[3], 2)
                await make_job(status="RUNNING")
                bell.ring(Topic.CHANGE)
                await until_right()

                server.end() if end == "in order" else server.kill()
                async with database.connection() as connection:
                    await move(connection, jobs[5], "SUCCEEDED")
                    await move(connection, jobs[6], "RUNNING")
                await reports(database, jobs[2], 2)
                await make_job(status="RUNNING")
                states.clear()
                server.start()
                await until_right()
        finally:
            watcher.kill()
            await watcher.wait()

    assert "stale" in states
