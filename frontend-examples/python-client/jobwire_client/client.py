"""What a program does with jobs: schedule, follow, cancel."""

import asyncio
import random
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterator,
    Mapping,
)
from contextlib import aclosing
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import httpx

from jobwire_client.errors import JobwireError, UnavailableError, data_of
from jobwire_client.job import FIELDS, Job
from jobwire_client.place import FOLLOW, Place
from jobwire_client.subscription import subscribe

#: Returns a token that is valid now; asked before each request and each connection.
Token = Callable[[], Awaitable[str]]

SCHEDULE = f"""mutation ($input: ScheduleJobInput!) {{
  scheduleJob(input: $input) {{ job {{ {FIELDS} }} errors {{ message code path }} }}
}}"""
CANCEL = f"""mutation ($input: CancelJobInput!) {{
  cancelJob(input: $input) {{ job {{ {FIELDS} }} errors {{ message code path }} }}
}}"""

#: Seconds that one attempt may take; `waitForRun` alone may take 30.
LONGEST_ATTEMPT = 35
#: Statuses with which a proxy, or a server that is starting, says: come again.
AWAY = (408, 429, 500, 502, 503, 504)


class JobwireClient:
    """A connection to Jobwire; `async with` closes it.

    Args:
        url: Where Jobwire is, for example `https://jobs.example.com`.
        token: An API key or a token, or what returns a fresh one.
        patience: For how many seconds a call is sent again that nobody answers; a job
            is followed for ever.
    """

    def __init__(
        self, url: str, *, token: str | Token | None = None, patience: float = 15
    ) -> None:
        self._url = f"{url}/graphql"
        self._token = token
        self._patience = patience
        self._http = httpx.AsyncClient(timeout=LONGEST_ATTEMPT)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.aclose()

    async def schedule(
        self,
        *,
        type: str,
        tag: str,
        data: Any = None,
        idempotency_key: str | None = None,
        **more: object,
    ) -> Job:
        """Accept a job; when it returns, the job is committed.

        Args:
            type: The name of the code to run.
            tag: What the job is about.
            data: Its input, which must be JSON.
            idempotency_key: What makes a repeat of this call find the same job. Without
                it only the repeats that a lost answer needs do.
            more: Other members of `ScheduleJobInput`, as they are called there.
        """
        key = idempotency_key or str(uuid4())
        given = {"type": type, "tag": tag, "data": data, "idempotencyKey": key, **more}
        return await self._mutate(SCHEDULE, "scheduleJob", given)

    async def cancel(self, id: str, *, reason: str | None = None) -> Job:
        """Ask that a job ends; `cancel_outcome` tells what became of that."""
        return await self._mutate(CANCEL, "cancelJob", {"id": id, "reason": reason})

    async def follow(
        self, id: str, *, on_loss: Callable[[UnavailableError], None] | None = None
    ) -> AsyncIterator[Job]:
        """Yield the job as it stands, then at each change, until it has ended.

        It goes on behind the last message over any loss of the connection, and reads
        anew when the stream is reset. Between two resets no version comes twice.

        Args:
            id: The id of the job.
            on_loss: Told of each loss; it is tried again by itself.
        """
        place = Place()
        waits = _waits()
        while True:
            wait = next(waits)
            try:
                async with aclosing(self._updates(id, place.after)) as messages:
                    async for message in messages:
                        if message["__typename"] == "StreamCaughtUp":
                            waits = _waits()
                        job = place.take(message)
                        if job is not None:
                            yield job
                            if job.is_terminal:
                                return
            except UnavailableError as loss:
                wait = max(wait, loss.retry_after)
                if on_loss is not None:
                    on_loss(loss)
            await asyncio.sleep(wait)

    async def _updates(
        self, id: str, after: str | None
    ) -> AsyncGenerator[dict[str, Any]]:
        token = await self._fresh()
        given = {"id": id, "after": after, "snapshot": after is None}
        url = self._url.replace("http", "ws", 1)
        async with aclosing(subscribe(url, token, FOLLOW, given)) as results:
            async for data in results:
                yield data["jobUpdates"]

    async def _mutate(self, query: str, name: str, given: Mapping[str, object]) -> Job:
        payload = (await self._request(query, {"input": given}))[name]
        if payload["errors"]:
            error = payload["errors"][0]
            raise JobwireError(error["message"], error["code"], error["path"] or ())
        return Job.of(payload["job"])

    async def _request(
        self, query: str, variables: Mapping[str, object]
    ) -> dict[str, Any]:
        """Send what may be done twice, again while nobody answers."""
        loop = asyncio.get_running_loop()
        end = loop.time() + self._patience
        waits = _waits()
        while True:
            try:
                return await self._send(query, variables)
            except UnavailableError as loss:
                wait = max(next(waits), loss.retry_after)
                if loop.time() + wait > end:
                    raise
            await asyncio.sleep(wait)

    async def _send(
        self, query: str, variables: Mapping[str, object]
    ) -> dict[str, Any]:
        token = await self._fresh()
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        body = {"query": query, "variables": variables}
        try:
            response = await self._http.post(self._url, json=body, headers=headers)
        except httpx.TransportError as error:
            raise UnavailableError(f"{self._url} does not answer.") from error
        if response.status_code in AWAY:
            raise UnavailableError(f"{self._url} answers {response.status_code}.")
        if "json" not in response.headers.get("Content-Type", ""):
            raise JobwireError(f"{self._url} is no Jobwire.", "NOT_JOBWIRE")
        return data_of(response.json())

    async def _fresh(self) -> str | None:
        return await self._token() if callable(self._token) else self._token


def _waits() -> Iterator[float]:
    """Yield seconds that grow to half a minute, never in step with those of others."""
    longest = 0.5
    while True:
        yield longest * random.uniform(0.5, 1)  # noqa: S311 - no secret
        longest = min(longest * 2, 30)
