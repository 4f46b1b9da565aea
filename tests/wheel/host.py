"""A host project, run by the interpreter of an environment that has only the wheel.

It stands in a folder with `app/`, `models/` and `jobs/` of its own. Arguments: the URL
of an empty database. Prints one JSON object of what it saw.
"""

import asyncio
import json
import logging
import sys
from contextlib import asynccontextmanager

import app  # the host's own
import jobs.greetings  # the host's own
import models  # the host's own
import uvicorn
from jobs.greetings import greet
from sqlalchemy import text
from sqlalchemy.ext.asyncio import create_async_engine
from starlette.applications import Starlette
from starlette.routing import Mount

from jobwire import Jobwire, Settings, Viewer, create_app, schedule_job
from jobwire.jobs.viewer import Scope
from jobwire.models import WorkerJob

SEEN: dict[str, object] = {
    "own": [app.NAME, models.NAME, jobs.greetings.__name__],
    "table": WorkerJob.__tablename__,
}


async def status_of(connection, tag: str) -> list[str]:
    found = await connection.execute(
        text("SELECT status FROM worker_jobs WHERE tag = :tag"), {"tag": tag}
    )
    return [row.status for row in found]


async def authenticate(connection) -> Viewer | None:
    if connection.headers.get("x-host-user") == "ann":
        return Viewer("ann", frozenset({Scope.JOBS_READ, Scope.JOBS_WRITE}))
    return None


async def own_transaction(url: str) -> None:
    engine = create_async_engine(url.replace("postgresql://", "postgresql+asyncpg://"))
    try:
        async with engine.connect() as connection:
            await schedule_job(
                connection, type=greet, tag="kept", user_id=0, data={"name": "Ada"}
            )
            await connection.commit()
            await schedule_job(
                connection, type=greet, tag="undone", user_id=0, data={"name": "Ada"}
            )
            await connection.rollback()
        async with engine.connect() as connection:
            async with asyncio.timeout(10):
                while await status_of(connection, "kept") != ["SUCCEEDED"]:
                    await connection.rollback()
                    await asyncio.sleep(0.05)
            SEEN["kept"] = await status_of(connection, "kept")
            SEEN["undone"] = await status_of(connection, "undone")
    finally:
        await engine.dispose()


async def ask(port: int, headers: str) -> str:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    body = '{"query": "{ viewer { userId } }"}'
    writer.write(
        f"POST /jobs/graphql HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"{headers}\r\n{body}".encode()
    )
    answer = await reader.read()
    writer.close()
    return answer.decode()


async def main(url: str) -> None:
    settings = Settings(database_url=url)
    handlers = list(logging.getLogger().handlers)

    @asynccontextmanager
    async def lifespan(_: Starlette):
        async with Jobwire(settings, jobs=[jobs.greetings], migrate=True):
            yield

    mounted = create_app(settings, authenticate=authenticate)
    host = Starlette(lifespan=lifespan, routes=[Mount("/jobs", mounted)])
    config = uvicorn.Config(host, port=0, log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    await own_transaction(url)
    SEEN["known"] = '"ann"' in await ask(port, "X-Host-User: ann\r\n")
    SEEN["unknown"] = (await ask(port, "")).split()[1]
    server.should_exit = True
    await serving
    SEEN["root_logging_untouched"] = logging.getLogger().handlers == handlers
    print(json.dumps(SEEN))


asyncio.run(main(sys.argv[1]))
