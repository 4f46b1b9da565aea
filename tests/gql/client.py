"""Clients of the endpoint under test."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
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

    async def request(
        self, method: str, *, query_string: str = "", **options: Any
    ) -> httpx.Response:
        """Send any request to the endpoint."""
        url = f"/graphql?{query_string}" if query_string else "/graphql"
        return await self._http.request(method, url, **options)


@dataclass(frozen=True, slots=True)
class Event:
    """A Server-Sent Event."""

    name: str
    data: str
    #: Behind which a client can resume.
    id: str | None = None

    @property
    def result(self) -> dict[str, Any]:
        """The result that it brings."""
        assert self.name == "next", self
        return json.loads(self.data)


async def _lines(response: httpx.Response) -> AsyncIterator[str]:
    """Give the lines of an answer, which end with LF and with nothing else."""
    rest = b""
    async for chunk in response.aiter_bytes():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line.decode()
    assert not rest, rest


#: What ends every stream.
COMPLETE = Event("complete", "")


class EventStream:
    """An answer of Server-Sent Events, read strictly; an async context manager.

    The operation is sent as POST, or as GET with `method="GET"`.
    """

    def __init__(
        self,
        url: str,
        query: str,
        *,
        caller: str | None = "alice",
        method: str = "POST",
        last_event_id: str | None = None,
        **variables: Any,
    ) -> None:
        headers: dict[str, str | bytes] = {"accept": "text/event-stream"}
        if last_event_id is not None:
            headers["last-event-id"] = last_event_id.encode()
        if caller is not None:
            headers["authorization"] = f"Bearer {caller}"
        self._http = httpx.AsyncClient(timeout=PATIENCE, headers=headers)
        parameters = {"query": query, "variables": variables}
        self._opening = (
            self._http.stream(
                "GET", url, params={**parameters, "variables": json.dumps(variables)}
            )
            if method == "GET"
            else self._http.stream(method, url, json=parameters)
        )
        self._response: httpx.Response | None = None
        self._lines: AsyncIterator[str]
        #: How many comments have come so far.
        self.comments = 0

    async def __aenter__(self) -> Self:
        self._response = await self._opening.__aenter__()
        self._lines = _lines(self._response)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opening.__aexit__(kind, error, traceback)
        await self._http.aclose()

    @property
    def response(self) -> httpx.Response:
        assert self._response is not None
        return self._response

    async def refused(self) -> str:
        """Read an answer that is no stream and return its code."""
        await self.response.aread()
        return self.response.json()["errors"][0]["extensions"]["code"]

    async def event(self) -> Event | None:
        """Wait for the next event; None: the answer has ended."""
        fields: dict[str, str] = {}
        async for line in self._lines:
            if line.startswith(":"):
                self.comments += 1
            elif line:
                name, _, value = line.partition(":")
                assert name not in fields, f"{name} comes twice"
                fields[name] = value.removeprefix(" ")
            elif fields:
                return Event(fields["event"], fields["data"], fields.get("id"))
        assert not fields, "the answer ends within an event"
        return None

    async def next(self, field: str) -> Any:
        """Wait for the next result and return one field of it."""
        event = await self.event()
        assert event is not None
        assert "errors" not in event.result, event
        return event.result["data"][field]

    async def until(self, typename: str, field: str) -> list[dict[str, Any]]:
        """Read messages of a stream up to the first one of a type."""
        messages: list[dict[str, Any]] = []
        while not messages or messages[-1]["__typename"] != typename:
            messages.append(await self.next(field))
        return messages

    async def rest(self) -> list[Event]:
        """Read all events up to the end of the answer."""
        events = []
        while (event := await self.event()) is not None:
            events.append(event)
        return events


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
