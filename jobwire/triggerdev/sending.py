"""Sending requests to the API and to its object store: headers, retries, errors."""

import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar
from uuid import uuid4

import httpx

from jobwire.triggerdev.endpoint import Endpoint
from jobwire.triggerdev.errors import (
    ApiConnectionError,
    ApiStatusError,
    MalformedResponseError,
    TriggerDevError,
    status_error,
)
from jobwire.triggerdev.rate_limit import RateLimit, read_rate_limit
from jobwire.triggerdev.retries import RetryPolicy
from jobwire.triggerdev.version import VERSION

#: How much of an answer that is no JSON an error keeps, in characters.
MAX_TEXT = 10_000

Sleep = Callable[[float], Awaitable[None]]
Now = Callable[[], datetime]
Query = Mapping[str, str]

_Answer = TypeVar("_Answer")


class BodyTooLargeError(Exception):
    """A body above the limit of `fetch`."""


class Sender:
    """Sends requests, each until it is answered for good.

    Redirects are never followed: they could lead the key to another origin. Proxies
    (`HTTPS_PROXY` …) and certificates (`SSL_CERT_FILE`, `SSL_CERT_DIR`) come from the
    environment, read once by httpx when this is made; with a `transport` of the
    caller's own they do not count.

    Attributes:
        endpoint: Where, and as whom.
        requests: How many HTTP requests were sent so far, answered or not.
        rate_limit: The bucket as the API last told it; None: not yet.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout: timedelta,
        retries: RetryPolicy,
        transport: httpx.AsyncBaseTransport | None,
        sleep: Sleep,
        now: Now,
    ) -> None:
        self.endpoint = endpoint
        self.requests = 0
        self.rate_limit: RateLimit | None = None
        self._retries = retries
        self._sleep = sleep
        self._now = now
        self._random = Random()  # noqa: S311 - spreads waits, guards nothing
        self._http = httpx.AsyncClient(
            headers={"user-agent": f"jobwire-triggerdev/{VERSION}"},
            timeout=timeout.total_seconds(),
            transport=transport,
            follow_redirects=False,
            trust_env=True,
        )

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: bytes = b"",
        repeatable: bool,
    ) -> object:
        """Call the API and return the JSON of its 2xx.

        Args:
            method: Of HTTP.
            path: From the root of the API, percent-encoded.
            query: Decoded.
            body: JSON, or nothing. It is never sent in chunks, which the server
                refuses as too large.
            repeatable: Whether it may be sent again when its outcome is unknown.

        Raises:
            ApiConnectionError: No answer came.
            ApiStatusError: The answer is not a 2xx.
            MalformedResponseError: The answer is not JSON.
        """
        # The same in all attempts, so that the server could tell that they are one.
        headers = {
            **self.endpoint.headers(),
            "content-type": "application/json",
            "x-trigger-request-idempotency-key": str(uuid4()),
        }

        async def once() -> object:
            try:
                response = await self._http.request(
                    method,
                    self.endpoint.api_url + path,
                    params=query,
                    content=body,
                    headers=headers,
                )
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise ApiConnectionError(method, path, error) from error
            self.rate_limit = read_rate_limit(response.headers) or self.rate_limit
            if not response.is_success:
                raise self._refused(method, path, response)
            return _json(f"{method} {path}", response)

        return await self._until_answered(once, repeatable=repeatable)

    async def fetch(self, url: str, *, limit: int) -> tuple[str, bytes]:
        """Get what a presigned URL leads to, without the key.

        Returns:
            The media type, without parameters, and the body.

        Raises:
            BodyTooLargeError: The body has more than `limit` bytes.
            ApiConnectionError: No answer came.
            MalformedResponseError: It is no URL of HTTP.
            ApiStatusError: The answer is not a 2xx; a URL that is too old is a 403.
        """
        # The query is the signature, and as good as a key.
        path = _checked(url).path
        # A compressed body could be small on the wire and huge in memory.
        headers = {"accept-encoding": "identity"}

        async def once() -> tuple[str, bytes]:
            try:
                async with self._http.stream("GET", url, headers=headers) as response:
                    if not response.is_success:
                        limited = await _read(response, MAX_TEXT)
                        raise self._refused("GET", path, response, limited)
                    media_type = response.headers.get("content-type", "")
                    body = await _read(response, limit + 1)
            except httpx.HTTPError as error:
                raise ApiConnectionError("GET", path, error) from error
            if len(body) > limit:
                raise BodyTooLargeError
            return media_type.partition(";")[0].strip().lower(), body

        return await self._until_answered(once, repeatable=True)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._http.aclose()

    async def _until_answered(
        self, once: Callable[[], Awaitable[_Answer]], *, repeatable: bool
    ) -> _Answer:
        attempt, waited = 1, timedelta()
        while True:
            self.requests += 1
            try:
                return await once()
            except TriggerDevError as error:
                wait = self._retries.wait_after(
                    error,
                    attempt,
                    repeatable=repeatable,
                    waited=waited,
                    now=self._now(),
                    random=self._random,
                )
                if wait is None:
                    raise
            await self._sleep(wait.total_seconds())
            attempt, waited = attempt + 1, waited + wait

    def _refused(
        self,
        method: str,
        path: str,
        response: httpx.Response,
        content: bytes | None = None,
    ) -> ApiStatusError:
        given = response.content if content is None else content
        # Servers and proxies may echo the request.
        text = self.endpoint.without_key(given.decode(errors="replace"))
        try:
            body: object = json.loads(text)
        except (ValueError, RecursionError):
            body = text[:MAX_TEXT]
        return status_error(
            method,
            path,
            status=response.status_code,
            headers=response.headers,
            body=body,
            now=self._now(),
        )


async def _read(response: httpx.Response, at_most: int) -> bytes:
    """Read a body, and no more of it than asked for (it may be a bit more)."""
    body = bytearray()
    async for chunk in response.aiter_bytes():
        body += chunk
        if len(body) >= at_most:
            break
    return bytes(body)


def _checked(url: str) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
        if parsed.scheme in {"http", "https"} and parsed.host:
            return parsed
    except httpx.InvalidURL:
        pass
    raise MalformedResponseError("The presigned URL is not an HTTP URL.")


def _json(what: str, response: httpx.Response) -> object:
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError) as error:
        kind = response.headers.get("content-type", "no content type")
        raise MalformedResponseError(
            f"{what} answered {response.status_code} with what is not JSON ({kind})."
        ) from error
