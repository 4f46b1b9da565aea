"""A watcher: follows all jobs, and goes on elsewhere where its stream ended."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException
from websockets.typing import Subprotocol

from tests.machines.balancer import Balancer

FOLLOW = """subscription ($cursor: EventCursor) { jobListUpdates(after: $cursor) {
  __typename
  ... on JobChange { cursor event { jobId jobVersion } }
  ... on StreamCaughtUp { cursor }
  ... on StreamClosing { cursor } } }"""
#: Seconds without an answer after which a machine is taken to be gone.
SILENCE = 2.0


class Watcher:
    """One client.

    Attributes:
        told: Each version of a job that it was told of, in order.
        resets: How often it was told that changes are lost.
        streams: How many streams it has had.
    """

    def __init__(self, balancer: Balancer, token: str) -> None:
        self.told: list[tuple[str, int]] = []
        self.resets = 0
        self.streams = 0
        self.is_live = asyncio.Event()
        self._balancer = balancer
        self._token = token
        self._cursor: str | None = None

    async def run(self) -> None:
        """Follow until canceled."""
        while True:
            for url in self._balancer.ready:
                with suppress(OSError, TimeoutError, WebSocketException):
                    async for message in self._messages(url):
                        self._take(message)
            await asyncio.sleep(0.1)

    async def has_told(self, wanted: set[tuple[str, int]]) -> None:
        """Wait until it was told of some versions."""
        while not wanted <= set(self.told):
            await asyncio.sleep(0.05)

    def _take(self, message: dict[str, Any]) -> None:
        match message["__typename"]:
            case "JobChange":
                event = message["event"]
                self.told.append((event["jobId"], event["jobVersion"]))
            case "StreamCaughtUp":
                self.is_live.set()
            case "StreamReset":
                self.resets += 1
        self._cursor = message.get("cursor", self._cursor)

    async def _messages(self, url: str) -> AsyncIterator[dict[str, Any]]:
        async with connect(
            f"{url.replace('http', 'ws')}/graphql",
            subprotocols=[Subprotocol("graphql-transport-ws")],
            open_timeout=SILENCE,
            close_timeout=SILENCE,
            ping_interval=SILENCE,
            ping_timeout=SILENCE,
            additional_headers={"authorization": f"Bearer {self._token}"},
            proxy=None,
        ) as socket:
            await socket.send(json.dumps({"type": "connection_init"}))
            query = {"query": FOLLOW, "variables": {"cursor": self._cursor}}
            await socket.send(
                json.dumps({"id": "1", "type": "subscribe", "payload": query})
            )
            self.streams += 1
            async for text in socket:
                message = json.loads(text)
                assert message["type"] != "error", message
                if message["type"] == "complete":
                    return
                if message["type"] == "next":
                    yield message["payload"]["data"]["jobListUpdates"]
