"""What a worker does to jobs, one step at a time."""

from dataclasses import dataclass
from datetime import timedelta

from jobwire.jobs.bulk import BulkOperation, carry_out_chunk
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.failure import Failure
from jobwire.jobs.transitions.claim import Claimed, claim
from jobwire.jobs.transitions.finish import Finish, Outcome, finish
from jobwire.jobs.transitions.progress import Report, record_progress
from jobwire.models.vocabulary import FailureKind

WORKER = "worker-1"


@dataclass(frozen=True, slots=True)
class Steps:
    """The transitions of one worker, each followed by a ring."""

    engine: Engine

    async def start(self, type: str = "no-op") -> Claimed:
        """Claim the next job: QUEUED → RUNNING."""
        async with self.engine.database.connection() as connection:
            [claimed] = await claim(
                connection,
                worker=WORKER,
                limit=1,
                lease=timedelta(seconds=10),
                types=[type],
                now=self.engine.clock.now(),
            )
        self.engine.doorbell.ring(Topic.CHANGE)
        return claimed

    async def report(
        self, claimed: Claimed, progress: str = '{"fraction": 0.5}'
    ) -> None:
        """Report progress."""
        async with self.engine.database.connection() as connection:
            await record_progress(
                connection,
                [Report(claimed.id, claimed.fence, progress)],
                worker=WORKER,
                now=self.engine.clock.now(),
            )
        self.engine.doorbell.ring(Topic.CHANGE)

    async def carry_out(self) -> BulkOperation | None:
        """Handle a chunk of a bulk operation."""
        async with self.engine.database.connection() as connection:
            operation = await carry_out_chunk(
                connection,
                registry=self.engine.registry,
                policy=self.engine.policy,
                now=self.engine.clock.now(),
            )
        self.engine.doorbell.ring(Topic.CHANGE)
        return operation

    async def succeed(self, claimed: Claimed, result: str = "null") -> None:
        """Finish it: RUNNING → SUCCEEDED."""
        await self._finish(
            Finish(claimed.id, claimed.fence, Outcome.SUCCEEDED, result=result)
        )

    async def fail(self, claimed: Claimed) -> None:
        """Finish it: RUNNING → FAILED."""
        failure = Failure(FailureKind.TASK_ERROR, "no", stack="line 1")
        await self._finish(
            Finish(claimed.id, claimed.fence, Outcome.FAILED, failure=failure)
        )

    async def _finish(self, one: Finish) -> None:
        async with self.engine.database.connection() as connection:
            accepted = await finish(
                connection, [one], worker=WORKER, now=self.engine.clock.now()
            )
        assert accepted.keys() == {one.id}
        self.engine.doorbell.ring(Topic.CHANGE)
