"""Replaying the recording: its requests in order, at their time, by our client."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

import httpx

from jobwire.emulator import Emulator
from jobwire.triggerdev import (
    ApiStatusError,
    MalformedResponseError,
    RetryPolicy,
    TriggerDevClient,
)
from tests.clock import FakeClock
from tests.emulator.transcripts.comparing import Comparison, compare
from tests.emulator.transcripts.forms import Names
from tests.emulator.transcripts.moments import (
    BEGINNING,
    HELD,
    LONGEST,
    MOMENTS,
    REPEATED,
    RESTARTS,
    UNRECORDED,
    UNRECORDED_BEFORE,
)
from tests.emulator.transcripts.recorded_tasks import RECORDED_TASKS
from tests.emulator.transcripts.recording import Exchange, exchanges

URL = "http://emulator"
KEYS = {
    "tr_dev_xxxxxxxxxxxxxxxxxxxx": "tr_dev_4f9sKq2LmXw7",
    "tr_prod_xxxxxxxxxxxxxxxxxxxx": "tr_prod_8hTq3ZvB1nYc",
}
_PRODUCTION = KEYS["tr_prod_xxxxxxxxxxxxxxxxxxxx"]
_AFTER, _BEFORE = "page%5Bafter%5D=<jwt>", "page%5Bbefore%5D=<jwt>"
_LIVE = "live=true"
#: How far the clock goes on at once while a request is held, and how many turns of the
#: event loop it may take in between.
_TICK = timedelta(milliseconds=50)
_TURNS = 20


async def replay(folder: Path) -> dict[str, Comparison]:
    """Make all exchanges with new emulators; return how each of them compares."""
    async with _Stage(folder) as stage:
        return {one.key: await stage.play(one) for one in exchanges()}


class _Heard(httpx.AsyncBaseTransport):
    """Passes requests on, and keeps the last answer."""

    def __init__(self, inner: httpx.AsyncBaseTransport) -> None:
        self._inner = inner
        self.last: httpx.Response | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.last = await self._inner.handle_async_request(request)
        content = await self.last.aread()
        return httpx.Response(
            self.last.status_code,
            headers=self.last.headers,
            stream=httpx.ByteStream(content),
        )


class _Stage:
    """A development and a production environment: an emulator for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._clock = FakeClock()
        self._clock.advance(BEGINNING - self._clock.now())
        self._sleeps = _Sleeps(self._clock)
        self._names = Names()
        self._token = "none.was.minted"
        self._pages: Mapping[str, str] = {}

    async def __aenter__(self) -> Self:
        await self._open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._exits.aclose()

    async def play(self, exchange: Exchange) -> Comparison:
        """Make an exchange at its time."""
        if exchange.key == UNRECORDED_BEFORE:
            await self._play_unrecorded()
        if exchange.key in RESTARTS:
            await self._exits.aclose()
            await self._open()
        moment = MOMENTS.get(exchange.key)
        if moment is not None and moment > self._clock.now():
            await self._advance_to(moment)
        for _ in range(REPEATED.get(exchange.key, 0)):
            await self._send(exchange)
        response = await self._answer(exchange)
        self._remember(exchange, response)
        comparison = compare(exchange.answer, response, self._names)
        if exchange.key in HELD:
            for emulator in self._emulators.values():
                await emulator.settle()
        elif _LIVE not in exchange.request.path:
            took = timedelta(milliseconds=exchange.milliseconds)
            await self._advance_to(self._clock.now() + took)
        return comparison

    async def _open(self) -> None:
        self._exits = AsyncExitStack()
        self._emulators = {}
        for key in KEYS.values():
            folder = self._folder / key.split("_")[1]
            folder.mkdir(exist_ok=True)
            emulator = Emulator(
                folder,
                # Nothing was ever deployed to production.
                tasks=() if key == _PRODUCTION else RECORDED_TASKS,
                secret_key=key,
                now=self._clock.now,
                sleep=self._sleeps.sleep,
            )
            self._emulators[key] = await self._exits.enter_async_context(emulator)

    async def _answer(self, exchange: Exchange) -> httpx.Response:
        """Send a request; while one that is live is held, the clock goes on."""
        if _LIVE not in exchange.request.path:
            return await self._send(exchange)
        answering = asyncio.create_task(self._send(exchange))
        until = self._clock.now() + LONGEST
        while self._clock.now() <= until:
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            if answering.done():
                return answering.result()
            await self._advance_to(self._clock.now() + _TICK)
        answering.cancel()
        await asyncio.wait([answering])
        return httpx.Response(504, text=f"not answered within {LONGEST}")

    async def _send(self, exchange: Exchange) -> httpx.Response:
        request = exchange.request
        headers = {
            name: value
            for name, value in request.headers.items()
            if name != "authorization"
        }
        if exchange.section == "realtime live poll":
            # Of the request's own headers this one was not recorded.
            headers["x-trigger-electric-version"] = "1.0.0-beta.1"
        path = self._names.translate(request.path)
        path = path.replace(_AFTER, f"page%5Bafter%5D={self._pages.get('next')}")
        path = path.replace(_BEFORE, f"page%5Bbefore%5D={self._pages.get('previous')}")
        body = (request.body or "").encode()
        token = self._token_of(exchange)
        emulator = self._emulators.get(token or "", self._emulators[_DEVELOPMENT])
        heard = _Heard(httpx.ASGITransport(emulator.app, raise_app_exceptions=False))
        if token is None or not _sent_by_client(headers, body):
            return await _send_plain(heard, exchange, path, token, headers)
        async with TriggerDevClient(
            secret_key=token,
            api_url=URL,
            transport=heard,
            retries=RetryPolicy(max_attempts=1),
            now=self._clock.now,
        ) as client:
            with suppress(ApiStatusError, MalformedResponseError):
                await client._sender.call(  # noqa: SLF001 - what all its calls go through
                    request.method, path, body=body, repeatable=False
                )
        assert heard.last is not None
        return heard.last

    def _token_of(self, exchange: Exchange) -> str | None:
        if exchange.request.path.startswith("/realtime/"):
            return _DEVELOPMENT
        given = exchange.request.headers.get("authorization")
        if given is None:
            return None
        token = given.removeprefix("Bearer ")
        return self._token if token == "<jwt>" else KEYS.get(token, token)

    def _remember(self, exchange: Exchange, response: httpx.Response) -> None:
        if response.status_code != httpx.codes.OK:
            return
        if exchange.request.path == "/api/v1/auth/jwt":
            self._token = response.json()["token"]
        if exchange.request.path.startswith("/api/v1/runs?"):
            self._pages = response.json()["pagination"]

    async def _play_unrecorded(self) -> None:
        for run in UNRECORDED:
            await self._advance_to(run.at)
            body = {"payload": run.payload, "options": {"tags": [run.tag]}}
            emulator = self._emulators[_DEVELOPMENT]
            async with TriggerDevClient(
                secret_key=_DEVELOPMENT,
                api_url=URL,
                transport=httpx.ASGITransport(emulator.app),
            ) as client:
                made = await client._sender.call(  # noqa: SLF001 - as above
                    "POST",
                    f"/api/v1/tasks/{run.task}/trigger",
                    body=json.dumps(body).encode(),
                    repeatable=False,
                )
            assert isinstance(made, dict)
            self._names.learn(run.recorded, made["id"])

    async def _advance_to(self, until: datetime) -> None:
        """Move the clock on, from one due step to the next."""
        await self._settle()
        while (due := self._next_due()) is not None and due <= until:
            self._clock.advance(max(due - self._clock.now(), timedelta()))
            await self._settle()
        self._clock.advance(max(until - self._clock.now(), timedelta()))
        await self._settle()

    def _next_due(self) -> datetime | None:
        due = [emulator.next_due() for emulator in self._emulators.values()]
        return min((one for one in due if one is not None), default=None)

    async def _settle(self) -> None:
        self._sleeps.wake()
        for emulator in self._emulators.values():
            await emulator.settle()


_DEVELOPMENT = KEYS["tr_dev_xxxxxxxxxxxxxxxxxxxx"]


class _Sleeps:
    """Waits that end when the clock has come to their end."""

    def __init__(self, clock: FakeClock) -> None:
        self._clock = clock
        self._waits: list[tuple[datetime, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        wait = (self._clock.now() + timedelta(seconds=seconds), asyncio.Event())
        self._waits.append(wait)
        try:
            await wait[1].wait()
        finally:
            self._waits.remove(wait)

    def wake(self) -> None:
        for until, over in self._waits:
            if until <= self._clock.now():
                over.set()


def _sent_by_client(headers: Mapping[str, str], body: bytes) -> bool:
    """Whether the client could send it: no header of its own, and JSON or nothing."""
    if headers.keys() - {"content-type"}:
        return False
    if headers.get("content-type", "application/json") != "application/json":
        return False
    try:
        json.loads(body or b"{}")
    except ValueError:
        return False
    return True


async def _send_plain(
    transport: httpx.AsyncBaseTransport,
    exchange: Exchange,
    path: str,
    token: str | None,
    headers: Mapping[str, str],
) -> httpx.Response:
    bearer = {} if token is None else {"authorization": f"Bearer {token}"}
    current = {"x-trigger-api-version": "2025-07-16"}
    async with httpx.AsyncClient(transport=transport, base_url=URL) as client:
        return await client.request(
            exchange.request.method,
            path,
            content=exchange.request.body,
            headers={**headers, **bearer, **current},
        )
