"""Everything that is written of jobs on Trigger.dev, to be compared."""

import json
from typing import Any

from jobwire.models.database import Connection

Snapshot = dict[str, list[Any]]

#: Each row as JSON, without what is made anew each time.
_TABLES = {
    "worker_jobs": "to_jsonb(t)",
    "job_events": "to_jsonb(t) - 'id' - 'xid'",
    "job_attempts": "to_jsonb(t)",
    "job_observations": "to_jsonb(t)",
    "job_logs": "to_jsonb(t)",
    "webhook_deliveries": "to_jsonb(t) - 'id'",
}


async def snapshot(connection: Connection) -> Snapshot:
    """Return what stands in every table that is told of runs."""
    return {
        table: sorted(
            json.dumps(json.loads(record["told"]), sort_keys=True)
            for record in await connection.fetch(
                f"SELECT ({told})::text AS told FROM {table} t"
            )
        )
        for table, told in _TABLES.items()
    }
