"""TRIGGER: runs of a Trigger.dev environment, asked and told over its API."""

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from inspect import iscoroutine
from types import TracebackType
from typing import Protocol, Self, TypeVar
from uuid import UUID

from jobwire.jobs import json_text
from jobwire.jobs.clock import Clock
from jobwire.jobs.executors.base import (
    ExecutorCapabilities,
    ExecutorHealth,
    ExecutorState,
)
from jobwire.jobs.executors.batches import Batches
from jobwire.jobs.executors.marks import Marks, job_tag
from jobwire.jobs.executors.run_words import not_stored, observation_of, output_text
from jobwire.jobs.observation import Observation
from jobwire.jobs.transitions.dispatch import Dispatch
from jobwire.models.vocabulary import Executor, SignalSource
from jobwire.triggerdev import (
    TERMINAL,
    ApiConnectionError,
    AuthenticationError,
    ConflictError,
    NotFoundError,
    PermissionDeniedError,
    RateLimit,
    RealtimeRun,
    Run,
    RunFilter,
    RunStatus,
    RunSubscription,
    RunSummary,
    TriggerDevClient,
    TriggerDevError,
)

Answer = TypeVar("Answer")

log = logging.getLogger(__name__)

#: How far their clock and ours may differ, when runs are looked for.
SKEW = timedelta(minutes=10)
#: The share of the rate limit that asking on the side leaves to dispatch and cancel.
_RESERVE = 0.2
#: The words of runs that have not ended, as lists are filtered by.
_LIVE = tuple(status.value for status in RunStatus if status not in TERMINAL)
#: How long an answer about health is believed.
_FRESH = timedelta(seconds=10)

CAPABILITIES = ExecutorCapabilities(
    cancel_running=True,
    confirms_cancel=True,
    force_cancel=True,
    progress=True,
    backoff=True,
    max_data_bytes=json_text.MAX_DATA_BYTES,
)


class PausedError(TriggerDevError):
    """Nothing may be asked or told: it is not known whose runs those are."""

    def __init__(self, trouble: str) -> None:
        super().__init__(trouble, is_retryable=True)


class Sought(Protocol):
    """What a run is looked for by."""

    @property
    def id(self) -> UUID:
        """The job."""

    @property
    def task(self) -> str:
        """The id of its task."""

    @property
    def number(self) -> int:
        """Which handing-over it is."""

    @property
    def created_at(self) -> datetime:
        """When the job was accepted."""


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
        batches: Makes many runs at once.

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
        self.batches = Batches(client, lambda: self.marks, self._ask)
        self._trouble: str | None = None
        self._state = self._found(ExecutorHealth.HEALTHY, None, checked_at=None)
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
        return self._trouble is not None

    def speak_for(self, installation: UUID, *, trouble: str | None) -> None:
        """Work for an installation; or for none, as long as it is in doubt.

        Args:
            installation: Who we are.
            trouble: Why nothing may be asked or told; None: it may.
        """
        if self.marks.installation != str(installation):
            self.marks = Marks(installation)
        if trouble != self._trouble:
            self._trouble = trouble
            log.log(
                logging.WARNING if trouble else logging.INFO,
                "the work on Trigger.dev %s",
                f"pauses: {trouble}" if trouble else "goes on",
                extra={"action": "trigger-paused" if trouble else "trigger-resumed"},
            )

    @property
    def requests(self) -> int:
        """How many requests were sent so far."""
        return self._client.requests

    async def environment(self) -> str:
        """Return the environment's name in `trigger_environment`; asked once.

        Raises:
            TriggerDevError: It cannot be asked, or nothing may be.
        """
        self._check_open()
        if self._environment is None:
            id = await self._ask(self._client.environment_id())
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
        triggered = await self._ask(
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

    async def find(self, dispatch: Sought, *, now: datetime) -> str | None:
        """Look for the run of a dispatch; None: it is not listed.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        found: str | None = None
        async for run in self._runs(
            created_from=dispatch.created_at - SKEW,
            created_to=now + SKEW,
            tag=job_tag(dispatch.id),
        ):
            if self.marks.are_on(run, dispatch.id, dispatch.task, dispatch.number):
                found = run.id
        return found

    async def retrieve(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        return await self._ask(self._client.runs.retrieve(run_id))

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
        run = await self.retrieve(run_id)
        output, refusal = None, None
        if run.known_status is RunStatus.COMPLETED:
            output, refusal = await self._output(run)
        if refusal is not None:
            log.warning(
                "the output of the run %s is not stored: %s",
                run.id,
                refusal,
                extra={"action": "trigger-output-not-stored", "run": run.id},
            )
        said = observation_of(run, source=source, output=output)
        return Heard(said, not_stored(refusal))

    async def cancel(self, run_id: str) -> None:
        """Cancel a run; one that has ended stays as it is.

        Raises:
            NotFoundError: The environment has no such run.
            TriggerDevError: It cannot be asked.
        """
        await self._ask(self._client.runs.cancel(run_id))

    def runs_since(self, start: datetime) -> AsyncGenerator[Sequence[RunSummary], None]:
        """List the runs of this installation that were made since an instant, by page.

        Raises:
            TriggerDevError: It cannot be asked.
        """
        return self._pages(start)

    def live_runs(self, start: datetime) -> AsyncGenerator[Sequence[RunSummary], None]:
        """List those of them that have not ended, by page, the newest first.

        Some are missing: lists lag, and the filter for EXECUTING does not find runs
        that wait for their next attempt (`ApiRunListPresenter.server.ts`, read
        2026-11-23).

        Raises:
            TriggerDevError: It cannot be asked.
        """
        return self._pages(start, statuses=_LIVE)

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
        return await self._ask(feed.poll())

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
            await self._ask(self._client.runs.list_page(self._smallest(), page_size=1))
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
        if self._trouble is not None:
            return self._found(
                ExecutorHealth.DEGRADED, self._trouble, checked_at=self._clock.now()
            )
        async with self._asking:
            checked = self._state.checked_at
            now = self._clock.now()
            if checked is None or now - checked >= _FRESH:
                # What it met is in the state.
                with suppress(TriggerDevError):
                    await self._ask(
                        self._client.runs.list_page(self._smallest(), page_size=1)
                    )
        return self._state

    def _smallest(self) -> RunFilter:
        return RunFilter(created_from=self._clock.now() - SKEW)

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

    async def _runs(
        self, *, created_from: datetime, created_to: datetime, tag: str
    ) -> AsyncIterator[RunSummary]:
        self._check_open()
        try:
            window = RunFilter(
                created_from=created_from, created_to=created_to, tags=(tag,)
            )
            async for run in self._client.runs.list(window):
                yield run
        except TriggerDevError as error:
            self._note(error)
            raise
        self._note(None)

    async def _pages(
        self, start: datetime, statuses: Sequence[str] = ()
    ) -> AsyncGenerator[Sequence[RunSummary], None]:
        window = RunFilter(
            created_from=start,
            created_to=self._clock.now() + SKEW,
            tags=(self.marks.tag,),
            statuses=statuses,
        )
        after: str | None = None
        while True:
            page = await self._ask(self._client.runs.list_page(window, after=after))
            yield page.runs
            if page.next_cursor is None or page.next_cursor == after:
                return
            after = page.next_cursor

    async def _ask(self, call: Awaitable[Answer]) -> Answer:
        if self._trouble is not None and iscoroutine(call):
            call.close()
        self._check_open()
        try:
            answer = await call
        except TriggerDevError as error:
            self._note(error)
            raise
        self._note(None)
        return answer

    def _check_open(self) -> None:
        if self._trouble is not None:
            raise PausedError(self._trouble)

    def _note(self, error: TriggerDevError | None) -> None:
        """Remember what a call says about the health of the environment."""
        if error is None or not is_about_health(error):
            health, reason = ExecutorHealth.HEALTHY, None
        elif isinstance(error, ApiConnectionError):
            health, reason = ExecutorHealth.UNREACHABLE, error.message
        else:
            health, reason = ExecutorHealth.DEGRADED, error.message
        if health is not self._state.health:
            log.log(
                logging.INFO if reason is None else logging.WARNING,
                "Trigger.dev is %s%s",
                health.value,
                "" if reason is None else f": {reason}",
                extra={"action": "trigger-health", "health": health.value},
            )
        self._state = self._found(health, reason, checked_at=self._clock.now())

    def _found(
        self, health: ExecutorHealth, reason: str | None, *, checked_at: datetime | None
    ) -> ExecutorState:
        return ExecutorState(Executor.TRIGGER, health, reason, checked_at, CAPABILITIES)


def not_configured(reason: str) -> ExecutorState:
    """Tell that no environment is known, and why."""
    return ExecutorState(
        Executor.TRIGGER, ExecutorHealth.NOT_CONFIGURED, reason, None, CAPABILITIES
    )


def is_about_health(error: TriggerDevError) -> bool:
    """Whether an error says something of the environment, and not of one request."""
    if isinstance(error, NotFoundError | ConflictError):
        # Retryable too, for their replicas lag and somebody may be using the key.
        return False
    return error.is_retryable or isinstance(
        error, AuthenticationError | PermissionDeniedError
    )
