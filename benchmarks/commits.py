"""Whether watchers slow the writers down: commits of 32 writers, with and without."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from benchmarks.cluster import fresh_database
from benchmarks.watched.servers import Server, jobwire
from benchmarks.watched.watchers import Watchers
from benchmarks.writers import JOBS, commits, prepare
from jobwire.jobs.doorbell import COALESCE_SECONDS, Doorbell, Topic
from jobwire.migrations import migrate
from jobwire.models.database import Database
from jobwire.models.database_url import parse

WRITERS = 32
WATCHERS = JOBS
SECONDS = 4
ROUNDS = 5
TARGET = 0.9

WATCH = """subscription ($id: ID!) { jobUpdates(id: $id, snapshot: false) { __typename
  ... on JobChange { cursor event { jobVersion kind } job { id version status } } } }"""


async def _write(url: str, script: Path) -> float:
    return await commits(url, script, writers=WRITERS, seconds=SECONDS)


@asynccontextmanager
async def _ringing(database: Database) -> AsyncIterator[None]:
    """Ring as a process does that commits all the time: every few milliseconds."""

    async def ring(bell: Doorbell) -> None:
        while True:
            bell.ring(Topic.CHANGE)
            await asyncio.sleep(COALESCE_SECONDS)

    async with Doorbell(database) as bell:
        task = asyncio.create_task(ring(bell))
        try:
            yield
        finally:
            task.cancel()


async def _watched(server: Server, ids: list[str], url: str, script: Path) -> float:
    watchers = Watchers(server, WATCHERS)
    await watchers.start(payload={"query": WATCH}, variables=[{"id": id} for id in ids])
    try:
        return await _write(url, script)
    finally:
        await watchers.stop()


async def _main(url: str) -> None:
    await migrate(parse(url))
    database = await Database.open(url)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ids, script = await prepare(database, folder)
        alone, watched = [], []
        async with jobwire(url, folder) as server, _ringing(database):
            await _write(url, script)
            for _ in range(ROUNDS):
                alone.append(await _write(url, script))
                watched.append(await _watched(server, ids, url, script))
    await database.close()
    ratio = median(one / other for one, other in zip(watched, alone, strict=True))
    print(
        f"commits/s of {WRITERS} writers: {median(alone):,.0f} alone,"
        f" {median(watched):,.0f} with {WATCHERS:,} watchers"
    )
    print(f"  {ratio:.2f} times (target ≥ {TARGET})")


def main() -> None:
    """Compare."""
    with fresh_database() as url:
        asyncio.run(_main(url))


if __name__ == "__main__":
    main()
