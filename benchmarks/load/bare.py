"""The least that these answers can cost in Python: one statement, its text sent on.

`GET /jobs` and `GET /job` answer what GraphQL does, made into JSON by PostgreSQL;
`POST /deliveries` stores a body.
"""

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from benchmarks.plain_uvicorn import serve

#: As many as `jobwire serve` has.
POOL_SIZE = 10
DELIVERIES = """
CREATE TABLE bare_deliveries (
  id bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY, body jsonb NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now())"""
_FIELDS = """id, version, tag, type, user_id AS "userId", upper(executor) AS executor,
  status, finished IS NOT NULL AS "isTerminal", success, priority, queue,
  attempts AS "attemptCount", created_at AS "createdAt", run_at AS "runAt",
  finished AS "finishedAt\""""
# As a range of both columns it reads their index, whatever the statistics say; with
# status = $1 PostgreSQL walks the primary key of all jobs now and then.
_PAGE = f"""
WITH page AS (
  SELECT {_FIELDS} FROM worker_jobs
   WHERE (status, id) < ($1, $2)
     AND (status, id) >= ($1, '00000000-0000-0000-0000-000000000000')
   ORDER BY worker_jobs.status DESC, worker_jobs.id DESC LIMIT 51),
nodes AS (SELECT * FROM page LIMIT 50)
SELECT json_build_object('data', json_build_object('jobs', json_build_object(
         'nodes', (SELECT json_agg(nodes) FROM nodes),
         'pageInfo', json_build_object(
           'hasNextPage', (SELECT count(*) > 50 FROM page),
           'endCursor', (SELECT id FROM nodes OFFSET 49)))))::text"""
_JOB = f"""
SELECT json_build_object('data', json_build_object('job', row_to_json(job)))::text
  FROM (SELECT {_FIELDS} FROM worker_jobs WHERE id = $1) AS job"""
_STORE = "INSERT INTO bare_deliveries (body) VALUES ($1::text::jsonb)"


@asynccontextmanager
async def application(database_url: str) -> AsyncIterator[Starlette]:
    """Open the application over a database."""
    async with asyncpg.create_pool(
        database_url, min_size=POOL_SIZE, max_size=POOL_SIZE
    ) as pool:

        async def jobs(request: Request) -> Response:
            given = request.query_params
            text = await pool.fetchval(_PAGE, given["status"], given["after"])
            return Response(text, media_type="application/json")

        async def job(request: Request) -> Response:
            text = await pool.fetchval(_JOB, request.query_params["id"])
            return Response(text, media_type="application/json")

        async def deliveries(request: Request) -> Response:
            body = await request.body()
            await pool.execute(_STORE, body.decode())
            return Response('{"status":"stored"}', media_type="application/json")

        yield Starlette(
            routes=[
                Route("/jobs", jobs),
                Route("/job", job),
                Route("/deliveries", deliveries, methods=["POST"]),
            ]
        )


if __name__ == "__main__":
    serve(application(sys.argv[1]), int(sys.argv[2]))
