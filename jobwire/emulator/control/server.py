"""What every route of the control API needs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.requests import Request

from jobwire.emulator.alerts import Alerts
from jobwire.emulator.clock import to_ms
from jobwire.emulator.faults import Faults
from jobwire.emulator.manual_clock import ManualClock
from jobwire.emulator.state import State
from jobwire.emulator.transitions import Transitions


@dataclass(frozen=True)
class ControlServer:
    """What the control API of one emulator works with.

    Attributes:
        tasks: The ids of those that are deployed.
        secret_key: What callers from elsewhere have to bring.
        advance: Moves the clock, step by step.
        wake: Tells the engine that there is something to do.
    """

    state: State
    transitions: Transitions
    faults: Faults
    clock: ManualClock
    alerts: Alerts
    tasks: tuple[str, ...]
    secret_key: str
    advance: Callable[[float], Awaitable[None]]
    wake: Callable[[], None]

    @property
    def now_ms(self) -> int:
        """The time, in milliseconds since 1970."""
        return to_ms(self.clock.now())


def server_of(request: Request) -> ControlServer:
    """Return what a request came to."""
    server: ControlServer = request.app.state.server
    return server
