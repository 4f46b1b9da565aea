"""Batches of an environment: many runs in two requests.

Makes no run by itself: Trigger.dev makes them in the background, one after the other,
when a batch has all its items (`POST /api/v3/batches` and `…/items`, Trigger.dev
4.5.12, read 2026-11-23).
"""

import json
from collections.abc import Callable, Sequence
from datetime import datetime
from enum import Enum, auto

from jobwire.jobs.executors.calls import Calls
from jobwire.jobs.executors.marks import Marks
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.triggerdev import (
    BatchItem,
    BatchStatus,
    NotFoundError,
    TriggerDevClient,
)

#: What an item is made of beside its payload, in bytes, and more.
ITEM_OVERHEAD = 2048
_OVER = {BatchStatus.COMPLETED, BatchStatus.PARTIAL_FAILED, BatchStatus.ABORTED}


class Standing(Enum):
    """How far a batch is."""

    #: It may lack items, and makes runs only when it has them.
    OPEN = auto()
    #: Its runs are being made.
    AT_WORK = auto()
    #: It makes no run any more.
    OVER = auto()


class Batches:
    """The batches of one environment; no method may be called inside a transaction.

    Args:
        client: Asks it.
        marks: Returns the marks of the installation that is spoken for.
        calls: Makes each call.
    """

    def __init__(
        self, client: TriggerDevClient, marks: Callable[[], Marks], calls: Calls
    ) -> None:
        self._client = client
        self._marks = marks
        self._calls = calls

    async def open(self, dispatches: Sequence[Dispatch]) -> str:
        """Make a batch that waits for its items; return its id.

        Nothing runs for it, whatever becomes of the answer.

        Raises:
            TriggerDevError: It was refused, or its answer was lost.
        """
        created = await self._calls.make(
            self._client.batches.create(
                len(dispatches),
                task_ids=sorted({one.task for one in dispatches}),
                attempts=1,
            )
        )
        return created.id

    async def fill(
        self,
        batch_id: str,
        dispatches: Sequence[Dispatch],
        *,
        now: datetime,
        not_after: datetime,
    ) -> bool:
        """Send the items of a batch, each as it would go singly.

        Args:
            batch_id: The batch.
            dispatches: All of them, in one order each time: items are known by it.
            now: The time that their times-to-live count from.
            not_after: When they may be sent at the latest.

        Returns:
            Whether the batch has all its items.

        Raises:
            TriggerDevError: They were refused, or nobody knows.
        """
        items = [
            BatchItem(
                one.task, json.loads(one.data), self._marks().options(one, now=now)
            )
            for one in dispatches
        ]
        sent = await self._calls.make(
            self._client.batches.send_items(batch_id, items, not_after=not_after)
        )
        return sent.is_sealed

    async def standing(self, batch_id: str) -> Standing:
        """Ask how far a batch is.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        try:
            batch = await self._calls.make(self._client.batches.retrieve(batch_id))
        except NotFoundError:
            return Standing.OVER
        # It can be PENDING again when all its runs are made.
        is_over = batch.processing_completed_at is not None
        if is_over or batch.known_status in _OVER:
            return Standing.OVER
        is_open = batch.known_status is BatchStatus.PENDING and not batch.run_ids
        return Standing.OPEN if is_open else Standing.AT_WORK
