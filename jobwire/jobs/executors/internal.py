"""INTERNAL: our own workers, which claim rows of `worker_jobs`."""

from datetime import datetime

from jobwire.jobs import json_text
from jobwire.jobs.executors.base import (
    ExecutorCapabilities,
    ExecutorHealth,
    ExecutorState,
)
from jobwire.models.database import Connection
from jobwire.models.vocabulary import Executor

#: What a worker calls its connections.
WORKER_APPLICATION = "jobwire worker"

CAPABILITIES = ExecutorCapabilities(
    cancel_running=True,
    confirms_cancel=True,
    force_cancel=True,
    progress=True,
    logs=True,
    backoff=True,
    priority=True,
    queues=True,
    concurrency_key=True,
    max_data_bytes=json_text.MAX_DATA_BYTES,
)

# Connections of other roles are seen without their statements, which is enough.
_COUNT = """SELECT count(*) FROM pg_stat_activity
 WHERE datname = current_database() AND application_name = $1"""


async def count_workers(connection: Connection) -> int:
    """Count the connections of workers to this database, in whichever process."""
    connected: int = await connection.fetchval(_COUNT, WORKER_APPLICATION)
    return connected


async def internal_state(connection: Connection, *, now: datetime) -> ExecutorState:
    """Tell whether a worker is there to run jobs."""
    if await count_workers(connection):
        health, reason = ExecutorHealth.HEALTHY, None
    else:
        health = ExecutorHealth.UNREACHABLE
        reason = "No worker is connected. Start one with `jobwire worker`."
    return ExecutorState(Executor.INTERNAL, health, reason, now, CAPABILITIES)
