"""The dispatcher: hands ready TRIGGER jobs over to Trigger.dev."""

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import timedelta

from structlog.contextvars import bind_contextvars

from jobwire.jobs import tracing
from jobwire.jobs.dispatch import Dispatcher, Outcome
from jobwire.jobs.dispatch_batch import BatchDispatcher, SentBatch
from jobwire.jobs.executors.batches import ITEM_OVERHEAD
from jobwire.jobs.executors.calls import is_about_health
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.transitions.dispatch import Dispatch, claim_dispatches
from jobwire.triggerdev import RateLimitedError, TriggerDevError
from jobwire.worker.link import is_away
from jobwire.worker.loop import Loop
from jobwire.worker.trigger_settings import TriggerShare

#: How long all go singly when a batch was refused for another reason than its rate.
_BATCHES_REFUSED = timedelta(minutes=5)

_log = logging.getLogger(__name__)


class DispatchLoop(Loop):
    """Claims ready TRIGGER jobs and sends them: singly, and in batches under load.

    After a failure it waits, and then tries a single one: the others stay where a
    cancel or a time-to-live can still settle them. Any number of workers may dispatch.
    """

    name = "dispatch"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__()
        self._share = share
        parts = share.link.connection, share.executor, share.clock, share.settings.rules
        self._dispatcher = Dispatcher(*parts)
        self._batches = BatchDispatcher(*parts)
        self._patience = share.backoff()
        self._pace = share.pace(share.settings.dispatches)
        self._not_before = 0.0
        self._batches_from = 0.0
        self._under_way: set[asyncio.Task[None]] = set()
        self._batch: asyncio.Task[None] | None = None
        self._has_many = False
        self._last_queue = ""
        self._claiming = asyncio.Lock()

    async def run_once(self) -> float:
        """Claim as many jobs as may be under way, and begin to send them."""
        idle = self._share.idle
        wait = self._not_before - asyncio.get_running_loop().time()
        if wait > 0:
            # Not cut short by the doorbell.
            await asyncio.sleep(min(wait, idle))
            return 0
        executor = self._share.executor
        try:
            environment = await executor.environment()
            await executor.look_at_limit()
        except TriggerDevError:
            self._hold_off()
            return 0
        most = self._pace.room(executor.rate_limit, self._share.clock.now())
        if self._patience.wait:
            most = min(most, 1)
        limit = most - len(self._under_way)
        if limit < 1:
            return idle
        async with self._claiming:
            claimed = 0 if self._stopping else await self._begin(limit, environment)
        if claimed:
            self._share.changed()
        return 0 if self._has_many else idle

    async def settled(self) -> None:
        """Wait until nothing is under way; nothing more is claimed after `stop`."""
        async with self._claiming:
            pass
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _begin(self, limit: int, environment: str) -> int:
        """Begin to send a batch if many are ready, else as many as may go singly."""
        settings = self._share.settings
        if self._has_many and self._may_send_batch():
            batch = await self._claim(
                settings.batch_most,
                environment,
                least=settings.batch_least,
                most_bytes=settings.batch_bytes,
            )
            if batch:
                self._batch = self._start(self._send_batch(batch))
                return len(batch)
        claimed = await self._claim(limit, environment)
        for dispatch in claimed:
            self._start(self._send(dispatch))
        self._has_many = len(claimed) == limit
        return len(claimed)

    def _may_send_batch(self) -> bool:
        return (
            not self._patience.wait
            and self._batch not in self._under_way
            and asyncio.get_running_loop().time() >= self._batches_from
        )

    async def _claim(
        self, limit: int, environment: str, *, least: int = 1, most_bytes: int = 2**60
    ) -> list[Dispatch]:
        async with self._share.link.connection() as connection:
            claimed = await claim_dispatches(
                connection,
                worker=self._share.holder,
                limit=limit,
                lease=self._share.settings.rules.lease,
                environment=environment,
                now=self._share.clock.now(),
                after_queue=self._last_queue,
                least=least,
                most_bytes=most_bytes,
                overhead=ITEM_OVERHEAD,
            )
            found = await tracing.read_traceparents(
                connection, [one.id for one in claimed]
            )
        if found:
            claimed = [replace(one, traceparent=found.get(one.id)) for one in claimed]
        if claimed:
            self._last_queue = claimed[-1].queue
        return claimed

    def _start(self, sending: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(sending)
        self._under_way.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.wake()

    async def _send(self, dispatch: Dispatch) -> None:
        # For the rest of this task, which is about nothing else.
        bind_contextvars(
            job_id=job_id_text(dispatch.id),
            job_type=dispatch.type,
            user_id=dispatch.user_id,
        )
        try:
            with tracing.span(
                f"dispatch {dispatch.type}",
                "producer",
                parent=dispatch.traceparent,
                job_id=job_id_text(dispatch.id),
                job_type=dispatch.type,
                user_id=dispatch.user_id,
            ):
                outcome = await self._dispatcher.send(dispatch)
        # What is not written stays `sending`, and is found out about later.
        except Exception as error:  # noqa: BLE001 - see above
            self._not_written(error, job_id_text(dispatch.id))
            return
        self._count(outcome, [dispatch])
        if outcome is Outcome.SETTLED:
            self._patience.succeeded()
        else:
            self._hold_off()
        self._share.changed()

    async def _send_batch(self, dispatches: Sequence[Dispatch]) -> None:
        try:
            sent = await self._batches.send(dispatches)
        # As above; a batch that is known is asked later.
        except Exception as error:  # noqa: BLE001 - see above
            self._not_written(error, f"{len(dispatches)} jobs")
            return
        self._count(sent.outcome, dispatches)
        self._heed(sent)
        self._share.changed()

    def _count(self, outcome: Outcome, dispatches: Sequence[Dispatch]) -> None:
        now = self._share.clock.now()
        for one in dispatches:
            self._share.hooks.dispatched(
                outcome,
                latency=one.dispatched_at - one.due_at,
                duration=now - one.dispatched_at,
            )

    def _heed(self, sent: SentBatch) -> None:
        """Learn from a batch when the next one, and anything at all, may go."""
        error, pause = sent.error, _BATCHES_REFUSED
        if sent.outcome in (Outcome.ACCEPTED, Outcome.SETTLED):
            self._patience.succeeded()
            return
        if isinstance(error, RateLimitedError):
            # Batches have a bucket of their own: what goes singly may go on.
            if error.retry_at is not None:
                pause = error.retry_at - self._share.clock.now()
        elif error is None or is_about_health(error):
            self._hold_off()
            return
        loop = asyncio.get_running_loop()
        self._batches_from = loop.time() + pause.total_seconds()

    def _not_written(self, error: Exception, what: str) -> None:
        if not is_away(error):
            _log.exception(
                "the dispatch of %s was not written down; it is looked for later",
                what,
                extra={"action": "dispatch-failed"},
            )

    def _hold_off(self) -> None:
        now = asyncio.get_running_loop().time()
        # Those that were under way together meet the same outage, and count once.
        if now >= self._not_before:
            self._not_before = now + self._patience.failed()
