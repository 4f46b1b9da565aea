"""A Trigger.dev on loopback, for real workers, whose answers may be held back."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import uvicorn
from pydantic import SecretStr
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobwire.emulator import Emulator, Retry, Step, Task, TaskError, Wait
from jobwire.emulator.transitions import Spans
from jobwire.jobs.dispatch import DispatchRules
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.identifiers import job_id_text
from jobwire.worker.trigger_settings import TriggerSettings
from tests.clock import FakeClock
from tests.emulator.stage import Stage

TASKS = (
    Task(
        "quick",
        duration=0.2,
        progress=(Step(after=0.05, fraction=0.5, message="half"),),
        output=lambda payload, _: payload,
    ),
    Task(
        "held",
        duration=0.2,
        progress=(Step(after=0.05, fraction=0.5, message="half"),),
        waits=lambda payload, _: [Wait(after=0.1, token=payload["token"])],
    ),
    Task("slow", duration=300),
    Task("fails", duration=0.1, error=TaskError("no way"), retry=None),
    Task(
        "twice",
        duration=0.05,
        retry=Retry(min_seconds=0.05),
        error=lambda _, attempt: TaskError("not yet") if attempt == 1 else None,
    ),
)
RULES = DispatchRules(
    lease=timedelta(seconds=2),
    answer=timedelta(seconds=1.5),
    settle=timedelta(milliseconds=300),
    search_gap=timedelta(milliseconds=200),
)


def settings(url: str, key: str, **given: Any) -> TriggerSettings:
    """Make settings with short spans."""
    return TriggerSettings(
        access=TriggerAccess(SecretStr(key), url),
        **{
            "rules": RULES,
            "poll_interval": timedelta(milliseconds=100),
            "reconcile_interval": timedelta(seconds=60),
            "first_backoff": timedelta(milliseconds=50),
            "last_backoff": timedelta(milliseconds=200),
            "duty": timedelta(seconds=2),
            **given,
        },
    )


class Doorway:
    """Stands before the emulator, and lets triggers through when it is told.

    Attributes:
        arrived: Triggers that came so far.
        held_before: Numbers of those that are held before they are carried out.
        held_after: Numbers of those whose answer is held back.
        is_shut: Whether every request is answered 503.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._opened = asyncio.Event()
        self._drops = False
        self.arrived = 0
        self.held_before: set[int] = set()
        self.held_after: set[int] = set()
        self.is_shut = False

    def open(self, *, drops: bool = False) -> None:
        """Let go of everything that is held.

        Args:
            drops: Whether what was not carried out yet never will be.
        """
        self._drops = drops
        self.held_before, self.held_after = set(), set()
        self._opened.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, hold, or refuse."""
        if self.is_shut:
            await PlainTextResponse("down", status_code=503)(scope, receive, send)
            return
        number = None
        if scope["path"].endswith("/trigger"):
            number, self.arrived = self.arrived, self.arrived + 1
        if number in self.held_before:
            await self._opened.wait()
            if self._drops:
                await PlainTextResponse("lost", status_code=503)(scope, receive, send)
                return

        async def answer(message: Message) -> None:
            if number in self.held_after:
                await self._opened.wait()
            await send(message)

        await self._app(scope, receive, answer)


class TriggerDev:
    """An emulator that is served."""

    def __init__(self, url: str, emulator: Emulator, doorway: Doorway) -> None:
        self.url = url
        self.emulator = emulator
        self.doorway = doorway
        # It only asks; the clock is the machine's.
        self.stage = Stage(emulator, FakeClock())

    def settings(self, **given: Any) -> TriggerSettings:
        """Make settings of a worker for it, with short spans."""
        return settings(self.url, self.emulator.secret_key, **given)

    async def runs(self, job_id: Any) -> list[str]:
        """Return the runs of a job, past the doorway."""
        return await self.stage.listed_ids(
            **{
                "filter[tag]": f"job:{job_id_text(job_id)}",
                "filter[createdAt][from]": "0",
                "page[size]": "100",
            }
        )


@asynccontextmanager
async def served(
    folder: Path, listener: socket.socket, **given: Any
) -> AsyncIterator[TriggerDev]:
    """Serve an emulator on a socket until the block ends.

    Args:
        folder: Of the emulator.
        listener: Bound, so that its port is known before.
        given: More for the emulator.
    """
    spans = Spans(dequeue=timedelta(milliseconds=10), stop=timedelta(milliseconds=50))
    # Tests look a hundred times a second, through the same API as the workers.
    asides = {"list_lag": timedelta(), "rate_limit": 100_000}
    given = {"tasks": TASKS, "spans": spans, **asides, **given}
    async with Emulator(folder, concurrency=50, **given) as emulator:
        doorway = Doorway(emulator.app)
        # A worker that outlives it may wait for an answer of the feed, for 20 s.
        config = uvicorn.Config(
            doorway, log_level="critical", lifespan="off", timeout_graceful_shutdown=0
        )
        config.load()
        server = uvicorn.Server(config)
        server.lifespan = config.lifespan_class(config)
        await server.startup(sockets=[listener])
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        trigger_dev = TriggerDev(url, emulator, doorway)
        try:
            async with trigger_dev.stage.http:
                yield trigger_dev
        finally:
            doorway.open(drops=True)
            await server.shutdown(sockets=[listener])
