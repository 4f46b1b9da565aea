"""Batch dispatch: hand many jobs over at once, each as safely as it would go singly.

sending is committed before anything is sent, and the batch of each job before its
items are. A batch makes no run before it has items, so what goes wrong earlier leaves
the jobs as they were. Later only the batch itself can tell what became of them:
`link_batch` asks it.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from jobwire.jobs.at_once import at_once
from jobwire.jobs.borrowing import Connections
from jobwire.jobs.clock import Clock
from jobwire.jobs.dispatch import Dispatcher, DispatchRules, Outcome
from jobwire.jobs.executors.trigger import TriggerExecutor
from jobwire.jobs.transitions.batch import accept, lose_batch, put_in_batch
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.triggerdev import (
    ApiConnectionError,
    ApiStatusError,
    InvalidOptionError,
    TriggerDevError,
)

log = logging.getLogger(__name__)

#: Answers to a request of whose items none was read.
_UNREAD = frozenset({401, 403, 429})
_TAKEN = "some of them were taken over meanwhile"
_UNSEALED = "it lacks items"
#: Jobs given back at once, each in a transaction of its own.
_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class SentBatch:
    """What became of a batch.

    Attributes:
        outcome: What became of each of its jobs.
        error: Why it was not accepted; None: it was, or nobody knows why not.
    """

    outcome: Outcome
    error: TriggerDevError | None = None


class BatchDispatcher:
    """Carries batches out; stateless between them.

    Args:
        connections: Lends connections, never while a request is under way.
        executor: The environment.
        clock: What time it is.
        rules: How long things may take.
    """

    def __init__(
        self,
        connections: Connections,
        executor: TriggerExecutor,
        clock: Clock,
        rules: DispatchRules,
    ) -> None:
        self._connections = connections
        self._executor = executor
        self._clock = clock
        self._rules = rules
        self._singly = Dispatcher(connections, executor, clock, rules)

    async def send(self, dispatches: Sequence[Dispatch]) -> SentBatch:
        """Send jobs that this process has claimed together, and write the outcome.

        sending → accepted when the batch has them all, unknown when it may have them,
        and none when it surely has not: then each goes singly, and is refused singly.
        Those whose queue is not there fail before the others go.
        """
        try:
            lacking = [one for one in dispatches if await self._singly.lacks_queue(one)]
        except TriggerDevError as error:
            return await self._give_back(dispatches, error)
        await at_once(_AT_ONCE, self._singly.reject_queue, lacking)
        left = [one for one in dispatches if one not in lacking]
        return await self._send(left) if left else SentBatch(Outcome.SETTLED)

    async def _send(self, dispatches: Sequence[Dispatch]) -> SentBatch:
        try:
            batch = await self._open(dispatches)
        except (TriggerDevError, TimeoutError) as error:
            return await self._give_back(dispatches, error)
        if batch is None:
            return await self._give_back(dispatches, _TAKEN)
        try:
            has_all = await self._fill(batch, dispatches)
        except (TriggerDevError, TimeoutError) as error:
            if _is_unread(error):
                return await self._give_back(dispatches, error)
            return await self._lose(batch, dispatches, error)
        if not has_all:
            return await self._lose(batch, dispatches, _UNSEALED)
        async with self._connections() as connection:
            await accept(connection, dispatches, now=self._clock.now())
        return SentBatch(Outcome.ACCEPTED)

    async def _open(self, dispatches: Sequence[Dispatch]) -> str | None:
        """Make a batch and put the jobs in it; None: not all of them are ours."""
        async with asyncio.timeout(self._rules.answer.total_seconds() / 2):
            batch = await self._executor.batches.open(dispatches)
        async with self._connections() as connection:
            are_ours = await put_in_batch(
                connection, dispatches, batch, now=self._clock.now()
            )
        return batch if are_ours else None

    async def _fill(self, batch: str, dispatches: Sequence[Dispatch]) -> bool:
        rules = self._rules
        async with asyncio.timeout(rules.answer.total_seconds() / 2):
            return await self._executor.batches.fill(
                batch,
                dispatches,
                now=self._clock.now(),
                not_after=dispatches[0].dispatched_at + rules.lease - rules.settle,
            )

    async def _give_back(
        self,
        dispatches: Sequence[Dispatch],
        error: Exception | str,
    ) -> SentBatch:
        await at_once(_AT_ONCE, self._singly.release, dispatches)
        _warn("dispatch-batch-released", "was not accepted", dispatches, error)
        return SentBatch(
            Outcome.REFUSED_FOR_NOW,
            error if isinstance(error, TriggerDevError) else None,
        )

    async def _lose(
        self,
        batch: str,
        dispatches: Sequence[Dispatch],
        error: Exception | str,
    ) -> SentBatch:
        async with self._connections() as connection:
            await lose_batch(connection, dispatches, now=self._clock.now())
        became = f"has an unknown outcome as {batch}"
        _warn("dispatch-batch-unknown", became, dispatches, error)
        return SentBatch(
            Outcome.UNKNOWN, error if isinstance(error, TriggerDevError) else None
        )


def _is_unread(error: TriggerDevError | TimeoutError) -> bool:
    """Whether no item of a batch can have been taken."""
    if isinstance(error, TimeoutError) or error.outcome_unknown:
        return False
    if isinstance(error, ApiStatusError):
        return error.status in _UNREAD
    return isinstance(error, ApiConnectionError | InvalidOptionError)


def _warn(
    action: str,
    became: str,
    dispatches: Sequence[Dispatch],
    error: Exception | str,
) -> None:
    log.warning(
        "the dispatch of a batch of %d jobs %s: %s",
        len(dispatches),
        became,
        str(error) or type(error).__name__,
        extra={"action": action, "jobs": len(dispatches)},
    )
