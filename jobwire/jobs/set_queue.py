"""Set a queue: pause it, resume it, change its limits while jobs run."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from jobwire.jobs.queue import DEFAULT_QUEUE, Queue, check_limit, check_queue
from jobwire.jobs.transitions.ready_queues import read_ready_queues
from jobwire.jobs.transitions.slots import restore_slots
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Connection
from jobwire.models.vocabulary import Executor

_COLUMNS = """name, is_paused, max_running AS "limit",
       max_running_per_key AS limit_per_key"""

_SET = f"""
INSERT INTO queues AS q (name, is_paused, max_running, max_running_per_key, updated_at)
VALUES ($1, COALESCE($2, false), $3, $5, $7)
    ON CONFLICT (name) DO UPDATE
   SET is_paused = COALESCE($2, q.is_paused), updated_at = $7,
       max_running = CASE WHEN $4 THEN $3 ELSE q.max_running END,
       max_running_per_key = CASE WHEN $6 THEN $5 ELSE q.max_running_per_key END
RETURNING {_COLUMNS}"""
# Who spoke last counts: a limit that was set live stays until code declares another.
_DECLARE = """
INSERT INTO queues AS q (name, max_running, max_running_per_key, declared, updated_at)
SELECT name, max_running, max_running_per_key,
       jsonb_build_object('limit', max_running, 'limitPerKey', max_running_per_key), $4
  FROM unnest($1::text[], $2::int[], $3::int[])
    AS d (name, max_running, max_running_per_key)
 ORDER BY name
    ON CONFLICT (name) DO UPDATE
   SET max_running = excluded.max_running, updated_at = $4,
       max_running_per_key = excluded.max_running_per_key, declared = excluded.declared
 WHERE q.declared IS DISTINCT FROM excluded.declared
RETURNING name"""
_READ = f"SELECT {_COLUMNS} FROM queues"


class Unchanged(Enum):
    """Instead of a limit: the one that there is."""

    UNCHANGED = "unchanged"


UNCHANGED = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class QueueState:
    """A queue of internal jobs as it is served.

    Attributes:
        name: Its name.
        is_paused: None of its jobs starts.
        limit: How many of its jobs may run at once; None: no limit.
        limit_per_key: The same for each concurrency key; None: no limit.
    """

    name: str
    is_paused: bool = False
    limit: int | None = None
    limit_per_key: int | None = None


async def set_queue(
    connection: Connection,
    name: str,
    *,
    viewer: Viewer,
    now: datetime,
    is_paused: bool | None = None,
    limit: int | Unchanged | None = UNCHANGED,
    limit_per_key: int | Unchanged | None = UNCHANGED,
) -> QueueState:
    """Change what holds for a queue of internal jobs, from now on.

    Running jobs go on. While more of them run than a lowered limit allows, none starts.
    Must run inside a transaction.

    Args:
        connection: A connection inside a transaction.
        name: The queue; it need not have had a job.
        viewer: Who asks; must be an admin.
        now: When.
        is_paused: Whether none of its jobs may start; None: as it is.
        limit: How many of its jobs may run at once, 1-10,000; None: no limit.
        limit_per_key: The same for each concurrency key.

    Raises:
        ForbiddenError: The viewer is no admin.
        InvalidInputError: No queue can have that name, or that limit.
    """
    viewer.require(Scope.ADMIN)
    check_queue(name, Executor.INTERNAL, path="name")
    whole = None if limit is UNCHANGED else limit
    per_key = None if limit_per_key is UNCHANGED else limit_per_key
    check_limit("limit", whole)
    check_limit("limitPerKey", per_key)
    record = await connection.fetchrow(
        _SET,
        name,
        is_paused,
        whole,
        limit is not UNCHANGED,
        per_key,
        limit_per_key is not UNCHANGED,
        now,
    )
    await restore_slots(connection, queue=name)
    return QueueState(**record)


async def declare_queues(
    connection: Connection, queues: Sequence[Queue], *, now: datetime
) -> None:
    """Set the limits that code declares, where it did not declare the same before.

    Must run inside a transaction.
    """
    declared = await connection.fetch(
        _DECLARE,
        [queue.name for queue in queues],
        [queue.limit for queue in queues],
        [queue.limit_per_key for queue in queues],
        now,
    )
    for record in declared:
        await restore_slots(connection, queue=record["name"])


async def read_queues(
    connection: Connection, viewer: Viewer, *, known: Iterable[str] = ()
) -> list[QueueState]:
    """Read the queues of internal jobs, by name.

    Args:
        connection: Any connection of ours.
        viewer: Who reads. Those that have nothing but ready jobs are for admins: their
            names are the words of whoever scheduled those.
        known: Queues that types of job name; those that were set, and the default one,
            are always there.
    """
    ready = await read_ready_queues(connection) if viewer.is_admin else ()
    records = await connection.fetch(_READ)
    names = {DEFAULT_QUEUE, *known, *(queue.name for queue in ready)}
    states = {name: QueueState(name) for name in names}
    states |= {record["name"]: QueueState(**record) for record in records}
    return [states[name] for name in sorted(states)]
