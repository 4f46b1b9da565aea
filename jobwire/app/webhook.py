"""Wiring of the webhook route: an event, its transaction, and the ring behind it."""

from collections.abc import Callable, Mapping

from jobwire.app.jobwire import Jobwire, NotOpenError
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.webhook import Received, receive
from jobwire.models.outages import AWAY
from jobwire.web.trigger_webhook import TakeIn, WebhookUnavailableError

_TAKES_NOTHING = (
    "This server takes in no events: TRIGGER_WEBHOOK_SECRET is not set here, or"
    " TRIGGER_SYNC leaves out webhook."
)


def take_in_events(jobwire_of: Callable[[], Jobwire]) -> TakeIn:
    """Make what the route calls for each event.

    Args:
        jobwire_of: Returns the Jobwire, open or not.
    """

    async def take_in(body: bytes, headers: Mapping[str, str]) -> Received:
        try:
            jobwire = jobwire_of()
            engine = jobwire.engine
        except NotOpenError:
            raise WebhookUnavailableError(
                "The server is starting or stopping.", status=503
            ) from None
        if not engine.webhook_secrets:
            raise WebhookUnavailableError(_TAKES_NOTHING, status=404)
        try:
            received = await receive_event(engine, body, headers)
        except AWAY as error:
            raise WebhookUnavailableError(
                "The database does not answer; send the event again.", status=503
            ) from error
        jobwire.metrics.webhook_events.labels(received.receipt.value).inc()
        return received

    return take_in


async def receive_event(
    engine: Engine, body: bytes, headers: Mapping[str, str]
) -> Received:
    """Take in one event in a transaction of its own, and ring for what it changed.

    Raises:
        WebhookSignatureError: It is not signed with one of the secrets.
        InvalidInputError: It is no event.
    """
    async with engine.database.transaction() as connection:
        received = await receive(
            connection,
            body,
            headers,
            secrets=engine.webhook_secrets,
            now=engine.clock.now(),
        )
    engine.doorbell.ring(Topic.INBOX, Topic.CHANGE, Topic.LOG)
    return received
