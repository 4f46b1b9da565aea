"""Wiring of the webhook route: from an event to what became of it."""

from collections.abc import Callable, Mapping

from jobwire.app.jobwire import Jobwire, NotOpenError
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import WebhookSignatureError
from jobwire.jobs.webhook import Received, admit, read_posted
from jobwire.models.outages import AWAY
from jobwire.triggerdev.signature import Claim
from jobwire.web.trigger_webhook import WebhookUnavailableError

_TAKES_NOTHING = (
    "This server takes in no events: TRIGGER_WEBHOOK_SECRET is not set here, or"
    " TRIGGER_SYNC leaves out webhook."
)


class PostedEvents:
    """What the route asks for each event.

    Args:
        jobwire_of: Returns the Jobwire, open or not.
    """

    def __init__(self, jobwire_of: Callable[[], Jobwire]) -> None:
        self._jobwire_of = jobwire_of

    def admit(self, headers: Mapping[str, str]) -> Claim:
        """Read what an event says of its signature, before its body is read.

        Raises:
            WebhookUnavailableError: Nothing is taken in now, or ever.
            WebhookSignatureError: The signature is missing, malformed or too old.
        """
        engine = self._engine()
        try:
            return admit(headers, now=engine.clock.now())
        except WebhookSignatureError:
            self._count("refused")
            raise

    async def take_in(self, body: bytes, claim: Claim) -> Received:
        """Take in one event.

        Raises:
            WebhookUnavailableError: Nothing is taken in now, or ever.
            WebhookSignatureError: It is not signed with one of the secrets.
            InvalidInputError: It is no event.
        """
        engine = self._engine()
        try:
            received = await receive_event(engine, body, claim)
        except WebhookSignatureError:
            self._count("refused")
            raise
        except AWAY as error:
            raise WebhookUnavailableError(
                "The database does not answer; send the event again.", status=503
            ) from error
        self._count(received.receipt.value)
        return received

    def _engine(self) -> Engine:
        """Return the engine if it takes in events."""
        try:
            engine = self._jobwire_of().engine
        except NotOpenError:
            raise WebhookUnavailableError(
                "The server is starting or stopping.", status=503
            ) from None
        if not engine.webhook_secrets:
            raise WebhookUnavailableError(_TAKES_NOTHING, status=404)
        return engine

    def _count(self, receipt: str) -> None:
        self._jobwire_of().metrics.webhook_events.labels(receipt).inc()


async def receive_event(engine: Engine, body: bytes, claim: Claim) -> Received:
    """Take in one event; it is committed then.

    Args:
        engine: Whose secrets count.
        body: The raw body, as it was signed.
        claim: What `admit` has returned.

    Raises:
        WebhookSignatureError: It is not signed with one of the secrets.
        InvalidInputError: It is no event.
    """
    posted = read_posted(body, claim, secrets=engine.webhook_secrets)
    if isinstance(posted, Received):
        return posted
    return await engine.reception.take_in(posted)
