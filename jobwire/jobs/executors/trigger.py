"""TRIGGER: runs of a Trigger.dev environment, asked and told over its API."""

import asyncio
import json
import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.base import ExecutorState
from jobwire.jobs.executors.batches import Batches
from jobwire.jobs.executors.calls import Calls
from jobwire.jobs.executors.marks import Marks
from jobwire.jobs.executors.run_lists import RunLists
from jobwire.jobs.executors.run_queues import RunQueues
from jobwire.jobs.executors.run_schedules import RunSchedules
from jobwire.jobs.executors.run_words import not_stored, observation_of, output_text
from jobwire.jobs.observation import Observation
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.models.vocabulary import SignalSource
from jobwire.triggerdev import (
    RateLimit,
    RealtimeRun,
    Run,
    RunStatus,
    RunSubscription,
    TriggerDevClient,
    TriggerDevError,
)

log = logging.getLogger(__name__)

#: The share of the rate limit that asking on the side leaves to dispatch and cancel.
_RESERVE = 0.2
#: How long an answer about health is believed.
_FRESH = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard of one run.

    Attributes:
        said: The verdict.
        detail: What else came with it, as JSON text; None: nothing.
    """

    said: Observation
    detail: str | None = None


class TriggerExecutor:
    """One Trigger.dev environment as an executor; an async context manager.

    Belongs to one event loop. No method may be called inside a transaction.

    Attributes:
        marks: What tells our runs from others.
        lists: Lists runs.
        batches: Makes many runs at once.
        queues: Knows where runs wait.
        schedules: Keeps the schedules that job schedules stand behind.

    Args:
        client: Asks it; closed with the executor.
        place: What the place is called in the stamp of dispatched jobs.
        installation: Who we are, on every run.
        clock: What time it is.
    """

    def __init__(
        self,
        client: TriggerDevClient,
        *,
        place: str,
        installation: UUID,
        clock: Clock,
    ) -> None:
        self._client = client
        self._place = place
        self._clock = clock
        self.marks = Marks(installation)
        self._calls = Calls(clock)
        self.lists = RunLists(client, lambda: self.marks, self._calls, clock)
        self.batches = Batches(client, lambda: self.marks, self._calls)
        self.queues = RunQueues(client, self._calls, clock)
        self.schedules = RunSchedules(
            client, lambda: self.marks, self.environment, self._calls, clock
        )
        self._asking = asyncio.Lock()
        self._environment: str | None = None
        self._has_looked = False

    async def __aenter__(self) -> Self:
        await self._client.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._client.__aexit__(kind, error, traceback)

    @property
    def is_paused(self) -> bool:
        """Whether nothing may be asked or told, until somebody says who we are."""
        return self._calls.is_paused

    def speak_for(self, installation: UUID, *, trouble: str | None) -> None:
        """Work for an installation; or for none, as long as it is in doubt.

        Args:
            installation: Who we are.
            trouble: Why nothing may be asked or told; None: it may.
        """
        if self.marks.installation != str(installation):
            self.marks = Marks(installation)
        self._calls.pause(trouble)

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._client.requests

    async def environment(self) -> str:
        """Return the environment's name in `trigger_environment`; asked once.

        Raises:
            TriggerDevError: It cannot be asked, or nothing may be.
        """
        self._calls.check()
        if self._environment is None:
            id = await self._calls.make(self._client.environment_id())
            self._environment = f"{self._place}#{id}"
        return self._environment

    async def send(
        self, dispatch: Dispatch, *, now: datetime, not_after: datetime | None = None
    ) -> str:
        """Trigger the run of a dispatch and return its id.

        Its payload is the job's data exactly. The key makes a repeat of the same
        dispatch return the same run, for as long as that has not failed. It is tried
        once: who waits for another try keeps the job from ending otherwise.

        Args:
            dispatch: What to send.
            now: The time that its time-to-live counts from.
            not_after: When it may be sent at the latest; None: whenever.

        Raises:
            TriggerDevError: It was refused, or its outcome is unknown.
        """
        triggered = await self._calls.make(
            self._client.tasks.trigger(
                dispatch.task,
                json.loads(dispatch.data),
                self.marks.options(dispatch, now=now),
                # The key is freed when its run fails: `find` looks for the run first.
                resend=False,
                attempts=1,
                not_after=not_after,
            )
        )
        return triggered.id

    async def retrieve(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        return await self._calls.make(self._client.runs.retrieve(run_id))

    async def hear(
        self, run_id: str, *, source: SignalSource = SignalSource.RECONCILER
    ) -> Heard:
        """Ask how a run stands: the verdict on it.

        Args:
            run_id: The run.
            source: Which path made us ask.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        return await self.hear_run(await self.retrieve(run_id), source=source)

    async def hear_run(
        self, run: Run, *, source: SignalSource = SignalSource.RECONCILER
    ) -> Heard:
        """Return the verdict on a run that was retrieved.

        Raises:
            TriggerDevError: Its output cannot be fetched now.
        """
        output, refusal = None, None
        if run.known_status is RunStatus.COMPLETED:
            output, refusal = await self._output(run)
        if refusal is not None:
            log.warning(
                "the output of the run %s is not stored: %s",
                run.id,
                refusal,
                extra={"action": "trigger-output-not-stored", "run_id": run.id},
            )
        said = observation_of(run, source=source, output=output)
        return Heard(said, not_stored(refusal))

    async def cancel(self, run_id: str) -> None:
        """Cancel a run; one that has ended stays as it is.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        await self._calls.make(self._client.runs.cancel(run_id))

    def feed(self, cursor: str | None) -> RunSubscription:
        """Return the Realtime feed of this installation's runs; `poll` asks it.

        Args:
            cursor: Where to go on; None: with everything that it shows.
        """
        return self._client.runs.subscribe_to_runs(
            tags=[self.marks.tag],
            # It is the data of the job, and would come with every state.
            with_payload=False,
            cursor=cursor,
        )

    async def poll(self, feed: RunSubscription) -> Sequence[RealtimeRun] | None:
        """Ask the feed once, for 20 s at most; see `RunSubscription.poll`.

        Raises:
            TriggerDevError: It refuses, or does not answer.
        """
        return await self._calls.make(feed.poll())

    @property
    def rate_limit(self) -> RateLimit | None:
        """The bucket that all keys of the environment share, as last told."""
        return self._client.rate_limit

    async def look_at_limit(self) -> None:
        """Learn what is left of the rate limit, by a question; asked once.

        A process that starts while others have used it up finds out without a
        dispatch that is refused.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        if not self._has_looked:
            await self.lists.answer()
            self._has_looked = True

    @property
    def has_budget(self) -> bool:
        """Whether the rate limit, as last told, leaves room for asking on the side."""
        told = self._client.rate_limit
        if told is None or told.reset_at <= self._clock.now():
            return True
        return told.remaining >= told.limit * _RESERVE

    async def state(self) -> ExecutorState:
        """Tell how the environment fares, asking it at most every ten seconds."""
        async with self._asking:
            checked = self._calls.state.checked_at
            if checked is None or self._clock.now() - checked >= _FRESH:
                # What it met is in the state.
                with suppress(TriggerDevError):
                    await self.lists.answer()
        return self._calls.state

    async def _output(self, run: Run) -> tuple[str | None, str | None]:
        try:
            output = await self._client.runs.read_output(
                run, limit=json_text.MAX_RESULT_BYTES
            )
        except TriggerDevError as error:
            # Of the run itself everything is known: an output that is too large, or
            # gone, or cannot be read, must not keep its job from ending.
            if error.is_retryable:
                raise
            return None, error.message
        return output_text(output)
