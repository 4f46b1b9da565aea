"""The queues of a Trigger.dev environment: whether it has those that jobs name.

A run that names a queue which no deployment has waits for one that has it, without a
word and without an end (run-engine, `dequeueSystem.ts`).
"""

from datetime import datetime, timedelta

from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.calls import Calls
from jobwire.jobs.queue import OF_TASK
from jobwire.triggerdev import CustomQueue, NotFoundError, TaskQueue, TriggerDevClient

#: How long a queue that was there is believed to be.
_FRESH = timedelta(minutes=1)


class RunQueues:
    """Knows the queues of one environment; no method may be called in a transaction.

    Args:
        client: Asks it.
        calls: Makes each call.
        clock: What time it is.
    """

    def __init__(self, client: TriggerDevClient, calls: Calls, clock: Clock) -> None:
        self._client = client
        self._calls = calls
        self._clock = clock
        self._seen: dict[str, datetime] = {}

    async def has(self, name: str) -> bool:
        """Whether there is a queue of that name; believed for a minute.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        now = self._clock.now()
        seen = self._seen.get(name)
        if seen is not None and now - seen < _FRESH:
            return True
        asked = (
            TaskQueue(name.removeprefix(OF_TASK))
            if name.startswith(OF_TASK)
            else CustomQueue(name)
        )
        try:
            await self._calls.make(self._client.queues.retrieve(asked))
        except NotFoundError:
            return False
        self._seen[name] = now
        return True
