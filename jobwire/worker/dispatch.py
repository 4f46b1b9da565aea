"""The dispatcher: hands ready TRIGGER jobs over to Trigger.dev."""

import asyncio
import logging

from jobwire.jobs.dispatch import Dispatcher, Outcome
from jobwire.jobs.identifiers import job_id_text
from jobwire.jobs.transitions.dispatch import Dispatch, claim_dispatches
from jobwire.triggerdev import TriggerDevError
from jobwire.worker.link import is_away
from jobwire.worker.loop import Loop
from jobwire.worker.trigger_settings import TriggerShare

_log = logging.getLogger(__name__)


class DispatchLoop(Loop):
    """Claims ready TRIGGER jobs and sends them, many at once.

    After a failure it waits, and then tries a single one: the others stay where a
    cancel or a time-to-live can still settle them. Any number of workers may dispatch.
    """

    name = "dispatch"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__()
        self._share = share
        self._dispatcher = Dispatcher(
            share.link.connection, share.executor, share.clock, share.settings.rules
        )
        self._patience = share.backoff()
        self._not_before = 0.0
        self._under_way: set[asyncio.Task[None]] = set()
        self._claiming = asyncio.Lock()

    async def run_once(self) -> float:
        """Claim as many jobs as may be under way, and begin to send them."""
        idle = self._share.idle
        wait = self._not_before - asyncio.get_running_loop().time()
        if wait > 0:
            # Not cut short by the doorbell.
            await asyncio.sleep(min(wait, idle))
            return 0
        most = 1 if self._patience.wait else self._share.settings.dispatches
        limit = most - len(self._under_way)
        if limit < 1:
            return idle
        try:
            environment = await self._share.executor.environment()
        except TriggerDevError:
            self._hold_off()
            return 0
        async with self._claiming:
            claimed = 0 if self._stopping else await self._claim(limit, environment)
        if claimed:
            self._share.changed()
        return 0 if claimed == limit else idle

    async def settled(self) -> None:
        """Wait until nothing is under way; nothing more is claimed after `stop`."""
        async with self._claiming:
            pass
        while self._under_way:
            await asyncio.wait(self._under_way)

    async def _claim(self, limit: int, environment: str) -> int:
        async with self._share.link.connection() as connection:
            claimed = await claim_dispatches(
                connection,
                worker=self._share.holder,
                limit=limit,
                lease=self._share.settings.rules.lease,
                environment=environment,
                now=self._share.clock.now(),
            )
        for dispatch in claimed:
            task = asyncio.create_task(self._send(dispatch))
            self._under_way.add(task)
            task.add_done_callback(self._done)
        return len(claimed)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self.wake()

    async def _send(self, dispatch: Dispatch) -> None:
        try:
            outcome = await self._dispatcher.send(dispatch)
        # What is not written stays `sending`, and is found out about later.
        except Exception as error:  # noqa: BLE001 - see above
            if not is_away(error):
                _log.exception(
                    "the dispatch of %s was not written down; it is looked for later",
                    job_id_text(dispatch.id),
                    extra={"action": "dispatch-failed"},
                )
            return
        self._share.hooks.dispatched(outcome)
        if outcome is Outcome.SETTLED:
            self._patience.succeeded()
        else:
            self._hold_off()
        self._share.changed()

    def _hold_off(self) -> None:
        now = asyncio.get_running_loop().time()
        # Those that were under way together meet the same outage, and count once.
        if now >= self._not_before:
            self._not_before = now + self._patience.failed()
