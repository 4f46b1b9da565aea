"""A database that holds as many jobs as somebody's after a month."""

import time

from jobwire.migrations import migrate
from jobwire.models.database import Connection, Database
from jobwire.models.database_url import parse

#: The user that asks owns one job in so many; the others belong to a thousand.
OWN_SHARE = 10
#: Each job has a millisecond of its own within the last thirty days, as UUIDv7 have it.
#: Of a hundred jobs 80 have succeeded, and no status is missing.
_FILL = """
INSERT INTO worker_jobs (
  id, tag, type, user_id, executor, status, data, result, success, failure_kind,
  priority, queue, run_at, next_attempt_at, created_at, updated_at, started, finished,
  version, attempts, fence, leased_by, leased_until, cancel_outcome,
  cancel_requested_at)
SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(noise, 1, 3) || '8'
        || substr(noise, 4, 15))::uuid,
       'order-' || n % 50000,
       (ARRAY['send-email', 'render-report', 'sync-account', 'no-op', 'resize-image'])
         [n % 5 + 1],
       CASE WHEN n % $2 = 0 THEN 'bench' ELSE 'user-' || n % 1009 END,
       'internal', status,
       jsonb_build_object('order', n, 'currency', 'EUR', 'note', noise),
       CASE WHEN status = 'SUCCEEDED' THEN jsonb_build_object('rows', n % 977)
            WHEN success = false THEN jsonb_build_object('error', jsonb_build_object(
              'kind', failure_kind, 'message', 'The other side hung up.')) END,
       success, failure_kind, n % 3, (ARRAY['default', 'mail', 'reports'])[n % 3 + 1],
       created_at,
       CASE WHEN status IN ('SCHEDULED', 'QUEUED', 'RETRYING')
            THEN now() + interval '1 day' END,
       created_at, created_at + interval '3 seconds',
       CASE WHEN attempts > 0 THEN created_at + interval '1 second' END,
       CASE WHEN is_terminal THEN created_at + interval '3 seconds' END,
       1 + attempts + is_terminal::int, attempts, attempts,
       CASE WHEN status = 'RUNNING' THEN 'worker-1' END,
       CASE WHEN status = 'RUNNING' THEN now() + interval '1 day' END,
       CASE WHEN status = 'CANCELED' THEN 'NEVER_STARTED' END,
       CASE WHEN status = 'CANCELED' THEN created_at END
  FROM (SELECT n, md5(n::text) AS noise, ms, to_timestamp(ms / 1000.0) AS created_at,
               status, status IN ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')
                 AS is_terminal,
               CASE status WHEN 'SUCCEEDED' THEN true WHEN 'FAILED' THEN false
                 WHEN 'EXPIRED' THEN false END AS success,
               CASE status WHEN 'FAILED' THEN 'TASK_ERROR' WHEN 'EXPIRED' THEN 'EXPIRED'
               END AS failure_kind,
               CASE WHEN status IN ('SUCCEEDED', 'FAILED', 'RUNNING', 'RETRYING')
                 THEN 1 ELSE 0 END AS attempts
          FROM generate_series(1, $1::int) AS n,
       LATERAL (SELECT floor(extract(epoch FROM now()) * 1000)::bigint
                       - 2592000000 + n * (2592000000 / $1::bigint) AS ms) AS time,
       LATERAL (SELECT ('x' || substr(md5(n::text), 20, 6))::bit(24)::int % 100
                       AS percent) AS dice,
       LATERAL (SELECT CASE WHEN percent < 80 THEN 'SUCCEEDED'
                            WHEN percent < 88 THEN 'FAILED'
                            WHEN percent < 92 THEN 'CANCELED'
                            WHEN percent < 95 THEN 'QUEUED'
                            WHEN percent < 97 THEN 'SCHEDULED'
                            WHEN percent < 98 THEN 'RUNNING'
                            WHEN percent < 99 THEN 'RETRYING'
                            ELSE 'EXPIRED' END AS status) AS stand) AS made"""

#: Those that no constraint owns: they are made anew afterwards.
_INDEXES = """
SELECT indexname, indexdef FROM pg_indexes
 WHERE schemaname = current_schema AND tablename = 'worker_jobs'
   AND indexname NOT IN (SELECT conname FROM pg_constraint)"""


async def fill(url: str, jobs: int) -> None:
    """Make the tables, and so many jobs without events."""
    await migrate(parse(url))
    began = time.perf_counter()
    database = await Database.open(url)
    try:
        async with database.connection() as connection:
            await connection.execute("SET synchronous_commit = off")
            indexes = await connection.fetch(_INDEXES)
            for index in indexes:
                await connection.execute(f'DROP INDEX "{index["indexname"]}"')
            await connection.execute(_FILL, jobs, OWN_SHARE, timeout=3600)
            for index in indexes:
                await connection.execute(index["indexdef"], timeout=3600)
            await connection.execute("VACUUM (ANALYZE) worker_jobs", timeout=3600)
            await connection.execute("CHECKPOINT", timeout=3600)
    finally:
        await database.close()
    print(f"{jobs:,} jobs made in {time.perf_counter() - began:.0f} s", flush=True)


async def postmaster_of(connection: Connection) -> int:
    """Return the pid of the database server, which runs on this machine."""
    pid: int = await connection.fetchval(
        "SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1)::int"
    )
    return pid


async def version_of(connection: Connection) -> str:
    """Return the version of the database server."""
    version: str = await connection.fetchval("SHOW server_version")
    return version.partition(" ")[0]
