"""Dispatch: hand a job over to Trigger.dev so that it has one run, whatever fails.

A claim commits `sending` before anything is sent. What was surely not accepted goes
back to `none`; what was refused fails; a lost answer is `unknown`. That is never simply
sent again: the run may have failed meanwhile, which frees its key, and a second one
would start. It is looked for by its tag, twice, and only what is not there is sent
again under the same number and key.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum, auto
from uuid import UUID

from jobwire.jobs.borrowing import Connections, transaction
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.queue import asked_queue
from jobwire.jobs.transitions import dispatch as transitions
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.jobs.transitions.link import link, reject, settle_unstarted
from jobwire.models.vocabulary import SignalSource
from jobwire.triggerdev import (
    ApiStatusError,
    InvalidOptionError,
    TriggerDevError,
)

log = logging.getLogger(__name__)

#: Answers that refuse this very request, now and always.
_REFUSALS = frozenset({400, 404, 413, 422})
_CONFLICT = 409


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchRules:
    """How long each step of a dispatch may take.

    Attributes:
        lease: How long a process is believed to be at it without a sign of life.
        answer: How long an answer is waited for, all tries of the client together. Must
            be shorter than the lease: nobody may send when another one already looks.
        settle: How long after a send nothing is looked for: it may be on its way.
        search_gap: How long to wait between the two searches; lists lag.
        key_life: How long after a send the same key is sure to find the same run. A
            bit less than the life that the key is given.
    """

    lease: timedelta = timedelta(seconds=30)
    answer: timedelta = timedelta(seconds=20)
    settle: timedelta = timedelta(seconds=15)
    search_gap: timedelta = timedelta(seconds=5)
    key_life: timedelta = timedelta(days=29)


class Outcome(Enum):
    """What became of a send."""

    #: The job has its run, or has ended.
    SETTLED = auto()
    #: It was not accepted, and the next one will hardly be: wait a while.
    REFUSED_FOR_NOW = auto()
    #: A run may exist.
    UNKNOWN = auto()
    #: It is in a batch that makes its run.
    ACCEPTED = auto()


class Dispatcher:
    """Carries dispatches out; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment.
        clock: What time it is.
        rules: How long things may take.
        sleep: Waits for so many seconds.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        rules: DispatchRules,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._rules = rules
        self._sleep = sleep

    async def send(self, dispatch: Dispatch) -> Outcome:
        """Send a dispatch that this process has claimed, and write what became of it.

        sending → linked, unknown or none; or QUEUED → FAILED when it was refused, and
        → CANCELED or EXPIRED when it was surely not accepted and has that reason to
        end.
        """
        now = self._clock.now()
        answer = self._rules.answer
        if now - dispatch.dispatched_at > self._rules.lease - answer:
            return await self._lose(dispatch, "it was held up, and could come too late")
        try:
            async with asyncio.timeout(answer.total_seconds()):
                if await self.lacks_queue(dispatch):
                    await self.reject_queue(dispatch)
                    return Outcome.SETTLED
                run_id = await self._executor.send(
                    dispatch,
                    now=now,
                    # Whoever takes over looks when the lease ends, and by then a run
                    # must have had its time to be listed.
                    not_after=(
                        dispatch.dispatched_at + self._rules.lease - self._rules.settle
                    ),
                )
        except TriggerDevError as error:
            return await self._write_failure(dispatch, error)
        except TimeoutError:
            return await self._lose(dispatch, f"no answer came within {answer}")
        await self.link(dispatch.id, run_id)
        return Outcome.SETTLED

    async def lacks_queue(self, dispatch: Dispatch) -> bool:
        """Whether a dispatch names a queue that the environment does not have.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        queue = asked_queue(dispatch.queue, dispatch.task)
        return queue is not None and not await self._executor.queues.has(queue)

    async def reject_queue(self, dispatch: Dispatch) -> None:
        """End a job whose queue is not there: QUEUED → FAILED."""
        await self._reject(
            dispatch,
            f"The Trigger.dev project has no queue {dispatch.queue!r}, and a run in it"
            " would wait for ever. Declare it there with queue(), or leave queue out.",
        )

    async def decide(self, dispatch: Dispatch) -> Outcome:
        """Find out about a dispatch whose answer was lost, and settle it.

        sending or unknown → linked when its run is found. Otherwise it never started:
        QUEUED → CANCELED or EXPIRED if it has a reason to end, FAILED if its key may
        have been forgotten, and else it is sent again.

        Raises:
            TriggerDevError: Nothing could be found out; the lease was given back.
        """
        try:
            run_id = await self._search(dispatch)
        except TriggerDevError:
            async with self._connections() as connection:
                await transitions.let_go(connection, dispatch)
            raise
        if run_id is not None:
            await self.link(dispatch.id, run_id, adopted=True)
            return Outcome.SETTLED
        return await self._send_again(dispatch)

    async def release(self, dispatch: Dispatch) -> None:
        """Take back what was surely not accepted: sending → none.

        QUEUED → CANCELED or EXPIRED when it has that reason to end.
        """
        now = self._clock.now()
        async with transaction(self._connections) as connection:
            # A job that is not handed over any more can have no pending cancel.
            if not await settle_unstarted(
                connection, dispatch.id, dispatch.fence, now=now
            ):
                await transitions.release(connection, dispatch, now)

    async def _search(self, dispatch: Dispatch) -> str | None:
        found = await self._executor.lists.find(dispatch)
        if found is not None:
            return found
        await self._sleep(self._rules.search_gap.total_seconds())
        return await self._executor.lists.find(dispatch)

    async def _send_again(self, dispatch: Dispatch) -> Outcome:
        now = self._clock.now()
        async with transaction(self._connections) as connection:
            ended = await settle_unstarted(
                connection, dispatch.id, dispatch.fence, now=now
            )
        if ended is not None:
            return Outcome.SETTLED
        if now - dispatch.dispatched_at > self._rules.key_life:
            await self._reject(
                dispatch,
                f"Its dispatch of {dispatch.dispatched_at.isoformat()} was never"
                " answered, and is so old that sending it again could run it twice."
                " Retry the job if it did not run.",
            )
            return Outcome.SETTLED
        async with self._connections() as connection:
            again = await transitions.resend(
                connection, dispatch, lease=self._rules.lease, now=now
            )
        return Outcome.SETTLED if again is None else await self.send(again)

    async def _write_failure(
        self, dispatch: Dispatch, error: TriggerDevError
    ) -> Outcome:
        is_refused = (
            isinstance(error, ApiStatusError) and error.status in _REFUSALS
        ) or isinstance(error, InvalidOptionError)
        if is_refused:
            await self._reject(dispatch, error.message)
            return Outcome.SETTLED
        # A conflict: somebody uses the key at this moment, perhaps a send of ours.
        if error.outcome_unknown or (
            isinstance(error, ApiStatusError) and error.status == _CONFLICT
        ):
            return await self._lose(dispatch, error.message)
        await self.release(dispatch)
        _warn("dispatch-released", "was not accepted", dispatch, error.message)
        return Outcome.REFUSED_FOR_NOW

    async def _lose(self, dispatch: Dispatch, reason: str) -> Outcome:
        async with self._connections() as connection:
            await transitions.lose_answer(
                connection, dispatch, self._clock.now(), settle=self._rules.settle
            )
        _warn("dispatch-unknown", "has an unknown outcome", dispatch, reason)
        return Outcome.UNKNOWN

    async def _reject(self, dispatch: Dispatch, reason: str) -> None:
        async with transaction(self._connections) as connection:
            await reject(
                connection,
                dispatch.id,
                dispatch.fence,
                reason,
                now=self._clock.now(),
            )

    async def link(self, job_id: UUID, run_id: str, *, adopted: bool = False) -> None:
        """Give a job its run; a run that comes too late is canceled.

        Args:
            job_id: The job.
            run_id: A run that its dispatch has made.
            adopted: Whether it was found rather than answered.
        """
        async with transaction(self._connections) as connection:
            linked = await link(
                connection,
                job_id,
                run_id,
                source=SignalSource.DISPATCH,
                now=self._clock.now(),
                adopted=adopted,
            )
        if linked.is_ours:
            return
        # The job ended without it, or has another: nobody would ever follow this run.
        became = "is canceled"
        try:
            await self._executor.cancel(run_id)
        except TriggerDevError as error:
            became = f"could not be canceled: {error.message}"
        log.warning(
            "the run %s came too late for %s and %s",
            run_id,
            job_id_text(job_id),
            became,
            extra={
                "action": "dispatch-stray",
                "job_id": job_id_text(job_id),
                "run_id": run_id,
            },
        )


def _warn(action: str, became: str, dispatch: Dispatch, reason: str) -> None:
    job = job_id_text(dispatch.id)
    log.warning(
        "the dispatch of %s %s: %s",
        job,
        became,
        reason,
        extra={"action": action, "job_id": job},
    )
