"""Wiring of the webhook route: an event, its transaction, and the ring behind it."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from jobwire.app.jobwire import Jobwire, NotOpenError
from jobwire.jobs.doorbell import Topic
from jobwire.jobs.engine import Engine
from jobwire.jobs.errors import WebhookSignatureError
from jobwire.jobs.webhook import Received, admit, read_posted
from jobwire.models.outages import AWAY
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

    def admit(self, headers: Mapping[str, str]) -> None:
        """Refuse what can be refused before its body is read.

        Raises:
            WebhookUnavailableError: Nothing is taken in now, or ever.
            WebhookSignatureError: The signature is missing, malformed or too old.
        """
        with self._engine() as engine:
            admit(headers, now=engine.clock.now())

    async def take_in(self, body: bytes, headers: Mapping[str, str]) -> Received:
        """Take in one event.

        Raises:
            WebhookUnavailableError: Nothing is taken in now, or ever.
            WebhookSignatureError: It is not signed with one of the secrets.
            InvalidInputError: It is no event.
        """
        with self._engine() as engine:
            try:
                received = await receive_event(engine, body, headers)
            except AWAY as error:
                raise WebhookUnavailableError(
                    "The database does not answer; send the event again.", status=503
                ) from error
        self._count(received.receipt.value)
        return received

    @contextmanager
    def _engine(self) -> Iterator[Engine]:
        """Give the engine if it takes in events, and count what is not signed."""
        try:
            engine = self._jobwire_of().engine
        except NotOpenError:
            raise WebhookUnavailableError(
                "The server is starting or stopping.", status=503
            ) from None
        if not engine.webhook_secrets:
            raise WebhookUnavailableError(_TAKES_NOTHING, status=404)
        try:
            yield engine
        except WebhookSignatureError:
            self._count("refused")
            raise

    def _count(self, receipt: str) -> None:
        self._jobwire_of().metrics.webhook_events.labels(receipt).inc()


async def receive_event(
    engine: Engine, body: bytes, headers: Mapping[str, str]
) -> Received:
    """Take in one event, and ring for what it changed; it is committed then.

    Raises:
        WebhookSignatureError: It is not signed with one of the secrets.
        InvalidInputError: It is no event.
    """
    now = engine.clock.now()
    posted = read_posted(body, headers, secrets=engine.webhook_secrets, now=now)
    if isinstance(posted, Received):
        return posted
    received = await engine.reception.take_in(posted)
    engine.doorbell.ring(Topic.INBOX, Topic.CHANGE, Topic.LOG)
    return received
