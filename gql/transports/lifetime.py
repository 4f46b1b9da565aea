"""When a socket must be pinged, and when it must end."""

from enum import Enum, auto

from jobwire.gql.transports.terms import Terms


class Due(Enum):
    """What is to be done about a socket."""

    #: Ask the client for a sign of life.
    PING = auto()
    #: Close it: the client gave none.
    SILENT = auto()
    #: Close it: nothing has run on it for long.
    IDLE = auto()
    #: Close it: it has lasted as long as one may, so that clients spread again over
    #: the processes that there are.
    OLD = auto()


class Lifetime:
    """What one socket's clock says; times are those of the event loop, in seconds."""

    def __init__(self, terms: Terms, now: float) -> None:
        """Begin when the client was acknowledged."""
        self._terms = terms
        self._old_at = now + terms.max_age
        self._heard_at = now
        self._pinged = False
        self._busy_at = now

    def hear(self, now: float) -> None:
        """Note that the client sent something."""
        self._heard_at = now
        self._pinged = False

    def ping(self) -> None:
        """Note that the client was asked for a sign of life."""
        self._pinged = True

    def next(self, now: float, *, is_busy: bool) -> tuple[float, Due]:
        """Return in how many seconds something is due, and what.

        Args:
            now: The time.
            is_busy: Whether an operation runs.
        """
        terms = self._terms
        if is_busy:
            self._busy_at = now
        sign = (
            (self._heard_at + terms.silence, Due.SILENT)
            if self._pinged
            else (self._heard_at + terms.ping, Due.PING)
        )
        at, due = min(
            (self._old_at, Due.OLD),
            sign,
            (self._busy_at + terms.idle, Due.IDLE),
            key=lambda one: one[0],
        )
        return at - now, due
