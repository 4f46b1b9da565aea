"""The decider: finds out about dispatches whose answer was lost."""

from jobwire.jobs.at_once import at_once
from jobwire.jobs.dispatch import Dispatcher
from jobwire.jobs.transitions.dispatch import take_undecided
from jobwire.triggerdev import TriggerDevError
from jobwire.worker.loop import Loop
from jobwire.worker.trigger_settings import TriggerShare

_BATCH = 10


class DecideLoop(Loop):
    """Settles dispatches that are sending or unknown for too long.

    Those of processes that died in the middle are among them. Any number of workers
    may decide; each job is leased by one.
    """

    name = "decide"

    def __init__(self, share: TriggerShare) -> None:
        super().__init__()
        self._share = share
        self._dispatcher = Dispatcher(
            share.link.connection, share.executor, share.clock, share.settings.rules
        )
        self._patience = share.backoff()
        self._pace = share.pace(_BATCH)

    async def run_once(self) -> float:
        """Take one batch and find out about each of it."""
        rules, executor = self._share.settings.rules, self._share.executor
        try:
            environment = await executor.environment()
            now = self._share.clock.now()
            room = self._pace.room(executor.rate_limit, now)
            if room < 1:
                return self._share.idle
            async with self._share.link.connection() as connection:
                taken = await take_undecided(
                    connection,
                    worker=self._share.holder,
                    limit=room,
                    lease=rules.lease + rules.search_gap,
                    environment=environment,
                    sent_before=now - rules.settle,
                    now=now,
                )
            try:
                await at_once(_BATCH, self._dispatcher.decide, taken)
            finally:
                if taken:
                    self._share.changed()
        except TriggerDevError:
            return self._patience.failed()
        self._patience.succeeded()
        return 0 if len(taken) == room else self._share.idle
