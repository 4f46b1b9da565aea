"""The rate limit, which stands before every route, and who brings no key at all.

A secret key has a bucket that is refilled by a third every 10 s; a public token has 60
requests in every minute of the clock.
Source: `apps/webapp/app/services/authorizationRateLimitMiddleware.server.ts` of
triggerdotdev/trigger.dev, read 2026-11-23, and answers of a real server 4.5.12.
"""

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
_EXEMPT = frozenset({"/api/v1/auth/jwt/claims"})


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
            or scope["path"] in _EXEMPT
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
                MutableHeaders(scope=message).update(headers)
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
