"""Somebody who does things to jobs at random, by the real transitions."""

from contextlib import suppress
from datetime import timedelta
from random import Random
from uuid import UUID

from jobwire.jobs.cancel import cancel
from jobwire.jobs.errors import NotFoundError
from jobwire.jobs.failure import Failure
from jobwire.jobs.schedule import schedule
from jobwire.jobs.schedule_request import RunTime, ScheduleRequest
from jobwire.jobs.transitions.claim import Claimed, claim
from jobwire.jobs.transitions.expire import expire
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.progress import Report, record_progress
from jobwire.jobs.transitions.promote import promote
from jobwire.jobs.transitions.rescue import rescue
from jobwire.jobs.viewer import trusted
from jobwire.models.database import Connection
from jobwire.models.vocabulary import FailureKind
from tests.clock import FakeClock
from tests.jobs.counts.steps import delete, remove

TYPES = ("import", "export")
USERS = ("alice", "bob", "carol")
LEASE = timedelta(seconds=10)


class Doings:
    """What is done, with a clock of its own."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._clock = FakeClock()
        self._claimed: list[Claimed] = []

    async def schedule(self, connection: Connection) -> None:
        for _ in range(self._random.randint(1, 3)):
            request = ScheduleRequest(
                type=self._random.choice(TYPES),
                tag="t",
                when=RunTime(
                    delay=timedelta(seconds=self._random.choice([0, 0, 0, 5]))
                ),
                ttl=self._random.choice([None, None, timedelta(seconds=20)]),
                retry_config={"maxAttempts": self._random.randint(1, 2)},
            )
            await schedule(
                connection,
                request,
                registry=None,
                viewer=trusted(self._random.choice(USERS)),
                now=self._clock.now(),
            )

    async def claim(self, connection: Connection) -> None:
        self._claimed += await claim(
            connection,
            worker="w",
            limit=self._random.randint(1, 4),
            lease=LEASE,
            types=list(TYPES),
            now=self._clock.now(),
        )

    async def finish(self, connection: Connection) -> None:
        now, outcome = self._clock.now(), self._random.choice([*Outcome])
        has_failed = outcome in {Outcome.FAILED, Outcome.RETRY}
        failure = Failure(FailureKind.TASK_ERROR, "no") if has_failed else None
        retry_at = now + timedelta(seconds=2) if outcome is Outcome.RETRY else None
        result = "1" if outcome is Outcome.SUCCEEDED else None
        some = [
            Finish(
                one.id,
                one.fence,
                outcome,
                result=result,
                failure=failure,
                retry_at=retry_at,
            )
            for one in self._some_claimed()
        ]
        await finish(connection, some, worker="w", now=now)

    async def report(self, connection: Connection) -> None:
        said = [
            Report(one.id, one.fence, '{"fraction": 0.5}')
            for one in self._some_claimed()
        ]
        await record_progress(connection, said, worker="w", now=self._clock.now())

    async def promote(self, connection: Connection) -> None:
        await promote(connection, now=self._clock.advance(3))

    async def expire(self, connection: Connection) -> None:
        await expire(connection, now=self._clock.now())

    async def rescue(self, connection: Connection) -> None:
        await rescue(connection, now=self._clock.advance(6))

    async def cancel(self, connection: Connection) -> None:
        for id in await self._some(connection, "finished IS NULL", 1):
            # Somebody else may have ended it meanwhile, and taken it away.
            with suppress(NotFoundError):
                await cancel(
                    connection, id, viewer=trusted("admin"), now=self._clock.now()
                )

    async def delete(self, connection: Connection) -> None:
        ended = await self._some(connection, "finished IS NOT NULL", 2)
        await delete(connection, ended, self._clock.now())

    async def remove(self, connection: Connection) -> None:
        await remove(
            connection, await self._some(connection, "finished IS NOT NULL", 3)
        )

    def _some_claimed(self) -> list[Claimed]:
        count = min(len(self._claimed), self._random.randint(1, 2))
        by_id = {one.id: one for one in self._random.sample(self._claimed, count)}
        return [by_id[id] for id in sorted(by_id)]

    async def _some(self, connection: Connection, which: str, most: int) -> list[UUID]:
        records = await connection.fetch(
            f"SELECT id FROM worker_jobs WHERE {which} ORDER BY id"
        )
        ids = [record["id"] for record in records]
        return sorted(self._random.sample(ids, min(len(ids), most)))
