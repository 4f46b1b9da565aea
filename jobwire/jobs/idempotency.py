"""Idempotency: a repeat of a request finds the job of the first one."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, timedelta
from typing import Any

from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.job import Job
from jobwire.jobs.schedule_request import ScheduleRequest

#: Whose, of which type, and the caller's own word: what a key is unique within.
Key = tuple[str, str, str]

_READ = """
SELECT {columns}, j.idempotency_input::text AS idempotency_input
  FROM unnest($1::text[], $2::text[], $3::text[]) AS k (user_id, type, key)
  JOIN worker_jobs j ON j.user_id = k.user_id AND j.type = k.type
   AND j.idempotency_key = k.key AND j.idempotency_key IS NOT NULL"""


def input_of(request: ScheduleRequest) -> str:
    """Write what a request asks for, to tell a repeat from another request.

    By the names of the API; members that were not given are left out. What may be large
    is told by its hash.
    """
    when = request.when
    given = {
        "tag": request.tag,
        "executor": request.executor,
        "triggerTaskId": request.trigger_task_id,
        "data": _digest({} if request.data is None else request.data),
        "when": {
            "delay": _seconds(when.delay),
            "at": None if when.at is None else when.at.astimezone(UTC).isoformat(),
        },
        "retryConfig": _without_nulls(request.retry_config or {}),
        "maxDuration": _seconds(request.max_duration),
        "ttl": _seconds(request.ttl),
        "priority": request.priority,
        "queue": request.queue,
        "concurrencyKey": request.concurrency_key,
        "metadata": _digest(request.metadata or {}),
    }
    return json.dumps(_without_nulls(given), sort_keys=True)


def differing_fields(one: str, other: str) -> list[str]:
    """Name the members in which two inputs differ, sorted; none: it is a repeat."""
    first, second = json.loads(one), json.loads(other)
    return sorted(
        name
        for name in first.keys() | second.keys()
        if first.get(name) != second.get(name)
    )


async def read_first(
    connection: SqlConnection, keys: Sequence[Key]
) -> dict[Key, tuple[Job, str]]:
    """Read the jobs that hold keys, and what was asked with them.

    Of more than one job long JSON is left out; see `jobwire.jobs.long_json`.
    """
    columns = Job.columns("j", lean=len(keys) > 1)
    records = await connection.fetch(
        _READ.format(columns=columns), *map(list, zip(*keys, strict=True))
    )
    found = {}
    for record in records:
        job = Job.from_record(record)
        key = (job.user_id, job.type, record["idempotency_key"])
        found[key] = (job, record["idempotency_input"])
    return found


def _digest(value: Any) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _seconds(span: timedelta | None) -> float | None:
    return None if span is None else span.total_seconds()


def _without_nulls(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}
