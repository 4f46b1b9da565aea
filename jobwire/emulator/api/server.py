"""What every route of the API needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from starlette.requests import Request

from jobwire.emulator.clock import Now, to_ms
from jobwire.emulator.state import State
from jobwire.emulator.transitions import Transitions


@dataclass(frozen=True)
class ApiServer:
    """What the API of one emulator works with.

    Attributes:
        wake: Tells the engine that there is something to do.
        rate_limit: How many requests may come at once.
    """

    state: State
    transitions: Transitions
    wake: Callable[[], None]
    secret_key: str
    now: Now
    list_lag: timedelta
    rate_limit: int

    @property
    def now_ms(self) -> int:
        """The time, in milliseconds since 1970."""
        return to_ms(self.now())


def server_of(request: Request) -> ApiServer:
    """Return what a request came to."""
    server: ApiServer = request.app.state.server
    return server
