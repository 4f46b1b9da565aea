"""Sending requests to the API and to its object store: headers, errors, connections."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import uuid4

import httpx

from jobwire.triggerdev.attempts import Attempt, Attempts, Call, Now, Sleep
from jobwire.triggerdev.endpoint import Endpoint
from jobwire.triggerdev.errors import (
    ApiConnectionError,
    ApiStatusError,
    MalformedResponseError,
    status_error,
)
from jobwire.triggerdev.network import Network
from jobwire.triggerdev.rate_limit import RateLimit, read_rate_limit
from jobwire.triggerdev.retries import RetryPolicy
from jobwire.triggerdev.shards import Received, Shards
from jobwire.triggerdev.timeouts import Timeouts
from jobwire.triggerdev.version import VERSION

#: How much of an answer that is no JSON an error keeps, in characters.
MAX_TEXT = 10_000

_SUCCESS = range(200, 300)
_CONNECTIONS = 128
_SHARDS = 32
_CONNECTIONS_OF_SHARD = _CONNECTIONS // _SHARDS
_CONNECTIONS_ELSEWHERE = 100
#: Without it the feed names its headers as it did in its beta.
_FEED_VERSION = "1.0.0-beta.1"

Query = Mapping[str, str]


class BodyTooLargeError(Exception):
    """A body above the limit of `fetch`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A 2xx of the API.

    Attributes:
        body: Its JSON.
        headers: By their names in lower case.
    """

    body: object
    headers: Mapping[str, str]


class Sender:
    """Sends requests, each until it is answered for good.

    Redirects are never followed: they could lead the key to another origin. Proxies
    and certificates are those of the environment when this is made, as `Network`
    says; with a `transport` of the caller's own they do not count.

    Attributes:
        endpoint: Where, and as whom.
        now: Tells the time, aware.
        sleep: Waits for a number of seconds.
        rate_limit: The bucket as the API last told it; None: not yet.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        *,
        timeout: timedelta | Timeouts,
        deadline: timedelta | None,
        retries: RetryPolicy,
        transport: httpx.AsyncBaseTransport | None,
        sleep: Sleep,
        now: Now,
        context: Callable[[], Mapping[str, str]],
    ) -> None:
        self.endpoint = endpoint
        self.now = now
        self.sleep = sleep
        self._context = context
        self.rate_limit: RateLimit | None = None
        self._deadline = deadline
        if transport is None:
            network, url = Network(), httpx.URL(endpoint.api_url)
            self._api = _api(network, url)
            elsewhere = network.anywhere(connections=_CONNECTIONS_ELSEWHERE)
        else:
            self._api, elsewhere = Shards(lambda: transport, most=1), transport
        self._attempts = Attempts(
            retries,
            timeout if isinstance(timeout, Timeouts) else Timeouts.each(timeout),
            tells=transport is None,
            sleep=sleep,
            now=now,
        )
        user_agent = f"jobwire-triggerdev/{VERSION}"
        fixed = {
            "accept-encoding": "gzip, deflate",
            "user-agent": user_agent,
            **endpoint.headers(),
        }
        self._headers = [(name.encode(), text.encode()) for name, text in fixed.items()]
        self._headers_without_key = [
            one for one in self._headers if one[0] != b"authorization"
        ]
        # For everything but calls of the API; it knows no key.
        self._http = httpx.AsyncClient(
            headers={"user-agent": user_agent},
            transport=elsewhere,
            follow_redirects=False,
            trust_env=False,
        )

    @property
    def requests(self) -> int:
        """How many HTTP requests were sent so far, answered or not."""
        return self._attempts.made

    async def call(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: bytes = b"",
        repeatable: bool,
        content_type: str = "application/json",
        deadline: timedelta | None = None,
        with_key: bool = True,
    ) -> object:
        """Call the API and return the JSON of its 2xx; see `ask`."""
        answer = await self.ask(
            method,
            path,
            query=query,
            body=body,
            repeatable=repeatable,
            content_type=content_type,
            deadline=deadline,
            with_key=with_key,
        )
        return answer.body

    async def ask(
        self,
        method: str,
        path: str,
        *,
        query: Query | None = None,
        body: bytes = b"",
        repeatable: bool,
        content_type: str = "application/json",
        deadline: timedelta | None = None,
        with_key: bool = True,
        attempts: int | None = None,
        not_after: datetime | None = None,
    ) -> Answer:
        """Call the API and return its 2xx.

        Args:
            method: Of HTTP.
            path: From the root of the API, percent-encoded.
            query: Decoded.
            body: Or nothing. It is never sent in chunks, which the server refuses as
                too large.
            repeatable: Whether it may be sent again when its outcome is unknown.
            content_type: Of the body.
            with_key: Whether it tells who asks.
            deadline: How long it may take with all its waits; None: as all calls of
                the client.
            attempts: How often it is sent at the most; None: as the policy says.
            not_after: When the first byte of an attempt may be sent at the latest.

        Raises:
            ApiConnectionError: No answer came, or it was too late to send it.
            ApiStatusError: The answer is not a 2xx.
            MalformedResponseError: The answer is not JSON.
        """

        def check() -> None:
            if not_after is not None and self.now() > not_after:
                late = ApiConnectionError(
                    method, path, "it would have come too late", was_sent=False
                )
                # The same would come later still.
                late.is_retryable = False
                raise late

        # The same in all attempts, so that the server could tell that they are one.
        id = str(uuid4())
        headers = [
            *(self._headers if with_key else self._headers_without_key),
            (b"content-type", content_type.encode()),
            (b"x-trigger-request-idempotency-key", id.encode()),
            *((name.encode(), text.encode()) for name, text in self._context().items()),
        ]

        async def once(attempt: Attempt) -> Answer:
            attempt.check()
            try:
                received = await self._api.send(
                    _request(
                        method,
                        self.endpoint.api_url + path,
                        query=query,
                        headers=headers,
                        body=body,
                        attempt=attempt,
                    )
                )
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise ApiConnectionError(
                    method, path, error, was_sent=attempt.was_sent
                ) from error
            self.rate_limit = read_rate_limit(received.headers) or self.rate_limit
            if received.status not in _SUCCESS:
                raise self._refused(method, path, received)
            return Answer(_json(method, path, received), received.headers)

        call = Call(
            method, path, id, repeatable, deadline or self._deadline, attempts, check
        )
        return await self._attempts.until_answered(call, once)

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

        async def once(attempt: Attempt) -> tuple[str, bytes]:
            try:
                async with self._http.stream(
                    "GET", url, headers=headers, extensions=attempt.extensions
                ) as response:
                    if not response.is_success:
                        limited = await _read(response, MAX_TEXT)
                        received = Received(
                            response.status_code, response.headers, limited
                        )
                        raise self._refused("GET", path, received)
                    media_type = response.headers.get("content-type", "")
                    body = await _read(response, limit + 1)
            except httpx.HTTPError as error:
                raise ApiConnectionError(
                    "GET", path, error, was_sent=attempt.was_sent
                ) from error
            if len(body) > limit:
                raise BodyTooLargeError
            return media_type.partition(";")[0].strip().lower(), body

        call = Call("GET", path, None, repeatable=True, deadline=self._deadline)
        return await self._attempts.until_answered(call, once)

    async def store(self, url: str, body: bytes, *, content_type: str) -> None:
        """Put a body where a presigned URL leads to, without the key.

        Raises:
            ApiConnectionError: No answer came.
            MalformedResponseError: It is no URL of HTTP.
            ApiStatusError: The answer is not a 2xx; a URL that is too old is a 403.
        """
        path = _checked(url).path

        async def once(attempt: Attempt) -> None:
            try:
                response = await self._http.put(
                    url,
                    content=body,
                    headers={"content-type": content_type},
                    extensions=attempt.extensions,
                )
            except httpx.HTTPError as error:
                raise ApiConnectionError(
                    "PUT", path, error, was_sent=attempt.was_sent
                ) from error
            if not response.is_success:
                received = Received(
                    response.status_code, response.headers, response.content
                )
                raise self._refused("PUT", path, received)

        call = Call("PUT", path, None, repeatable=True, deadline=self._deadline)
        await self._attempts.until_answered(call, once)

    async def poll(
        self, path: str, *, query: Query, patience: timedelta
    ) -> tuple[Mapping[str, str], object]:
        """Ask the Realtime feed once, and wait as long as it thinks.

        Args:
            path: From the root of the API, percent-encoded.
            query: Decoded.
            patience: How long it may think.

        Returns:
            The headers, and the JSON of a 2xx; None when it has no body.

        Raises:
            ApiConnectionError: No answer came.
            ApiStatusError: The answer is not a 2xx.
            MalformedResponseError: The answer is not JSON.
        """

        async def once(attempt: Attempt) -> tuple[Mapping[str, str], object]:
            phases = attempt.extensions["timeout"]
            timeout = {**phases, "read": patience.total_seconds()}
            try:
                response = await self._http.get(
                    self.endpoint.api_url + path,
                    params=query,
                    headers={
                        **self.endpoint.headers(),
                        "x-trigger-electric-version": _FEED_VERSION,
                    },
                    extensions={**attempt.extensions, "timeout": timeout},
                )
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                raise ApiConnectionError(
                    "GET", path, error, was_sent=attempt.was_sent
                ) from error
            received = Received(
                response.status_code, response.headers, response.content
            )
            if not response.is_success:
                raise self._refused("GET", path, received)
            if not received.body:
                return received.headers, None
            return received.headers, _json("GET", path, received)

        call = Call("GET", path, None, repeatable=True, deadline=None, attempts=1)
        return await self._attempts.until_answered(call, once)

    async def aclose(self) -> None:
        """End the calls that are under way, and close all connections."""
        try:
            await self._attempts.calls.close()
        finally:
            await self._http.aclose()
            await self._api.aclose()

    def _refused(self, method: str, path: str, received: Received) -> ApiStatusError:
        # Servers and proxies may echo the request.
        text = self.endpoint.without_key(received.body.decode(errors="replace"))
        try:
            body: object = json.loads(text)
        except (ValueError, RecursionError):
            body = text[:MAX_TEXT]
        return status_error(
            method,
            path,
            status=received.status,
            headers=received.headers,
            body=body,
            now=self.now(),
        )


def _api(network: Network, url: httpx.URL) -> Shards:
    if network.is_proxied(url):
        return Shards(
            lambda: network.proxied(url, connections=_CONNECTIONS_OF_SHARD),
            most=_SHARDS,
        )
    return Shards(lambda: network.direct(url, connections=_CONNECTIONS), most=1)


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


def _json(method: str, path: str, received: Received) -> object:
    try:
        return json.loads(received.body)
    except (ValueError, RecursionError) as error:
        kind = received.headers.get("content-type", "no content type")
        raise MalformedResponseError(
            f"{method} {path} answered {received.status} with what is not JSON"
            f" ({kind})."
        ) from error


def _request(
    method: str,
    url: str,
    *,
    query: Query | None,
    headers: Sequence[tuple[bytes, bytes]],
    body: bytes,
    attempt: Attempt,
) -> httpx.Request:
    parsed = _url(url)
    # With a stream httpx leaves host and length to us, and reads no header twice.
    length = [] if method == "GET" else [(b"content-length", b"%d" % len(body))]
    request = httpx.Request(
        method,
        parsed,
        params=query,
        headers=[(b"host", parsed.netloc), *headers, *length],
        stream=httpx.ByteStream(body),
        extensions=attempt.extensions,
    )
    # A transport of the caller's may look at the content.
    request.read()
    return request


@lru_cache(maxsize=256)
def _url(text: str) -> httpx.URL:
    """Parse a URL, which takes longer than any other part of making a request."""
    return httpx.URL(text)
