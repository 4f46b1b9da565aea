"""The emulator: its state, its engine and its API, open in the current event loop."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Self

from starlette.types import ASGIApp

from jobwire.emulator import advancing, schedules
from jobwire.emulator.alert_channels import AlertChannel
from jobwire.emulator.alerts import Alerts
from jobwire.emulator.api import create_api
from jobwire.emulator.api.server import ApiServer
from jobwire.emulator.batches import Batches
from jobwire.emulator.bulk_actions import BulkActions
from jobwire.emulator.children import Children
from jobwire.emulator.clock import Now, Sleep, system_now, to_ms
from jobwire.emulator.clockwork import Clockwork
from jobwire.emulator.control import create_control
from jobwire.emulator.control.server import ControlServer
from jobwire.emulator.deliveries import Deliveries
from jobwire.emulator.engine import Engine
from jobwire.emulator.faults import Fault, Faults
from jobwire.emulator.faulty_hooks import FaultyHooks
from jobwire.emulator.folder_lock import FolderLock
from jobwire.emulator.front import Front
from jobwire.emulator.hook_moments import HookSender
from jobwire.emulator.live_polls import LivePolls
from jobwire.emulator.manual_clock import ManualClock
from jobwire.emulator.queues import deploy_queues, deployed_queues
from jobwire.emulator.request_faults import RequestFaults
from jobwire.emulator.schedules import Schedules
from jobwire.emulator.state import State
from jobwire.emulator.task import Queue, Task
from jobwire.emulator.tasks import TASKS
from jobwire.emulator.transitions import Spans, Transitions
from jobwire.emulator.waitpoints import Waitpoints

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
        queues: Those that are deployed beside the tasks' own.
        hooks: Who hears what lifecycle hooks would tell.
        secret_key: What callers authenticate with; begins with `tr_dev_`.
        clock: Its time, which can be moved; by default it runs with `now`.
        now: The time, in UTC, unless there is a clock.
        sleep: Waits for seconds of that time; by default as the clock does.
        alerts: Where its alerts are posted to.
        faults: What goes wrong from the beginning.
        crash: Ends the process, for `Crash`; None: that fault is refused.
        list_lag: How old a run must be to be listed.
        concurrency: How many runs execute at once; the others stay queued.
        rate_limit: How many requests may come at once; a third of it comes back every
            10 s.
        stores_packets: Whether it has an object store; large payloads and outputs are
            told by presigned URLs then.
        live_polls: How many live polls of Realtime may wait at once.
        spans: How long what no task describes takes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        tasks: Sequence[Task] = TASKS,
        queues: Sequence[Queue] = (),
        hooks: HookSender | None = None,
        secret_key: str = DEFAULT_SECRET_KEY,
        clock: ManualClock | None = None,
        now: Now = system_now,
        sleep: Sleep | None = None,
        alerts: Sequence[AlertChannel] = (),
        faults: Sequence[Fault] = (),
        crash: Callable[[], None] | None = None,
        list_lag: timedelta = timedelta(seconds=1),
        concurrency: int = 10,
        rate_limit: int = 750,
        stores_packets: bool = True,
        live_polls: int = 500,
        spans: Spans = Spans(),  # noqa: B008 - frozen
    ) -> None:
        self.folder = folder
        self.tasks = tuple(tasks)
        self._queues = deployed_queues(self.tasks, queues)
        self.secret_key = secret_key
        self.clock = clock or ManualClock(follows=now)
        self.faults = Faults(faults, can_crash=crash is not None)
        self._hooks = hooks
        self._alerts = tuple(alerts)
        self._crash = crash
        self._now = self.clock.now
        self._sleep = sleep or self.clock.sleep
        self._list_lag = list_lag
        self._concurrency = concurrency
        self._rate_limit = rate_limit
        self._stores_packets = stores_packets
        self._live_polls = live_polls
        self._spans = spans
        self._open: tuple[State, Engine, ASGIApp] | None = None
        self._polls: LivePolls | None = None
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
            hooks = self._faulty_hooks()
            deliveries = Deliveries(hooks, self._spans.hook.total_seconds())
            exits.push_async_callback(deliveries.close)
            alerts = Alerts(
                state, self._alerts, self.faults, now=self._now, wake=self._wake_if_open
            )
            exits.push_async_callback(alerts.close)
            deployed = {task.id: task for task in self.tasks}
            transitions = Transitions(
                deployed,
                state.version,
                self._spans,
                self._queues,
                stores_packets=self._stores_packets,
            )
            with state.transaction() as connection:
                deploy_queues(connection, self._queues, to_ms(self._now()))
            beside: list[Clockwork] = [
                alerts,
                BulkActions(state, transitions),
                Batches(state, transitions),
                Schedules(state, transitions),
                Waitpoints(state),
                Children(state, transitions),
            ]
            if hooks is not None:
                beside.append(hooks)
            for one in beside[1:]:
                exits.push_async_callback(one.close)
            engine = Engine(
                state,
                transitions,
                deliveries,
                now=self._now,
                sleep=self._sleep,
                concurrency=self._concurrency,
                beside=beside,
                stands_still=lambda: self.faults.stops_ticking,
            )
            exits.push_async_callback(engine.close)
            engine.deploy()
            schedules.declare(state, self.tasks, to_ms(self._now()))
            self._polls = polls = LivePolls(
                state.bell, now=self._now, sleep=self._sleep, most=self._live_polls
            )
            api = create_api(
                ApiServer(
                    state=state,
                    transitions=transitions,
                    wake=engine.wake,
                    secret_key=self.secret_key,
                    now=self._now,
                    list_lag=self._list_lag,
                    rate_limit=self._rate_limit,
                    faults=self.faults,
                    stores_packets=self._stores_packets,
                    live_polls=polls,
                    concurrency=self._concurrency,
                )
            )
            control = create_control(
                ControlServer(
                    state=state,
                    transitions=transitions,
                    faults=self.faults,
                    clock=self.clock,
                    alerts=alerts,
                    tasks=tuple(deployed),
                    secret_key=self.secret_key,
                    advance=self.advance,
                    wake=engine.wake,
                )
            )
            faulty = RequestFaults(
                api, self.faults, crash=self._crash, now=self._now, sleep=self._sleep
            )
            self.faults.on_change = engine.wake
            running = asyncio.create_task(engine.run(), name="emulator")
            exits.push_async_callback(_cancelled, running)
            self._open = state, engine, Front(faulty, control)
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
    def app(self) -> ASGIApp:
        """The API, the control API and the page: an ASGI application."""
        return self._opened[2]

    @property
    def environment_id(self) -> str:
        """The id of the environment: random at first, then kept in the folder."""
        return self._opened[0].environment_id

    @property
    def live_polls_waiting(self) -> int:
        """How many live polls of Realtime wait."""
        return 0 if self._polls is None else self._polls.waiting

    def next_due(self) -> datetime | None:
        """Return when the next step of any run is due, which may be in the past."""
        return self._opened[1].next_due()

    def wake(self) -> None:
        """Have the engine look at the clock: it was moved."""
        self._opened[1].wake()
        self._opened[0].bell.ring()

    async def settle(self) -> None:
        """Take all steps that are due by now, and wait until their hooks have run.

        For whoever owns the clock: after moving it, this is when all has happened.
        """
        await self._opened[1].settle()
        self._opened[0].bell.ring()

    async def advance(self, seconds: float) -> None:
        """Move the clock on, and have everything on the way happen at its instant."""
        await advancing.advance(self, self.clock, seconds)

    def _faulty_hooks(self) -> FaultyHooks | None:
        if self._hooks is None:
            return None
        return FaultyHooks(
            self._hooks, self.faults, now=self._now, wake=self._wake_if_open
        )

    def _wake_if_open(self) -> None:
        if self._open is not None:
            self.wake()

    @property
    def _opened(self) -> tuple[State, Engine, ASGIApp]:
        if self._open is None:
            raise NotOpenError
        return self._open


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
