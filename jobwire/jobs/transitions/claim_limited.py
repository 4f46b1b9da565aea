"""Claim from a queue with limits: each attempt takes its places before it starts."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice
from uuid import UUID

from jobwire.jobs.transitions.claim import START, STARTED, Claimed, ready
from jobwire.models.database import Connection

#: How many concurrency keys one claim looks at, when most urgent jobs have to wait.
MAX_KEYS = 200
#: How many times as many of the most urgent jobs as it may start one claim looks at.
LOOK_AHEAD = 2
#: A job and its concurrency key.
_Found = tuple[UUID, str | None]
#: The key of the places of a whole queue.
_WHOLE = ""

# Held until the claim has committed: nobody else starts a job of this queue meanwhile,
# and nobody changes its limits.
_LOCK = """
SELECT max_running, max_running_per_key FROM queues
 WHERE name = $1 AND NOT is_paused
   AND (max_running IS NOT NULL OR max_running_per_key IS NOT NULL)
   FOR UPDATE"""
_TAKEN = "SELECT key, number FROM queue_slots WHERE queue = $1"

_READY = ready(types="$3", now="$4")

_BY_PRIORITY = f"""
SELECT j.id, j.concurrency_key
  FROM generate_series(9, 0, -1) AS p (priority) CROSS JOIN LATERAL (
    SELECT id, concurrency_key FROM worker_jobs
     WHERE {_READY} AND queue = $2 AND priority = p.priority
     ORDER BY next_attempt_at, id LIMIT $1) j
 LIMIT $1"""

# From key to key through the index, one probe for each, however many jobs a key has.
_NEXT_KEY = """SELECT concurrency_key FROM worker_jobs
     WHERE status = 'QUEUED' AND dispatch_state = 'none' AND executor = 'internal'
       AND priority >= 0 AND queue = $1"""
_KEYS = f"""
WITH RECURSIVE k AS (
  SELECT ({_NEXT_KEY} AND concurrency_key > $2
           ORDER BY queue, concurrency_key LIMIT 1) AS key, 1 AS number
   UNION ALL
  SELECT ({_NEXT_KEY} AND concurrency_key > k.key
           ORDER BY queue, concurrency_key LIMIT 1), k.number + 1
    FROM k WHERE k.key IS NOT NULL AND k.number < $3)
SELECT key FROM k WHERE key IS NOT NULL"""
_BY_KEY = f"""
SELECT c.id, c.concurrency_key FROM (
  SELECT j.* FROM unnest($5::text[], $6::int[]) AS k (key, room) CROSS JOIN LATERAL (
    SELECT id, concurrency_key, priority, next_attempt_at FROM worker_jobs
     WHERE {_READY} AND priority >= 0 AND queue = $2 AND concurrency_key = k.key
     ORDER BY priority DESC, next_attempt_at, id LIMIT least(k.room, $1)) j
   UNION ALL
  (SELECT id, concurrency_key, priority, next_attempt_at FROM worker_jobs
    WHERE {_READY} AND priority >= 0 AND queue = $2 AND concurrency_key IS NULL
    ORDER BY priority DESC, next_attempt_at, id LIMIT $1)) c
 ORDER BY c.priority DESC, c.next_attempt_at, c.id LIMIT $1"""

_CLAIM = f"""
WITH picked AS MATERIALIZED (
  SELECT ctid AS tid, id, next_attempt_at FROM worker_jobs
   WHERE {ready(types="$4", now="$6")} AND id = ANY ($1::uuid[])
   ORDER BY id FOR UPDATE SKIP LOCKED),
{START},
s AS (
  INSERT INTO queue_slots (queue, key, number, job_id)
  SELECT $5, d.key, d.number, d.job_id
    FROM unnest($7::text[], $8::int[], $9::uuid[]) AS d (key, number, job_id)
   WHERE d.job_id IN (SELECT id FROM u))
{STARTED}"""


@dataclass(frozen=True, slots=True)
class LimitedClaim:
    """What a claim from a queue with limits brought.

    Attributes:
        claimed: The jobs, most urgent first.
        after_key: Behind which concurrency key the next claim has to look, because this
            one could not look at all; empty: from the beginning.
    """

    claimed: list[Claimed] = field(default_factory=list)
    after_key: str = ""


class _Places:
    """The places of a queue that are taken, and who takes one next."""

    def __init__(self, taken: Iterable[tuple[str, int]]) -> None:
        self._taken: defaultdict[str, set[int]] = defaultdict(set)
        for key, number in taken:
            self._taken[key].add(number)
        self._free: dict[str, Iterator[int]] = {}
        self.keys: list[str] = []
        self.numbers: list[int] = []
        self.jobs: list[UUID] = []

    def room(self, key: str, limit: int) -> int:
        """Return how many more may run, none while more run than a lowered limit."""
        return max(limit - len(self._taken[key]), 0)

    def fitting(self, found: Iterable[_Found], limit: int) -> Iterator[_Found]:
        """Choose the jobs for whose keys there is room, in the order of their turns."""
        rooms: dict[str, int] = {}
        for job_id, key in found:
            if key is not None:
                room = rooms.setdefault(key, self.room(key, limit))
                if not room:
                    continue
                rooms[key] = room - 1
            yield job_id, key

    def take(self, key: str, job_id: UUID) -> None:
        """Give a job the next free place."""
        free = self._free.setdefault(key, self._numbers(key))
        self.keys.append(key)
        self.numbers.append(next(free))
        self.jobs.append(job_id)

    def _numbers(self, key: str) -> Iterator[int]:
        return (number for number in count(1) if number not in self._taken[key])


@dataclass(frozen=True, slots=True)
class _Ready:
    """The ready jobs of a queue."""

    connection: Connection
    queue: str
    types: list[str]
    now: datetime

    async def find(
        self, most: int, places: _Places, per_key: int | None, after_key: str
    ) -> tuple[list[_Found], str]:
        """Find those that may start, most urgent first, and where to look next."""
        if per_key is None:
            return await self._fetch(_BY_PRIORITY, most), ""
        look = most * LOOK_AHEAD
        urgent = await self._fetch(_BY_PRIORITY, look)
        found = list(islice(places.fitting(urgent, per_key), most))
        if len(found) == most or len(urgent) < look:
            return found, ""
        read = await self.connection.fetch(_KEYS, self.queue, after_key, MAX_KEYS)
        rooms = {record["key"]: places.room(record["key"], per_key) for record in read}
        next_key = list(rooms)[-1] if len(rooms) == MAX_KEYS else ""
        rooms = {key: room for key, room in rooms.items() if room}
        found = await self._fetch(_BY_KEY, most, list(rooms), list(rooms.values()))
        return found, next_key

    async def _fetch(self, statement: str, most: int, *more: object) -> list[_Found]:
        asked = (most, self.queue, self.types, self.now, *more)
        records = await self.connection.fetch(statement, *asked)
        return [(record["id"], record["concurrency_key"]) for record in records]


async def claim_limited(
    connection: Connection,
    queue: str,
    *,
    worker: str,
    limit: int,
    lease: timedelta,
    types: Sequence[str],
    now: datetime,
    after_key: str = "",
) -> LimitedClaim:
    """Lease ready jobs of a queue with limits: QUEUED → RUNNING, one attempt each.

    Each takes a place of the queue and one of its concurrency key, as far as these are
    limited. Where the keys of most urgent jobs are full, those of up to 200 keys are
    looked at; the keys behind them have their turn at the next claim. Must run inside a
    transaction, which keeps others from claiming from this queue.

    Args:
        connection: A connection inside a transaction.
        queue: The queue; without limits or paused, nothing is claimed.
        worker: Who claims.
        limit: How many at most.
        lease: How long the worker is believed without a sign of life.
        types: The types that the worker can run; others stay queued.
        now: The time of the claim.
        after_key: Where the claim before this one said that it goes on.
    """
    limits = await connection.fetchrow(_LOCK, queue)
    if limits is None:
        return LimitedClaim()
    places = _Places(await connection.fetch(_TAKEN, queue))
    whole, per_key = limits["max_running"], limits["max_running_per_key"]
    most = limit if whole is None else min(limit, places.room(_WHOLE, whole))
    if most < 1:
        return LimitedClaim()
    ready = _Ready(connection, queue, list(types), now)
    found, next_key = await ready.find(most, places, per_key, after_key)
    for job_id, key in found:
        if whole is not None:
            places.take(_WHOLE, job_id)
        if per_key is not None and key is not None:
            places.take(key, job_id)
    if not found:
        return LimitedClaim(after_key=next_key)
    records = await connection.fetch(
        _CLAIM,
        [job_id for job_id, _ in found],
        worker,
        lease,
        list(types),
        queue,
        now,
        places.keys,
        places.numbers,
        places.jobs,
    )
    claimed = [Claimed.from_record(record) for record in records]
    return LimitedClaim(claimed, next_key)
