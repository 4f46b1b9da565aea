"""Sending: one signed message to one target, by the rules of Standard Webhooks."""

import asyncio
from datetime import datetime, timedelta

import httpx

from jobwire.jobs.notifications.deliver import GONE, Answer, Claimed
from jobwire.jobs.notifications.targets import Target
from jobwire.triggerdev.network import Network
from jobwire.triggerdev.rate_limit import retry_at
from jobwire.triggerdev.signature import (
    ID_HEADER,
    SIGNATURE_HEADER,
    TIMESTAMP_HEADER,
    sign_standard,
)
from jobwire.triggerdev.version import VERSION

USER_AGENT = f"Jobwire/{VERSION}"
#: How much of an answer is read: no more than its error is of use.
_MOST_READ = 4096
_MOST_SHOWN = 200


class Sender:
    """Posts messages to one target, over connections of its own.

    It follows no redirect and keeps no cookie.

    Args:
        target: Where to post, and what signs.
        network: The way there.
        connections: How many to have open at most.
        timeout: How long a target may take for all of an answer.
    """

    def __init__(
        self, target: Target, network: Network, *, connections: int, timeout: timedelta
    ) -> None:
        self.target = target
        self._transport = network.anywhere(connections=connections)
        self._timeout = timeout.total_seconds()

    async def send(self, claimed: Claimed, *, now: datetime) -> Answer:
        """Send a message once; whatever goes wrong is in the answer."""
        try:
            request = self._request(claimed, now)
            async with asyncio.timeout(self._timeout):
                response = await self._transport.handle_async_request(request)
                try:
                    told = await _beginning(response)
                finally:
                    await response.aclose()
        except TimeoutError:
            return Answer(None, f"No answer within {self._timeout:g} s.")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            what = f"{type(error).__name__}: {_printable(str(error))}".rstrip(": ")
            return Answer(None, f"No answer: {what}.")
        if response.is_success:
            return Answer(response.status_code)
        asked = retry_at(response.headers, limited=False, now=now)
        return Answer(
            response.status_code,
            _error(response, told),
            None if asked is None else asked - now,
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.aclose()

    def _request(self, claimed: Claimed, now: datetime) -> httpx.Request:
        body = claimed.body.encode()
        signatures = (
            sign_standard(secret, id=claimed.message_id, timestamp=now, body=body)
            for secret in self.target.secrets
        )
        headers = {
            "content-type": "application/json",
            "accept-encoding": "identity",
            "user-agent": USER_AGENT,
            ID_HEADER: claimed.message_id,
            TIMESTAMP_HEADER: str(int(now.timestamp())),
            SIGNATURE_HEADER: " ".join(signatures),
        }
        phases = dict.fromkeys(("connect", "read", "write", "pool"), self._timeout)
        return httpx.Request(
            "POST",
            self.target.url,
            headers=headers,
            content=body,
            extensions={"timeout": phases},
        )


async def _beginning(response: httpx.Response) -> bytes:
    """Read an answer to its end, or as much of it as is of use."""
    told = b""
    async for part in response.aiter_raw():
        told += part
        if len(told) >= _MOST_READ:
            break
    return told[:_MOST_READ]


def _error(response: httpx.Response, told: bytes) -> str:
    status = f"HTTP {response.status_code}"
    if response.status_code == GONE:
        return f"{status}: the target says that nobody takes this any more."
    if response.is_redirect:
        return f"{status}: redirects are not followed; name where it leads to."
    shown = _printable(told.decode(errors="replace"))
    return f"{status}: {shown}" if shown else f"{status}."


def _printable(text: str) -> str:
    """Write a text of somebody else's on one line, cut short."""
    line = " ".join(text.split())
    clean = "".join(letter for letter in line if letter.isprintable())
    return clean if len(clean) <= _MOST_SHOWN else f"{clean[:_MOST_SHOWN]}…"
