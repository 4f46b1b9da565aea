"""`POST /api/trigger/webhook`: where events about Trigger.dev runs are posted."""

import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import lru_cache

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from jobwire.asgi.body import PATIENCE, BodyRefusedError, read_body
from jobwire.asgi.closing import Closing
from jobwire.asgi.headers import as_sent
from jobwire.asgi.whole import WholeAnswer
from jobwire.jobs.errors import InvalidInputError, WebhookSignatureError
from jobwire.jobs.webhook import MAX_BODY_BYTES, Received
from jobwire.triggerdev.signature import Claim

log = logging.getLogger(__name__)

PATH = "/api/trigger/webhook"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
_RAW_HEADERS = as_sent({**_HEADERS, "Content-Type": "application/json"})

#: Reads the headers of a request. It may raise WebhookSignatureError and
#: WebhookUnavailableError.
Admit = Callable[[Mapping[str, str]], Claim]
#: Takes in one event: the raw body and its claim. It may raise WebhookSignatureError,
#: InvalidInputError, and WebhookUnavailableError.
TakeIn = Callable[[bytes, Claim], Awaitable[Received]]


class WebhookUnavailableError(Exception):
    """Nothing can be taken in now, or ever.

    Attributes:
        status: 503 to try again later, 404 when no secret was set.
    """

    def __init__(self, reason: str, *, status: int) -> None:
        self.status = status
        super().__init__(reason)


def trigger_webhook_route(
    admit: Admit, take_in: TakeIn, *, patience: float = PATIENCE
) -> Route:
    """Return the route.

    It answers 200 with what became of the event (`applied`, `late`, `accepted`,
    `duplicate` or `ignored`), 400 for what is no event, 401 for what is not signed, 408
    for what is too slow, 413 for what is too large, 404 while no secret is set, and 503
    when the sender should try again.

    Args:
        admit: Reads the headers, before the body is read.
        take_in: Takes in the event.
        patience: How long a body may take, in seconds.
    """
    refusals = Refusals()

    async def answer(request: Request) -> ASGIApp:
        try:
            claim = admit(request.headers)
            body = await read_body(request, most=MAX_BODY_BYTES, within=patience)
            received = await take_in(body, claim)
        except BodyRefusedError as error:
            return Closing(_refusal(error.status, str(error)))
        except WebhookSignatureError as error:
            refusals.note(error.message)
            return _refusal(401, error.message)
        except InvalidInputError as error:
            return _refusal(400, error.message)
        except WebhookUnavailableError as error:
            return _refusal(error.status, str(error))
        except ClientDisconnect:
            return Response(status_code=400)
        return WholeAnswer(200, _RAW_HEADERS, _told(received))

    return Route(PATH, answer, methods=["POST"])


class Refusals:
    """Tells the log of events that are not signed: the first at once, then a number.

    Args:
        pause: How long it says nothing after a line, in seconds.
        now: The time, in seconds.
    """

    def __init__(
        self, *, pause: float = 10.0, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._pause = pause
        self._now = now
        self._silent_until = -math.inf
        self._count = 0

    def note(self, reason: str) -> None:
        """Count one, and perhaps say how many there were since the last line."""
        self._count += 1
        now = self._now()
        if now < self._silent_until:
            return
        log.warning(
            "an event was refused: %s",
            reason,
            extra={"action": "webhook-refused", "count": self._count},
        )
        self._silent_until = now + self._pause
        self._count = 0


@lru_cache(maxsize=64)
def _told(received: Received) -> bytes:
    answered = {"status": received.receipt.value}
    if received.reason is not None:
        answered["reason"] = received.reason
    return json.dumps(answered, separators=(",", ":"), ensure_ascii=False).encode()


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status, headers=_HEADERS)
