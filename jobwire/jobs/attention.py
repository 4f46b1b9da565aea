"""Attention: how long a job may be late before an operator should look at it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """When jobs of a type need attention, where the worker's settings do not fit.

    Attributes:
        start_overdue: How long a due job may wait for its start: START_OVERDUE; None:
            what the worker is set to.
        heartbeat_late: How long nothing may be heard of a job: HEARTBEAT_LATE. For an
            INTERNAL one it counts from the end of its lease, for a TRIGGER one from
            the last word about its run; None: what the worker is set to.

    Raises:
        ValueError: A span is not above zero.
    """

    start_overdue: timedelta | None = None
    heartbeat_late: timedelta | None = None

    def __post_init__(self) -> None:
        for name in ("start_overdue", "heartbeat_late"):
            span = getattr(self, name)
            if span is not None and span <= timedelta():
                message = f"{name} must be above zero, not {span}."
                raise ValueError(message)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """How late is too late, for every type.

    Attributes:
        start_overdue: How long a due job may wait for its start.
        heartbeat_late: How long an INTERNAL job may run on a lease that is over.
        run_silent: How long nothing may be heard of the run of a TRIGGER job.
        types: What single types say instead.
    """

    start_overdue: timedelta
    heartbeat_late: timedelta
    run_silent: timedelta
    types: Mapping[str, Attention] = field(default_factory=dict)

    @property
    def shortest_start(self) -> timedelta:
        """The shortest time that any type gives its jobs to start."""
        return min(
            one.start_overdue or self.start_overdue
            for one in (*self.types.values(), Attention())
        )
