"""Workers: who is alive, as far as connections, leases and duties tell.

No table lists workers. Each shows itself by its connections, which bear one name for
all of them, by the leases of the jobs that it runs, and by the duties that it holds;
one that runs no job and holds no duty is a few connections and no name.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from jobwire.jobs.executors.internal import count_workers
from jobwire.models.database import Connection

# The index of what runs here finds them.
_LEASES = """
SELECT leased_by AS name, count(*) AS running, max(leased_until) AS leased_until
  FROM worker_jobs
 WHERE status = 'RUNNING' AND executor = 'internal'
   AND leased_by IS NOT NULL
 GROUP BY leased_by"""
_DUTIES = "SELECT name, holder, term, until FROM duties ORDER BY name"


@dataclass(frozen=True, slots=True)
class Duty:
    """A loop that one process at a time does.

    Attributes:
        name: The loop.
        holder: Who does it, or did so last.
        term: Rises with every change of holder.
        until: Until when the holder is believed.
    """

    name: str
    holder: str
    term: int
    until: datetime


@dataclass(frozen=True, slots=True)
class KnownWorker:
    """A worker that a lease or a duty names.

    Attributes:
        name: Host, process and some random digits.
        running: How many jobs it runs.
        duties: Names of the duties that it holds.
        alive_until: Until when it is believed without another sign of life.
    """

    name: str
    running: int
    duties: tuple[str, ...]
    alive_until: datetime


@dataclass(frozen=True, slots=True)
class Workers:
    """All that can be told of workers.

    Attributes:
        connections: How many connections workers have to this database.
        known: Those with a name, by it.
    """

    connections: int
    known: tuple[KnownWorker, ...]


async def read_duties(connection: Connection) -> list[Duty]:
    """Read every duty that somebody has ever had, by its name."""
    return [Duty(*record) for record in await connection.fetch(_DUTIES)]


async def read_workers(connection: Connection, *, now: datetime) -> Workers:
    """Read who is alive; a worker whose leases and duties have passed is not told."""
    leases = {one["name"]: one for one in await connection.fetch(_LEASES)}
    held: dict[str, list[Duty]] = defaultdict(list)
    for duty in await read_duties(connection):
        held[duty.holder].append(duty)
    known = []
    for name in sorted({*leases, *held}):
        duties = [one for one in held[name] if one.until > now]
        signs = [one.until for one in duties]
        lease = leases.get(name)
        if lease is not None:
            signs.append(lease["leased_until"])
        if signs and max(signs) > now:
            known.append(_known(name, duties, max(signs), lease))
    return Workers(await count_workers(connection), tuple(known))


def _known(
    name: str, duties: Sequence[Duty], until: datetime, lease: Any
) -> KnownWorker:
    running = 0 if lease is None else lease["running"]
    return KnownWorker(name, running, tuple(one.name for one in duties), until)
