"""An emulator that runs beside a test, in a thread with an event loop of its own.

So it is there for every test, async or not, whatever runs its coroutines.
"""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

from jobwire.app.listening import address_of, listen
from jobwire.emulator import (
    TASKS,
    AlertChannel,
    Emulator,
    Fault,
    Faults,
    ManualClock,
    Task,
)
from jobwire.emulator.faults import ActiveFault
from jobwire.emulator.recorded_hooks import RecordedHookSender
from jobwire.testing.serving import serve
from jobwire.triggerdev import TriggerDevClient

_Result = TypeVar("_Result")


@dataclass(frozen=True)
class Receiver:
    """Your webhook.

    Attributes:
        url: Where it is.
        secret: What is posted to it is signed with this.
        hooks: Whether it gets what the lifecycle hooks of a project would post.
        alerts: Whether it gets the alerts of Trigger.dev itself.
    """

    url: str
    secret: str
    hooks: bool = True
    alerts: bool = True


class RunningFaults:
    """The faults of a running emulator; from any thread."""

    def __init__(self, running: "RunningEmulator") -> None:
        self._running = running

    def add(self, fault: Fault) -> ActiveFault:
        """Add one, and return it with the id that it is removed by."""
        return self._running.call(lambda: self._faults.add(fault))

    def remove(self, id: str) -> bool:
        """Remove one; return whether it was there."""
        return self._running.call(lambda: self._faults.remove(id))

    def clear(self) -> None:
        """Remove all."""
        self._running.call(self._faults.clear)

    def active(self) -> tuple[ActiveFault, ...]:
        """Return those that can still happen."""
        return self._running.call(self._faults.active)

    @property
    def _faults(self) -> Faults:
        return self._running.emulator.faults


class RunningEmulator:
    """A local Trigger.dev that runs beside the test; from any thread.

    Attributes:
        url: Its address, for `TRIGGER_API_URL`.
        secret_key: For `TRIGGER_SECRET_KEY`.
        faults: What goes wrong.
        emulator: The emulator itself, which belongs to the other thread: see `call`.
        crashed: Set when a `Crash` has ended it, until it is started again.
    """

    def __init__(self, emulator: Emulator, url: str, lives: "Lives") -> None:
        self.url = url
        self.secret_key = emulator.secret_key
        self.faults = RunningFaults(self)
        self.emulator = emulator
        self.crashed = threading.Event()
        self._lives = lives

    @property
    def environment(self) -> Mapping[str, str]:
        """The variables that point the official SDK, or Jobwire, at it."""
        return {"TRIGGER_API_URL": self.url, "TRIGGER_SECRET_KEY": self.secret_key}

    def client(self, **options: Any) -> TriggerDevClient:
        """Make a client for it, to be opened by `async with`.

        Args:
            options: Further arguments of `TriggerDevClient`.
        """
        return TriggerDevClient(secret_key=self.secret_key, api_url=self.url, **options)

    def now(self) -> datetime:
        """Return its time; it begins with the real one and runs."""
        return self.call(self.emulator.clock.now)

    def freeze(self) -> None:
        """Let its clock stand still, so that only `advance` moves it."""
        self.call(self.emulator.clock.freeze)

    def release(self) -> None:
        """Let its clock run again, from where it stands."""
        self.call(self.emulator.clock.release)

    def advance(self, seconds: float) -> None:
        """Move its clock on; when this returns, all that was due has happened.

        It blocks. A test whose own event loop serves your webhook takes
        `advance_async`.
        """
        self._begin(self.emulator.advance(seconds)).result()

    async def advance_async(self, seconds: float) -> None:
        """Move its clock on, and let the event loop of the test go on meanwhile."""
        await asyncio.wrap_future(self._begin(self.emulator.advance(seconds)))

    def restart(self) -> None:
        """Start it again at the same address, crashed or not.

        It has what it had kept, without the faults.
        """
        self._lives.begin_another()
        self.crashed.clear()

    def call(self, function: Callable[[], _Result]) -> _Result:
        """Call a function where the emulator runs, and return what it returns."""

        async def called() -> _Result:
            return function()

        return self._begin(called()).result()

    def _begin(self, coroutine: Coroutine[Any, Any, _Result]) -> "Future[_Result]":
        return asyncio.run_coroutine_threadsafe(coroutine, self._lives.loop)


@contextmanager
def run_emulator(
    folder: Path,
    *,
    tasks: Sequence[Task] = TASKS,
    receiver: Receiver | None = None,
    **options: Any,
) -> Iterator[RunningEmulator]:
    """Run an emulator for the length of the block.

    Args:
        folder: Where its state is; the next one on it goes on from there.
        tasks: Those that are deployed.
        receiver: Who hears of runs; None: nobody.
        options: Further arguments of `Emulator`.
    """
    lives = Lives(folder, receiver, {"clock": ManualClock(), **options, "tasks": tasks})
    thread = threading.Thread(
        target=asyncio.run, args=[lives.run()], name="jobwire-emulator", daemon=True
    )
    thread.start()
    running = lives.started.result()
    try:
        yield running
    finally:
        lives.end()
        thread.join()


class Lives:
    """What an emulator lives through in its thread: one life after the other.

    Args:
        folder: Where its state is.
        receiver: Who hears of runs; None: nobody.
        options: Further arguments of `Emulator`.
    """

    def __init__(
        self, folder: Path, receiver: Receiver | None, options: dict[str, Any]
    ) -> None:
        self.loop: asyncio.AbstractEventLoop
        #: The emulator, as soon as its first life has begun.
        self.started: Future[RunningEmulator] = Future()
        self._folder = folder
        self._receiver = receiver
        self._options = options
        self._port = 0
        self._over = asyncio.Event()
        self._another = asyncio.Event()
        self._begun = threading.Event()
        self._ends = False

    async def run(self) -> None:
        """Live until `end`."""
        self.loop = asyncio.get_running_loop()
        try:
            while not self._ends:
                await self._live()
                if not self._another.is_set():
                    self.started.result().crashed.set()
                await self._another.wait()
        except BaseException as error:
            if self.started.done():
                raise
            self.started.set_exception(error)
        finally:
            self._begun.set()

    def begin_another(self) -> None:
        """End this life and begin the next one; from another thread."""
        self._begun.clear()
        self.loop.call_soon_threadsafe(self._go_on)
        self._begun.wait()

    def end(self) -> None:
        """End this life, and begin no other one; from another thread."""
        self._ends = True
        self.loop.call_soon_threadsafe(self._go_on)

    def _go_on(self) -> None:
        self._over.set()
        self._another.set()

    async def _live(self) -> None:
        self._over.clear()
        self._another.clear()
        async with AsyncExitStack() as stack:
            options = await self._with_receiver(stack)
            emulator = await stack.enter_async_context(
                Emulator(self._folder, **{"crash": self._over.set, **options})
            )
            listener = stack.enter_context(listen("127.0.0.1", self._port))
            self._port = listener.getsockname()[1]
            await stack.enter_async_context(serve(emulator.app, listener))
            if self.started.done():
                self.started.result().emulator = emulator
            else:
                url = f"http://{address_of(listener)}"
                self.started.set_result(RunningEmulator(emulator, url, self))
            self._begun.set()
            await self._over.wait()

    async def _with_receiver(self, stack: AsyncExitStack) -> dict[str, Any]:
        options, receiver = dict(self._options), self._receiver
        if receiver is not None and receiver.hooks and "hooks" not in options:
            options["hooks"] = await stack.enter_async_context(
                RecordedHookSender(receiver.url, receiver.secret)
            )
        if receiver is not None and receiver.alerts:
            channel = AlertChannel(receiver.url, receiver.secret)
            options["alerts"] = (*options.get("alerts", ()), channel)
        return options
