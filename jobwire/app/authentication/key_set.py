"""The key set of an identity provider: fetched, kept, and fetched again."""

import asyncio
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

import httpx

from jobwire.app.authentication.public_keys import (
    KeySetError,
    PublicKey,
    PublicKeys,
    read_key_set,
)
from jobwire.jobs.clock import Clock
from jobwire.jobs.errors import UnauthenticatedError

log = logging.getLogger(__name__)

#: How old the keys may be when they are used.
MAX_AGE = timedelta(hours=1)
#: How often the provider is asked at most, whatever tokens come.
PAUSE = timedelta(seconds=30)
#: How long it may take to answer in all, in seconds.
TIMEOUT = 5.0
MAX_BYTES = 512 * 1024

# Compressed, few bytes could become many before they are counted.
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}


class KeySet:
    """The keys that stand at a URL; an async context manager.

    They are fetched when a token first needs them, when one names a key that is not
    among them, and when they are an hour old. While the provider cannot be reached
    those that are known go on.

    Args:
        url: Where the key set is.
        clock: What time it is.
        transport: How to get there; None: by the network, with the proxy and the
            certificates that the environment names.
        timeout: How long the provider may take to answer, in seconds.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
        timeout: float = TIMEOUT,
    ) -> None:
        self._url = url
        self._clock = clock
        self._http = httpx.AsyncClient(
            transport=transport, timeout=timeout, headers=_HEADERS
        )
        self._timeout = timeout
        self._keys = PublicKeys()
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._is_out = False
        self._fetching: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._fetching is not None:
            self._fetching.cancel()
            with suppress(asyncio.CancelledError):
                await self._fetching
        await self._http.aclose()

    async def find(self, kid: str | None, algorithm: str) -> PublicKey:
        """Return the key that verifies a token.

        Args:
            kid: The key that the token names, if any.
            algorithm: The token's algorithm.

        Raises:
            UnauthenticatedError: The provider has no such key, or cannot be asked.
        """
        key = self._keys.choose(kid, algorithm)
        if key is not None and not self._is_old():
            return key
        fetching = self._fetch_soon()
        # In an outage nobody waits whose key is known.
        if fetching is not None and not (key is not None and self._is_out):
            await asyncio.wait({fetching})
        key = self._keys.choose(kid, algorithm)
        if key is not None:
            return key
        if self._is_out:
            raise UnauthenticatedError(
                "The token's key is not known, and the identity provider cannot be"
                " asked at the moment; try again later."
            )
        raise UnauthenticatedError(
            "The identity provider has no key for this token, or more than one that"
            " the token does not tell apart."
        )

    def _is_old(self) -> bool:
        return (
            self._fetched_at is None or self._clock.now() - self._fetched_at >= MAX_AGE
        )

    def _fetch_soon(self) -> "asyncio.Task[None] | None":
        """Return the fetch that runs, or a new one; None: it is too early for one."""
        if self._fetching is None:
            now = self._clock.now()
            if self._tried_at is not None and now - self._tried_at < PAUSE:
                return None
            self._tried_at = now
            self._fetching = asyncio.create_task(self._fetch())
        return self._fetching

    async def _fetch(self) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                keys = read_key_set(await self._body())
        except (httpx.HTTPError, httpx.InvalidURL, KeySetError, OSError) as error:
            if not self._is_out:
                log.warning(
                    "The keys of the identity provider cannot be fetched from %s: %s."
                    " Those that are known go on.",
                    self._url,
                    str(error) or type(error).__name__,
                )
            self._is_out = True
        else:
            if self._is_out:
                log.info("The identity provider answers again.")
            self._is_out = False
            self._keys = keys
            self._fetched_at = self._clock.now()
        finally:
            self._fetching = None

    async def _body(self) -> bytes:
        async with self._http.stream("GET", self._url) as response:
            if response.status_code != httpx.codes.OK:
                raise KeySetError(f"it answered {response.status_code}")
            body = bytearray()
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise KeySetError(f"its answer has more than {MAX_BYTES} bytes")
        return bytes(body)
