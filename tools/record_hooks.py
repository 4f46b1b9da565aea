"""Records what `trigger/jobwire.ts` posts, for machines that cannot run it.

Run it after a change of that file, with Node 22.13 or newer, or any Node from 20.6 on
after `npm ci` in `trigger/`:

    .venv/bin/python -m tools.record_hooks

It runs the hooks under Node against a server of its own on loopback and writes
`jobwire/emulator/recorded_hooks.json`. A test says when that is not up to date.
"""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from jobwire.emulator.hook_events import RECORDED, Recording
from jobwire.emulator.hook_moments import HookError, HookKind, HookMoment, HookProgress
from jobwire.emulator.node_hooks import NodeHookSender
from tools.steps import ROOT, say

RECORDING = ROOT / "jobwire" / "emulator" / RECORDED
#: What every client of HTTP sends, each in its own way, and what is made for each try.
_NOT_RECORDED = {
    "accept",
    "accept-encoding",
    "accept-language",
    "connection",
    "content-length",
    "host",
    "sec-fetch-mode",
    "user-agent",
    "webhook-id",
    "webhook-signature",
    "webhook-timestamp",
}
_BEGIN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_START = HookMoment(
    kind="START_ATTEMPT",
    run_id="run_recorded",
    task_identifier="my-task",
    attempt=1,
    attempt_started_at=_BEGIN + timedelta(seconds=1),
    run_started_at=_BEGIN + timedelta(seconds=1),
    created_at=_BEGIN,
    tags=("job:recorded",),
    metadata={},
    payload=None,
    max_attempts=3,
    occurred_at=_BEGIN + timedelta(seconds=2),
)
#: One moment of every kind; they need not make sense one after the other.
MOMENTS = (
    _START,
    replace(_START, kind="PROGRESS", progress=HookProgress(0.5, "half")),
    replace(_START, kind="SUCCESS", output={"answer": 42}),
    replace(
        _START, kind="FAILURE", error=HookError("Error", "It failed.", "Error: It f…")
    ),
    replace(_START, kind="CANCEL"),
)


@dataclass(frozen=True)
class Posted:
    """One request that a sender made; the names of its headers are lower-case."""

    headers: dict[str, str]
    body: bytes


class Receiver:
    """A server on loopback that keeps what is posted to it.

    Attributes:
        url: Where to post to.
        status: What it answers.
        gate: Cleared, it answers nobody until it is set again.
    """

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/api/trigger/webhook"
        self.status = HTTPStatus.OK
        self.gate = threading.Event()
        self.gate.set()
        self._posted: list[Posted] = []
        self._changed = threading.Condition()

    @property
    def posted(self) -> list[Posted]:
        """What has come so far, in its order."""
        with self._changed:
            return list(self._posted)

    async def wait_for(self, count: int) -> list[Posted]:
        """Return what has come as soon as it is so many.

        Raises:
            TimeoutError: Too few came within 20 s.
        """
        return await asyncio.to_thread(self._wait, count)

    def _wait(self, count: int) -> list[Posted]:
        with self._changed:
            if not self._changed.wait_for(lambda: len(self._posted) >= count, 20):
                raise TimeoutError(f"{len(self._posted)} of {count} posts came in 20 s")
            return list(self._posted)

    def clear(self) -> None:
        """Forget what has come."""
        with self._changed:
            self._posted.clear()

    def keep(self, posted: Posted) -> None:
        """Take in a request."""
        with self._changed:
            self._posted.append(posted)
            self._changed.notify_all()


@contextmanager
def receive() -> Iterator[Receiver]:
    """Run a receiver until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.keep(Posted(headers, body))
            receiver.gate.wait()
            self.close_connection = receiver.status != HTTPStatus.OK
            self.send_response(receiver.status)
            self.send_header("Content-Length", "0")
            if self.close_connection:
                # Else the next try could meet a connection that is about to end.
                self.send_header("Connection", "close")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Be silent."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        # A client that hung up must not hold the end of the test.
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # hung up
        receiver = Receiver(server.server_port)
        thread = threading.Thread(target=server.serve_forever, args=[0.01])
        thread.start()
        try:
            yield receiver
        finally:
            receiver.gate.set()
            server.shutdown()
            thread.join()


async def record() -> dict[HookKind, Recording]:
    """Run every hook once, and return what each has posted.

    Raises:
        NodeUnavailableError: Node, or what strips the types, is missing.
    """
    recordings: dict[HookKind, Recording] = {}
    with receive() as receiver:
        async with NodeHookSender(receiver.url, "a secret for recording") as sender:
            for count, moment in enumerate(MOMENTS, 1):
                await sender.send(moment)
                posted = (await receiver.wait_for(count))[-1]
                own = {
                    name: value
                    for name, value in posted.headers.items()
                    if name not in _NOT_RECORDED
                }
                recordings[moment.kind] = Recording(own, json.loads(posted.body))
    return recordings


def write(recordings: dict[HookKind, Recording], path: Path) -> None:
    """Write recordings as the package reads them."""
    content = {kind: asdict(one) for kind, one in recordings.items()}
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write(asyncio.run(record()), RECORDING)
    say(f"wrote {RECORDING.relative_to(ROOT)}")
