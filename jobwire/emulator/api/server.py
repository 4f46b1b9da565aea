"""What every route of the API needs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from starlette.requests import Request

from jobwire.emulator.api.rate_limit import BatchLimit
from jobwire.emulator.clock import Now, to_ms
from jobwire.emulator.faults import Faults
from jobwire.emulator.live_polls import LivePolls
from jobwire.emulator.state import State
from jobwire.emulator.transitions import Transitions


@dataclass(frozen=True)
class ApiServer:
    """What the API of one emulator works with.

    Attributes:
        wake: Tells the engine that there is something to do.
        rate_limit: How many requests may come at once.
        stores_packets: Whether there is an object store.
        batch_limit: What batches take tokens from.
        live_polls: Those of Realtime that wait.
        concurrency: How many runs of the environment execute at once.
    """

    state: State
    transitions: Transitions
    wake: Callable[[], None]
    secret_key: str
    now: Now
    list_lag: timedelta
    rate_limit: int
    faults: Faults
    live_polls: LivePolls
    concurrency: int
    stores_packets: bool = True
    batch_limit: BatchLimit = field(default_factory=BatchLimit)

    @property
    def listed_until(self) -> int:
        """The newest instant of creation that lists show yet."""
        lag = self.list_lag + timedelta(seconds=self.faults.list_lag)
        return to_ms(self.now() - lag)

    @property
    def now_ms(self) -> int:
        """The time, in milliseconds since 1970."""
        return to_ms(self.now())


def server_of(request: Request) -> ApiServer:
    """Return what a request came to."""
    server: ApiServer = request.app.state.server
    return server
