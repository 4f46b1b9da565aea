"""Sends moments by running `trigger/jobwire.ts` itself, under Node."""

import asyncio
import logging
import shutil
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from jobwire.emulator.delivery import Delivery
from jobwire.emulator.faults import Corruption
from jobwire.emulator.hook_moments import HookMoment
from jobwire.emulator.node_process import (
    NodeDiedError,
    NodeProcess,
    NodeUnavailableError,
)
from jobwire.emulator.recorded_hooks import RecordedHookSender

#: Where the file is in the repository; an installed package does not have it.
HOOKS = Path(__file__).resolve().parents[2] / "trigger" / "jobwire.ts"

_log = logging.getLogger(__name__)


class NodeHookSender:
    """Gives each moment to the hooks of jobwire.ts, which post what real runs post.

    One Node process, started by `async with`, plays the hooks of all runs. It ends with
    this process, however that ends. When it has died, the next moment starts another.

    Args:
        url: Where to post to, as in `JOBWIRE_WEBHOOK_URL`.
        secret: What to sign with, as in `TRIGGER_WEBHOOK_SECRET`.
        hooks: The file whose hooks are run.
        node: The program; None: `node` from the PATH.
    """

    def __init__(
        self,
        url: str,
        secret: str,
        *,
        delivery: Delivery | None = None,
        hooks: Path = HOOKS,
        node: str | None = None,
    ) -> None:
        chosen = delivery or Delivery()
        self._start_line = {
            "module": hooks.resolve().as_uri(),
            "url": url,
            "secret": secret,
            "delivery": {
                "timeoutMs": chosen.timeout * 1000,
                "pausesMs": [pause * 1000 for pause in chosen.pauses],
                "progressEveryMs": chosen.progress_interval * 1000,
            },
        }
        self._url = url
        self._secret = secret
        self._delivery = chosen
        self._hooks = hooks
        self._node = node or shutil.which("node")
        self._starting = asyncio.Lock()
        self._child: NodeProcess | None = None

    async def __aenter__(self) -> Self:
        """Start Node.

        Raises:
            NodeUnavailableError: Node, the file or what strips its types is missing.
        """
        await self._living_child()
        return self

    async def __aexit__(self, *_: object) -> None:
        """End Node; what it has not posted is dropped."""
        if self._child is not None:
            await self._child.stop()

    @property
    def pid(self) -> int | None:
        """The process that runs the hooks; None: it is not running."""
        child = self._child
        return child.pid if child is not None and child.is_alive else None

    async def send(self, moment: HookMoment) -> None:
        """Run the hook of a moment; that of PROGRESS returns before it has posted.

        Never raises: what a hook could not post is logged.
        """
        for _ in range(2):
            try:
                child = await self._living_child()
                return await child.play(_as_json(moment))
            except NodeDiedError:
                continue
            except NodeUnavailableError as error:
                _log.warning("%s", error, extra={"action": "hook-lost"})
                return None
        _log.warning(
            "Node died twice over one hook: %s of %s was not sent",
            moment.kind,
            moment.run_id,
            extra={"action": "hook-lost"},
        )
        return None

    async def send_corrupted(self, moment: HookMoment, part: Corruption) -> None:
        """Post what the hook would, with a part that is not what was signed.

        Never raises: what could not be posted is logged.
        """
        # What Node has signed cannot be changed on its way; a recording can.
        async with RecordedHookSender(
            self._url, self._secret, delivery=self._delivery
        ) as recorded:
            await recorded.send_corrupted(moment, part)

    async def _living_child(self) -> NodeProcess:
        async with self._starting:
            if self._child is None or not self._child.is_alive:
                if self._child is not None:
                    await self._child.stop()
                self._child = await self._start()
            return self._child

    async def _start(self) -> NodeProcess:
        if self._node is None:
            raise NodeUnavailableError("the PATH has no program called node")
        if not self._hooks.is_file():
            raise NodeUnavailableError(f"there is no file {self._hooks}")
        return await NodeProcess.start(self._node, self._start_line)


def _as_json(moment: HookMoment) -> dict[str, Any]:
    words = {_camel(name): value for name, value in asdict(moment).items()}
    return {
        name: value.isoformat() if isinstance(value, datetime) else value
        for name, value in words.items()
    }


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)
