"""The emulator: its state, its engine and its API, open in the current event loop."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.applications import Starlette

from jobwire.emulator.api import create_api
from jobwire.emulator.api.server import ApiServer
from jobwire.emulator.clock import Now, Sleep, system_now, to_ms
from jobwire.emulator.deliveries import Deliveries
from jobwire.emulator.engine import Engine
from jobwire.emulator.folder_lock import FolderLock
from jobwire.emulator.hook_moments import HookSender
from jobwire.emulator.state import State
from jobwire.emulator.task import Task
from jobwire.emulator.tasks import TASKS
from jobwire.emulator.transitions import Spans, Transitions

DEFAULT_SECRET_KEY = "tr_dev_emulator"  # noqa: S105 - a key that guards nothing


class NotOpenError(RuntimeError):
    """An emulator was used outside of its `async with` block."""

    def __init__(self) -> None:
        super().__init__("The emulator is not open: use it inside `async with`.")


class Emulator:
    """A Trigger.dev of one development environment.

    Open it with `async with`; runs move while it is open, and go on from where they
    were when it is opened on the same folder again.

    Args:
        folder: Where its state is; made if there is none.
        tasks: Those that are deployed; runs of others wait for a version with them.
        hooks: Who hears what lifecycle hooks would tell.
        secret_key: What callers authenticate with; begins with `tr_dev_`.
        now: The time, in UTC.
        sleep: Waits for seconds of that time.
        list_lag: How old a run must be to be listed.
        concurrency: How many runs execute at once; the others stay queued.
        rate_limit: How many requests may come at once; a third of it comes back every
            10 s.
        spans: How long what no task describes takes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tasks: Sequence[Task] = TASKS,
        hooks: HookSender | None = None,
        secret_key: str = DEFAULT_SECRET_KEY,
        now: Now = system_now,
        sleep: Sleep = asyncio.sleep,
        list_lag: timedelta = timedelta(seconds=1),
        concurrency: int = 10,
        rate_limit: int = 750,
        spans: Spans = Spans(),  # noqa: B008 - frozen
    ) -> None:
        self.folder = folder
        self.tasks = tuple(tasks)
        self.secret_key = secret_key
        self._hooks = hooks
        self._now = now
        self._sleep = sleep
        self._list_lag = list_lag
        self._concurrency = concurrency
        self._rate_limit = rate_limit
        self._spans = spans
        self._open: tuple[State, Engine, Starlette] | None = None
        self._exits = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Open it.

        Raises:
            FolderInUseError: Another emulator has the folder.
            StateError: The folder holds the state of another version.
        """
        async with AsyncExitStack() as exits:
            lock = FolderLock(self.folder)
            exits.callback(lock.close)
            state = State(self.folder, now=to_ms(self._now()))
            exits.callback(state.close)
            deliveries = Deliveries(self._hooks, self._spans.hook.total_seconds())
            exits.push_async_callback(deliveries.close)
            deployed = {task.id: task for task in self.tasks}
            transitions = Transitions(deployed, state.version, self._spans)
            engine = Engine(
                state,
                transitions,
                deliveries,
                now=self._now,
                sleep=self._sleep,
                concurrency=self._concurrency,
            )
            exits.push_async_callback(engine.close)
            engine.deploy()
            api = create_api(
                ApiServer(
                    state=state,
                    transitions=transitions,
                    wake=engine.wake,
                    secret_key=self.secret_key,
                    now=self._now,
                    list_lag=self._list_lag,
                    rate_limit=self._rate_limit,
                )
            )
            running = asyncio.create_task(engine.run(), name="emulator")
            exits.push_async_callback(_cancelled, running)
            self._open = state, engine, api
            self._exits = exits.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._open = None
        await self._exits.aclose()

    @property
    def app(self) -> Starlette:
        """The API: an ASGI application."""
        return self._opened[2]

    @property
    def environment_id(self) -> str:
        """The id of the environment: random at first, then kept in the folder."""
        return self._opened[0].environment_id

    def next_due(self) -> datetime | None:
        """Return when the next step of any run is due, which may be in the past."""
        return self._opened[1].next_due()

    def wake(self) -> None:
        """Have the engine look at the clock: it was moved."""
        self._opened[1].wake()

    async def settle(self) -> None:
        """Take all steps that are due by now, and wait until their hooks have run.

        For whoever owns the clock: after moving it, this is when all has happened.
        """
        await self._opened[1].settle()

    @property
    def _opened(self) -> tuple[State, Engine, Starlette]:
        if self._open is None:
            raise NotOpenError
        return self._open


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
