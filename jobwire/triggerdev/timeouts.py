"""How long each phase of an attempt may take."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from jobwire.triggerdev.errors import InvalidOptionError

#: A timeout of nothing would end an attempt before it began.
_SHORTEST = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long each phase of an attempt may take; only the deadline bounds the whole.

    Attributes:
        connect: Until there is a connection, with TLS and through the proxy.
        send: Each write.
        receive: Each read, and so how long the server may think.

    Raises:
        InvalidOptionError: One is not longer than nothing.
    """

    connect: timedelta = timedelta(seconds=10)
    send: timedelta = timedelta(seconds=10)
    receive: timedelta = timedelta(seconds=10)

    def __post_init__(self) -> None:
        if min(self.connect, self.send, self.receive) <= timedelta():
            raise InvalidOptionError("timeout", "be longer than nothing")

    @classmethod
    def each(cls, span: timedelta) -> Self:
        """Give every phase the same span."""
        return cls(connect=span, send=span, receive=span)

    def within(self, left: timedelta | None) -> Mapping[str, float | None]:
        """Return them as httpx takes them, none longer than what is left.

        For a free connection an attempt waits as long as the deadline lets it.
        """
        most = None if left is None else max(left.total_seconds(), _SHORTEST)
        phases = {
            "connect": self.connect.total_seconds(),
            "write": self.send.total_seconds(),
            "read": self.receive.total_seconds(),
        }
        if most is not None:
            phases = {name: min(most, span) for name, span in phases.items()}
        return {**phases, "pool": most}
