"""Clients of the endpoint under test."""

import asyncio
import json
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Any, Self

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

#: How long anything may take that a test waits for, in seconds.
PATIENCE = 10.0


class Api:
    """Calls operations over HTTP: `await api("{ viewer { … } }", caller="bob")`."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def __call__(
        self, query: str, *, caller: str | None = "alice", **variables: Any
    ) -> dict[str, Any]:
        """Return the whole answer."""
        response = await self.post(
            {"query": query, "variables": variables}, caller=caller
        )
        return response.json()

    async def data(
        self, query: str, *, caller: str | None = "alice", **variables: Any
    ) -> dict[str, Any]:
        """Return the data of an operation that must have no errors."""
        answer = await self(query, caller=caller, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def codes(
        self, query: str, *, caller: str | None = "alice", **variables: Any
    ) -> list[str]:
        """Return the codes of an operation's errors."""
        answer = await self(query, caller=caller, **variables)
        return [error["extensions"]["code"] for error in answer.get("errors", ())]

    async def post(
        self,
        body: Any = None,
        *,
        caller: str | None = "alice",
        content: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Post JSON, or any bytes, with any headers."""
        given = {"content-type": "application/json"}
        if caller is not None:
            given["authorization"] = f"Bearer {caller}"
        return await self._http.post(
            "/graphql",
            content=json.dumps(body).encode() if content is None else content,
            headers={**given, **(headers or {})},
        )

    async def request(self, method: str, **options: Any) -> httpx.Response:
        """Send any request to the endpoint."""
        return await self._http.request(method, "/graphql", **options)


class Socket:
    """A websocket that speaks JSON; an async context manager."""

    def __init__(self, url: str, **options: Any) -> None:
        options.setdefault("subprotocols", ["graphql-transport-ws"])
        self._connecting = connect(url, **options)
        self._connection: ClientConnection | None = None

    async def __aenter__(self) -> Self:
        self._connection = await self._connecting
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.connection.close()

    @property
    def connection(self) -> ClientConnection:
        assert self._connection is not None
        return self._connection

    async def send(self, message: Any) -> None:
        """Send a JSON value, or text or bytes as they are."""
        raw = message if isinstance(message, str | bytes) else json.dumps(message)
        await self.connection.send(raw)

    async def receive(self) -> Any:
        """Wait for the next message."""
        async with asyncio.timeout(PATIENCE):
            return json.loads(await self.connection.recv())

    async def closed(self) -> tuple[int, str]:
        """Wait until the server closes, and return its code and reason."""
        async with asyncio.timeout(PATIENCE):
            async for _ in self._messages():
                pass
        return self.connection.close_code or 0, self.connection.close_reason or ""

    async def _messages(self) -> AsyncIterator[str | bytes]:
        try:
            while True:
                yield await self.connection.recv()
        except ConnectionClosed:
            return

    async def initialise(self, caller: str = "alice") -> Self:
        """Do the handshake."""
        await self.send({"type": "connection_init", "payload": {"token": caller}})
        assert await self.receive() == {"type": "connection_ack"}
        return self

    async def subscribe(
        self, query: str, *, operation: str = "1", **variables: Any
    ) -> None:
        """Start an operation."""
        await self.send(
            {
                "id": operation,
                "type": "subscribe",
                "payload": {"query": query, "variables": variables},
            }
        )

    async def next(self, field: str, *, operation: str = "1") -> Any:
        """Wait for the next result of an operation and return one field of it."""
        message = await self.receive()
        assert message["type"] == "next", message
        assert message["id"] == operation
        assert "errors" not in message["payload"], message["payload"]["errors"]
        return message["payload"]["data"][field]

    async def completed(self, *, operation: str = "1") -> None:
        """Wait for the end of an operation, which must be the next message."""
        assert await self.receive() == {"id": operation, "type": "complete"}

    async def refused(self, *, operation: str = "1") -> str:
        """Wait for the refusal of an operation and return its code."""
        message = await self.receive()
        assert (message["type"], message["id"]) == ("error", operation), message
        return message["payload"][0]["extensions"]["code"]

    async def until(self, typename: str, field: str) -> list[dict[str, Any]]:
        """Read messages of a stream up to the first one of a type."""
        messages: list[dict[str, Any]] = []
        while not messages or messages[-1]["__typename"] != typename:
            messages.append(await self.next(field))
        return messages
