"""Tick: job schedules whose time has come make their jobs.

The use of a tick, the job and its event are one transaction, and the lock of the
schedule's row keeps everybody else from the same tick: any number of processes may do
this.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from operator import attrgetter
from uuid import UUID

from jobwire.jobs import identifiers
from jobwire.jobs.cancel import cancel
from jobwire.jobs.cron.due import Decision, Skip, decide
from jobwire.jobs.cron.job_schedule import CLOCKWORK_COLUMNS, Clockwork
from jobwire.jobs.definition import JobDefinition
from jobwire.jobs.errors import InvalidInputError, JobError
from jobwire.jobs.placement import PlacementPolicy, place
from jobwire.jobs.queue import queue_of
from jobwire.jobs.registry import Registry
from jobwire.jobs.retry_config import RetryConfig
from jobwire.jobs.transitions.fire import Firing, fire
from jobwire.jobs.transitions.lock_free import lock_free
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Connection
from jobwire.models.vocabulary import Executor, SignalSource, SkipReason

#: The actor of what ticks do.
ACTOR = "cron"
#: A tick that was reckoned so long after now was reckoned by a clock that was wrong.
CLOCK_STEP = timedelta(seconds=60)

_OURS = """deleted_at IS NULL AND owner = 'JOBWIRE'
   AND (executor = 'internal' AND type = ANY($2::text[])
     OR executor = 'trigger' AND $3)"""
_DUE = f"""
SELECT {CLOCKWORK_COLUMNS} FROM job_schedules
 WHERE next_tick_at <= $1 AND NOT is_paused AND NOT is_waiting AND {_OURS}
 ORDER BY next_tick_at LIMIT $4 FOR UPDATE SKIP LOCKED"""
_WAITING = f"""
SELECT {CLOCKWORK_COLUMNS} FROM job_schedules s
 WHERE is_waiting AND next_tick_at <= $1 AND NOT is_paused AND {_OURS}
   AND NOT EXISTS (
     SELECT FROM worker_jobs j WHERE j.schedule_id = s.id
        AND j.schedule_id IS NOT NULL AND j.finished IS NULL)
 ORDER BY id LIMIT $4 FOR UPDATE SKIP LOCKED"""
_OPEN = """
SELECT schedule_id, id FROM worker_jobs
 WHERE schedule_id = ANY($1::uuid[]) AND schedule_id IS NOT NULL AND finished IS NULL
 ORDER BY id"""
_USED = """
SELECT schedule_id, tick_at FROM worker_jobs
  JOIN unnest($1::uuid[], $2::timestamptz[]) AS t (schedule_id, tick_at)
 USING (schedule_id, tick_at)
 WHERE schedule_id IS NOT NULL AND tick_at IS NOT NULL"""
_MOVE = """
UPDATE job_schedules s
   SET next_tick_at = d.next_tick_at, is_waiting = d.is_waiting, reckoned_at = $1,
       last_tick_at = COALESCE(d.last_tick_at, s.last_tick_at),
       last_skipped_at = COALESCE(d.skipped_at, s.last_skipped_at),
       last_skip_reason = COALESCE(d.skip_reason, s.last_skip_reason),
       last_skip_message = COALESCE(d.skip_message, s.last_skip_message)
  FROM unnest($2::uuid[], $3::timestamptz[], $4::boolean[], $5::timestamptz[],
              $6::timestamptz[], $7::text[], $8::text[])
    AS d (id, next_tick_at, is_waiting, last_tick_at, skipped_at, skip_reason,
          skip_message)
 WHERE s.id = d.id"""
_NEXT_DUE = """
SELECT next_tick_at FROM job_schedules
 WHERE deleted_at IS NULL AND NOT is_paused AND NOT is_waiting AND owner = 'JOBWIRE'
   AND next_tick_at > $1
 ORDER BY next_tick_at LIMIT 1"""
_FROM_LATER = f"""
SELECT {CLOCKWORK_COLUMNS} FROM job_schedules
 WHERE deleted_at IS NULL AND owner = 'JOBWIRE' AND reckoned_at > $1
 ORDER BY reckoned_at LIMIT $2 FOR UPDATE SKIP LOCKED"""


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one transaction did.

    Attributes:
        count: How many schedules it looked at.
        made: The ticks that made a job each.
        skipped: How many schedules had a tick that made none, by the reason.
        canceled: How many jobs were asked to stop.
    """

    count: int = 0
    made: tuple[datetime, ...] = ()
    skipped: Mapping[SkipReason, int] = field(default_factory=dict)
    canceled: int = 0


@dataclass(frozen=True, slots=True)
class Ticker:
    """Lets job schedules tick; stateless.

    Attributes:
        registry: The types whose schedules it serves: INTERNAL ones of others wait for
            a worker that knows them.
        policy: What this process lets run on Trigger.dev. Where that is nothing,
            TRIGGER schedules wait for another worker.
    """

    registry: Registry
    policy: PlacementPolicy

    async def tick(
        self, connection: Connection, *, now: datetime, limit: int
    ) -> Ticked:
        """Let those tick whose time has come, the most overdue first.

        Must run inside a transaction. Jobs become QUEUED.

        Args:
            connection: A connection inside a transaction.
            now: What time it is.
            limit: How many schedules at most; as many mean that there may be more.
        """
        return await self._let(connection, _DUE, now, limit)

    async def go_on(
        self, connection: Connection, *, now: datetime, limit: int
    ) -> Ticked:
        """Do the same for those that have waited for the end of their jobs."""
        return await self._let(connection, _WAITING, now, limit)

    async def _let(
        self, connection: Connection, find: str, now: datetime, limit: int
    ) -> Ticked:
        records = await connection.fetch(
            find,
            now,
            self.registry.names(),
            self.policy.unavailable is None,
            limit,
        )
        if not records:
            return Ticked()
        found = [Clockwork.from_record(record) for record in records]
        open_jobs = await _open_jobs(connection, found)
        decisions = {
            one.id: _decide(one, now=now, is_open=one.id in open_jobs) for one in found
        }
        canceled = await _cancel(connection, decisions, open_jobs, now)
        await _drop_used(connection, found, decisions)
        made = await self._make(connection, found, decisions, now)
        await _move(connection, decisions, made, now)
        skips: dict[SkipReason, int] = defaultdict(int)
        for decision in decisions.values():
            if decision.skip is not None:
                skips[decision.skip.reason] += 1
        ticks = tuple(tick for ticks in made.values() for tick in ticks)
        return Ticked(len(found), ticks, skips, canceled)

    async def _make(
        self,
        connection: Connection,
        found: Sequence[Clockwork],
        decisions: dict[UUID, Decision],
        now: datetime,
    ) -> dict[UUID, list[datetime]]:
        """Make the jobs; what is refused becomes the skip of its decision."""
        firings: list[Firing] = []
        made: dict[UUID, list[datetime]] = defaultdict(list)
        fits = cache(self._fits)
        asked = [
            (one, tick)
            for one in found
            if one.id in decisions
            for tick in decisions[one.id].ticks
        ]
        # Of one millisecond, ids rise with the ticks.
        ids = sorted((identifiers.new_id(now) for _ in asked), key=attrgetter("int"))
        for (one, tick), id in zip(asked, ids, strict=True):
            try:
                of_type = fits(one.type, one.executor, one.trigger_task_id)
                firings.append(of_type.firing(id, one, tick))
            except JobError as refusal:
                skip = _refused(tick, refusal)
                decisions[one.id] = replace(decisions[one.id], skip=skip)
            else:
                made[one.id].append(tick)
        if firings:
            await fire(
                connection,
                firings,
                source=SignalSource.WORKER,
                actor=ACTOR,
                now=identifiers.created_at(ids[0]),
            )
        return made

    def _fits(self, type: str, executor: str, trigger_task_id: str | None) -> "_OfType":
        """Return what a type gives its jobs as it is registered now.

        Raises:
            JobError: Its jobs are refused.
        """
        placement = place(
            type,
            Executor(executor),
            trigger_task_id,
            registry=self.registry,
            # Whoever scheduled it was allowed to run its task.
            policy=replace(self.policy, any_task=True),
            viewer=trusted(ACTOR),
        )
        return _OfType(placement.definition, placement.trigger_task_id)


class _OfType:
    """What a type of job gives the jobs that ticks make."""

    def __init__(self, definition: JobDefinition | None, task: str | None) -> None:
        self._config = RetryConfig() if definition is None else definition.retry_config
        self._config_text = self._config.to_json()
        self._queue = queue_of(
            None, None if definition is None else definition.queue, task
        )
        self._max_duration = None if definition is None else definition.max_duration
        self._secret_data = definition is not None and definition.secret_data
        self._secret_result = definition is not None and definition.secret_result

    def firing(self, id: UUID, schedule: Clockwork, tick: datetime) -> Firing:
        """Make one of them.

        Raises:
            InvalidInputError: The schedule's retry configuration does not go with that
                of the type any more.
        """
        overrides = schedule.retry_overrides
        return Firing(
            id,
            schedule.id,
            tick,
            self._config_text
            if overrides is None
            else self._config.with_overrides(overrides).to_json(),
            self._queue,
            self._max_duration,
            self._secret_data,
            self._secret_result,
        )


async def next_due(connection: Connection, *, after: datetime) -> datetime | None:
    """Return when the next schedule ticks after an instant; None: none does."""
    due: datetime | None = await connection.fetchval(_NEXT_DUE, after)
    return due


async def correct_clock(connection: Connection, *, now: datetime, limit: int) -> int:
    """Reckon anew what a clock has reckoned that has been set back since.

    Ticks that were used too early are not used again. Must run inside a transaction.

    Returns:
        How many schedules; `limit` means that there may be more.
    """
    records = await connection.fetch(_FROM_LATER, now + CLOCK_STEP, limit)
    decisions = {}
    for record in records:
        schedule = Clockwork.from_record(record)
        is_idle = schedule.is_paused or schedule.next_tick_at is None
        after = None if is_idle else schedule.tick_after(now)
        decisions[schedule.id] = Decision((), after)
    await _move(connection, decisions, {}, now)
    return len(records)


async def _open_jobs(
    connection: Connection, found: Sequence[Clockwork]
) -> dict[UUID, list[UUID]]:
    jobs: dict[UUID, list[UUID]] = defaultdict(list)
    for record in await connection.fetch(_OPEN, [one.id for one in found]):
        jobs[record["schedule_id"]].append(record["id"])
    return jobs


async def _cancel(
    connection: Connection,
    decisions: dict[UUID, Decision],
    open_jobs: Mapping[UUID, Sequence[UUID]],
    now: datetime,
) -> int:
    """Ask open jobs to stop; a schedule of which somebody holds one has to wait."""
    stopping = [id for id, decision in decisions.items() if decision.cancels]
    wanted = [job for id in stopping for job in open_jobs[id]]
    if not wanted:
        return 0
    free = {job.id for job in await lock_free(connection, wanted)}
    for id in stopping:
        if not free.issuperset(open_jobs[id]):
            del decisions[id]
            free.difference_update(open_jobs[id])
    for job in sorted(free):
        await cancel(
            connection,
            job,
            viewer=trusted(ACTOR),
            now=now,
            reason="The next tick of its job schedule has come.",
        )
    return len(free)


async def _drop_used(
    connection: Connection,
    found: Sequence[Clockwork],
    decisions: dict[UUID, Decision],
) -> None:
    """Leave out ticks that were used before, by a clock that was set back since."""
    again = [
        (one.id, tick)
        for one in found
        if one.last_tick_at is not None and one.id in decisions
        for tick in decisions[one.id].ticks
        if tick <= one.last_tick_at
    ]
    if not again:
        return
    records = await connection.fetch(
        _USED, [id for id, _ in again], [tick for _, tick in again]
    )
    used: Collection[tuple[UUID, datetime]] = {
        (record["schedule_id"], record["tick_at"]) for record in records
    }
    for id in {id for id, _ in used}:
        kept = tuple(tick for tick in decisions[id].ticks if (id, tick) not in used)
        decisions[id] = replace(decisions[id], ticks=kept)


def _decide(schedule: Clockwork, *, now: datetime, is_open: bool) -> Decision:
    """Decide; one that nobody can read stops, and does not hold up the others."""
    try:
        schedule.check()
    except InvalidInputError as refusal:
        tick = schedule.next_tick_at or now
        return Decision((), None, skip=_refused(tick, refusal))
    return decide(schedule, now=now, is_open=is_open)


def _refused(tick: datetime, refusal: JobError) -> Skip:
    told = f"{refusal.message} Schedule it again with its key."
    return Skip(tick, SkipReason.REFUSED, told)


async def _move(
    connection: Connection,
    decisions: Mapping[UUID, Decision],
    made: Mapping[UUID, Sequence[datetime]],
    now: datetime,
) -> None:
    if not decisions:
        return
    skips = [decision.skip for decision in decisions.values()]
    await connection.execute(
        _MOVE,
        now,
        list(decisions),
        [decision.next_at for decision in decisions.values()],
        [decision.is_waiting for decision in decisions.values()],
        [max(made.get(id, ()), default=None) for id in decisions],
        [None if skip is None else skip.at for skip in skips],
        [None if skip is None else skip.reason.value for skip in skips],
        [None if skip is None else skip.message for skip in skips],
    )
