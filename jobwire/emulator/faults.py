"""Faults that an emulator can be given, and those that it has.

Fault
├── RequestFault          what happens to a request of a chosen route
│   ├── Answer                another answer
│   ├── Slow                  it takes time
│   ├── Drop                  the connection is dropped before the answer
│   └── Crash                 the process dies before the answer
├── StopTicking           nothing happens any more, whatever the clock says
├── LagList               lists are older than they usually are
└── WebhookFault          what happens to an event on its way to its receiver
    ├── LoseWebhook           it never comes
    ├── DelayWebhook          it comes late
    ├── DuplicateWebhook      it comes more than once
    ├── ReorderWebhook        it comes after the next one
    └── CorruptWebhook        it is not what was signed

They live as long as the emulator is open: starting it again is a way to be rid of them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from itertools import count
from typing import ClassVar, Literal, TypeVar

from jobwire.emulator.errors import FaultError

Channel = Literal["alerts", "hooks"]
Corruption = Literal["signature", "body"]

_STATUSES = range(200, 600)


@dataclass(frozen=True, kw_only=True)
class Fault:
    """Something that goes wrong.

    Attributes:
        kind: What the control API calls it.
        times: How often it happens; None: until it is removed.

    Raises:
        FaultError: It cannot be such a fault.
    """

    kind: ClassVar[str]
    times: int | None = None

    def __post_init__(self) -> None:
        if self.times is not None and self.times < 1:
            raise FaultError("times must be 1 or more")


@dataclass(frozen=True, kw_only=True)
class RequestFault(Fault):
    """What happens to requests.

    Attributes:
        route: The method and the path that it applies to, such as
            `POST /api/v1/tasks/*/trigger`, with `*` and `?` as in the shell.
        run: The id of the run that the path must name; None: any, or none.
    """

    route: str = "*"
    run: str | None = None

    def applies_to(self, method: str, path: str) -> bool:
        """Whether it happens to such a request."""
        return fnmatchcase(f"{method} {path}", self.route) and (
            self.run is None or self.run in path.split("/")
        )


@dataclass(frozen=True, kw_only=True)
class Answer(RequestFault):
    """Answer otherwise: 429 and 5xx as the real server does, others with `error`.

    Attributes:
        status: That of the answer.
        retry_after: Seconds until the rate limit is reset; of 429 alone.
        accepted: Whether the request is carried out all the same.
    """

    kind = "answer"
    status: int = 500
    retry_after: float = 1.0
    accepted: bool = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.status not in _STATUSES:
            raise FaultError("status must be from 200 to 599")
        _not_negative("retryAfter", self.retry_after)


@dataclass(frozen=True, kw_only=True)
class Slow(RequestFault):
    """Wait before anything else; seconds of the emulator's clock."""

    kind = "slow"
    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _not_negative("seconds", self.seconds)


@dataclass(frozen=True, kw_only=True)
class Drop(RequestFault):
    """Drop the connection before the answer.

    Attributes:
        accepted: Whether the request is carried out first.
    """

    kind = "drop"
    accepted: bool = True


@dataclass(frozen=True, kw_only=True)
class Crash(RequestFault):
    """Die when a request is carried out and not yet answered; once, unless told."""

    kind = "crash"
    times: int | None = 1


@dataclass(frozen=True, kw_only=True)
class StopTicking(Fault):
    """Stand still: nothing that is due happens until this is removed."""

    kind = "stop-ticking"
    times: None = None


@dataclass(frozen=True, kw_only=True)
class LagList(Fault):
    """Show runs in lists only when they are so many seconds older than usual."""

    kind = "lag-list"
    seconds: float
    times: None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        _not_negative("seconds", self.seconds)


@dataclass(frozen=True, kw_only=True)
class WebhookFault(Fault):
    """What happens to events on their way.

    Attributes:
        channel: Alerts of Trigger.dev or events of hooks; None: both.
        event: The type, such as `alert.*` or `RUN_STARTED`, with `*` and `?`.
        run: The id of the run that it is about; None: any, or none.
    """

    channel: Channel | None = None
    event: str = "*"
    run: str | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.channel not in {None, "alerts", "hooks"}:
            raise FaultError("channel must be alerts or hooks")

    def applies_to(self, channel: Channel, event: str, run: str | None) -> bool:
        """Whether it happens to such an event."""
        return (
            self.channel in {None, channel}
            and fnmatchcase(event, self.event)
            and self.run in {None, run}
        )


@dataclass(frozen=True, kw_only=True)
class LoseWebhook(WebhookFault):
    """The event never comes, and its sender does not know."""

    kind = "lose-webhook"


@dataclass(frozen=True, kw_only=True)
class DelayWebhook(WebhookFault):
    """The event comes late, by seconds of the emulator's clock."""

    kind = "delay-webhook"
    seconds: float

    def __post_init__(self) -> None:
        super().__post_init__()
        _not_negative("seconds", self.seconds)


@dataclass(frozen=True, kw_only=True)
class DuplicateWebhook(WebhookFault):
    """The event comes so often instead of once."""

    kind = "duplicate-webhook"
    copies: int = 2

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.copies < 1:
            raise FaultError("copies must be 1 or more")


@dataclass(frozen=True, kw_only=True)
class ReorderWebhook(WebhookFault):
    """The event comes after the next one, or after 10 s when none follows."""

    kind = "reorder-webhook"


@dataclass(frozen=True, kw_only=True)
class CorruptWebhook(WebhookFault):
    """The event is not what was signed.

    Attributes:
        part: `signature`: it is wrong; `body`: a byte of it is another one.
    """

    kind = "corrupt-webhook"
    part: Corruption = "signature"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.part not in {"signature", "body"}:
            raise FaultError("part must be signature or body")


FaultOf = TypeVar("FaultOf", bound=Fault)


@dataclass(frozen=True)
class ActiveFault:
    """A fault that an emulator has.

    Attributes:
        id: What it is removed by.
        used: How often it has happened.
    """

    id: str
    fault: Fault
    used: int = 0

    @property
    def left(self) -> int | None:
        """How often it will still happen; None: until it is removed."""
        return None if self.fault.times is None else self.fault.times - self.used


class Faults:
    """The faults of an emulator, in the order in which they were added.

    Args:
        faults: Those that it has from the beginning.
        can_crash: Whether there is a way to die.
    """

    def __init__(
        self, faults: Iterable[Fault] = (), *, can_crash: bool = False
    ) -> None:
        self._can_crash = can_crash
        self._ids = count(1)
        self._active: dict[str, ActiveFault] = {}
        #: Called after every change.
        self.on_change: Callable[[], None] = _nothing
        for fault in faults:
            self.add(fault)

    def add(self, fault: Fault) -> ActiveFault:
        """Add one.

        Raises:
            FaultError: It is a `Crash`, and nobody has told the emulator how to die.
        """
        if isinstance(fault, Crash) and not self._can_crash:
            raise FaultError("this emulator cannot crash: it was given no `crash`")
        active = ActiveFault(f"fault_{next(self._ids)}", fault)
        self._active[active.id] = active
        self.on_change()
        return active

    def remove(self, id: str) -> bool:
        """Remove one; return whether it was there."""
        removed = self._active.pop(id, None) is not None
        self.on_change()
        return removed

    def clear(self) -> None:
        """Remove all."""
        self._active.clear()
        self.on_change()

    def active(self) -> tuple[ActiveFault, ...]:
        """Return those that can still happen."""
        return tuple(self._active.values())

    def take(
        self, kind: type[FaultOf], applies: Callable[[FaultOf], bool]
    ) -> FaultOf | None:
        """Return the first of a kind that applies, which happens now; None: none."""
        for id, active in self._active.items():
            if isinstance(active.fault, kind) and applies(active.fault):
                used = replace(active, used=active.used + 1)
                if used.left == 0:
                    del self._active[id]
                else:
                    self._active[id] = used
                return active.fault
        return None

    @property
    def stops_ticking(self) -> bool:
        """Whether everything stands still."""
        return any(isinstance(one.fault, StopTicking) for one in self.active())

    @property
    def list_lag(self) -> float:
        """How many seconds older than usual lists are."""
        lags = [one.fault for one in self.active() if isinstance(one.fault, LagList)]
        return sum(lag.seconds for lag in lags)


def _not_negative(name: str, value: float) -> None:
    if not 0 <= value < float("inf"):
        raise FaultError(f"{name} must be 0 or more")


def _nothing() -> None:
    pass
