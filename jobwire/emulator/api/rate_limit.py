"""The rate limit, which stands before every route, and who brings no key at all.

A secret key has a bucket that is refilled by a third every 10 s; a public token has 60
requests in every minute of the clock.
Source: `apps/webapp/app/services/authorizationRateLimitMiddleware.server.ts` of
triggerdotdev/trigger.dev, read 2026-11-23, and answers of a real server 4.5.12.
"""

import re
from dataclasses import dataclass

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobwire.emulator.api.public_tokens import is_public
from jobwire.emulator.api.responses import ProblemResponse
from jobwire.emulator.clock import Now, to_ms

_INTERVAL_MS = 10_000
_REFILLS = 3
_PUBLIC_CAPACITY = 60
_PUBLIC_WINDOW_MS = 60_000
#: What a batch that was paid for brings, and what only leads to the object store, too.
_EXEMPT = re.compile(
    r"/api/v1/auth/jwt/claims|/api/v3/batches/[^/]+/items|/api/v[12]/packets/.*"
    r"|/api/v1/runs/[^/]+/attempts|/api/v1/timezones"
    r"|/api/v1/waitpoints/tokens/[^/]+/callback/[^/]+"
)


@dataclass(frozen=True)
class BatchRefusal:
    """A batch for which there are not enough tokens; instants in milliseconds."""

    capacity: int
    left: int
    reset_ms: int

    def headers(self, now: int) -> dict[str, str]:
        """Return the headers of the refusal, whose reset is in seconds."""
        return {
            "X-RateLimit-Limit": str(self.capacity),
            "X-RateLimit-Remaining": str(self.left),
            "X-RateLimit-Reset": str(self.reset_ms // 1000),
            "Retry-After": str(max(1, -(-(self.reset_ms - now) // 1000))),
        }


class BatchLimit:
    """The bucket of batches, which each run of theirs takes a token from."""

    def __init__(self, capacity: int = 1_200, refill: int = 100) -> None:
        self._capacity = capacity
        self._refill = refill
        self._left = capacity
        self._refilled_at: int | None = None

    def take(self, count: int, now: int) -> BatchRefusal | None:
        """Take tokens, or say why not."""
        if self._refilled_at is None:
            self._refilled_at = now
        intervals = (now - self._refilled_at) // _INTERVAL_MS
        self._left = min(self._capacity, self._left + intervals * self._refill)
        self._refilled_at += intervals * _INTERVAL_MS
        if count <= self._left:
            self._left -= count
            return None
        needed = -(-(count - self._left) // self._refill)
        reset = self._refilled_at + needed * _INTERVAL_MS
        return BatchRefusal(self._capacity, self._left, reset)


@dataclass
class _Bucket:
    capacity: int
    refill: int
    interval: int
    left: int
    refilled_at: int

    def take(self, now: int) -> bool:
        """Take one, if there is one."""
        intervals = (now - self.refilled_at) // self.interval
        self.left = min(self.capacity, self.left + intervals * self.refill)
        self.refilled_at += intervals * self.interval
        if self.left == 0:
            return False
        self.left -= 1
        return True

    @property
    def reset(self) -> int:
        return self.refilled_at + self.interval

    def headers(self) -> dict[str, str]:
        return {
            "x-ratelimit-limit": str(self.capacity),
            "x-ratelimit-remaining": str(self.left),
            "x-ratelimit-reset": str(self.reset),
        }


class RateLimit:
    """Counts requests of `/api` by what they authenticate with."""

    def __init__(self, app: ASGIApp, *, capacity: int, now: Now) -> None:
        self._app = app
        self._capacity = capacity
        self._now = now
        self._buckets: dict[str, _Bucket] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if (
            scope["type"] != "http"
            or not scope["path"].startswith("/api/")
            or _EXEMPT.fullmatch(scope["path"])
        ):
            await self._app(scope, receive, send)
            return
        token = Headers(scope=scope).get("authorization")
        if token is None:
            nobody = ProblemResponse(
                401, "Unauthorized", "No authorization header provided"
            )
            await nobody(scope, receive, send)
            return
        now = to_ms(self._now())
        bucket = self._bucket(token, now)
        if not bucket.take(now):
            await _refusal(bucket, now)(scope, receive, send)
            return
        headers = bucket.headers()

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered = MutableHeaders(scope=message)
                # A batch that is refused tells of its own bucket.
                for name, value in headers.items():
                    answered.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _bucket(self, token: str, now: int) -> _Bucket:
        if token not in self._buckets:
            if is_public(token.removeprefix("Bearer ")):
                capacity = refill = _PUBLIC_CAPACITY
                interval, began = _PUBLIC_WINDOW_MS, now - now % _PUBLIC_WINDOW_MS
            else:
                capacity, refill = self._capacity, self._capacity // _REFILLS
                interval, began = _INTERVAL_MS, now
            self._buckets[token] = _Bucket(capacity, refill, interval, capacity, began)
        return self._buckets[token]


def _refusal(bucket: _Bucket, now: int) -> ProblemResponse:
    seconds = (bucket.reset - now) / 1000
    return ProblemResponse(
        429,
        "Rate Limit Exceeded",
        f"Rate limit exceeded {bucket.left}/{bucket.capacity} requests remaining."
        f" Retry in {seconds:g} seconds.",
        headers=bucket.headers(),
        reset=bucket.reset,
        limit=bucket.capacity,
        remaining=bucket.left,
        secondsUntilReset=seconds,
    )
