"""Where a subscription stands, as a small text that callers can store."""

import base64
import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobwire.triggerdev.errors import InvalidOptionError
from jobwire.triggerdev.fields import EPOCH

_MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the log of one shape.

    Attributes:
        handle: The server's name of the log.
        offset: What was read up to.
        newest: The newest `updated_at` that was told; None: nothing was.
    """

    handle: str
    offset: str
    newest: datetime | None

    def encode(self) -> str:
        """Write it for callers, who cannot look inside."""
        newest = None if self.newest is None else (self.newest - EPOCH) // _MILLISECOND
        text = json.dumps([self.handle, self.offset, newest])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(text: str) -> Place:
    """Read what `encode` wrote.

    Raises:
        InvalidOptionError: It is something else.
    """
    try:
        handle, offset, newest = json.loads(base64.urlsafe_b64decode(text + "=="))
        told = None if newest is None else EPOCH + newest * _MILLISECOND
    except (ValueError, TypeError, OverflowError) as error:
        raise InvalidOptionError("cursor", "come from a subscription") from error
    if not isinstance(handle, str) or not isinstance(offset, str):
        raise InvalidOptionError("cursor", "come from a subscription")
    return Place(handle, offset, told)
