"""Jobs on Trigger.dev in the database of a server that has no Trigger.dev."""

import json
from datetime import timedelta
from typing import Any

from jobwire.jobs.cancel import cancel
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.run_words import status_of
from jobwire.jobs.failure import Failure
from jobwire.jobs.job import Job
from jobwire.jobs.observation import Observation, Rank
from jobwire.jobs.observe import observe
from jobwire.jobs.transitions import dispatch, row
from jobwire.jobs.transitions.link import link
from jobwire.jobs.transitions.tell_run import acknowledge_by_run
from jobwire.jobs.viewer import Scope, Viewer
from jobwire.models.database import Connection
from jobwire.models.vocabulary import (
    AttentionKind,
    EventKind,
    JobStatus,
    SignalSource,
)
from tests.factories import insert_job

VIEWER = Viewer("dev", frozenset({Scope.ADMIN}))
LEASE = timedelta(minutes=1)


class Runs:
    """Does to jobs what the loops of a worker with Trigger.dev would do."""

    def __init__(self, connection: Connection, clock: Clock) -> None:
        self._connection = connection
        self._clock = clock

    async def make_job(self, **columns: Any) -> Job:
        """Insert a job of user `dev`, as `tests.factories.insert_job` does."""
        now = self._clock.now()
        given = {"executor": "trigger", "user_id": "dev", **columns}
        return await insert_job(self._connection, now=now, **given)

    async def send(self, job: Job) -> dispatch.Dispatch:
        """Begin to hand a job over."""
        sent = await dispatch.claim_dispatches(
            self._connection,
            worker="worker-1",
            limit=100,
            lease=LEASE,
            environment="test",
            now=self._clock.now(),
        )
        return next(one for one in sent if one.id == job.id)

    async def lose_answer(self, sent: dispatch.Dispatch) -> None:
        """Let the answer to a send be lost."""
        await dispatch.lose_answer(
            self._connection, sent, self._clock.now(), settle=timedelta()
        )

    async def link(self, job: Job, run_id: str, *, adopted: bool = False) -> None:
        """Give a job its run."""
        async with self._connection.transaction():
            await link(
                self._connection,
                job.id,
                run_id,
                source=SignalSource.DISPATCH,
                now=self._clock.now(),
                adopted=adopted,
            )

    async def hear(
        self,
        run_id: str,
        word: str,
        *,
        source: SignalSource = SignalSource.RECONCILER,
        fraction: float | None = None,
        failure: Failure | None = None,
    ) -> None:
        """Let Trigger.dev say its word of a run; a WEBHOOK seals as in an outage."""
        now = self._clock.now()
        is_hook = source is SignalSource.WEBHOOK
        progress = {
            "fraction": fraction,
            "message": None,
            "current": None,
            "total": None,
            "updatedAt": now.isoformat(),
        }
        said = Observation(
            run_id=run_id,
            source=source,
            rank=Rank.TESTIMONY if is_hook else Rank.VERDICT,
            word=word,
            status=status_of(word),
            is_news=word == "PENDING_VERSION",
            attempt=0 if status_of(word) is JobStatus.QUEUED else 1,
            occurred_at=now,
            failure=failure,
            progress=None if fraction is None else json.dumps(progress),
        )
        async with self._connection.transaction():
            await observe(self._connection, said, now=now, seals=is_hook)

    async def cancel(self, job: Job) -> None:
        """Ask that a job ends, as its user."""
        async with self._connection.transaction():
            now = self._clock.now()
            await cancel(self._connection, job.id, viewer=VIEWER, now=now)

    async def attend(self, job: Job, *kinds: AttentionKind) -> None:
        """Let reconciliation say why an operator should look at a job."""
        async with self._connection.transaction():
            found = await row.lock(self._connection, job.id, viewer=None)
            assert found is not None
            await row.write(
                self._connection,
                found,
                {"attention": list(kinds)},
                kind=EventKind.ATTENTION_CHANGED,
                source=SignalSource.RECONCILER,
                actor=None,
                now=self._clock.now(),
                detail={"was": found.attention},
            )

    async def end_grace(self, job: Job) -> None:
        """Let the time that its code may take to stop be over."""
        async with self._connection.transaction():
            found = await row.lock(self._connection, job.id, viewer=None)
            assert found is not None
            now = self._clock.now()
            await row.write(
                self._connection,
                found,
                {"cancel_grace_until": now},
                kind=EventKind.CANCEL_REQUESTED,
                source=SignalSource.API,
                actor=None,
                now=now,
            )

    async def acknowledge(self, job: Job) -> None:
        """Let Trigger.dev take the cancel of a job."""
        async with self._connection.transaction():
            now = self._clock.now()
            await acknowledge_by_run(self._connection, job.id, now=now)
