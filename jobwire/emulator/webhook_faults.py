"""What the faults want of one event on its way to a receiver."""

from dataclasses import dataclass
from datetime import timedelta

from jobwire.emulator.faults import (
    Channel,
    Corruption,
    CorruptWebhook,
    DelayWebhook,
    DuplicateWebhook,
    Faults,
    LoseWebhook,
    ReorderWebhook,
    WebhookFault,
)

#: What should come after the next one does not wait for it for ever.
LONGEST_HOLD = timedelta(seconds=10)


@dataclass(frozen=True)
class Treatment:
    """How one event is sent; by itself: at once, once and whole.

    Attributes:
        is_lost: Whether it never is.
        delay: Seconds until then.
        is_held: Whether the next one goes first.
        copies: How often.
        corruption: What of it is wrong; None: nothing.
    """

    is_lost: bool = False
    delay: float = 0.0
    is_held: bool = False
    copies: int = 1
    corruption: Corruption | None = None

    @property
    def wait_ms(self) -> int:
        """Milliseconds until it is sent in any case."""
        hold = LONGEST_HOLD.total_seconds() if self.is_held else 0.0
        return int((self.delay + hold) * 1000)


def treat(faults: Faults, channel: Channel, event: str, run: str | None) -> Treatment:
    """Ask the faults about an event; those that apply have happened then.

    Args:
        faults: Those of the emulator.
        channel: Which way it goes.
        event: Its type.
        run: The id of the run that it is about; None: about none.
    """

    def applies(fault: WebhookFault) -> bool:
        return fault.applies_to(channel, event, run)

    if faults.take(LoseWebhook, applies) is not None:
        return Treatment(is_lost=True)
    delay = faults.take(DelayWebhook, applies)
    duplicate = faults.take(DuplicateWebhook, applies)
    corrupt = faults.take(CorruptWebhook, applies)
    return Treatment(
        delay=0.0 if delay is None else delay.seconds,
        is_held=faults.take(ReorderWebhook, applies) is not None,
        copies=1 if duplicate is None else duplicate.copies,
        corruption=None if corrupt is None else corrupt.part,
    )


def corrupted(body: bytes) -> bytes:
    """Return a body of which one byte in the middle is another one."""
    middle = len(body) // 2
    return body[:middle] + bytes([body[middle] ^ 1]) + body[middle + 1 :]


def wrong(signature: str) -> str:
    """Return a signature of the same form that fits nothing: it is turned round."""
    head, comma, tail = signature.rpartition(",")
    turned = tail[::-1]
    return head + comma + (turned if turned != tail else f"0{tail[1:]}")
