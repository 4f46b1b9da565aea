"""The faults of requests: what stands before everything else and goes wrong."""

from collections.abc import Callable
from http import HTTPStatus

import httpx
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from jobwire.emulator.api.responses import ApiResponse, ProblemResponse
from jobwire.emulator.clock import Now, Sleep, to_ms
from jobwire.emulator.faults import Answer, Crash, Drop, Faults, RequestFault, Slow


class RequestFaults:
    """Passes requests on, unless a fault applies to them.

    Args:
        app: What requests are passed on to.
        faults: Those of the emulator.
        crash: Ends the process; None: `faults` has no `Crash`.
        now: The time, for when a rate limit is reset.
        sleep: Waits for seconds of that time.
    """

    def __init__(
        self,
        app: ASGIApp,
        faults: Faults,
        *,
        crash: Callable[[], None] | None,
        now: Now,
        sleep: Sleep,
    ) -> None:
        self._app = app
        self._faults = faults
        self._crash = crash
        self._now = now
        self._sleep = sleep

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Do what the faults want, or nothing of it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        def applies(fault: RequestFault) -> bool:
            return fault.applies_to(scope["method"], scope["path"])

        if (slow := self._faults.take(Slow, applies)) is not None:
            await self._sleep(slow.seconds)
        if (answer := self._faults.take(Answer, applies)) is not None:
            if answer.accepted:
                await self._app(scope, receive, _nowhere)
            await self._response(answer)(scope, receive, send)
        elif (drop := self._faults.take(Drop, applies)) is not None:
            if drop.accepted:
                await self._app(scope, receive, _nowhere)
            await _drop(receive, send)
        elif self._crash is not None and (
            self._faults.take(Crash, applies) is not None
        ):
            await self._app(scope, receive, _nowhere)
            self._crash()
            await _drop(receive, send)
        else:
            await self._app(scope, receive, send)

    def _response(self, answer: Answer) -> Response:
        if answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            reset = to_ms(self._now()) + int(answer.retry_after * 1000)
            return ProblemResponse(
                answer.status,
                "Rate Limit Exceeded",
                "Rate limit exceeded 0/1 requests remaining. Retry in"
                f" {answer.retry_after:g} seconds.",
                headers={
                    "x-ratelimit-limit": "1",
                    "x-ratelimit-remaining": "0",
                    "x-ratelimit-reset": str(reset),
                },
                reset=reset,
                limit=1,
                remaining=0,
                secondsUntilReset=answer.retry_after,
            )
        return ApiResponse({"error": _phrase(answer.status)}, answer.status)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


async def _nowhere(_: Message) -> None:
    """Drop an answer that nobody gets."""


async def _drop(receive: Receive, send: Send) -> None:
    """End the connection of a request as a broken wire does.

    Raises:
        RemoteProtocolError: There is no wire: a transport of httpx calls the app.
    """
    # ASGI cannot say this; uvicorn's `send` belongs to who holds the transport.
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    if transport is None:
        raise httpx.RemoteProtocolError(
            "Server disconnected without sending a response."
        )
    transport.abort()
    while (await receive())["type"] != "http.disconnect":
        pass
