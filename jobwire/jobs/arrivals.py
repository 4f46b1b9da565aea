"""Arrivals: posted events enter the inbox, each once."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.connections import SqlConnection
from jobwire.jobs.given import arrays, given_rows
from jobwire.jobs.inbox import DeliverySource

# Nothing that comes late brings back what was erased: the lock of the row is held, for
# which whoever erases it waits, or was waited for.
_STORE = f"""
INSERT INTO webhook_deliveries AS d (id, source, event_id, body, received_at, job_id,
                                     handled_at, deliveries, error)
SELECT id, source, event_id,
       CASE WHEN (SELECT j.deleted_at FROM worker_jobs j WHERE j.id = g.job_id) IS NULL
            THEN body::jsonb ELSE '{{}}' END,
       $1::timestamptz, job_id, CASE WHEN is_handled THEN $1::timestamptz END,
       deliveries, error
  FROM {
    given_rows(
        {
            "id": "uuid",
            "source": "text",
            "event_id": "text",
            "body": "text",
            "job_id": "uuid",
            "is_handled": "boolean",
            "deliveries": "int",
            "error": "text",
        },
        after=1,
    )
}
ON CONFLICT (source, event_id) DO UPDATE
   SET deliveries = d.deliveries + excluded.deliveries
RETURNING id"""


class Arrival(NamedTuple):
    """An event as it comes, and how it is stored if it never came before.

    Attributes:
        source: Who posted it.
        event_id: The poster's id.
        body: The event, as JSON text.
        job_id: The job that it tells of, as far as it is known.
        waits: Whether it waits to be worked on; else it is handled.
        error: Why it changes nothing; None: it does, or comes late.
    """

    source: DeliverySource
    event_id: str
    body: str
    job_id: UUID | None
    waits: bool
    error: str | None = None


async def store(
    connection: SqlConnection, arrivals: Sequence[Arrival], *, now: datetime
) -> list[bool]:
    """Store events, each once; of a deleted job without their bodies.

    Must run inside the transaction that holds the locks of their jobs. It waits for
    others that store one of the same events.

    Args:
        connection: The connection that holds the locks.
        arrivals: The events, at least one, in their order.
        now: When.

    Returns:
        Of each whether it came never before.
    """
    keys = [(one.source.value, one.event_id) for one in arrivals]
    ids = [identifiers.new_id(now) for _ in arrivals]
    times = Counter(keys)
    first: dict[tuple[str, str], tuple[UUID, Arrival]] = {}
    for key, id, arrival in zip(keys, ids, arrivals, strict=True):
        first.setdefault(key, (id, arrival))
    rows = [
        (
            id,
            *key,
            arrival.body,
            arrival.job_id,
            not arrival.waits,
            times[key],
            arrival.error,
        )
        # In one order for all, or two that wait for each other's events would deadlock.
        for key, (id, arrival) in sorted(first.items(), key=itemgetter(0))
    ]
    records = await connection.fetch(_STORE, now, *arrays(rows))
    stored = {record["id"] for record in records}
    return [id in stored for id in ids]
