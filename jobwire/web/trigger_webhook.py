"""`POST /api/trigger/webhook`: where events about Trigger.dev runs are posted."""

import logging
from collections.abc import Awaitable, Callable, Mapping

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from jobwire.jobs.errors import InvalidInputError, WebhookSignatureError
from jobwire.jobs.webhook import MAX_BODY_BYTES, Received

log = logging.getLogger(__name__)

PATH = "/api/trigger/webhook"
_HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

#: Takes in one event: the raw body and the headers. It may raise WebhookSignatureError,
#: InvalidInputError, and WebhookUnavailableError.
TakeIn = Callable[[bytes, Mapping[str, str]], Awaitable[Received]]


class WebhookUnavailableError(Exception):
    """Nothing can be taken in now, or ever.

    Attributes:
        status: 503 to try again later, 404 when no secret was set.
    """

    def __init__(self, reason: str, *, status: int) -> None:
        self.status = status
        super().__init__(reason)


class _BodyTooLargeError(Exception):
    """More was posted than an event takes."""


def trigger_webhook_route(take_in: TakeIn) -> Route:
    """Return the route.

    It answers 200 with what became of the event (`applied`, `late`, `accepted`,
    `duplicate` or `ignored`), 400 for what is no event, 401 for what is not signed, 413
    for what is too large, 404 while no secret is set, and 503 when the sender should
    try again.
    """

    async def answer(request: Request) -> Response:
        try:
            received = await take_in(await _body(request), request.headers)
        except _BodyTooLargeError:
            return _refusal(413, f"The body may have at most {MAX_BODY_BYTES:,} bytes.")
        except WebhookSignatureError as error:
            log.warning(
                "an event was refused: %s",
                error.message,
                extra={"action": "webhook-refused"},
            )
            return _refusal(401, error.message)
        except InvalidInputError as error:
            return _refusal(400, error.message)
        except WebhookUnavailableError as error:
            return _refusal(error.status, str(error))
        except ClientDisconnect:
            return Response(status_code=400)
        answered: dict[str, str] = {"status": received.receipt.value}
        if received.reason is not None:
            answered["reason"] = received.reason
        return JSONResponse(answered, headers=_HEADERS)

    return Route(PATH, answer, methods=["POST"])


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > MAX_BODY_BYTES:
            raise _BodyTooLargeError
    return bytes(body)


def _refusal(status: int, reason: str) -> Response:
    return JSONResponse({"error": reason}, status, headers=_HEADERS)
