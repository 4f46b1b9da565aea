"""The Node process that runs hooks: told of moments, answering when each is done."""

import asyncio
import json
import logging
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any, Self

RUNNER = Path(__file__).with_name("node") / "runner.mjs"
#: Seconds in which it has to have loaded the hooks, and those in which it has to end.
START_TIMEOUT = 20.0
STOP_TIMEOUT = 5.0
ENDED_EARLY = "it ended while it started"

_log = logging.getLogger(__name__)


class NodeUnavailableError(Exception):
    """The hooks cannot be run under Node on this machine."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The hooks of jobwire.ts cannot be run under Node: {reason}.")


class NodeDiedError(Exception):
    """The Node process ended before it had answered."""


class NodeProcess:
    """One Node process, and the moments that it has not answered yet.

    It ends with its standard input, and so with the process that started it.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        self._input, self._output, errors = _pipes(process)
        self._number = 0
        self._unanswered: dict[int, asyncio.Future[None]] = {}
        self._ready: asyncio.Future[str | None] = (
            asyncio.get_running_loop().create_future()
        )
        self._has_ended = False
        self._tasks = (
            asyncio.create_task(self._read_answers()),
            asyncio.create_task(_log_lines(errors)),
        )

    @classmethod
    async def start(cls, node: str, start_line: dict[str, Any]) -> Self:
        """Start one that is ready for moments.

        Args:
            node: The program.
            start_line: What runner.mjs is told first.

        Raises:
            NodeUnavailableError: It could not be started, or could not load the hooks.
        """
        try:
            # A session of its own: a Ctrl+C on the terminal is for its parent alone.
            process = await asyncio.create_subprocess_exec(
                node, RUNNER, stdin=PIPE, stdout=PIPE, stderr=PIPE,
                start_new_session=True,
            )  # fmt: skip
        except OSError as error:
            raise NodeUnavailableError(str(error)) from error
        started = cls(process)
        try:
            async with asyncio.timeout(START_TIMEOUT):
                await started._load_hooks(start_line)
        except TimeoutError as error:
            await started.stop()
            raise NodeUnavailableError(
                f"it was not ready after {START_TIMEOUT:.0f} s"
            ) from error
        except BaseException:
            await started.stop()
            raise
        return started

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether it can still be told of moments, as far as known."""
        return not self._has_ended and self._process.returncode is None

    async def play(self, moment: dict[str, Any]) -> None:
        """Have it run a hook, and wait until that has returned.

        Args:
            moment: The fields of a `HookMoment` as JSON, in camelCase.

        Raises:
            NodeDiedError: It ended first.
        """
        self._number += 1
        number = self._number
        answer = asyncio.get_running_loop().create_future()
        self._unanswered[number] = answer
        try:
            await self._write({"number": number, "moment": moment})
            await answer
        finally:
            self._unanswered.pop(number, None)

    async def stop(self) -> None:
        """End it, by force if it does not end by itself."""
        self._input.close()
        try:
            async with asyncio.timeout(STOP_TIMEOUT):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()
        await asyncio.gather(*self._tasks)

    async def _load_hooks(self, start_line: dict[str, Any]) -> None:
        try:
            await self._write(start_line)
        except NodeDiedError as error:
            raise NodeUnavailableError(ENDED_EARLY) from error
        if (reason := await self._ready) is not None:
            raise NodeUnavailableError(reason)

    async def _write(self, line: dict[str, Any]) -> None:
        if not self.is_alive or self._input.is_closing():
            raise NodeDiedError
        try:
            self._input.write(json.dumps(line).encode() + b"\n")
            await self._input.drain()
        except ConnectionError as error:
            raise NodeDiedError from error

    async def _read_answers(self) -> None:
        try:
            async for line in self._output:
                answer = json.loads(line)
                if "done" not in answer:
                    self._tell_ready(answer.get("unavailable"))
                    continue
                waiting = self._unanswered.get(answer["done"])
                if waiting is not None and not waiting.done():
                    waiting.set_result(None)
        finally:
            self._has_ended = True
            self._tell_ready(ENDED_EARLY)
            for waiting in self._unanswered.values():
                if not waiting.done():
                    waiting.set_exception(NodeDiedError())

    def _tell_ready(self, problem: str | None) -> None:
        if not self._ready.done():
            self._ready.set_result(problem)


def _pipes(
    process: Process,
) -> tuple[asyncio.StreamWriter, asyncio.StreamReader, asyncio.StreamReader]:
    pipes = process.stdin, process.stdout, process.stderr
    if None in pipes:
        raise TypeError("The process has to be started with three pipes.")
    return pipes  # type: ignore[return-value]  # none of them is None


async def _log_lines(stream: asyncio.StreamReader) -> None:
    async for line in stream:
        _log.warning("%s", line.decode(errors="replace").rstrip())
