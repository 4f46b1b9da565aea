"""Internal jobs: whatever is done to them, in any order, they do as the model does."""

import json
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

import asyncpg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jobwire.jobs.cancel import cancel
from jobwire.jobs.errors import InvalidStateError
from jobwire.jobs.failure import Failure
from jobwire.jobs.reschedule import reschedule
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import RunTime, ScheduleRequest
from jobwire.jobs.transitions.acknowledge import acknowledge
from jobwire.jobs.transitions.claim import claim
from jobwire.jobs.transitions.expire import expire
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.lease import extend
from jobwire.jobs.transitions.progress import Report, record_progress
from jobwire.jobs.transitions.promote import promote
from jobwire.jobs.transitions.rescue import rescue
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Connection, Database
from jobwire.models.vocabulary import FailureKind
from tests.clock import FakeClock
from tests.emptying import empty
from tests.event_log import check
from tests.jobs.internal_model import LEASE, ModelJob

USER = trusted("user-1")
RETRY_IN = timedelta(seconds=5)

_ROWS = """
SELECT j.id, status, j.version, next_attempt_at AS due, finished, success,
       failure_kind, cancel_outcome, cancel_acknowledged_at IS NOT NULL AS is_told,
       started IS NOT NULL AS has_started, leased_until,
       (progress ->> 'fraction')::float AS progress, attempts AS count,
       ARRAY(SELECT a.status FROM job_attempts a WHERE a.job_id = j.id
              ORDER BY number) AS attempts,
       (SELECT count(*) FROM job_events e WHERE e.job_id = j.id AND e.to_status IN
           ('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')) AS ends
  FROM worker_jobs j"""


@dataclass(frozen=True)
class Hold:
    """A claim that somebody made once, and may still speak of."""

    job: UUID
    fence: int
    number: int
    worker: str


class InternalJobs:
    """Some jobs in PostgreSQL, and what has to become of each."""

    def __init__(self, connection: Connection, random: Random) -> None:
        self._connection = connection
        self._random = random
        self._clock = FakeClock()
        self._model: dict[UUID, ModelJob] = {}
        self._holds: list[Hold] = []

    async def schedule(self) -> None:
        now = self._clock.now()
        delay = timedelta(seconds=self._random.choice([0, 0, 60]))
        ttl = self._random.choice([None, None, timedelta(seconds=5)])
        max_attempts = self._random.randint(1, 3)
        request = ScheduleRequest(
            type="any",
            tag="t",
            when=RunTime(delay=delay),
            ttl=ttl,
            retry_config={"maxAttempts": max_attempts},
        )
        scheduled = await schedule(
            self._connection, request, registry=None, viewer=USER, now=now
        )
        job = scheduled.job
        self._model[job.id] = ModelJob(
            status="SCHEDULED" if delay else "QUEUED",
            due=now + delay,
            asked=now + delay,
            expires=None if ttl is None else now + delay + ttl,
            max_attempts=max_attempts,
        )

    async def wait(self) -> None:
        self._clock.advance(self._random.choice([1, 6, 11, 61]))

    async def claim(self) -> None:
        now, worker = self._clock.now(), self._random.choice(["w1", "w2"])
        claimed = await claim(
            self._connection,
            worker=worker,
            limit=100,
            lease=LEASE,
            types=["any"],
            now=now,
        )
        # In the order in which they were scheduled: ids are drawn anew each time.
        claimed.sort(key=lambda one: [*self._model].index(one.id))
        numbers = {
            one.id: len(self._holds) + place for place, one in enumerate(claimed)
        }
        self._holds += [
            Hold(one.id, one.fence, numbers[one.id], worker) for one in claimed
        ]
        expected = {
            id for id, job in self._model.items() if job.claim(now, numbers.get(id, -1))
        }
        assert set(numbers) == expected

    async def promote(self) -> None:
        await promote(self._connection, now=self._clock.now())
        for job in self._model.values():
            job.promote(self._clock.now())

    async def expire(self) -> None:
        await expire(self._connection, now=self._clock.now())
        for job in self._model.values():
            job.expire(self._clock.now())

    async def rescue(self) -> None:
        await rescue(self._connection, now=self._clock.now())
        for job in self._model.values():
            job.rescue(self._clock.now())

    async def cancel(self) -> None:
        now, id = self._clock.now(), self._random.choice([*self._model])
        async with self._connection.transaction():
            await cancel(self._connection, id, viewer=USER, now=now)
        self._model[id].cancel_it(now)

    async def reschedule(self) -> None:
        now, id = self._clock.now(), self._random.choice([*self._model])
        delay = timedelta(seconds=self._random.choice([0, 30]))
        moved = self._model[id].reschedule(now, now + delay)
        async with self._connection.transaction():
            try:
                await reschedule(
                    self._connection,
                    id,
                    viewer=USER,
                    now=now,
                    when=RunTime(delay=delay),
                )
            except InvalidStateError:
                assert not moved
            else:
                assert moved

    async def beat(self, hold: Hold) -> None:
        now = self._clock.now()
        kept = await extend(
            self._connection,
            [(hold.job, hold.fence)],
            worker=hold.worker,
            lease=LEASE,
            now=now,
        )
        assert kept.get(hold.job) == self._model[hold.job].beat(hold.number, now)

    async def report(self, hold: Hold) -> None:
        fraction = self._random.choice([0.25, 0.5])
        said = Report(hold.job, hold.fence, json.dumps({"fraction": fraction}))
        await record_progress(
            self._connection, [said], worker=hold.worker, now=self._clock.now()
        )
        self._model[hold.job].report(hold.number, fraction)

    async def tell(self, hold: Hold) -> None:
        held = [(hold.job, hold.fence)]
        await acknowledge(
            self._connection, held, worker=hold.worker, now=self._clock.now()
        )
        self._model[hold.job].tell(hold.number)

    async def finish(self, hold: Hold) -> None:
        now, outcome = self._clock.now(), self._random.choice([*Outcome])
        has_failed = outcome in {Outcome.FAILED, Outcome.RETRY}
        one = Finish(
            hold.job,
            hold.fence,
            outcome,
            result="1" if outcome is Outcome.SUCCEEDED else None,
            failure=Failure(FailureKind.TASK_ERROR, "no") if has_failed else None,
            retry_at=now + RETRY_IN if outcome is Outcome.RETRY else None,
        )
        for _ in range(self._random.randint(1, 2)):
            accepted = await finish(
                self._connection, [one], worker=hold.worker, now=now
            )
            is_believed = self._model[hold.job].finish(
                hold.number, outcome.value, now, now + RETRY_IN
            )
            assert accepted.keys() == ({hold.job} if is_believed else set())

    async def step(self, name: str) -> None:
        """Do something, and compare."""
        doing = getattr(self, name)
        if name not in OF_HOLDS:
            await doing()
        elif self._holds:
            # Mostly somebody who holds it still; the others are late.
            live = [one for one in self._holds if self._is_live(one)]
            late = not live or self._random.random() < 1 / 4
            await doing(self._random.choice(self._holds if late else live))
        rows = {row["id"]: _seen(row) for row in await self._connection.fetch(_ROWS)}
        assert rows == {id: _meant(job) for id, job in self._model.items()}

    def _is_live(self, hold: Hold) -> bool:
        return self._model[hold.job].hold == hold.number


def _seen(row: asyncpg.Record) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name != "id"}


def _meant(job: ModelJob) -> dict[str, Any]:
    return {
        "status": job.status,
        "version": job.version,
        "due": job.due,
        "finished": job.finished,
        "success": job.success,
        "failure_kind": job.failure,
        "cancel_outcome": job.cancel,
        "is_told": job.is_told,
        "has_started": job.has_started,
        "leased_until": job.leased_until,
        "progress": job.progress,
        "count": len(job.attempts),
        "attempts": job.attempts,
        "ends": int(job.finished is not None),
    }


OF_HOLDS = ("beat", "report", "tell", "finish")
STEPS = st.sampled_from(
    [
        *("schedule", "claim", "claim", "claim", "wait", "wait", "promote", "promote"),
        *("expire", "rescue", "cancel", "reschedule", *OF_HOLDS, "finish", "finish"),
    ]
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    steps=st.lists(STEPS, min_size=30, max_size=60),
    random=st.randoms(use_true_random=False),
)
async def test_whatever_is_done_to_internal_jobs_they_do_as_the_model(
    database: Database, steps: list[str], random: Random
) -> None:
    async with database.connection() as connection:
        await empty(connection)
        jobs = InternalJobs(connection, random)
        for step in ("schedule", "schedule", *steps):
            await jobs.step(step)

        assert (await check(connection)).wrong == []
