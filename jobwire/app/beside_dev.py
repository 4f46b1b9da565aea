"""The emulator that `dev` runs beside itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from types import TracebackType
from typing import Self

from pydantic import SecretStr

from jobwire.app.jobwire import Progress
from jobwire.app.listening import address_of, listen
from jobwire.app.local_emulator import (
    DEFAULT_PORT,
    FOLDER_NAME,
    access_to,
    announced,
    local_access,
)
from jobwire.app.server import AppServer
from jobwire.app.settings import Settings
from jobwire.app.trigger import sync_paths
from jobwire.emulator import QUEUES, Emulator, HookMoment, HookSender
from jobwire.emulator.choose_sender import choose_sender
from jobwire.emulator.faults import Corruption
from jobwire.emulator.faulty_hooks import CorruptibleSender
from jobwire.jobs.executors.access import TriggerAccess
from jobwire.jobs.sync_paths import SyncPath

_HOST = "127.0.0.1"


class _SoonSender:
    """A sender that is still being opened when its first moment comes.

    Starting Node takes seconds, and nobody who starts `dev` should wait for it.
    """

    def __init__(self, url: str, secret: SecretStr) -> None:
        self._url = url
        self._secret = secret.get_secret_value()
        self._sender: asyncio.Future[HookSender] = asyncio.Future()
        self._closing = asyncio.Event()
        self._open: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._open = asyncio.create_task(self._be_open(), name="hooks")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._closing.set()
        if self._open is not None:
            await asyncio.wait({self._open})

    async def send(self, moment: HookMoment) -> None:
        """Send a moment as soon as the sender is there."""
        sender = await asyncio.shield(self._sender)
        await sender.send(moment)

    async def send_corrupted(self, moment: HookMoment, part: Corruption) -> None:
        """Send a moment with a wrong part as soon as the sender is there."""
        sender = await asyncio.shield(self._sender)
        if isinstance(sender, CorruptibleSender):
            await sender.send_corrupted(moment, part)

    async def _be_open(self) -> None:
        try:
            async with choose_sender(self._url, self._secret) as sender:
                self._sender.set_result(sender)
                await self._closing.wait()
        finally:
            self._sender.cancel()


@asynccontextmanager
async def emulator_beside(
    settings: Settings, *, webhook_url: str, progress: Progress
) -> AsyncIterator[TriggerAccess | None]:
    """Run the local Trigger.dev for the length of the block, if one is wanted.

    Another process that already runs one on the same data folder is used instead.

    Args:
        settings: A secret key among them means that Trigger.dev itself is wanted, and
            `TRIGGER_ENABLED=false` that nothing is.
        webhook_url: Where its hooks tell what happens.
        progress: Told where it is.

    Yields:
        How to reach it; None: it does not run.
    """
    secret = settings.trigger_webhook_secret
    if (
        settings.trigger_secret_key is not None
        or settings.trigger_enabled is False
        or secret is None
    ):
        yield None
        return
    running = local_access(settings)
    if running is not None:
        progress(f"using the Trigger.dev emulator at {running.api_url}")
        yield running
        return
    folder = settings.data_dir / FOLDER_NAME
    async with AsyncExitStack() as stack:
        sender = None
        if SyncPath.WEBHOOK in sync_paths(settings):
            sender = await stack.enter_async_context(_SoonSender(webhook_url, secret))
        emulator = await stack.enter_async_context(
            Emulator(folder, queues=QUEUES, hooks=sender)
        )
        listener = stack.enter_context(
            listen(_HOST, None, default=DEFAULT_PORT, or_next=True)
        )
        url = f"http://{address_of(listener)}"
        server = AppServer(emulator.app)
        serving = asyncio.create_task(server.run_on([listener]), name="emulator-api")
        stack.push_async_callback(_ended, server, serving)
        stack.enter_context(announced(folder, url))
        progress(f"started the Trigger.dev emulator at {url}")
        yield access_to(url)


async def _ended(server: AppServer, serving: "asyncio.Task[None]") -> None:
    server.stop()
    await serving
